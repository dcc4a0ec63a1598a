"""How big a fault test is (short in `make test`, long in `make faults`), and the seed of what is random."""

import os
import random
import secrets
from typing import TypeVar

T = TypeVar("T")

LONG = os.environ.get("FAULTS") == "long"
SEED = int(os.environ.get("SEED") or secrets.randbelow(10**6))


def sized(*, short: T, long: T) -> T:
    return long if LONG else short


def dice(name: str) -> random.Random:
    """Chance of its own for each test, so that one that is run alone sees what it saw among the others."""
    return random.Random(f"{SEED}:{name}")  # noqa: S311 faults need no good randomness
