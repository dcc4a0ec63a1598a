"""A session that came from a phone and could not be recorded: kept for the clinic, never dropped."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from patients.models.prescription import Prescription
from patients.models.scoping import HealthQuerySet
from patients.vocabulary import WhyAside


class SetAsideQuerySet(HealthQuerySet):
    patient_path = "prescription__patient"
    shown_to_patient = Q()


class SetAside(models.Model):
    """What was sent, as it was sent: it counts for nothing until somebody has looked at it."""

    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="set_aside")
    uid = models.UUIDField()  # of the session, as the phone gave it
    digest = models.CharField(max_length=64)  # of `said`: the same sent again is kept once
    practised_on = models.DateField(_("day"))  # local date, the patient's zone
    done_at = models.DateTimeField()  # by the phone's clock
    arrived_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(_("why"), max_length=16, choices=WhyAside.choices)
    said = models.JSONField(encoder=DjangoJSONEncoder)  # the fields of patients.answers.SessionAnswers

    objects = SetAsideQuerySet.as_manager()

    class Meta:
        verbose_name = _("session that could not be recorded")
        ordering = ["-arrived_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="set_aside_once", fields=["prescription", "uid", "digest"]),
            models.CheckConstraint(name="set_aside_why_known", condition=Q(why__in=WhyAside.values)),
        ]

    def __str__(self) -> str:
        return f"{self.practised_on}"
