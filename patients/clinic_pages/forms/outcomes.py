"""Which part of the clinic's outcomes is looked at."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.clinic_pages.forms.acts import date_field
from patients.clinic_pages.forms.reports import choices_of
from patients.models import Prescription


class ScopeForm(forms.Form):
    """A period, and one physiotherapist or programme of those that the user may see."""

    first = date_field(label=_("From"))
    last = date_field(label=_("To"))
    clinician = forms.TypedChoiceField(
        label=_("Physiotherapist"), coerce=int, empty_value=None, required=False
    )
    program = forms.TypedChoiceField(label=_("Programme"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people, programs = choices_of(Prescription.objects.visible_to_staff(user))
        self.fields["clinician"].choices = people  # type: ignore[attr-defined]
        self.fields["program"].choices = programs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if isinstance(first, dt.date) and isinstance(last, dt.date) and first > last:
            self.add_error("last", _("This lies before the first day."))
        return cleaned
