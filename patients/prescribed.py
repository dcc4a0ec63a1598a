"""What is prescribed on a day, and what of it is off for pain."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

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


def prescribed_on(
    prescription: Prescription, on: dt.date, *, shown: int | None = None, at: dt.datetime | None = None
) -> QuerySet[PrescribedExercise]:
    """The same as a query that is not made yet.

    `shown` is the number of the version that the patient had before their eyes: it takes the place of a newer
    one that was made meanwhile. A number that there is not, or that begins later, is left aside. With `at`,
    what was stopped later on the same day was on then.
    """
    versions = PrescriptionVersion.objects.filter(prescription=prescription)
    in_force = versions.in_force(on)
    if shown is not None:
        as_shown = versions.filter(number=shown, starts_on__lte=on)
        in_force = versions.filter(
            pk=Coalesce(Subquery(as_shown.values("pk")[:1]), Subquery(in_force.values("pk")))
        )
    before = Q(session__practised_on__lte=on)
    if at is not None:
        before = Q(session__practised_on__lt=on) | Q(
            session__practised_on=on, session__first_recorded_at__lte=at
        )
    off = ExerciseStop.objects.filter(before, prescription=prescription, line=OuterRef("line"))
    off = off.filter(Q(resumed_on__isnull=True) | Q(resumed_on__gt=on))
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
