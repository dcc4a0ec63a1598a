"""What is prescribed on a day, and what of it is off for pain."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from patients.models import (
    ExerciseRecord,
    ExerciseStop,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
)


def exercises_on(prescription: Prescription, on: dt.date) -> list[Any]:
    """What the version in force on `on` prescribes, in order; `is_off`: it is off for pain on that day."""
    return list(prescribed_on(prescription, on))


def prescribed_on(prescription: Prescription, on: dt.date) -> QuerySet[PrescribedExercise]:
    """The same as a query that is not made yet."""
    in_force = PrescriptionVersion.objects.filter(prescription=prescription).in_force(on)
    off = ExerciseStop.objects.filter(
        prescription=prescription, line=OuterRef("line"), session__practised_on__lte=on
    ).filter(Q(resumed_on__isnull=True) | Q(resumed_on__gt=on))
    rows = PrescribedExercise.objects.filter(version=Subquery(in_force.values("pk"))).select_related(
        "version"
    )
    return rows.annotate(is_off=Exists(off)).order_by("position")


def prescribed_in(session: PracticeSession) -> QuerySet[PrescribedExercise]:
    """What the version of `session` prescribes, in order; `is_off`: it was off before that session.

    A stop of that session itself does not count, nor one that was made later the same day; what was recorded
    in it was on.
    """
    before = Q(session__practised_on__lt=session.practised_on) | Q(
        session__practised_on=session.practised_on, session__first_recorded_at__lt=session.first_recorded_at
    )
    not_resumed = (
        Q(resumed_on__isnull=True)
        | Q(resumed_on__gt=session.practised_on)
        | Q(resumed_on=session.practised_on, resumed_at__gt=session.first_recorded_at)
    )
    stops = ExerciseStop.objects.filter(prescription=session.prescription_id, line=OuterRef("line"))
    off = stops.filter(before, not_resumed).exclude(session__uid=session.uid)
    recorded = ExerciseRecord.objects.filter(
        session__patient=session.patient_id, session__uid=session.uid, line=OuterRef("line")
    )
    rows = PrescribedExercise.objects.filter(version=session.version_id).select_related("version")
    return rows.annotate(is_off=Exists(off) & ~Exists(recorded)).order_by("position")
