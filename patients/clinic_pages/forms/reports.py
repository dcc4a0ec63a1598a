"""Which programmes a report shows, and of which dates."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.bilingual import localized_data
from clinic.models import Clinic
from patients.clinic_pages.forms.acts import date_field
from patients.clinic_pages.report_figures import BAND_WORDS
from patients.models import Prescription
from programs.vocabulary import Phase


class DatesForm(forms.Form):
    """`first` and `last`, where both are given, in this order."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if isinstance(first, dt.date) and isinstance(last, dt.date) and first > last:
            self.add_error("last", _("This lies before the first day."))
        return cleaned


class PartForm(DatesForm):
    """One physiotherapist or programme of those that the user may see, and dates from `first` to `last`."""

    clinician = forms.TypedChoiceField(
        label=_("Physiotherapist"), coerce=int, empty_value=None, required=False
    )
    program = forms.TypedChoiceField(label=_("Programme"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, prescriptions: Any, **kwargs: Any) -> None:
        """`prescriptions` are those that the user may see: whose names are offered."""
        super().__init__(*args, **kwargs)
        names = ("clinician", "clinician__name", "program", "program__name_en", "program__name_it")
        rows = list(prescriptions.order_by().values(*names).distinct())
        people = {(row["clinician__name"], row["clinician"]) for row in rows}
        programs = {(localized_data(row, "program__name"), row["program"]) for row in rows if row["program"]}
        everything = ("", _("All"))
        for field, named in (("clinician", people), ("program", programs)):
            self.fields[field].choices = [everything, *((pk, name) for name, pk in sorted(named))]  # type: ignore[attr-defined]


class AdherenceForm(PartForm):
    """Of running programmes; everything may be left out. The dates narrow what is counted."""

    phase = forms.ChoiceField(label=_("Phase"), choices=[("", _("All")), *Phase.choices], required=False)
    band = forms.ChoiceField(
        label=_("Band"),
        choices=[("", _("All")), *((band.value, words) for band, words in BAND_WORDS.items())],
        required=False,
    )
    first = date_field(label=_("Counted from"), required=False)
    last = date_field(label=_("Counted to"), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        running = Prescription.objects.visible_to_staff(user).active()
        super().__init__(*args, prescriptions=running, **kwargs)


class PeriodForm(PartForm):
    """Of a period, whose first and last day are asked."""

    first = date_field(label=_("From"))
    last = date_field(label=_("To"))
    field_order = ("first", "last")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, prescriptions=Prescription.objects.visible_to_staff(user), **kwargs)


class ResponseForm(DatesForm):
    """Of one clinic and a period. Who works in one alone is not asked which."""

    clinic = forms.ModelChoiceField(label=_("Clinic"), queryset=Clinic.objects.none(), empty_label=None)
    first = date_field(label=_("From"))
    last = date_field(label=_("To"))

    def __init__(self, *args: Any, clinics: list[Clinic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["clinic"]
        field.queryset = Clinic.objects.filter(pk__in=[clinic.pk for clinic in clinics])
        if len(clinics) == 1:
            field.widget = forms.HiddenInput()
