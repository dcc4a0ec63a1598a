"""Prescribing on one page: rule 6 in its short form, precautions, start, reminders, what is usual."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.localtime import local_date
from patients.clinic_pages.forms.acts import StartForm, date_field, words_field
from patients.models import Patient
from patients.plans import Plan, When
from patients.preferences import validate_reminder_time
from patients.screening import ScreeningAnswers
from patients.vocabulary import PAIN_RANGE, EmergencySign, ForStretching, Site
from programs.forms import CodesField
from programs.vocabulary import Precaution

SUGGESTED = ("09:00", "18:00", "13:00", "20:00")  # for the first session of a day, the second, ...
NOT_SAID = [("", _("Not said"))]


class WhenForm(StartForm):
    """Day 1, and a reminder for each of `sessions_a_day`."""

    def __init__(self, *args: Any, sessions_a_day: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reminder_names = [f"reminder_{slot}" for slot in range(1, sessions_a_day + 1)]
        for name in self.reminder_names:
            self.fields[name] = forms.TimeField(
                label=_("Reminder") if sessions_a_day == 1 else _("Reminder %(slot)s") % {"slot": name[-1]},
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
                required=False,
                validators=[validate_reminder_time],
                help_text=_("The patient's local time. Where all are empty, the patient's own stay."),
            )

    @property
    def when_is_wrong(self) -> bool:
        """Whether what folds these fields away must be open."""
        return any(self[name].errors for name in ("start", "starts_on", *self.reminder_names))

    def when(self) -> When:
        """What was said, for the domain, with a reminder for each session. Call after `is_valid`."""
        said = self.cleaned_data
        names = self.reminder_names[: said.get("sessions_a_day")]
        return When(said["starts_on"], [at for name in names if (at := said[name]) is not None])


def when_begun(patient: Patient, sessions_a_day: int) -> dict[str, Any]:
    """What WhenForm begins with: the patient's own reminders, else what we suggest; today, if a date.

    Nothing is suggested to who has turned reminders off: sent along unseen, it would turn them on again.
    """
    times = [reminder.at for reminder in patient.reminder_times.order_by("slot")]
    offered = times or (SUGGESTED[:sessions_a_day] if patient.email else [])
    if patient.reminders_stopped_at is not None:
        offered = []
    reminders = {f"reminder_{slot}": at for slot, at in enumerate(offered, start=1)}
    return {"starts_on": local_date(timezone.now(), patient.zone), **reminders}


class PrescribeForm(WhenForm):
    """With a `when` that was said in the builder, that is not asked again."""

    none_of_these = forms.BooleanField(label=_("None of these"), required=False)
    signs = CodesField(label=_("There is, or was"), choices=EmergencySign.choices)
    assessed_by = forms.CharField(label=_("Assessed by"), max_length=120, required=False)
    assessed_on = date_field(label=_("Assessed on"), required=False)
    assessed_result = words_field(label=_("Result"), required=False)
    for_stretching = CodesField(label=_("This speaks for stretching"), choices=ForStretching.choices)
    precautions = CodesField(
        label=_("Precautions of this patient"),
        choices=Precaution.choices,
        help_text=_("Kept with the patient. What an exercise names is shown beside it when you go on."),
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

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, sessions_a_day=plan.sessions_a_day, **kwargs)
        self.said_before = plan.when
        if plan.when is not None:
            for name in ("start", "starts_on", *self.reminder_names):
                del self.fields[name]

    def when(self) -> When:
        return self.said_before or super().when()

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
            for_stretching=said["for_stretching"],
        )
