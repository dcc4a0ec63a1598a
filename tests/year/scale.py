"""How big the made-up year is (small in `make test`, whole in `make year`), and the seed of all chance."""

import datetime as dt
import os
import random
from typing import Any

# "long" is the whole year; a number is that many patients, for a machine that has other things to do.
YEAR = os.environ.get("YEAR") or "short"
LONG = YEAR != "short"
SEED = int(os.environ.get("SEED") or 1)
UNTIL = dt.date(2026, 3, 2)
# 23:30 in Rome, and the next day already in Kathmandu, Tokyo and Apia.
NOW = dt.datetime(2026, 3, 2, 22, 30, tzinfo=dt.UTC)
PICKED = 200  # programmes that are compared date by date


def sizes() -> dict[str, Any]:
    """What `load_year` is asked for: in short just more than one page of the report."""
    patients, sessions = 52, 2600
    if LONG:
        patients = 5000 if YEAR == "long" else int(YEAR)
        sessions = 200 * patients
    return {"patients": patients, "sessions": sessions, "seed": SEED, "until": UNTIL}


def dice(name: str) -> random.Random:
    return random.Random(f"{SEED}:{name}")  # noqa: S311 a made-up year needs no good randomness
