"""What is prescribed on a day, and what of it is off for pain."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from patients.models import ExerciseStop, PrescribedExercise, Prescription, PrescriptionVersion


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
