"""What a programme asks of a day: minutes and number of exercises, worked out from the doses."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# What a dose does not say. A repetition that is not held: one slow breath. From one exercise to the next:
# reading, moving, lying down again. Both are ours, and rough: the minutes are rounded up.
REP_S = 4
CHANGE_S = 20
# From so many exercises on, fewer people do them: 86 % with two or fewer, 54 % with four or more, in one
# small study of deployed soldiers that we know second-hand (docs/burden.md). A word, never a bar.
MANY = 4


@dataclass(frozen=True)
class Burden:
    """`seconds` of one session, without pauses of one's own."""

    exercises: int
    seconds: int

    @property
    def minutes(self) -> int:
        return -(-self.seconds // 60)

    @property
    def is_many(self) -> bool:
        return self.exercises >= MANY


def burden(doses: Iterable[dict[str, Any]]) -> Burden:
    """The burden of one session; of a range the lower figure counts, as it is what is due."""
    each = [_seconds(dose) for dose in doses]
    changes = CHANGE_S * max(0, len(each) - 1)
    return Burden(exercises=len(each), seconds=sum(each) + changes)


def _seconds(dose: dict[str, Any]) -> int:
    sets, reps = dose.get("sets") or 1, dose.get("reps") or 1
    rep, rest = dose.get("hold_s") or REP_S, dose.get("rest_s") or 0
    sides = 2 if dose.get("each_side") else 1
    # Rest lies between sets where there are several, else between repetitions.
    rests = sets - 1 if sets > 1 else reps - 1
    return sides * (sets * reps * rep) + rests * rest * (sides if sets == 1 else 1)
