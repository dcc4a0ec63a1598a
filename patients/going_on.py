"""A session while the patient is still at it: what was stopped in it can be taken back until it ends."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from clinic import audit
from clinic.audit import Verb
from clinic.models import User
from patients.models import ExerciseStop, PracticeSession, WorkItem, WorkItemEntry
from patients.vocabulary import Alert

STOPS = (Alert.STOP, Alert.SESSION_STOP)


def session_going_on(rows: Iterable[PracticeSession]) -> PracticeSession | None:
    """The one of today's sessions that was left in the middle, the latest where there are several."""
    return next((one for one in reversed(list(rows)) if one.finished_at is None), None)


def stopped_in(session: PracticeSession, exercises: Iterable[Any]) -> set[uuid.UUID]:
    """The lines that `session` stopped. Among `exercises` they are on again: it may still be taken back."""
    stopped = set(ExerciseStop.objects.standing().filter(session=session).values_list("line", flat=True))
    for exercise in exercises:
        if exercise.line in stopped:
            exercise.is_off = False
    return stopped


def take_back_stops(
    session: PracticeSession, lines: Collection[uuid.UUID], *, by: User | None, now: dt.datetime
) -> None:
    """The patient goes on with `lines` after all. What nobody in the clinic has seen yet leaves the list.

    Where a clinician was faster, or another exercise stays stopped, the clinic's item stays as it is.
    """
    stops = ExerciseStop.objects.filter(session=session, line__in=lines)
    audit.write_many(
        verb=Verb.STOP_TAKEN_BACK,
        objs=list(stops),
        actor=by,
        clinic=session.patient.clinic,
        subject=session.patient,
        now=now,
    )
    stops.delete()
    if ExerciseStop.objects.filter(session=session).exists():
        return
    unseen = WorkItem.objects.open().filter(patient=session.patient_id, acknowledged_at=None)
    entries = WorkItemEntry.objects.filter(session=session, what__in=STOPS, item__in=unseen)
    items = set(entries.values_list("item", flat=True))
    entries.delete()
    WorkItem.objects.filter(pk__in=items, entries__isnull=True).delete()
