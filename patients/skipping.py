"""A day on which a patient did not practise, told with its reason: due all the same, and no pause."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.adherence import Day, DayState, report
from patients.locking import locked_current
from patients.models import EmergencyReport, Patient, Prescription, SkippedDay
from patients.recording import earliest_day, refuse_day, refuse_suspended


def may_skip(day: Day) -> bool:
    """Whether a reason can be given for `day`: something is due, and nothing at all is recorded."""
    is_open = day.state in {DayState.NOT_RECORDED, DayState.OPEN}
    return (is_open or bool(day.reason)) and not day.sessions_recorded


def can_be_skipped(prescription: Any, day: Day, *, today: dt.date) -> bool:
    """Whether the patient can say so today: as with recording, of today and of up to three days back.

    `prescription` as patients.standing.current_prescription gives it.
    """
    if prescription.status != Prescription.Status.ACTIVE or prescription.is_suspended:
        return False
    return earliest_day(prescription, today=today) <= day.on <= today and may_skip(day)


@transaction.atomic
def skip_own_day(
    *, patient: Patient, on: dt.date, reason: SkippedDay.Reason, by: User | None, now: dt.datetime
) -> SkippedDay:
    """Keep that `patient` did not practise on the local date `on`, and why. Said again, the reason changes.

    Raises ValidationError for a day that is to come or more than three days back, one on which nothing is
    due or something is recorded, and for a programme that is not running or suspended.
    """
    prescription = _running(patient)
    today = local_date(now, prescription.patient.zone)
    refuse_day(prescription, on, today=today)
    day = next((day for day in report(prescription, on=today).days if day.on == on), None)
    if day is not None and day.sessions_recorded:
        raise ValidationError(_("You have recorded a session on this day, and that counts."), code="recorded")
    if day is None or not may_skip(day):
        raise ValidationError(_("Nothing is due on this day."), code="not_due")
    values = {"reason": reason, "made_at": now, "made_by": by}
    skipped, is_new = SkippedDay.objects.update_or_create(
        prescription=prescription, skipped_on=on, defaults=values
    )
    _write(Verb.ADDED if is_new else Verb.CHANGED, skipped, prescription.patient, by=by, now=now)
    return skipped


@transaction.atomic
def take_back_own_skip(*, patient: Patient, on: dt.date, by: User, now: dt.datetime) -> None:
    """Take back what was said of the local date `on`; where nothing was said, nothing happens.

    Raises ValidationError as `skip_own_day` does, but for what is due on the day.
    """
    prescription = _running(patient)
    refuse_day(prescription, on, today=local_date(now, prescription.patient.zone))
    for skipped in SkippedDay.objects.filter(prescription=prescription, skipped_on=on):
        _write(Verb.REMOVED, skipped, prescription.patient, by=by, now=now)
        skipped.delete()


def _running(patient: Patient) -> Prescription:
    prescription = locked_current(patient)
    if prescription is None or prescription.status != Prescription.Status.ACTIVE:
        raise ValidationError(_("This programme is not running, so nothing was saved."), code="not_running")
    refuse_suspended(is_suspended=EmergencyReport.objects.uncleared().filter(patient=patient).exists())
    return prescription


def _write(verb: Verb, skipped: SkippedDay, patient: Patient, *, by: User | None, now: dt.datetime) -> None:
    audit.write(verb=verb, obj=skipped, actor=by, clinic=patient.clinic, subject=patient, now=now)
