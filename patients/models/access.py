"""How a patient comes in: by a link in an invitation, or by a code on paper."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.models.links import OneTimeLink
from clinic.scoping import ScopedQuerySet
from patients.models.patient import Patient


class AccessQuerySet(ScopedQuerySet):
    """Ways in: every role of the clinic handles them, the front desk too. They hold no health data."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to_staff(user))


class Invitation(OneTimeLink):
    """The link that a patient gets by mail: one use, 14 days."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    objects = AccessQuerySet.as_manager()

    class Meta(OneTimeLink.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return str(self.pk)


class PaperCode(models.Model):
    """A short code on paper; with the birth date it signs in a patient who has no e-mail.

    Only a hash is kept. Five wrong birth dates lock it until the clinic makes a new one.
    """

    MOST_TRIES = 5

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="paper_codes")
    code_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper code")
        verbose_name_plural = _("paper codes")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="paper_code_one_in_use", fields=["patient"], condition=Q(revoked_at__isnull=True)
            ),
            models.CheckConstraint(name="paper_code_tries_range", condition=Q(wrong_tries__range=(0, 5))),
        ]

    def __str__(self) -> str:
        return str(self.pk)
