"""Pauses: days that count for nothing. They move a review point that is not yet reached."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from clinic.weekdays import EVERY_DAY
from patients.locking import locked
from patients.models import EmergencyReport, Pause, Prescription
from patients.recording import refuse_suspended
from patients.trial import ONE_DAY, Span, move_review, spans

MOST_DAYS_BY_PATIENT = 14
MOST_DAYS = 366  # days are counted one by one, and a date of a far year is a typing error


@transaction.atomic
def pause(
    *,
    prescription: Prescription,
    starts_on: dt.date,
    ends_on: dt.date,
    reason: Pause.Reason,
    by: User,
    now: dt.datetime,
    by_patient: bool = False,
) -> Pause:
    """Pause from the local date `starts_on` to `ends_on`, both included.

    Patients pause from today on, at most 14 days together with the pauses that adjoin, whoever made those,
    and not while the programme waits for the clinic; staff may back-date. Raises ValidationError, by field,
    for an end before the start, days before the programme, days that are paused already, or an ended one.
    """
    prescription = locked(prescription)
    today = local_date(now, prescription.patient.zone)
    if prescription.status != Prescription.Status.ACTIVE:
        raise ValidationError(_("This programme is not running."), code="not_running")
    if by_patient:
        reports = EmergencyReport.objects.uncleared().filter(patient=prescription.patient_id)
        refuse_suspended(is_suspended=reports.exists())
    if ends_on < starts_on:
        raise ValidationError({"ends_on": ValidationError(_("The end lies before the start."), code="order")})
    if by_patient and starts_on < today:
        raise ValidationError({"starts_on": ValidationError(_("Choose today or a later day."), code="past")})
    if by_patient and (ends_on - starts_on).days >= MOST_DAYS_BY_PATIENT:
        raise ValidationError(
            {"ends_on": ValidationError(_("At most 14 days; for longer, call us."), code="long")}
        )
    if prescription.starts_on is not None and starts_on < prescription.starts_on:
        raise ValidationError(
            {"starts_on": ValidationError(_("The programme had not begun then."), code="early")}
        )
    if prescription.pauses.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise ValidationError(
            {"starts_on": ValidationError(_("Some of these days are paused already."), code="twice")}
        )
    if max((ends_on - starts_on).days, (starts_on - today).days) > MOST_DAYS:
        raise ValidationError(
            {"ends_on": ValidationError(_("Choose days within a year from now."), code="far")}
        )
    if by_patient and _days_on_end(prescription, Span(starts_on, ends_on)) > MOST_DAYS_BY_PATIENT:
        words = _("With the pause beside it that is more than 14 days; for longer, call us.")
        raise ValidationError({"ends_on": ValidationError(words, code="long")})
    made = Pause.objects.create(
        prescription=prescription,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        made_by=by,
        made_at=now,
    )
    move_review(prescription, today=today)
    prescription.save(update_fields=["next_review_on"])
    audit.write(
        verb=Verb.PAUSED,
        obj=made,
        actor=by,
        clinic=prescription.patient.clinic,
        subject=prescription.patient,
        now=now,
    )
    return made


def _days_on_end(prescription: Prescription, asked: Span) -> int:
    """How long one is away with `asked`, counted as one with the pauses before and after it that adjoin.

    They adjoin where no weekday of the programme lies between, so that nobody would practise there.
    """
    version = prescription.versions.in_force(max(asked.first, prescription.starts_on or asked.first)).first()
    weekdays = version.weekdays if version else EVERY_DAY
    first, last = asked
    others = sorted(spans(prescription))
    for other in reversed(others):
        if other.last < first and not _lies_between(other.last, first, weekdays):
            first = other.first
    for other in others:
        if last < other.first and not _lies_between(last, other.first, weekdays):
            last = other.last
    return (last - first).days + 1


def _lies_between(last: dt.date, first: dt.date, weekdays: str) -> bool:
    """Whether a date between the two, neither of them included, is one of `weekdays`."""
    dates = (last + ONE_DAY * offset for offset in range(1, min((first - last).days, 8)))
    return any(str(day.isoweekday()) in weekdays for day in dates)


def paused_until(prescription: Prescription, *, today: dt.date) -> dt.date | None:
    """The last day of the pause that `today` is in; None where the programme is not paused."""
    running = prescription.pauses.filter(starts_on__lte=today, ends_on__gte=today)
    return running.values_list("ends_on", flat=True).first()


@transaction.atomic
def end_pause(*, pause: Pause, by: User, now: dt.datetime) -> None:
    """Practise again from today: the pause ends yesterday, or is taken back where it has not begun before."""
    prescription = locked(pause.prescription)
    today = local_date(now, prescription.patient.zone)
    if pause.ends_on < today:
        raise ValidationError(_("This pause is over already."), code="over")
    audit.write(
        verb=Verb.PAUSE_ENDED,
        obj=pause,
        actor=by,
        clinic=prescription.patient.clinic,
        subject=prescription.patient,
        now=now,
    )
    if pause.starts_on >= today:
        pause.delete()
    else:
        pause.ends_on = today - ONE_DAY
        pause.save(update_fields=["ends_on"])
    move_review(prescription, today=today)
    prescription.save(update_fields=["next_review_on"])
