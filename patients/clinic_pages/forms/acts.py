"""What a clinician does with a running programme or a patient: short forms."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from patients.models import Pause
from patients.vocabulary import EndReason, TreatmentKind
from programs.forms import CodesField
from programs.vocabulary import Precaution

MOST_WORDS = 2000  # characters
LATEST = dt.date(2199, 12, 31)  # catches typing errors: near the year 9999 there is no day to count on to
ON_FIRST_SESSION, ON_DATE = "first_session", "date"
STARTS = [(ON_FIRST_SESSION, _("On the day of the first session")), (ON_DATE, _("On a date"))]


def date_field(**kwargs: Any) -> forms.DateField:
    # The browser's own date field speaks ISO, whatever the language of the page.
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    in_reach = MaxValueValidator(LATEST, _("Check this date."))
    return forms.DateField(widget=widget, input_formats=["%Y-%m-%d"], validators=[in_reach], **kwargs)


def words_field(**kwargs: Any) -> forms.CharField:
    return forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MOST_WORDS}), max_length=MOST_WORDS, **kwargs
    )


class StartForm(forms.Form):
    """When day 1 is: a date, or the day of the first session."""

    start = forms.ChoiceField(
        label=_("Day 1"), choices=STARTS, widget=forms.RadioSelect, initial=ON_FIRST_SESSION
    )
    starts_on = date_field(label=_("Date"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            cleaned.get("start") == ON_DATE
            and not cleaned.get("starts_on")
            and not self.has_error("starts_on")
        ):
            self.add_error("starts_on", _("Choose the date."))
        if cleaned.get("start") == ON_FIRST_SESSION:
            cleaned["starts_on"] = None
        return cleaned


class PauseForm(forms.Form):
    starts_on = date_field(label=_("First day"))
    ends_on = date_field(label=_("Last day"))
    reason = forms.ChoiceField(label=_("Reason"), choices=Pause.Reason.choices, initial=Pause.Reason.HOLIDAY)


class EndForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why it ends"), choices=EndReason.choices, widget=forms.RadioSelect)


class ClearForm(forms.Form):
    note = words_field(label=_("What was found"))


class ResumeForm(forms.Form):
    line = forms.UUIDField()


class TreatmentForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"), choices=TreatmentKind.choices)
    given_on = date_field(label=_("Day"))
    words = words_field(label=_("In a few words"), required=False)


class PrecautionsForm(forms.Form):
    precautions = CodesField(label=_("Precautions"), choices=Precaution.choices)
