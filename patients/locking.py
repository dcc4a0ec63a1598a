"""Locking the rows that a domain function changes.

`no_key`: a lock need not keep others from pointing at the rows. A plain FOR UPDATE would, and two
transactions that each hold one row and insert a reference to the other's would wait for each other for
ever. A patient's row goes in one place alone, when it is merged with another (patients.merging), and
prescriptions get another patient there.

SQLite has no row locks: there a transaction that writes has the whole database to itself
(`transaction_mode=IMMEDIATE`), which holds the same.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from patients.models import Patient, Prescription


def locked(prescription: Prescription) -> Prescription:
    """The row as it is now, locked until the transaction ends, with its patient and clinic.

    Whoever asks for it is about to change something, so it counts as changed: stored figures are counted
    anew (patients.counting). What else a rule asks of the past must be read after this, in a query of its
    own: a statement that waited for the lock does not see what was committed meanwhile in other rows.
    """
    ours = Prescription.objects.filter(pk=prescription.pk)
    ours.update(changes=F("changes") + 1)  # in PostgreSQL this is the lock
    return ours.select_related("patient__clinic", "clinician").get()


def locked_current(patient: Patient) -> Prescription | None:
    """As `locked`, the patient's running prescription, else the one that ended last, else None."""
    rows = Prescription.objects.select_for_update(of=("self",), no_key=True).of(patient)
    found = rows.select_related("patient__clinic", "clinician").latest_first().first()
    if found is not None:
        found.changes += 1
        found.save(update_fields=["changes"])
    return found


def mark_changed(patients: Iterable[Patient]) -> None:
    """What is told of these patients acts on their running programmes. Locks those as `locked` does."""
    running = Prescription.objects.active().filter(patient__in=patients)
    running.update(changes=F("changes") + 1)


def locked_prescriptions(rows: QuerySet[Prescription]) -> list[Prescription]:
    """`rows` as they are now, locked in the order of their ids, with their patients.

    Whatever `rows` asks of them must be asked again: it may have changed while we waited. They are locked
    by their ids alone, for the reason that `locked` gives: one whose patient is merged meanwhile stays.
    """
    ids = list(rows.order_by().values_list("pk", flat=True))
    ours = Prescription.objects.filter(pk__in=ids).order_by("pk")
    list(ours.select_for_update(of=("self",), no_key=True).values_list("pk"))
    return list(ours.select_related("patient"))


def locked_patient(patient: Patient) -> Patient:
    """The patient's row as it is now, locked until the transaction ends, with its clinic.

    Raises ValidationError where the patient was merged with another one meanwhile.
    """
    found = locked_patients([patient.pk])
    if not found:
        raise ValidationError(
            _("This patient has been merged with another one meanwhile. Please look for them again."),
            code="gone",
        )
    return found[0]


def locked_patients(ids: Iterable[int]) -> list[Patient]:
    """As `locked_patient`, several of them in the order of their ids, so that two who do so never wait for
    each other. Those that are gone are left out."""
    rows = Patient.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.select_related("clinic").filter(pk__in=list(ids)).order_by("pk"))
