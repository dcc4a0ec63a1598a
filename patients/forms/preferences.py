"""Language and reminders."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.models.patient import EARLIEST_REMINDER, LATEST_REMINDER
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


class ReminderForm(forms.Form):
    """A time for each session of the day. All of them empty: no reminders."""

    def __init__(self, *args: Any, slots: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for slot in range(1, slots + 1):
            self.fields[f"time_{slot}"] = forms.TimeField(
                label=_("Remind me at") if slots == 1 else _("Reminder %(number)s") % {"number": slot},
                required=False,
                widget=forms.TimeInput(
                    format="%H:%M",
                    attrs={
                        "type": "time",
                        "min": f"{EARLIEST_REMINDER:%H:%M}",
                        "max": f"{LATEST_REMINDER:%H:%M}",
                    },
                ),
                input_formats=["%H:%M", "%H:%M:%S"],
                validators=[validate_reminder_time],
                error_messages={"invalid": _("Give a time such as 18:30.")},
            )

    def times(self) -> list[dt.time]:
        return [at for at in self.cleaned_data.values() if at is not None]
