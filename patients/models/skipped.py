"""A day on which a patient did not practise, and says why."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from patients.models.prescription import Prescription
from patients.models.scoping import HealthQuerySet


class SkippedDayQuerySet(HealthQuerySet):
    patient_path = "prescription__patient"
    shown_to_patient = Q()


class SkippedDay(models.Model):
    """A local date on which nothing was done, with its reason. The day stays due: it is no pause.

    It holds only while nothing is recorded on that day: a session that is recorded there wins.
    """

    class Reason(models.TextChoices):
        FORGOT = "forgot", _("Forgot it")
        HOLIDAY = "holiday", _("On holiday")
        ILLNESS = "illness", _("Ill")
        FLARE = "flare", _("More pain than usual")
        NO_TIME = "no_time", _("No time")
        OTHER = "other", _("Another reason")

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="skipped_days")
    skipped_on = models.DateField(_("day"))  # local date, the patient's zone
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    objects = SkippedDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("day without practice")
        verbose_name_plural = _("days without practice")
        ordering = ["prescription", "skipped_on"]
        constraints = [
            models.UniqueConstraint(name="skipped_day_once", fields=["prescription", "skipped_on"]),
            models.CheckConstraint(
                name="skipped_day_reason_known",
                condition=Q(reason__in=["forgot", "holiday", "illness", "flare", "no_time", "other"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skipped_on}: {self.get_reason_display()}"
