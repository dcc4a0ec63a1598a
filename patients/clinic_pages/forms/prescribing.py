"""Prescribing on one page: rule 6 in its short form, precautions, start, reminders, what is usual."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from patients.clinic_pages.forms.acts import StartForm, date_field, words_field
from patients.preferences import validate_reminder_time
from patients.screening import ScreeningAnswers
from patients.vocabulary import PAIN_RANGE, EmergencySign, Site
from programs.forms import CodesField
from programs.vocabulary import Precaution

SUGGESTED = ("09:00", "18:00", "13:00", "20:00")  # for the first session of a day, the second, ...
NOT_SAID = [("", _("Not said"))]


class PrescribeForm(StartForm):
    none_of_these = forms.BooleanField(label=_("None of these"), required=False)
    signs = CodesField(label=_("There is, or was"), choices=EmergencySign.choices)
    assessed_by = forms.CharField(label=_("Assessed by"), max_length=120, required=False)
    assessed_on = date_field(label=_("Assessed on"), required=False)
    assessed_result = words_field(label=_("Result"), required=False)
    precautions = CodesField(
        label=_("Precautions of this patient"),
        choices=Precaution.choices,
        help_text=_("Kept with the patient. What an exercise names is shown beside it."),
    )
    precautions_reason = words_field(label=_("Prescribed all the same, because"), required=False)
    usual_pain = forms.TypedChoiceField(
        label=_("Usual pain"),
        choices=NOT_SAID + [(level, str(level)) for level in range(PAIN_RANGE[0], PAIN_RANGE[1] + 1)],
        coerce=int,
        empty_value=None,
        required=False,
    )
    usual_lowest_site = forms.TypedChoiceField(
        label=_("Lowest place where it usually hurts"),
        choices=NOT_SAID + list(Site.choices),
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, sessions_a_day: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reminder_names = [f"reminder_{slot}" for slot in range(1, sessions_a_day + 1)]
        for name in self.reminder_names:
            self.fields[name] = forms.TimeField(
                label=_("Reminder") if sessions_a_day == 1 else _("Reminder %(slot)s") % {"slot": name[-1]},
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
                required=False,
                validators=[validate_reminder_time],
                help_text=_("The patient's local time; empty: none."),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("none_of_these") and cleaned.get("signs"):
            self.add_error("none_of_these", ValidationError(_("Not together with a sign below.")))
        return cleaned

    def screening(self) -> ScreeningAnswers:
        """What was said, for the domain. Call after `is_valid`."""
        said = self.cleaned_data
        return ScreeningAnswers(
            none_of_these=said["none_of_these"],
            signs=said["signs"],
            assessed_by=said["assessed_by"],
            assessed_on=said["assessed_on"],
            assessed_result=said["assessed_result"],
            precautions_reason=said["precautions_reason"],
        )

    def reminders(self) -> list[dt.time]:
        return [at for name in self.reminder_names if (at := self.cleaned_data[name]) is not None]
