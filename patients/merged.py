"""Whom an id of a patient stands for after records were merged: read off the audit trail."""

from django.db.models import QuerySet

from clinic.audit import Verb
from clinic.models import Event
from patients.models import Patient


def was_merged(pk: int, *, into: Patient) -> bool:
    """Whether the patient who had this id was merged into this one."""
    return _merged(pk).filter(subject_id=into.pk).exists()


def who_is_now(pk: int) -> Patient | None:
    """The patient with this id, or the one that they were merged into; None where there never was one."""
    patient = Patient.objects.select_related("clinic").filter(pk=pk).first()
    if patient is not None:
        return patient
    kept = _merged(pk).values_list("subject_id", flat=True).first()
    return None if kept is None else who_is_now(kept)


def merged_into(patient: Patient) -> list[int]:
    """The ids of all records that were merged into this one, one after the other or by way of another."""
    found: list[int] = []
    newest = [patient.pk]
    while newest:
        rows = _merges().filter(subject_id__in=newest)
        newest = [int(pk) for pk in rows.values_list("object_id", flat=True)]
        found += newest
    return found


def _merged(pk: int) -> QuerySet[Event]:
    return _merges().filter(object_id=str(pk))


def _merges() -> QuerySet[Event]:
    return Event.objects.filter(verb=Verb.MERGED, object_type=Patient._meta.label)
