"""What patients set for themselves."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from patients.locking import locked_patient
from patients.models import Patient, ReminderTime
from patients.models.patient import EARLIEST_REMINDER, LATEST_REMINDER

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


def set_reminders(*, patient: Patient, times: Sequence[dt.time], now: dt.datetime) -> None:
    """Remind `patient` at these local times, one for each session of the day; none: no reminders.

    A time that has passed today counts from tomorrow on, unless it was set already.

    Times that are given also end what a link in a mail turned off. Raises ValidationError for a time
    outside 07:00 to 21:00, and for more than four.
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
        if rows and patient.reminders_stopped_at is not None:
            patient.reminders_stopped_at = None
            patient.save(update_fields=["reminders_stopped_at"])


def validate_reminder_time(at: dt.time) -> None:
    """Raise ValidationError for a time outside 07:00 to 21:00: nobody is to be woken."""
    if not EARLIEST_REMINDER <= at <= LATEST_REMINDER:
        raise ValidationError(_("Reminders are sent between 07:00 and 21:00."), code="daytime")
