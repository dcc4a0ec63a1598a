"""Handing patients over: who leaves keeps nothing open; and a colleague who prescribes from now on."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.models import Clinic, User
from patients.care_team import hand_over_places, join_team
from patients.locking import locked, locked_patient, locked_prescriptions
from patients.models import Patient, Prescription, WorkItem
from patients.work import ask_anew, refuse_outsider


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
    """Give `giver`'s prescriptions that have not ended, open work and places in care teams to `taker`, who
    has seen none of that work yet. A fixed number of statements, however many patients.

    All of them in `clinic`, or those of `patients`. Gives the number of prescriptions handed over. Raises
    ValidationError if `taker` does not treat in this clinic.
    """
    refuse_outsider(taker, clinic)
    chosen = None if patients is None else list(patients)
    hand_over_places(clinic=clinic, giver=giver, taker=taker, by=by, now=now, patients=chosen)
    of_these: dict[str, Any] = {"patient__clinic": clinic}
    if chosen is not None:
        of_these["patient__in"] = [patient.pk for patient in chosen]
    return _hand_over(of_these, giver=giver, taker=taker, clinic=clinic, by=by, now=now)


@transaction.atomic
def take_over_prescribing(
    *, prescription: Prescription, by: User, now: dt.datetime, instead_of: int | None = None
) -> None:
    """`by` prescribes for this patient from now on; who did so far stays in the care team.

    Their drafts for this patient and open work about them come along. `instead_of` is the id of the one who
    was seen to prescribe. Nothing happens where `by` does so already. Raises ValidationError where that is
    another colleague by now, where the programme has ended, and if `by` does not treat in this clinic.
    """
    locked_patient(prescription.patient)  # before the prescription, as `activate` does
    prescription = locked(prescription)
    patient, former = prescription.patient, prescription.clinician
    clinic = patient.clinic
    refuse_outsider(by, clinic)
    if prescription.status == Prescription.Status.ENDED:
        raise ValidationError(_("This programme has ended."), code="ended")
    if former == by:
        return
    if instead_of not in {None, former.pk}:
        raise ValidationError(
            _("%(name)s has taken over meanwhile: look at it again.") % {"name": former}, code="stale"
        )
    _hand_over({"patient": patient}, giver=former, taker=by, clinic=clinic, by=by, now=now)
    try:
        refuse_outsider(former, clinic)
    except ValidationError:
        return  # they work here no more
    join_team(patient=patient, user=former, by=by, now=now)


def _hand_over(
    of_these: dict[str, Any], *, giver: User, taker: User, clinic: Clinic, by: User, now: dt.datetime
) -> int:
    running = Prescription.objects.filter(clinician=giver, **of_these)
    moved = locked_prescriptions(running.exclude(status=Prescription.Status.ENDED))
    moved = [one for one in moved if one.clinician_id == giver.pk and one.status != Prescription.Status.ENDED]
    Prescription.objects.filter(pk__in=[one.pk for one in moved]).update(clinician=taker)
    open_items = WorkItem.objects.open().filter(owner=giver)
    items = list(open_items.filter(**of_these).select_related("patient"))
    ask_anew(open_items.filter(pk__in=[item.pk for item in items]), now=now, owner=taker)
    given: list[Prescription | WorkItem] = [*moved, *items]
    audit.write_about_each(
        verb=Verb.HANDED_OVER, objs=[(one, one.patient) for one in given], actor=by, clinic=clinic, now=now
    )
    return len(moved)
