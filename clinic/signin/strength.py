"""How well the person behind a session has proved who they are.

django-allauth keeps a record of each proof in the session: "password", "code", "mfa" (a passkey, an
authenticator app or a recovery code, also one that was set up in this very session). Ours are added to
these by `clinic.signin.entry.sign_in`. The staff's side asks for "mfa"; the demo's one click stands for it.
"""

import time
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

DEMO_METHOD = "demo"
STAFF_INVITATION = "staff_invitation"
# What proves enough to set up the first second factor, or to change one. A patient's door does not.
PROOFS = frozenset({"password", "mfa", STAFF_INVITATION, DEMO_METHOD})


def records(request: HttpRequest) -> list[dict[str, Any]]:
    """The proofs that this session holds for its user, oldest first."""
    return get_authentication_records(request, request.user)


def methods(request: HttpRequest) -> frozenset[str]:
    return frozenset(record["method"] for record in records(request))


def is_strong(request: HttpRequest) -> bool:
    """Whether this session may enter the staff's side: opened with MFA, or by the demo's one click."""
    used = methods(request)
    return "mfa" in used or (settings.DEMO and DEMO_METHOD in used)


def has_second_factor(user: Any) -> bool:
    """Whether `user` has a passkey or an authenticator app (recovery codes alone are none)."""
    return is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])


def may_enrol(request: HttpRequest) -> bool:
    """Whether this session may set up a second factor.

    Staff alone. Who has one already proves it first, or a stolen password would do to add another; who
    has none proves the password or the invitation, or a patient's door would lead into the clinic.
    """
    user: Any = request.user
    if not (user.is_authenticated and user.is_staff):
        return False
    return is_strong(request) or (bool(methods(request) & PROOFS) and not has_second_factor(user))


def proved_recently(request: HttpRequest) -> bool:
    """Whether a proof is younger than `ACCOUNT_REAUTHENTICATION_TIMEOUT`, so that none is asked again."""
    oldest = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return any(record["method"] in PROOFS and record["at"] > oldest for record in records(request))
