"""What is prescribed on a day, and what of it is off for pain."""

import datetime as dt
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When

from patients.models import (
    ExerciseRecord,
    ExerciseStop,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
)


def exercises_on(prescription: Prescription, on: dt.date, *, version: int | None = None) -> list[Any]:
    """What the version in force on `on` prescribes, in order; `is_off`: it is off for pain on that day.

    `version`: as `prescribed_on` says.
    """
    return list(prescribed_on(prescription, on, version=version))


def prescribed_on(
    prescription: Prescription, on: dt.date, *, version: int | None = None
) -> QuerySet[PrescribedExercise]:
    """The same as a query that is not made yet.

    With the number of a version that held by then it is that one, though a newer one holds since: what the
    patient had before them when they practised, on an open page or a phone without a network.
    """
    versions = PrescriptionVersion.objects.filter(prescription=prescription)
    in_force = versions.in_force(on)
    if version is not None:
        asked = Q(number=version, starts_on__lte=on)
        in_force = versions.filter(starts_on__lte=on).order_by(
            Case(When(asked, then=0), default=1), "-number"
        )[:1]
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
