"""Time passes by moving what happened back: the clocks of real worker processes cannot be set."""

import datetime as dt
from typing import Any

from django.apps import apps
from django.db.models import DateField, DateTimeField, ExpressionWrapper, F, Value

from patients.models import Patient

# Rows of these tables belong to a patient along this path.
PATHS = {
    "Prescription": "patient",
    "PrescriptionVersion": "prescription__patient",
    "PracticeSession": "patient",
    "ExerciseStop": "prescription__patient",
    "Pause": "prescription__patient",
    "Review": "prescription__patient",
    "WorkItem": "patient",
    "EmergencyReport": "patient",
}


def days_go_by(patient: Patient, days: int) -> None:
    """Whatever was dated for `patient` is now `days` days ago."""
    for name, path in PATHS.items():
        model = apps.get_model("patients", name)
        dated = [field for field in model._meta.concrete_fields if isinstance(field, DateField)]
        earlier: dict[str, Any] = {field.name: _earlier(field, days) for field in dated}
        model._default_manager.filter(**{path: patient}).update(**earlier)


def _earlier(field: DateField, days: int) -> ExpressionWrapper:
    kind = DateTimeField if isinstance(field, DateTimeField) else DateField
    return ExpressionWrapper(F(field.name) - Value(dt.timedelta(days=days)), output_field=kind())
