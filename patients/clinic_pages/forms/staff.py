"""The staff page's forms: inviting, leaving, handing patients over."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.scoping import Role
from patients.models import Patient


class InviteForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.CLINICIAN)


class TakerForm(forms.Form):
    """Who takes over; required only where something is open."""

    taker = forms.ModelChoiceField(
        label=_("Who takes over"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Choose a colleague"),
    )

    def __init__(self, *args: Any, takers: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["taker"]
        field.queryset = User.objects.filter(pk__in=[user.pk for user in takers])


class PatientsField(forms.ModelMultipleChoiceField):
    """Told apart by their birth dates, which two of one name do not share."""

    def label_from_instance(self, obj: Any) -> str:
        return _("%(name)s, born %(birth)s") % {"name": obj, "birth": date_format(obj.birth_on, "j F Y")}


class HandOverForm(TakerForm):
    """All of somebody's patients, or those chosen: all where some are ticked is refused, as one of both is
    not meant."""

    which = forms.ChoiceField(
        label=_("Which patients"),
        choices=[("all", _("All")), ("chosen", _("Those chosen below"))],
        widget=forms.RadioSelect,
    )
    patients = PatientsField(
        label=_("Patients"),
        queryset=Patient.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, patients: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taker"].required = True
        field: Any = self.fields["patients"]
        field.queryset = patients

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("which") == "chosen" and not said.get("patients"):
            self.add_error("patients", _("Choose at least one."))
        if said.get("which") == "all" and said.get("patients"):
            self.add_error("which", _("Some are ticked below: hand over those, or untick them."))
        return said
