"""A step of a progression that waits for a clinician's word."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from patients.models.practice import PracticeSession
from patients.models.prescription import Prescription
from patients.models.scoping import HealthQuerySet


class StepRequestQuerySet(HealthQuerySet):
    patient_path = "prescription__patient"

    def waiting(self) -> Self:
        return self.filter(answered_at__isnull=True)


class StepRequest(models.Model):
    """`line` was comfortable often enough; `session` was the last time. `approved` is None while it waits,
    and where the programme was changed by hand meanwhile."""

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="step_requests")
    line = models.UUIDField()
    session = models.ForeignKey(PracticeSession, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    approved = models.BooleanField(null=True, blank=True)

    objects = StepRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("step that waits for a word")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="step_request_one_waiting",
                fields=["prescription", "line"],
                condition=Q(answered_at__isnull=True),
            ),
            models.CheckConstraint(
                name="step_request_answered_whole",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, approved__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.line)
