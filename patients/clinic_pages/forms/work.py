"""The worklist's forms: closing with an outcome, handing over to a colleague."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import Membership, User
from clinic.scoping import HEALTH_ROLES
from patients.models import WorkItem


def colleagues(clinic_ids: Iterable[int]) -> dict[int, list[User]]:
    """Who treats or manages in each clinic, by name: one query."""
    members = Membership.objects.active().filter(clinic__in=clinic_ids, role__in=HEALTH_ROLES)
    found: dict[int, list[User]] = defaultdict(list)
    for member in members.filter(user__is_active=True).select_related("user").order_by("user__name", "pk"):
        if member.user not in found[member.clinic_id]:
            found[member.clinic_id].append(member.user)
    return found


class CloseForm(forms.Form):
    outcome = forms.CharField(
        label=_("What came of it"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )


class HandOverForm(forms.Form):
    """`users` are those to choose from, asked of the database where they are not given."""

    to = forms.ModelChoiceField(
        label=_("To"), queryset=User.objects.none(), empty_label=_("Choose a colleague")
    )

    def __init__(self, *args: Any, item: WorkItem, users: list[User] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"hand-over-{item.pk}-%s", **kwargs})
        clinic = item.patient.clinic_id
        offered = colleagues([clinic])[clinic] if users is None else users
        field: Any = self.fields["to"]
        field.queryset = User.objects.filter(pk__in=[user.pk for user in offered])
        field.choices = [("", field.empty_label), *((user.pk, user.name) for user in offered)]
