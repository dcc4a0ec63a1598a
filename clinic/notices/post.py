"""Handing mails to the server over a kept connection, and reading what its answer means."""

import logging
import re
import smtplib
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self

from django.core.mail import EmailMessage, get_connection

logger = logging.getLogger(__name__)

TROUBLES_IN_A_ROW = 3  # after these the server, not the mails, is what is wrong


class Fate(Enum):
    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good: 5xx
    LATER = "later"  # certainly not accepted now: 4xx, or trouble before the mail's text was under way
    UNKNOWN = "unknown"  # the text was under way and no answer came


@dataclass(frozen=True)
class Delivery:
    """How it ended, in the server's words. `is_trouble`: it says nothing about this mail or address."""

    fate: Fate
    answer: str = ""
    address_refused: bool = False
    is_trouble: bool = False


class ServerDownError(Exception):
    """No connection to the mail server; the message is what it (or the network) said."""


class Post:
    """The way to the mail server for one drain. Connects when first needed, keeps the connection, closes it.

    `is_down` says that it is no use to go on for now.
    """

    def __init__(self) -> None:
        self._connection: Any = None
        self._carried = 0  # mails that went over this connection
        self._troubles = 0
        self.is_down = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._hang_up()

    def connect(self) -> None:
        """Make sure there is a connection. Raises ServerDownError."""
        if self._connection is not None:
            return
        connection = get_connection()
        try:
            connection.open()
        except Exception as trouble:  # refused, timed out, no TLS, wrong password: all the same to a notice
            self.is_down = True
            raise ServerDownError(_words(trouble)) from trouble
        self._connection, self._carried = connection, 0

    def hand_over(self, message: EmailMessage) -> Delivery:
        """Give `message` to the server. Never raises."""
        was_used = self._connection is not None and self._carried > 0
        delivery = self._try(message)
        if was_used and delivery.is_trouble and delivery.fate is Fate.LATER:
            # Servers close connections that are idle or had their share of mails: ask again on a new one.
            delivery = self._try(message)
        self._troubles = self._troubles + 1 if delivery.is_trouble else 0
        self.is_down = self.is_down or self._troubles >= TROUBLES_IN_A_ROW
        return delivery

    def _try(self, message: EmailMessage) -> Delivery:
        try:
            self.connect()
        except ServerDownError as down:
            return Delivery(Fate.LATER, str(down), is_trouble=True)
        self._carried += 1
        if hasattr(self._server, "begun"):
            self._server.begun = False  # of the mail before: this one may fail before it is handed over
        try:
            self._connection.send_messages([message])
        except Exception as trouble:  # a provider's own backend may raise anything
            delivery = _judge(trouble, begun=getattr(self._server, "begun", True))
            if delivery.is_trouble:
                self._hang_up()
            return delivery
        return Delivery(Fate.ACCEPTED, getattr(self._server, "words", ""))

    @property
    def _server(self) -> Any:
        return getattr(self._connection, "connection", None)

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except Exception as trouble:  # what was sent is sent
                logger.info("The mail server's connection was not closed politely: %s", trouble)


def _judge(trouble: Exception, *, begun: bool) -> Delivery:
    """What an exception of smtplib means for the mail (`begun`: see clinic.notices.smtp)."""
    words = _words(trouble)
    code = int(words[:3]) if re.match(r"[45]\d\d\b", words) else 0
    about_us = code == 421 or isinstance(trouble, smtplib.SMTPSenderRefused)
    if about_us:
        return Delivery(Fate.LATER, words, is_trouble=True)
    if code >= 500:
        at_address = isinstance(trouble, smtplib.SMTPRecipientsRefused)
        # 5.7: the server's policy (spam, relaying). That is no fault of the address.
        no_such = at_address and code in (550, 551, 553) and not re.match(r"\d{3}[ -]5\.7\.", words)
        return Delivery(Fate.REFUSED, words, address_refused=no_such)
    if code >= 400:
        return Delivery(Fate.LATER, words)
    return Delivery(Fate.UNKNOWN if begun else Fate.LATER, words, is_trouble=True)


def _words(trouble: Exception) -> str:
    """The server's answer ("550 5.1.1 No such user"), or what went wrong on the way to it."""
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        return _said(*next(iter(trouble.recipients.values())))
    if isinstance(trouble, smtplib.SMTPResponseException):
        return _said(trouble.smtp_code, trouble.smtp_error)
    return f"{type(trouble).__name__}: {trouble}"


def _said(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
