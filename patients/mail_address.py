"""A patient's e-mail address that a mail server has refused for good: the clinic is told, and mends it.

It gets no mail any more (clinic.notices.addresses). The clinic has one line on the worklist for it, which
closes by itself when the address is changed, taken out, or tried again. Closed by hand while nothing was
mended, it stays closed: the same refusal is told once.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.audit import Verb
from clinic.models import User
from clinic.notices import addresses
from patients.models import Patient, Prescription, WorkItem, WorkItemEntry
from patients.vocabulary import Alert, WorkKind
from patients.work import close_work
from patients.work_lines import Event, add_lines


def is_refused(patient: Patient) -> bool:
    return bool(patient.email) and addresses.is_refused(patient.email)


def refused_at(patient: Patient) -> dt.datetime | None:
    """Since when the patient's address gets nothing; None where it does, or there is none."""
    return addresses.refused_at(patient.email) if patient.email else None


@transaction.atomic
def tell_clinic(*, patient: Patient, now: dt.datetime) -> bool:
    """If the address is refused: a line on the worklist, once for each refusal. True where it is new."""
    since = refused_at(patient)
    if since is None:
        return False
    told = WorkItemEntry.objects.filter(item__patient=patient, what=Alert.ADDRESS_REFUSED, at__gte=since)
    if told.exists():
        return False
    prescription = Prescription.objects.of(patient).select_related("clinician").latest_first().first()
    event = Event(patient, prescription, None)
    return bool(add_lines(kind=WorkKind.ADDRESS, what=Alert.ADDRESS_REFUSED, events=[event], now=now))


@transaction.atomic
def try_again(*, patient: Patient, by: User | None, now: dt.datetime) -> None:
    """Somebody says that the address is right: it gets mail again. Nothing happens where it does already."""
    if not is_refused(patient):
        return
    addresses.forgive(patient.email)
    audit.write(verb=Verb.FORGIVEN, obj=patient, actor=by, clinic=patient.clinic, subject=patient, now=now)
    sharing = Patient.objects.filter(clinic=patient.clinic, email__iexact=patient.email.strip())
    for one in sharing.select_related("clinic"):
        close_if_mended(patient=one, by=by, now=now)


@transaction.atomic
def close_if_mended(*, patient: Patient, by: User | None, now: dt.datetime) -> None:
    """Close the line about the patient's address where it is not refused any more, or there is none.

    Without a person who mended it (an import, a command) the line stays: it is closed in somebody's name.
    """
    if by is None or is_refused(patient):
        return
    outcome = _("The address was changed, or is tried again.") if patient.email else _("No address any more.")
    items = WorkItem.objects.open().filter(patient=patient, kind=WorkKind.ADDRESS)
    for item in items.select_related("patient__clinic"):
        try:
            close_work(item=item, by=by, outcome=outcome, now=now)
        except ValidationError:
            continue  # a colleague has just closed it
