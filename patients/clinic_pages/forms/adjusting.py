"""Adjusting a prescription: what the builder asks beside its rows."""

from django.utils.translation import gettext_lazy as _

from patients.clinic_pages.forms.acts import words_field
from programs.admin.builder_forms import ScheduleForm


class AdjustForm(ScheduleForm):
    """The schedule, and why in spite of a precaution."""

    precautions_reason = words_field(label=_("Prescribed all the same, because"), required=False)
