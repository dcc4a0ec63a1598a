"""A real SMTP server that keeps what it is sent."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived: who it was for by the envelope, and the message itself."""

    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The plain part."""
        part = self.message.get_body(("plain",))
        assert part is not None, "a mail without a plain part"
        return str(part.get_content())

    @property
    def html(self) -> str:
        """The HTML part."""
        part = self.message.get_body(("html",))
        assert part is not None, "a mail without an HTML part"
        return str(part.get_content())


@dataclass
class Mailbox:
    """Everything that was accepted, in order. `refuse` maps an address to the server's words for it.

    For example `mailbox.refuse["gone@post.example"] = "550 no such mailbox"`.
    """

    mails: list[Mail] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    url: str = ""

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        message: Any = message_from_bytes(content, policy=policy.default)
        self.mails.append(Mail(recipients=tuple(envelope.rcpt_tos), message=message))
        return "250 OK"

    def to(self, address: str) -> list[Mail]:
        return [mail for mail in self.mails if address in mail.recipients]

    def wait_for(self, wanted: Callable[[Mail], bool], *, seconds: float = 60) -> Mail:
        """The first mail that is `wanted`, as soon as it is there."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for mail in self.mails:
                if wanted(mail):
                    return mail
            time.sleep(0.05)
        subjects = [f"{mail.recipients}: {mail.subject}" for mail in self.mails]
        raise AssertionError(f"no such mail within {seconds} s; these came: {subjects}")


class Post(Controller):
    """The server, on a free port of this machine, for as long as the `with` block runs."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        super().__init__(self.mailbox, hostname="127.0.0.1", port=0)

    def __enter__(self) -> Mailbox:
        self.start()
        self.mailbox.url = f"smtp://127.0.0.1:{self.port}"
        return self.mailbox

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _trigger_server(self) -> None:
        """Knock at the port that the system chose for the 0 that aiosmtpd was told."""
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()
