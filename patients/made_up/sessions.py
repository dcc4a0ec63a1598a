"""What is said in one session: how each exercise went, and the pain. Drawn by chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from patients.facts import RecordFacts
from patients.made_up.courses import Line
from patients.vocabulary import Outcome, SkipReason

REASONS = [SkipReason.NO_TIME, SkipReason.UNSURE, SkipReason.FEELS_WELL, SkipReason.PAIN, SkipReason.OTHER]
REASON_WEIGHTS = [45, 10, 15, 18, 12]
DONE = RecordFacts(Outcome.DONE.value, "")
PARTLY = RecordFacts(Outcome.PARTLY.value, "")
STOPPED = RecordFacts(Outcome.STOPPED.value, "")
SKIPPED = {reason: RecordFacts(Outcome.SKIPPED.value, reason.value) for reason in REASONS}


@dataclass
class Said:
    """`records` go with the lines, as many as were told; `stops` are the places of those turned off."""

    records: list[RecordFacts]
    stops: list[int]
    stopped: bool = False
    is_whole: bool = True  # False: left in the middle


def say(lines: Sequence[Line], random: Random, *, care: float, stop_all: bool = False) -> Said:
    """`care` is how likely it is that all was done as asked."""
    count, chance = len(lines), random.random()
    if stop_all or chance < 0.0008:
        told: list[RecordFacts] = [DONE] * random.randrange(count)
        if told and random.random() < 0.5:
            told[-1] = STOPPED
        return Said(told, list(range(count)), stopped=True)
    if chance < 0.005:
        return Said([], [], is_whole=False)
    if chance < 0.02:
        return Said([DONE] * random.randrange(1, count + 1), [], is_whole=False)
    if chance < 0.032:
        return Said([SKIPPED[_reason(random)]] * count, [])
    said = Said([DONE] * count, [])
    if chance < 0.036:
        said.stops = [random.randrange(count)]
        said.records[said.stops[0]] = STOPPED
    elif random.random() > care:
        said.records = [_one(random) for _line in lines]
    return said


def _one(random: Random) -> RecordFacts:
    chance = random.random()
    if chance < 0.6:
        return DONE
    return PARTLY if chance < 0.8 else SKIPPED[_reason(random)]


def _reason(random: Random) -> SkipReason:
    return random.choices(REASONS, REASON_WEIGHTS)[0]


@dataclass
class Pains:
    before: int | None
    during: int | None
    after: int | None
    no_more: bool
    sites: str  # JSON
    lowest: int | None


NOTHING = Pains(None, None, None, False, "[]", None)
SITES = {(): "[]", (1,): "[1]", (2,): "[2]", (1, 2): "[1, 2]", (1, 2, 3): "[1, 2, 3]"}


def feel(random: Random, *, level: float, usual: int, hurts: bool) -> Pains:
    """Around `level` before it; mostly no more after it, never far above the `usual` unless it `hurts`."""
    if random.random() < 0.05:
        return NOTHING
    before = min(max(round(level + random.choice((-1, 0, 0, 0, 1))), 0), 10)
    during = min(before + random.choice((0, 0, 0, 0, 1, 1, 2)), 10)
    if hurts or random.random() < 0.006:
        after = min(before + random.choice((1, 2, 2, 3)), 10)
    else:
        after = min(max(before + random.choice((-1, -1, 0, 0, 0, 0, 1)), 0), max(usual, 5))
    sites = random.choices(list(SITES), [10, 70, 5, 14.7, 0.3])[0]
    return Pains(
        before=before if random.random() < 0.94 else None,
        during=during if random.random() < 0.9 else None,
        after=after if random.random() < 0.92 else None,
        no_more=during == before and random.random() < 0.1,
        sites=SITES[sites],
        lowest=max(sites, default=None),
    )
