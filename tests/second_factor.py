"""An authenticator app, as a test holds it in its hand."""

import time
from dataclasses import dataclass

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from clinic.models import User


@dataclass(frozen=True)
class App:
    """The app of one user: `secret` is shared with us, `code()` is what it shows now."""

    secret: str

    def code(self) -> str:
        return format_hotp_value(hotp_value(self.secret, int(time.time()) // 30))


def with_app(user: User) -> App:
    """Give `user` an authenticator app that was set up some day."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return App(secret)
