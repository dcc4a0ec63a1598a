"""What stands in the logs: ids and places in the code; no link that lets somebody in, nobody's words."""

import copy
import logging
import re
import smtplib
import traceback
from types import TracebackType
from typing import Any

from django.db import IntegrityError, OperationalError

# Addresses whose last part opens a door; Django logs the whole path of every request that was refused.
SECRET = re.compile(
    r"(/(?:come-in|staff/invitation|paper|notices/unsubscribe|calendar|account/password/reset/key)/)[^/\s\"]+"
)
# What somebody searched for: a name, as like as not.
QUERY = re.compile(r"(/[^\s\"'?]*)\?[^\s\"']+")


class HideTokens(logging.Filter):
    """Leaves everything in, and of such an address only where it leads."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_hidden(one) for one in record.args)
        elif isinstance(
            record.args, dict
        ):  # a line of gunicorn's access log, by its parts; of a class of its own
            parts = copy.copy(record.args)
            parts.update({name: _hidden(one) for name, one in parts.items()})
            if "traceback" in parts:  # of Celery, about a task that failed: the formatter says how
                parts.update(exc="as follows", traceback="")
            record.args = parts
        return True


class Discreet(logging.Formatter):
    """Tells of an exception what kind it is and where it happened, not its words.

    PostgreSQL's, for one, hold the whole row that it would not take.
    """

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # what another formatter made of it
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 logging's name
        kind, exception, tb = ei
        return "".join(_told(exception, tb)).rstrip("\n") if exception else str(kind)


def _told(exception: BaseException, tb: TracebackType | None, depth: int = 0) -> list[str]:
    """The exceptions that led to this one first, as Python tells them."""
    led_to_it = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    lines = []
    if led_to_it is not None and depth < 10:  # a chain that long says nothing more
        lines = [*_told(led_to_it, led_to_it.__traceback__, depth + 1), "\nThat led to:\n\n"]
    lines += ["Traceback (most recent call last):\n", *traceback.format_tb(tb)]
    if isinstance(exception, BaseExceptionGroup) and depth < 10:
        for one in exception.exceptions:
            lines += [*_told(one, one.__traceback__, depth + 1), "\nis one of:\n\n"]
    kind = type(exception)
    lines.append(f"{kind.__module__}.{kind.__qualname__}{_words(exception)}\n".removeprefix("builtins."))
    return lines


def _words(exception: BaseException) -> str:
    """What it says, as far as it speaks of machines. Any other may repeat what somebody wrote."""
    if isinstance(exception, OSError) and not isinstance(exception, smtplib.SMTPException):
        return f": {exception.strerror}"  # not which file
    if isinstance(exception, OperationalError | IntegrityError):
        return f": {str(exception).partition(chr(10))[0]}"  # after its first line PostgreSQL quotes values
    return ""


def _hidden(said: Any) -> Any:
    return QUERY.sub(r"\1?...", SECRET.sub(r"\1...", said)) if isinstance(said, str) else said
