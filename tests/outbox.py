"""Reading the mails that a test sent."""

import re

from django.core import mail


def text(index: int = -1) -> str:
    """The words of one mail, the last one unless said."""
    return str(mail.outbox[index].body)


def has_digits() -> bool:
    return re.search(r"^\d{6}$", text(), re.MULTILINE) is not None


def digits() -> str:
    """The six digits of the last mail."""
    return found(r"^(\d{6})$", text())


def found(pattern: str, where: str) -> str:
    """The first group of `pattern` in `where`; fails if it is not there."""
    match = re.search(pattern, where, re.MULTILINE)
    assert match, f"no {pattern} in {where}"
    return match[1]
