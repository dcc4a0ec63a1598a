"""Which running programmes the adherence report shows, and of which dates."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.bilingual import localized_data
from patients.clinic_pages.forms.acts import date_field
from patients.clinic_pages.report_figures import BAND_WORDS
from patients.models import Prescription
from programs.vocabulary import Phase


def choices_of(prescriptions: Any) -> tuple[list[Any], list[Any]]:
    """The physiotherapists and the programmes of these, by name: two queries."""
    rows = prescriptions.order_by()
    people = rows.values_list("clinician", "clinician__name").distinct()
    programs = rows.exclude(program=None).values("program", "program__name_en", "program__name_it").distinct()
    named = sorted((localized_data(row, "program__name"), row["program"]) for row in programs)
    everything = ("", _("All"))
    return (
        [everything, *people.order_by("clinician__name", "clinician")],
        [everything, *((pk, name) for name, pk in named)],
    )


class AdherenceForm(forms.Form):
    """Everything may be left out. `first` and `last` narrow the dates that are counted."""

    clinician = forms.TypedChoiceField(
        label=_("Physiotherapist"), coerce=int, empty_value=None, required=False
    )
    program = forms.TypedChoiceField(label=_("Programme"), coerce=int, empty_value=None, required=False)
    phase = forms.ChoiceField(label=_("Phase"), choices=[("", _("All")), *Phase.choices], required=False)
    band = forms.ChoiceField(
        label=_("Band"),
        choices=[("", _("All")), *((band.value, words) for band, words in BAND_WORDS.items())],
        required=False,
    )
    first = date_field(label=_("Counted from"), required=False)
    last = date_field(label=_("Counted to"), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people, programs = choices_of(Prescription.objects.visible_to_staff(user).active())
        self.fields["clinician"].choices = people  # type: ignore[attr-defined]
        self.fields["program"].choices = programs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if isinstance(first, dt.date) and isinstance(last, dt.date) and first > last:
            self.add_error("last", _("This lies before the first day."))
        return cleaned
