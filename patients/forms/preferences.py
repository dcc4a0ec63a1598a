"""Language and reminders."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.weekdays import CHOICES as WEEKDAYS
from clinic.weekdays import WeekdaysFormField
from patients.models.patient import EARLIEST_REMINDER, LATEST_REMINDER, TextSize
from patients.preferences import validate_reminder_time

OWN_NAMES = {"en": "English", "it": "Italiano"}  # each language in its own words


class LanguageForm(forms.Form):
    """The languages that the patient's clinic offers."""

    language = forms.ChoiceField(
        label=_("The language of your pages and mails"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("This language is not offered.")},
    )

    def __init__(self, *args: Any, offered: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = [(code, OWN_NAMES[code]) for code in offered]


class TextSizeForm(forms.Form):
    text_size = forms.ChoiceField(
        label=_("How large the words on your pages are"),
        choices=TextSize.choices,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
        error_messages={"invalid_choice": _("Choose from the list.")},
    )


class SoundForm(forms.Form):
    sound = forms.ChoiceField(
        label=_("When a hold begins or ends, the timer"),
        choices=[("on", _("beeps and vibrates")), ("off", _("vibrates only"))],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose from the list.")},
    )


class ReminderForm(forms.Form):
    """A time for each session of the day (all empty: no reminders), one more, and days without any."""

    def __init__(self, *args: Any, slots: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for slot in range(1, slots + 1):
            self.fields[f"time_{slot}"] = _time_field(
                label=_("Remind me at") if slots == 1 else _("Reminder %(number)s") % {"number": slot}
            )
        self.fields["nudge"] = _time_field(
            label=_("Once more, if nothing is recorded by then"),
            help_text=_("Later the same day. Empty: only the reminder."),
        )
        self.fields["days_off"] = WeekdaysFormField(
            label=_("No reminders on"),
            help_text=_("This changes your mails alone. Which days are for practice, your programme says."),
            choices=WEEKDAYS,
            required=False,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "inline"}),
        )

    def times(self) -> list[dt.time]:
        times = (at for name, at in self.cleaned_data.items() if name.startswith("time_"))
        return [at for at in times if at is not None]


def _time_field(**kwargs: Any) -> forms.TimeField:
    reach = {"min": f"{EARLIEST_REMINDER:%H:%M}", "max": f"{LATEST_REMINDER:%H:%M}"}
    return forms.TimeField(
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", **reach}),
        input_formats=["%H:%M", "%H:%M:%S"],
        validators=[validate_reminder_time],
        error_messages={"invalid": _("Give a time such as 18:30.")},
        **kwargs,
    )
