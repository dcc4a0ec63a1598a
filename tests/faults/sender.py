"""A process of the fault tests: does the steps of a tick by a clock that can be moved, and dies where told.

    python -m tests.faults.sender drain            once
    python -m tests.faults.sender --again drain    again and again, until it is ended

CLOCK is the file of a SharedClock. DIE_AT and DIE_ON: at which point (tests/faults/dying.py), and on which
time it comes by there. EMAIL_TIMEOUT, in seconds, takes the place of the installation's.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import close_old_connections  # noqa: E402

from clinic.notices import claims, drain, planning  # noqa: E402
from tests.faults.clock import SharedClock  # noqa: E402
from tests.faults.dying import die_at  # noqa: E402

READY, IDLE = "ready to send", "nothing due"
BETWEEN = 0.1  # seconds from one tick to the next


def main(words: list[str]) -> None:
    clock = SharedClock(Path(os.environ["CLOCK"]))
    if os.environ.get("EMAIL_TIMEOUT"):
        settings.EMAIL_TIMEOUT = float(os.environ["EMAIL_TIMEOUT"])
    if os.environ.get("DIE_AT"):
        die_at(os.environ["DIE_AT"], nth=int(os.environ["DIE_ON"]))
    say_what_is_claimed()
    say(READY)
    steps = [word for word in words if word != "--again"]
    tick(steps, clock)
    while "--again" in words:
        time.sleep(BETWEEN)
        close_old_connections()
        tick(steps, clock)


def tick(steps: list[str], clock: SharedClock) -> None:
    if "plan" in steps:
        say(f"made: {planning.plan(clock())}")
    if "drain" in steps:
        counts = drain.drain(clock=clock)
        say(", ".join(f"{state}: {number}" for state, number in sorted(counts.items())) or IDLE)


def say_what_is_claimed() -> None:
    """So that the test sees that something is in hand."""
    claim = claims.claim

    def saying(**how: Any) -> Any:
        claimed = claim(**how)
        if claimed:
            say(f"claimed: {len(claimed)}")
        return claimed

    claims.claim = saying


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 the test that started it reads this


if __name__ == "__main__":
    main(sys.argv[1:])
