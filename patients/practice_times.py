"""When a patient is to practise in the weeks to come, as far as it can be known today."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clinic.localtime import instant_at, local_date
from patients.models import EmergencyReport, Patient, Prescription, PrescriptionVersion
from patients.prescribed import exercises_on
from patients.trial import ONE_DAY, is_paused, spans
from programs.burden import burden

DAYS_AHEAD = 56  # eight weeks: calendars fetch it anew long before


class PracticeTime(NamedTuple):
    """One session: of the local date `on`, the `slot`-th of that day, at the instant `at` (None: no hour)."""

    on: dt.date
    slot: int
    at: dt.datetime | None
    minutes: int


def practice_times(patient: Patient, *, now: dt.datetime) -> list[PracticeTime]:
    """The sessions that are due from today on, at the patient's reminder times; six queries at most.

    A session without a reminder of its own has no hour, and several of those on a day are one. None where the
    programme is not running, suspended, paused, or everything is off for pain.
    """
    prescription = Prescription.objects.active().of(patient).first()
    if prescription is None or EmergencyReport.objects.uncleared().of(patient).exists():
        return []
    today = local_date(now, patient.zone)
    first = max(today, prescription.starts_on or today)
    exercises = [one for one in exercises_on(prescription, first) if not one.is_off]
    if not exercises:
        return []
    minutes = burden([exercise.dose() for exercise in exercises]).minutes
    pauses, versions = spans(prescription), list(prescription.versions.order_by("number"))
    stopped = patient.reminders_stopped_at is not None
    hours = [] if stopped else [reminder.at for reminder in patient.reminder_times.all()]
    found: list[PracticeTime] = []
    for day in (first + ONE_DAY * ahead for ahead in range((today - first).days + DAYS_AHEAD)):
        asked = 0 if is_paused(day, pauses) else _sessions_on(versions, day)
        found += (
            PracticeTime(day, slot, None if at is None else instant_at(day, at, patient.zone), minutes)
            for slot, at in _slots(hours[:asked], asked)
        )
    return found


def _sessions_on(versions: Sequence[PrescriptionVersion], day: dt.date) -> int:
    """How many the version in force on `day` asks: the one with the highest number that has started."""
    started = [version for version in versions if version.starts_on <= day]
    due = started and str(day.isoweekday()) in started[-1].weekdays
    return started[-1].sessions_a_day if due else 0


def _slots(hours: Sequence[dt.time], asked: int) -> Iterator[tuple[int, dt.time | None]]:
    yield from enumerate(hours, start=1)
    if len(hours) < asked:
        yield len(hours) + 1, None
