"""An emergency sign that a patient reported: it suspends programme and reminders until it is cleared."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from patients.models.patient import Patient
from patients.models.scoping import HealthQuerySet


class EmergencyReportQuerySet(HealthQuerySet):
    shown_to_patient = Q(cleared_at__isnull=True)  # with the clearing comes the clinician's note

    def uncleared(self) -> Self:
        return self.filter(cleared_at__isnull=True)


class EmergencyReport(models.Model):
    """Which signs, when, and who cleared it. Local dates in the patient's zone."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="emergency_reports")
    signs = models.JSONField(_("signs"))  # codes of patients.vocabulary.EmergencySign
    reported_at = models.DateTimeField(_("reported at"))
    reported_on = models.DateField()
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_on = models.DateField(null=True, blank=True)
    cleared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    clearing_note = models.TextField(_("what was found"), blank=True)

    objects = EmergencyReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency report")
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="emergency_cleared_whole",
                condition=Q(cleared_at__isnull=True, cleared_on__isnull=True, cleared_by__isnull=True)
                | Q(cleared_at__isnull=False, cleared_on__isnull=False, cleared_by__isnull=False),
            ),
            models.CheckConstraint(name="emergency_signs_given", condition=~Q(signs=[])),
        ]

    def __str__(self) -> str:
        return str(self.pk)
