"""A mail server that misbehaves on demand, and a kind of notice for the tests of the outbox."""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from clinic.models import Notice
from clinic.notices.kinds import WANTED, Answer, ByHand, Mail, NoticeKind, SendAgain
from tests.mailing import Mailbox, Post

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
DROP = "drop"  # instead of an answer: the connection ends


@dataclass
class BadMailbox(Mailbox):
    """What happens instead of "250": an answer, DROP, or a number of seconds of silence and then an end."""

    at_sender: list[str | float] = field(default_factory=list)  # used up one by one
    at_recipient: dict[str, str | float] = field(default_factory=dict)  # by address
    after_dot: dict[str, str | float] = field(default_factory=dict)  # by address; the mail has arrived
    at_arrival: Callable[[], None] = lambda: None
    connections: int = 0

    async def handle_EHLO(  # noqa: N802 aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await misbehave(server, self.at_sender.pop(0)) if self.at_sender else "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address in self.at_recipient:
            return await misbehave(server, self.at_recipient[address])
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self.after_dot.get(envelope.rcpt_tos[0])
        if isinstance(fault, str) and fault != DROP:
            return fault
        await super().handle_DATA(server, session, envelope)
        self.at_arrival()
        return "250 2.0.0 Taken" if fault is None else await misbehave(server, fault)


class BadPost(Post):
    def __init__(self, port: int = 0) -> None:
        """On a free port unless said."""
        self.mailbox = self.bad = BadMailbox()
        Controller.__init__(self, self.mailbox, hostname="127.0.0.1", port=port)

    @property
    def url(self) -> str:
        return f"smtp://{self.hostname}:{self.port}"


async def misbehave(server: SMTP, fault: str | float) -> str:
    if isinstance(fault, float):
        await asyncio.sleep(fault)
    elif fault != DROP:
        return fault
    transport: Any = server.transport
    transport.abort()
    return "250 nobody hears this"


@dataclass
class Letters:
    """A kind whose answers a test decides: `params["to"]` is the address."""

    again: SendAgain = SendAgain.ALWAYS
    answer: Answer = WANTED
    urgent: bool = False
    by_hand: ByHand = ByHand.IN_TIME
    failed: list[int] = field(default_factory=list)

    def kind(self, name: str = "test") -> NoticeKind:
        return NoticeKind(
            name=name,
            address=lambda notice: notice.params.get("to"),
            still_wanted=lambda notice, now: self.answer,
            render=self.render,
            on_failure=lambda notice, now: self.failed.append(notice.pk),
            send_again_when_uncertain=self.again,
            urgent=self.urgent,
            by_hand=self.by_hand,
        )

    def render(self, notice: Notice) -> Mail:
        if notice.params.get("broken"):
            raise RuntimeError("this notice can't be written")
        return Mail(subject=f"Notice {notice.pk}", text="Something waits for you.\n")


class Watch:
    """A clock that goes when it is told to."""

    def __init__(self, now: dt.datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += dt.timedelta(**by)
