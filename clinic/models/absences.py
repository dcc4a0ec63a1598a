"""When a member of staff is away, and who stands in for them."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Clinic
from clinic.models.people import User
from clinic.scoping import HEALTH_ROLES, ScopedQuerySet, clinics_of


class AbsenceQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Those who treat or manage see who is away and who stands in."""
        return self.filter(clinic_id__in=clinics_of(user, HEALTH_ROLES))


class Absence(models.Model):
    """Days, the first and the last included, on which `stand_in` gets the notices that are for `user`.

    Dates are the clinic's own. Both treat or manage there; clinic.absences sees to it.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="absences")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    stand_in = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="stands_in", verbose_name=_("who stands in")
    )
    first_on = models.DateField(_("first day away"))
    last_on = models.DateField(_("last day away"))
    named_at = models.DateTimeField()

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["first_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_begins", condition=Q(last_on__gte=F("first_on"))
            ),
            models.CheckConstraint(name="absence_somebody_else_stands_in", condition=~Q(user=F("stand_in"))),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.first_on} - {self.last_on}"
