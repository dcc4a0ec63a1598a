"""What patients set for themselves."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import User
from clinic.weekdays import EVERY_DAY
from patients.locking import locked_patient
from patients.models import Nudge, Patient, ReminderTime
from patients.models.patient import EARLIEST_REMINDER, LATEST_REMINDER, TextSize

MOST_REMINDERS = 4  # as many as there are sessions on a day at most


def set_language(*, patient: Patient, language: str) -> None:
    """The language that `patient` reads and is written to in.

    Raises ValidationError at `language` for one that the clinic does not offer.
    """
    if language not in patient.clinic.offered_languages:
        raise ValidationError(
            {"language": ValidationError(_("This language is not offered."), code="language")}
        )
    patient.language = language
    patient.save(update_fields=["language"])


def set_text_size(*, patient: Patient, size: TextSize) -> None:
    """How large `patient`'s pages are written, wherever they sign in."""
    patient.text_size = size
    patient.save(update_fields=["text_size"])


def set_timer_sound(*, patient: Patient, on: bool) -> None:
    """Whether the timer of a session begins with its sound; a device may still turn it over."""
    patient.timer_sound = on
    patient.save(update_fields=["timer_sound"])


@transaction.atomic
def set_reminder_wishes(
    *, patient: Patient, times: Sequence[dt.time], nudge_at: dt.time | None, days_off: str, now: dt.datetime
) -> None:
    """All about reminders at once: `times` as in `set_reminders`, once more at `nudge_at` on a day on which
    nothing is recorded by then (None: not), and none on the weekdays `days_off` (digits, as "67").

    Raises ValidationError as `set_reminders` does; at `nudge` for a time of night, one that is not later
    than every reminder, or without any; at `days_off` for the whole week. Then nothing is saved.
    """
    set_reminders(patient=patient, times=times, now=now)
    if nudge_at is not None:
        _set_nudge(patient, nudge_at, times, now=now)
    else:
        Nudge.objects.filter(patient=patient).delete()
    if days_off == EVERY_DAY:
        raise ValidationError(
            {"days_off": ValidationError(_("Leave at least one day, or choose no reminders."), code="week")}
        )
    patient.reminder_days_off = days_off
    patient.save(update_fields=["reminder_days_off"])


def set_reminders(*, patient: Patient, times: Sequence[dt.time], now: dt.datetime) -> None:
    """Remind `patient` at these local times, one for each session of the day; none: no reminders.

    A time that has passed today counts from tomorrow on, unless it was set already.

    Times that are given also end what a link in a mail turned off. A second reminder that is not later than
    all of them any more goes. Raises ValidationError for a time outside 07:00 to 21:00, and for more than
    four.
    """
    if len(set(times)) > MOST_REMINDERS:
        raise ValidationError({"reminders": ValidationError(_("At most four times a day."), code="many")})
    try:
        for at in times:
            validate_reminder_time(at)
    except ValidationError as error:
        raise ValidationError({"reminders": error.error_list}) from error
    with transaction.atomic():
        locked_patient(patient)  # two forms in the same second: the later one's times stand
        before = dict(patient.reminder_times.values_list("at", "set_at"))
        rows = [
            ReminderTime(patient=patient, slot=slot, at=at, set_at=before.get(at, now))
            for slot, at in enumerate(sorted(set(times)), start=1)
        ]
        patient.reminder_times.all().delete()
        ReminderTime.objects.bulk_create(rows)
        nudge = Nudge.objects.filter(patient=patient)
        (nudge.filter(at__lte=max(times)) if times else nudge).delete()
        if rows and patient.reminders_stopped_at is not None:
            patient.reminders_stopped_at = None
            patient.save(update_fields=["reminders_stopped_at"])


def _set_nudge(patient: Patient, at: dt.time, times: Sequence[dt.time], *, now: dt.datetime) -> None:
    problem = None
    if not times:
        problem = ValidationError(_("Choose a time for the reminder first."), code="alone")
    elif at <= max(times):
        problem = ValidationError(_("Choose a time later than the reminder."), code="order")
    try:
        validate_reminder_time(at)
    except ValidationError as error:
        problem = error
    if problem is not None:
        raise ValidationError({"nudge": problem})
    if not Nudge.objects.filter(patient=patient, at=at).exists():
        Nudge.objects.update_or_create(patient=patient, defaults={"at": at, "set_at": now})


@transaction.atomic
def drop_nudge(*, patient: Patient, now: dt.datetime) -> None:
    """No second reminder any more, from the link in one: nobody is signed in."""
    if Nudge.objects.filter(patient=patient).delete()[0]:
        _write_change(patient, by=None, now=now)


@transaction.atomic
def stop_asking(*, patient: Patient, by: User | None, now: dt.datetime) -> None:
    """No mail any more that asks at a review whether it has helped. `by` is None for the link in one."""
    if Patient.objects.filter(pk=patient.pk, helped_stopped_at__isnull=True).update(helped_stopped_at=now):
        _write_change(patient, by=by, now=now)


@transaction.atomic
def ask_again(*, patient: Patient, by: User, now: dt.datetime) -> None:
    """The mail that asks at a review is wanted again."""
    if Patient.objects.filter(pk=patient.pk, helped_stopped_at__isnull=False).update(helped_stopped_at=None):
        _write_change(patient, by=by, now=now)


def _write_change(patient: Patient, *, by: User | None, now: dt.datetime) -> None:
    audit.write(
        verb=audit.Verb.CHANGED, obj=patient, actor=by, clinic=patient.clinic, subject=patient, now=now
    )


def validate_reminder_time(at: dt.time) -> None:
    """Raise ValidationError for a time outside 07:00 to 21:00: nobody is to be woken."""
    if not EARLIEST_REMINDER <= at <= LATEST_REMINDER:
        raise ValidationError(_("Reminders are sent between 07:00 and 21:00."), code="daytime")
