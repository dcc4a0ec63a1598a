"""What a patient asks of the clinic: a question, an appointment, a call back; and what came of it."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.scoping import ANY_ROLE, clinics_of, may_look
from patients.models.patient import Patient
from patients.models.scoping import HealthQuerySet
from patients.vocabulary import WISHES, MessageKind, MessageOutcome


class MessageQuerySet(HealthQuerySet):
    """Words may be health data, so the front desk sees none. Who wishes for what, and when, it needs to
    know: patients.wishes shows it that much and no more."""

    shown_to_patient = Q()

    def waiting(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def wishes_for_desk(self, user: Any) -> Self:
        """Waiting wishes for an appointment or a call, in the clinics where `user` works as whatever.

        For patients.wishes alone, which takes no words from them.
        """
        if not may_look(user):
            return self.none()
        return self.waiting().filter(kind__in=WISHES, patient__clinic_id__in=clinics_of(user, ANY_ROLE))


class Message(models.Model):
    """One question with its answer, or one wish with what came of it. `uid`: a form sent twice is one.

    `days` are ISO numbers of weekdays, `times` codes of TimeOfDay: wishes, empty where any time suits.
    `read_by_on` is what the patient was told: a local date of the clinic, one of its open days.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="messages")
    uid = models.UUIDField()
    kind = models.CharField(_("kind"), max_length=12, choices=MessageKind.choices)
    words = models.TextField(_("words"), blank=True)
    days = models.JSONField(_("days"), default=list, blank=True)
    times = models.JSONField(_("times of day"), default=list, blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    read_by_on = models.DateField(_("read by"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=MessageOutcome.choices, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("question or wish")
        verbose_name_plural = _("questions and wishes")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="message_once", fields=["patient", "uid"]),
            models.CheckConstraint(name="message_kind_known", condition=Q(kind__in=MessageKind.values)),
            models.CheckConstraint(
                name="message_question_has_words", condition=~Q(kind=MessageKind.QUESTION) | ~Q(words="")
            ),
            models.CheckConstraint(
                name="message_closed_whole",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, outcome="")
                | Q(closed_at__isnull=False, closed_by__isnull=False, outcome__in=MessageOutcome.values),
            ),
            models.CheckConstraint(
                name="message_answered_in_words",
                condition=(Q(outcome=MessageOutcome.ANSWERED) & ~Q(answer=""))
                | (~Q(outcome=MessageOutcome.ANSWERED) & Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def is_question(self) -> bool:
        return self.kind == MessageKind.QUESTION
