"""The zone in which a patient's days are counted, in SQL: patients.models.Patient.zone as an expression."""

from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf


def zone_of(patient: str) -> Coalesce:
    """Their own, else their clinic's; `patient` is the path to them, e.g. "prescription__patient"."""
    return Coalesce(NullIf(f"{patient}__time_zone", Value("")), f"{patient}__clinic__time_zone")
