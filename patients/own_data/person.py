"""Of the copy: who the patient is, and what they set."""

from django.utils.translation import gettext_lazy as _

from clinic.models import User
from patients.models import CalendarFeed, Nudge, Patient, ReminderTime
from patients.own_data.telling import Section, Teller, record, weekdays_in_words


def person(patient: Patient, tell: Teller) -> Section:
    return Section(
        "person",
        _("You"),
        [
            record(
                tell("given_name", _("First name"), patient.given_name),
                tell("family_name", _("Surname"), patient.family_name),
                tell("birth_on", _("Date of birth"), patient.birth_on),
                tell("email", _("E-mail"), patient.email),
                tell("phone", _("Phone"), patient.phone),
                tell("time_zone", _("Time zone"), patient.zone),
                tell("clinic", _("Clinic"), patient.clinic.name),
                tell("created_at", _("Kept since"), patient.created_at),
            )
        ],
        is_one=True,
    )


def settings(patient: Patient, user: User, tell: Teller) -> Section:
    times = ReminderTime.objects.visible_to(user).filter(patient=patient).order_by("slot")
    nudge = Nudge.objects.visible_to(user).filter(patient=patient).first()
    feed = CalendarFeed.objects.visible_to(user).filter(patient=patient).first()
    off = patient.reminder_days_off
    return Section(
        "settings",
        _("Settings"),
        [
            record(
                tell("language", _("Language"), patient.language, patient.get_language_display()),
                tell("reminders", _("Reminders"), [reminder.at for reminder in times]),
                tell("second_reminder", _("Second reminder"), nudge.at if nudge else None),
                tell("days_without_reminders", _("No reminders on"), off, weekdays_in_words(off)),
                tell("reminders_stopped_at", _("Reminders turned off"), patient.reminders_stopped_at),
                tell("helped_stopped_at", _("Question at a review turned off"), patient.helped_stopped_at),
                tell("text_size", _("Text size"), patient.text_size, patient.get_text_size_display()),
                tell("timer_sound", _("The timer beeps"), patient.timer_sound),
                tell("calendar_address_made_at", _("Calendar address made"), feed.made_at if feed else None),
            )
        ],
        is_one=True,
    )
