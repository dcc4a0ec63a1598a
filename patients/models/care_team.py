"""Who treats a patient beside the one who prescribes."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from clinic.models import Membership, User
from clinic.scoping import HEALTH_ROLES
from patients.models.patient import Patient
from patients.models.scoping import HealthQuerySet


class CareTeamQuerySet(HealthQuerySet):
    """The staff's own arrangement: the patient does not see it."""

    def treating(self) -> Self:
        """Those who still treat or manage in the patient's clinic."""
        here = Membership.objects.active().filter(
            user=OuterRef("user"), clinic=OuterRef("patient__clinic"), role__in=HEALTH_ROLES
        )
        return self.filter(Exists(here), user__is_active=True)


class CareTeamMember(models.Model):
    """A clinician of the patient's care team. Who prescribes belongs to it without a row of their own."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="care_team")
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="care_teams", verbose_name=_("physiotherapist")
    )
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = CareTeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of the care team")
        verbose_name_plural = _("care team")
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="care_team_member_once", fields=["patient", "user"]),
        ]

    def __str__(self) -> str:
        return str(self.user)
