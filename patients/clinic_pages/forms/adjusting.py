"""Building for a patient, and adjusting: what the builder asks beside its rows."""

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.clinic_pages.forms.acts import words_field
from programs.admin.builder_forms import ScheduleForm


class ForPatientForm(ScheduleForm):
    """What is built for one patient: what they read as its name, how often, and the review point."""

    name_en = forms.CharField(label=_("Name, English"), max_length=120)
    name_it = forms.CharField(label=_("Name, Italian"), max_length=120, required=False)
    review_after_days = forms.IntegerField(label=_("Review after days"), min_value=1, max_value=365)
    field_order = ("name_en", "name_it", "sessions_a_day", "review_after_days", "weekdays")


class AdjustForm(ScheduleForm):
    """The schedule, and why in spite of a precaution."""

    precautions_reason = words_field(label=_("Prescribed all the same, because"), required=False)


class MaintenanceForm(AdjustForm):
    """With when it is looked at again."""

    review_after_days = forms.IntegerField(label=_("Review after days"), min_value=1, max_value=365)
