"""When somebody is away, and who stands in for them."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic, User
from patients.clinic_pages.forms.acts import date_field
from patients.clinic_pages.forms.work import colleagues


class AwayForm(forms.Form):
    """For `user` in one of `clinics`, which is asked where there are several."""

    clinic = forms.ModelChoiceField(
        label=_("Clinic"), queryset=Clinic.objects.none(), empty_label=_("Choose a clinic")
    )
    first_on = date_field(label=_("First day away"))
    last_on = date_field(label=_("Last day away"))
    stand_in = forms.ModelChoiceField(
        label=_("Who stands in"), queryset=User.objects.none(), empty_label=_("Choose a colleague")
    )

    def __init__(self, *args: Any, user: User, clinics: Collection[Clinic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.clinics = user, list(clinics)
        ids = [clinic.pk for clinic in self.clinics]
        choice: Any = self.fields["clinic"]
        choice.queryset = Clinic.objects.filter(pk__in=ids).order_by("name", "pk")
        if len(ids) == 1:
            del self.fields["clinic"]
        offered = {one.pk for users in colleagues(ids).values() for one in users} - {user.pk}
        stand_in: Any = self.fields["stand_in"]
        stand_in.queryset = User.objects.filter(pk__in=offered).order_by("name", "pk")

    @property
    def has_colleagues(self) -> bool:
        return bool(self.fields["stand_in"].queryset)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if len(self.clinics) == 1:
            said["clinic"] = self.clinics[0]
        return said
