"""Days without practice: one that is over or today, and a pause of some days to come."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.models import Pause, SkippedDay
from patients.pausing import MOST_DAYS_BY_PATIENT
from patients.trial import ONE_DAY

PAUSE_REASONS = [
    (Pause.Reason.HOLIDAY, _("Holiday")),
    (Pause.Reason.ILLNESS, _("I am ill")),
    (Pause.Reason.FLARE, _("More pain than usual")),
    (Pause.Reason.OTHER, _("Something else")),
]
DATE_ERRORS = {"invalid": _("Choose a date."), "required": _("Choose a date.")}
REASON_ERRORS = {"required": _("Choose a reason."), "invalid_choice": _("Choose from the list.")}


class SkipForm(forms.Form):
    """Of a day that is over, or of today, which nobody has forgotten as long as they speak of it."""

    REASONS = [
        SkippedDay.Reason.NO_TIME,
        SkippedDay.Reason.FORGOT,
        SkippedDay.Reason.HOLIDAY,
        SkippedDay.Reason.ILLNESS,
        SkippedDay.Reason.FLARE,
        SkippedDay.Reason.OTHER,
    ]

    reason = forms.ChoiceField(
        label=_("What was it?"), widget=forms.RadioSelect, error_messages=REASON_ERRORS
    )

    def __init__(self, *args: Any, is_today: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason: Any = self.fields["reason"]
        reason.choices = [
            (one.value, one.label)
            for one in self.REASONS
            if not (is_today and one == SkippedDay.Reason.FORGOT)
        ]
        if is_today:
            reason.label = _("Why not today?")


class OwnPauseForm(forms.Form):
    """From `today` on; the rules themselves are in patients.pausing.

    Where something is `told` of today it begins tomorrow unless said otherwise, so that what was told counts.
    """

    starts_on = forms.DateField(label=_("First day"), input_formats=["%Y-%m-%d"], error_messages=DATE_ERRORS)
    ends_on = forms.DateField(label=_("Last day"), input_formats=["%Y-%m-%d"], error_messages=DATE_ERRORS)
    reason = forms.ChoiceField(
        label=_("Reason"), choices=PAUSE_REASONS, widget=forms.RadioSelect, error_messages=REASON_ERRORS
    )

    def __init__(
        self, *args: Any, today: dt.date, told: bool = False, reason: str = "", **kwargs: Any
    ) -> None:
        starts_on = today + ONE_DAY if told else today
        super().__init__(*args, **{"initial": {"starts_on": starts_on, "reason": reason}, **kwargs})
        for name in ("starts_on", "ends_on"):
            # The browser's own date field speaks ISO, whatever the language of the page.
            self.fields[name].widget = forms.DateInput(
                attrs={"type": "date", "min": today.isoformat()}, format="%Y-%m-%d"
            )
        self.fields["ends_on"].help_text = _("That day included; at most %(days)s days.") % {
            "days": MOST_DAYS_BY_PATIENT
        }
