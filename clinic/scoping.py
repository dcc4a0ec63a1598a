"""Who may see what: every list, page and picker starts at `Model.objects.visible_to(user)`.

A role in a clinic is the only way to see anything of it, operators included. No user, a signed-out or
switched-off one, or a role that does not reach: nothing.
"""

from collections.abc import Collection
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    MANAGER = "manager", _("Manager")
    CLINICIAN = "clinician", _("Physiotherapist")
    FRONT_DESK = "front_desk", _("Front desk")


ANY_ROLE = frozenset(Role)
# The front desk works with names, contacts, invitations and paper, and sees no health data.
HEALTH_ROLES = frozenset({Role.MANAGER, Role.CLINICIAN})


def may_look(user: Any) -> bool:
    """Whether `user` is somebody at all: signed in and not switched off."""
    return user is not None and user.is_authenticated and user.is_active


def clinics_of(user: Any, roles: Collection[Role] = ANY_ROLE) -> models.QuerySet[Any]:
    """The ids of the clinics where `user` works in one of `roles`, as a subquery (costs no query itself)."""
    memberships = apps.get_model("clinic", "Membership").objects.all()
    if not may_look(user):
        return memberships.none().values("clinic_id")
    return memberships.filter(user=user, role__in=roles, ended_at__isnull=True).values("clinic_id")


class ScopedQuerySet(models.QuerySet[Any]):
    """A QuerySet that must say who sees its rows; what does not say so shows nothing."""

    def visible_to(self, user: Any) -> Self:
        return self.none()
