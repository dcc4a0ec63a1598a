"""Emergency signs (rule 5): reporting one suspends programme and reminders until a clinician clears it.

What to do is said by the page at once, whatever staff are doing. Nobody watches around the clock.
"""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.locking import locked_patient, mark_changed
from patients.models import EmergencyReport, Patient, Prescription
from patients.notices.alerts import owe_alert
from patients.vocabulary import CALL_NOW, Alert, EmergencySign, WorkKind
from patients.work import open_work


def must_call_now(signs: Sequence[str]) -> bool:
    """Whether one of `signs` is for the emergency number; else the doctor is to be called today."""
    return bool(set(signs) & set(CALL_NOW))


@transaction.atomic
def report_emergency(
    *, patient: Patient, signs: Sequence[str], by: User | None, now: dt.datetime
) -> EmergencyReport:
    """Write down what the patient reports, suspend the programme, and call the clinic.

    Reported again while one is open, the new signs are a report of their own. Raises ValidationError at
    `signs` for none or an unknown one.
    """
    chosen = sorted(set(signs))
    if not chosen or not set(chosen) <= set(EmergencySign):
        raise ValidationError({"signs": ValidationError(_("Choose what you noticed."), code="signs")})
    # The patient's row is the lock: two reports in the same second share one work item.
    patient = locked_patient(patient)
    report = EmergencyReport.objects.create(
        patient=patient,
        signs=chosen,
        reported_at=now,
        reported_on=local_date(now, patient.zone),
        reported_by=by,
    )
    mark_changed([patient])
    prescription = Prescription.objects.active().filter(patient=patient).select_related("clinician").first()
    clinician = prescription.clinician if prescription else _last_clinician(patient)
    items = open_work(
        patient=patient,
        prescription=prescription,
        owner=clinician,
        alerts={WorkKind.EMERGENCY: [Alert.EMERGENCY_SIGN]},
        about=report,
        now=now,
    )
    item = items[WorkKind.EMERGENCY]
    recipient = item.owner or clinician
    # Where nobody treats this patient yet it goes to the clinic's own address.
    owe_alert(
        "emergency_alert",
        item,
        patient=patient,
        occurrence=str(report.pk),
        recipient=recipient,
        about_new_row=True,
        now=now,
    )
    audit.write(verb=Verb.REPORTED, obj=report, actor=by, clinic=patient.clinic, subject=patient, now=now)
    return report


@transaction.atomic
def clear_emergency(*, patient: Patient, note: str, by: User, now: dt.datetime) -> None:
    """A clinician has looked into all open reports of `patient`: the programme goes on.

    Raises ValidationError without a note of what was found, or where nothing is open.
    """
    if not note.strip():
        raise ValidationError({"note": ValidationError(_("Write what was found."), code="required")})
    patient = locked_patient(patient)  # two clinicians at once: the first one's note stands
    reports = list(EmergencyReport.objects.uncleared().filter(patient=patient))
    if not reports:
        raise ValidationError(_("No report is open."), code="none")
    EmergencyReport.objects.filter(pk__in=[report.pk for report in reports]).update(
        cleared_at=now, cleared_on=local_date(now, patient.zone), cleared_by=by, clearing_note=note.strip()
    )
    mark_changed([patient])
    audit.write_many(
        verb=Verb.CLEARED, objs=reports, actor=by, clinic=patient.clinic, subject=patient, now=now
    )


def _last_clinician(patient: Patient) -> User | None:
    last = (
        Prescription.objects.filter(patient=patient)
        .select_related("clinician")
        .order_by("-created_at")
        .first()
    )
    return last.clinician if last else None
