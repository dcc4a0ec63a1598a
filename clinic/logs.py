"""What stands in the logs: never a link that lets somebody in."""

import copy
import logging
import re
from typing import Any

# Addresses whose last part opens a door; Django logs the whole path of every request that was refused.
SECRET = re.compile(
    r"(/(?:come-in|staff/invitation|paper|notices/unsubscribe|calendar|account/password/reset/key)/)[^/\s\"]+"
)


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
            record.args = parts
        return True


def _hidden(said: Any) -> Any:
    return SECRET.sub(r"\1...", said) if isinstance(said, str) else said
