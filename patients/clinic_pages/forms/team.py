"""The care team's form: who treats this patient too."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic, Membership, User
from clinic.scoping import Role
from patients.care_team import Team


def clinicians_of(clinic: Clinic) -> QuerySet[User]:
    """Who treats in `clinic`, by name."""
    treat = Membership.objects.active().filter(clinic=clinic, role=Role.CLINICIAN)
    return User.objects.filter(pk__in=treat.values("user"), is_active=True).order_by("name", "pk")


class TeamForm(forms.Form):
    """`offered` are those who treat here and are not in the team yet."""

    user = forms.ModelChoiceField(
        label=_("Colleague"), queryset=User.objects.none(), empty_label=_("Choose a colleague")
    )

    def __init__(self, *args: Any, clinic: Clinic, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "team-%s", **kwargs})
        self.offered = clinicians_of(clinic)
        if team is not None:
            there = [member.user_id for member in team.others]
            there += [team.prescribing.pk] if team.prescribing else []
            self.offered = self.offered.exclude(pk__in=there)
        field: Any = self.fields["user"]
        field.queryset = self.offered
