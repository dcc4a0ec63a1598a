"""What of the past the rules of recording ask for."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Exists, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value

from clinic.models import Absence
from patients.answers import SessionAnswers
from patients.models import (
    EmergencyReport,
    ExerciseRecord,
    Pause,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    WorkItem,
)
from patients.settling import to_settle
from patients.trial import ONE_DAY
from patients.vocabulary import SkipReason


class Past(NamedTuple):
    """What of the past the rules ask for. `same_uid`: the session that was recorded under this id already;
    `settles`: the one before, of which it is told now that it settled, or not; `some_away`: a colleague may
    be away by now, with somebody who stands in."""

    same_uid: int | None
    settles: int | None
    lowest_site: int | None
    is_suspended: bool
    has_pauses: bool
    has_open_work: bool
    some_away: bool


def with_past(
    prescription: Prescription,
    rows: QuerySet[PrescribedExercise],
    *,
    on: dt.date,
    at: dt.datetime,
    uid: uuid.UUID,
    answers: SessionAnswers | None = None,
) -> tuple[list[Any], Past]:
    """The exercises of `rows`, and what of the past the rules ask for: one query.

    It is about the session `uid` of the local date `on`, which was first recorded `at`; itself it is no past.
    It is made after the lock, so that nothing is missed. `skipped_beside` says of an exercise that it
    was skipped for pain in the session before or, where this one is told afterwards, the one after.
    """
    sessions = PracticeSession.objects.current().filter(patient=prescription.patient_id)
    others = sessions.exclude(uid=uid)
    lowest = others.order_by().values("patient").annotate(lowest=Max("lowest_site")).values("lowest")
    reports = EmergencyReport.objects.uncleared().filter(patient=prescription.patient_id)
    past = {
        "same_uid": Subquery(sessions.filter(uid=uid).values("pk")[:1]),
        "settles": Subquery(to_settle(prescription.patient_id, answers).values("pk")[:1])
        if answers and answers.settled
        else Value(None, output_field=IntegerField()),
        "lowest_site": Subquery(lowest),
        "is_suspended": Exists(reports),
        "has_pauses": Exists(Pause.objects.filter(prescription=prescription)),
        "some_away": Exists(
            Absence.objects.filter(clinic=prescription.patient.clinic_id, last_on__gte=at.date() - ONE_DAY)
        ),
        "has_open_work": Exists(WorkItem.objects.open().filter(patient=prescription.patient_id)),
    }
    ours = others.told().filter(prescription=prescription)
    is_before = Q(practised_on__lt=on) | Q(practised_on=on, first_recorded_at__lte=at)
    before = ours.filter(is_before).order_by("-practised_on", "-first_recorded_at")
    after = ours.exclude(is_before).order_by("practised_on", "first_recorded_at")
    skipped = ExerciseRecord.objects.filter(
        Q(session__in=before.values("pk")[:1]) | Q(session__in=after.values("pk")[:1]),
        line=OuterRef("line"),
        skip_reason=SkipReason.PAIN,
    )
    exercises: list[Any] = list(rows.annotate(skipped_beside=Exists(skipped), **past))
    # Where nothing is prescribed on that day, the past is asked alone.
    found: Any = exercises[0] if exercises else Prescription.objects.annotate(**past).get(pk=prescription.pk)
    return exercises, Past(*(getattr(found, name) for name in Past._fields))


def skipped_beside(exercises: Iterable[Any]) -> set[uuid.UUID]:
    """The lines that were skipped for pain in the session beside this one."""
    return {exercise.line for exercise in exercises if exercise.skipped_beside}
