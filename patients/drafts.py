"""A draft: all that the prescribing page asks, in one go; and started on another day than it says."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic.localtime import local_date
from clinic.models import User
from patients.locking import locked, locked_patient
from patients.models import Patient, Prescription
from patients.plans import Plan
from patients.prescribing import activate, prescribe, refuse_start
from patients.screening import ScreeningAnswers, keep_precautions, precautions_of


@transaction.atomic
def prescribe_in_one_go(
    *,
    patient: Patient,
    plan: Plan,
    precautions: Sequence[str],
    screening: ScreeningAnswers,
    start: bool,
    by: User,
    now: dt.datetime,
    starts_on: dt.date | None = None,
    reminders: Sequence[dt.time] = (),
    usual_pain: int | None = None,
    usual_lowest_site: int | None = None,
) -> Prescription:
    """Keep the patient's precautions, prescribe, and with `start` activate: all of it or nothing.

    Raises ValidationError as those do, and where a programme of this name waits as a draft already (the
    form sent twice).
    """
    patient = locked_patient(patient)  # two forms in the same second make one draft
    drafts = Prescription.objects.filter(patient=patient, status=Prescription.Status.DRAFT)
    if drafts.filter(program=plan.program, name_en=plan.name_en).exists():
        raise ValidationError(
            _("A draft of this programme is waiting already: start it or throw it away."), code="twice"
        )
    if set(precautions_of(patient)) != set(precautions):
        keep_precautions(patient=patient, codes=precautions, by=by, now=now)
    prescription = prescribe(
        patient=patient,
        plan=plan,
        by=by,
        screening=screening,
        now=now,
        starts_on=starts_on,
        reminders=reminders,
        usual_pain=usual_pain,
        usual_lowest_site=usual_lowest_site,
    )
    return activate(prescription=prescription, by=by, now=now) if start else prescription


@transaction.atomic
def start_draft(
    *, prescription: Prescription, starts_on: dt.date | None, by: User, now: dt.datetime
) -> Prescription:
    """Activate a draft with `starts_on`, a local date (None: on the first session).

    Raises ValidationError at `starts_on` as `refuse_start` does, and as `activate` does.
    """
    locked_patient(prescription.patient)  # first, as `activate` does: else the two could wait for each other
    prescription = locked(prescription)
    if prescription.status != Prescription.Status.DRAFT:
        raise ValidationError(_("This prescription was started already."), code="not_draft")
    refuse_start(starts_on, today=local_date(now, prescription.patient.zone))
    prescription.starts_on = starts_on
    prescription.save(update_fields=["starts_on"])
    return activate(prescription=prescription, by=by, now=now)
