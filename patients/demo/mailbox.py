"""The demo's mails, read from the files that Django's file backend writes."""

import datetime as dt
import email
import email.policy
import email.utils
from dataclasses import dataclass
from pathlib import Path

SEPARATOR = b"-" * 79 + b"\n"  # between two mails of one file


@dataclass(frozen=True)
class Letter:
    """One mail as its reader sees it. `sent_at` is in UTC, `key` its Message-ID."""

    key: str
    sent_at: dt.datetime
    to: str
    subject: str
    text: str
    html: str


def letters(folder: Path, *, most: int = 100) -> list[Letter]:
    """The newest mails in `folder`, newest first; none where nothing was sent yet."""
    found = [letter for path in folder.glob("*.log") for letter in _letters_in(path)]
    return sorted(found, key=lambda letter: letter.sent_at, reverse=True)[:most]


def _letters_in(path: Path) -> list[Letter]:
    return [_letter(part) for part in path.read_bytes().split(SEPARATOR) if part.strip()]


def _letter(raw: bytes) -> Letter:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body, html = message.get_body(("plain",)), message.get_body(("html",))
    written_at = email.utils.parsedate_to_datetime(message["Date"])  # "-0000": UTC, and no zone to Python
    return Letter(
        key=str(message["Message-ID"]).strip("<> "),
        sent_at=written_at.astimezone(dt.UTC) if written_at.tzinfo else written_at.replace(tzinfo=dt.UTC),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=body.get_content() if body else "",
        html=html.get_content() if html else "",
    )
