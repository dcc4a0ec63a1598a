"""Handing patients over: who leaves keeps nothing open."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from clinic import audit
from clinic.audit import Verb
from clinic.models import Clinic, User
from patients.models import Patient, Prescription, WorkItem
from patients.work import refuse_outsider


@transaction.atomic
def hand_over_patients(
    *,
    clinic: Clinic,
    giver: User,
    taker: User,
    by: User,
    now: dt.datetime,
    patients: Iterable[Patient] | None = None,
) -> int:
    """Give `giver`'s prescriptions that have not ended, and open work items, in `clinic` to `taker`.

    All of them, or those of `patients`. Gives the number of prescriptions handed over. Raises
    ValidationError if `taker` does not treat in this clinic.
    """
    refuse_outsider(taker, clinic)
    prescriptions = Prescription.objects.filter(clinician=giver, patient__clinic=clinic).exclude(
        status=Prescription.Status.ENDED
    )
    items = WorkItem.objects.open().filter(owner=giver, patient__clinic=clinic)
    if patients is not None:
        chosen = [patient.pk for patient in patients]
        prescriptions, items = prescriptions.filter(patient__in=chosen), items.filter(patient__in=chosen)
    moved = list(prescriptions.select_for_update(of=("self",), no_key=True))
    Prescription.objects.filter(pk__in=[one.pk for one in moved]).update(clinician=taker)
    items.update(owner=taker)
    audit.write_many(verb=Verb.HANDED_OVER, objs=moved, actor=by, clinic=clinic, now=now)
    return len(moved)
