"""What calls a clinician of the made-up clinic, and when it is seen to."""

import datetime as dt
from typing import NamedTuple

from patients.made_up.house import House
from patients.made_up.people import Person
from patients.vocabulary import Alert, WorkKind


class Call(NamedTuple):
    """Something for the worklist, and when it is seen to (None: not yet)."""

    at: dt.datetime
    kind: WorkKind
    whats: tuple[Alert, ...]
    about: dict[str, int]
    prescription: int
    taken_at: dt.datetime | None
    closed_at: dt.datetime | None
    outcome: str = ""
    closed_by: int | None = None
    due_on: dt.date | None = None  # None: the clinic's next open day


def plan_care(at: dt.datetime, house: House, person: Person) -> tuple[dt.datetime | None, dt.datetime | None]:
    """When a clinician takes what came up at `at`, and when it is done; None: not within the year."""
    random = person.random
    taken_at: dt.datetime | None = at + dt.timedelta(
        minutes=random.choice((9, 47, 180, 600, 1500, 4000)) + random.randrange(60)
    )
    closed_at: dt.datetime | None = at + dt.timedelta(
        minutes=random.choice((300, 2000, 6000, 12000)) + random.randrange(5000)
    )
    chance = random.random()
    if chance < 0.07 or (taken_at and closed_at and taken_at > closed_at):
        taken_at = None  # done without having been taken first
    if chance > 0.985 or (closed_at and closed_at > house.now):
        closed_at = None
    if taken_at and taken_at > house.now:
        taken_at = None
    return taken_at, closed_at
