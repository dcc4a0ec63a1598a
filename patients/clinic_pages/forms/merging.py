"""Merging two patients: which contact is kept, and that they are one person."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from patients.merging import CONTACT
from patients.models import Patient

KEEP, OTHER = "keep", "other"
NOTHING = "–"


class MergeForm(forms.Form):
    """One choice for each field of the contact in which the two differ; what is empty gives way."""

    def __init__(self, *args: Any, keep: Patient, other: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CONTACT:
            ours, theirs = (in_words(patient, name) for patient in (keep, other))
            if ours == theirs:
                continue
            self.fields[name] = forms.ChoiceField(
                label=capfirst(label_of(name)),
                choices=[(KEEP, ours or NOTHING), (OTHER, theirs or NOTHING)],
                widget=forms.RadioSelect(attrs={"class": "inline"}),
                initial=KEEP if ours else OTHER,
            )
        self.differing = list(self.fields)
        self.fields["same_person"] = forms.BooleanField(
            label=_("They are the same person: I have compared them")
        )

    def from_other(self) -> list[str]:
        """The fields that are taken from the other one. Call after `is_valid`."""
        return [name for name in self.differing if self.cleaned_data[name] == OTHER]


def in_words(patient: Patient, name: str) -> str:
    """A field of the contact as it is read; "" where there is nothing."""
    value = getattr(patient, name)
    if name == "birth_on":
        return date_format(value, "j F Y")
    if name == "language":
        return str(patient.get_language_display())
    if name == "email":
        return str(value).strip().lower()
    return str(value).strip()


def label_of(name: str) -> Any:
    field: Any = Patient._meta.get_field(name)
    return field.verbose_name
