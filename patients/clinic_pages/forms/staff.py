"""The staff page's forms: inviting, leaving, handing patients over."""

from collections.abc import Iterable
from typing import Any

from django import forms
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


class HandOverForm(TakerForm):
    """All of somebody's patients, or those chosen."""

    which = forms.ChoiceField(
        label=_("Which patients"),
        choices=[("all", _("All")), ("chosen", _("Those chosen below"))],
        widget=forms.RadioSelect,
        initial="all",
    )
    patients = forms.ModelMultipleChoiceField(
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
        return said
