"""Building for a patient, and adjusting: what the builder asks beside its rows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.clinic_pages.forms.acts import words_field
from patients.clinic_pages.forms.prescribing import WhenForm
from programs.admin.builder_forms import MOST_SESSIONS_A_DAY, ScheduleForm


class ForPatientForm(ScheduleForm, WhenForm):
    """What is built for one patient: what they read as its name, how often, the review point, the start.

    There is a reminder for each session that a day can have; those above the number of sessions are left out.
    """

    name_en = forms.CharField(label=_("Name, English"), max_length=120)
    name_it = forms.CharField(label=_("Name, Italian"), max_length=120, required=False)
    review_after_days = forms.IntegerField(label=_("Review after days"), min_value=1, max_value=365)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, sessions_a_day=MOST_SESSIONS_A_DAY, **kwargs)

    def reminders(self) -> list[forms.BoundField]:
        return [self[name] for name in self.reminder_names]


class AdjustForm(ScheduleForm):
    """The schedule, and why in spite of a precaution."""

    precautions_reason = words_field(label=_("Prescribed all the same, because"), required=False)


class MaintenanceForm(AdjustForm):
    """With when it is looked at again."""

    review_after_days = forms.IntegerField(label=_("Review after days"), min_value=1, max_value=365)
