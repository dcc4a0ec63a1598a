"""What is done in the clinic meanwhile: short dated notes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from patients.models.patient import Patient
from patients.models.scoping import HealthQuerySet
from patients.vocabulary import TreatmentKind


class TreatmentNoteQuerySet(HealthQuerySet):
    """The staff's own work: the patient does not see it."""


class TreatmentNote(models.Model):
    """One treatment. It is never changed; one that is wrong is withdrawn and stays legible."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="treatment_notes")
    kind = models.CharField(_("kind"), max_length=10, choices=TreatmentKind.choices)
    given_on = models.DateField(_("day"))  # local date of the clinic
    words = models.TextField(_("in a few words"), blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = TreatmentNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("treatment note")
        verbose_name_plural = _("treatment notes")
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.CheckConstraint(name="treatment_kind_known", condition=Q(kind__in=TreatmentKind.values)),
            models.CheckConstraint(
                name="treatment_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
