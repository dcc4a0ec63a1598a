"""A tick sheet that came back on paper, typed in day by day by the front desk or a clinician.

Whoever types sees of the programme which days have lines, and which of them are filled: no exercise, no
answer. A tick says that every exercise of that day was done. Each place of the sheet has an id of its own, so
that what is typed twice is recorded once; what was recorded on that day another way is left alone.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from patients.answers import ExerciseAnswer, SessionAnswers
from patients.locking import locked
from patients.models import PracticeSession, Prescription
from patients.prescribed import exercises_on
from patients.recording import record_session
from patients.trial import ONE_DAY, is_paused, spans
from patients.vocabulary import Outcome, Source

MOST_DAYS = 60  # the latest of them
PLACES = uuid.UUID("6f1d3c52-8d0e-4c3b-9a55-51f0a7c2b9e4")  # the name space of the places of all sheets


@dataclass(frozen=True)
class Ticked:
    """A session that is ticked, the `slot`-th of its day (from 1). Pain 0-10, None: not written."""

    slot: int
    pain_before: int | None = None
    pain_after: int | None = None


@dataclass(frozen=True)
class SheetDay:
    """A line of the sheet: a local date on which `asked` sessions are due; those of `taken` are recorded."""

    on: dt.date
    asked: int
    taken: frozenset[int]

    @property
    def is_full(self) -> bool:
        return len(self.taken) >= self.asked


def sheet_days(prescription: Prescription, *, today: dt.date) -> list[SheetDay]:
    """The days from the start up to `today` on which something is asked, in order, the latest of them."""
    begins = prescription.starts_on or prescription.activated_on or today
    versions = list(prescription.versions.order_by("number"))
    pauses = spans(prescription)
    recorded = _recorded(prescription, begins)
    days = []
    for offset in range((today - begins).days + 1):
        on = begins + ONE_DAY * offset
        version = next((one for one in reversed(versions) if one.starts_on <= on), None)
        if version and str(on.isoweekday()) in version.weekdays and not is_paused(on, pauses):
            asked = version.sessions_a_day
            days.append(SheetDay(on, asked, taken(prescription, on, recorded[on], asked=asked)))
    return days[-MOST_DAYS:]


def _recorded(prescription: Prescription, since: dt.date) -> dict[dt.date, list[uuid.UUID]]:
    found: dict[dt.date, list[uuid.UUID]] = defaultdict(list)
    rows = PracticeSession.objects.current().told()
    rows = rows.filter(prescription=prescription, practised_on__gte=since)
    for on, uid in rows.values_list("practised_on", "uid"):
        found[on].append(uid)
    return found


def place_uid(prescription: Prescription, on: dt.date, slot: int) -> uuid.UUID:
    """The id of the session that stands in that place of the sheet: always the same."""
    return uuid.uuid5(PLACES, f"{prescription.pk}:{on.isoformat()}:{slot}")


def taken(
    prescription: Prescription, on: dt.date, recorded: Collection[uuid.UUID], *, asked: int
) -> frozenset[int]:
    """The slots of a day that are recorded: from the sheet, or else the first ones that are free."""
    slots = range(1, asked + 1)
    from_sheet = {slot for slot in slots if place_uid(prescription, on, slot) in recorded}
    free = [slot for slot in slots if slot not in from_sheet]
    return frozenset(from_sheet | set(free[: len(recorded) - len(from_sheet)]))


@transaction.atomic
def record_sheet_day(
    *, prescription: Prescription, on: dt.date, ticked: Sequence[Ticked], by: User, now: dt.datetime
) -> int:
    """Record what is ticked on one line of the sheet, all of it or nothing; gives how many sessions are new.

    What is recorded already is left alone. Raises ValidationError where the line cannot be recorded: a day
    before the start or to come, more sessions than asked, a pain outside 0 to 10, no exercise that was on
    that day, a programme that is not running or suspended.
    """
    prescription = locked(prescription)
    exercises = exercises_on(prescription, on)
    asked = exercises[0].version.sessions_a_day if exercises else 0
    if any(not 1 <= one.slot <= asked for one in ticked):
        raise ValidationError(_("So many sessions are not due on this day."), code="slot")
    filled = taken(prescription, on, _recorded(prescription, on)[on], asked=asked)
    new = [one for one in ticked if one.slot not in filled]
    for one in new:
        record_session(
            prescription=prescription,
            uid=place_uid(prescription, on, one.slot),
            practised_on=on,
            answers=SessionAnswers(
                exercises=[
                    ExerciseAnswer(exercise.line, Outcome.DONE)
                    for exercise in exercises
                    if not exercise.is_off
                ],
                pain_before=one.pain_before,
                pain_after=one.pain_after,
            ),
            now=now,
            by=by,
            source=Source.PAPER,
        )
    return len(new)
