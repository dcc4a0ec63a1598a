"""What stands in the logs: never a link that lets somebody in."""

import logging
import re

# Addresses whose last part opens a door; Django logs the whole path of every request that was refused.
SECRET = re.compile(r"(/(?:come-in|staff/invitation|paper|notices/unsubscribe|calendar)/)[^/\s]+")


class HideTokens(logging.Filter):
    """Leaves everything in, and of such an address only where it leads."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                SECRET.sub(r"\1...", one) if isinstance(one, str) else one for one in record.args
            )
        return True
