"""Locking the prescription that a domain function changes."""

from patients.models import Prescription


def locked(prescription: Prescription) -> Prescription:
    """The row as it is now, locked until the transaction ends, with its patient and clinic.

    SQLite has no row locks: there a transaction that writes has the whole database to itself
    (`transaction_mode=IMMEDIATE`), which holds the same.
    """
    rows = Prescription.objects.select_for_update(of=("self",)).select_related("patient__clinic", "clinician")
    return rows.get(pk=prescription.pk)
