"""What a patient answered to a question, at the start, on a day or at a review. It decides nothing."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from patients.models.patient import Patient
from patients.models.prescription import Prescription
from patients.models.scoping import HealthQuerySet
from patients.vocabulary import PAIN_RANGE, Occasion
from programs.models import Question
from programs.vocabulary import QuestionKind


class AnswerQuerySet(HealthQuerySet):
    shown_to_patient = Q()

    def on(self, occasion: Occasion, number: int = 0) -> Self:
        return self.filter(occasion=occasion, occasion_number=number)


class Answer(models.Model):
    """One answer. Left out is no row: never 0.

    `number` is 0-10 of a scale, 1 or 0 for yes or no, the place of a choice from 1 on; `words` are words.
    `occasion_number` is the counted day, or the review's number; 0 at the start. The question, its name in
    the report and the choice stand here as they were read then, in both languages.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="answers")
    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    occasion = models.CharField(max_length=6, choices=Occasion.choices)
    occasion_number = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=6, choices=QuestionKind.choices)
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.TextField(blank=True)
    asked_en = models.CharField(max_length=300)
    asked_it = models.CharField(max_length=300, blank=True)
    name_en = models.CharField(max_length=200)
    name_it = models.CharField(max_length=200, blank=True)
    chosen_en = models.CharField(max_length=200, blank=True)
    chosen_it = models.CharField(max_length=200, blank=True)
    first_told_at = models.DateTimeField()
    told_at = models.DateTimeField(_("answered at"))
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["prescription", "first_told_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="answer_once", fields=["prescription", "question", "occasion", "occasion_number"]
            ),
            models.CheckConstraint(name="answer_kind_known", condition=Q(kind__in=QuestionKind.values)),
            models.CheckConstraint(
                name="answer_occasion_numbered",
                condition=Q(occasion=Occasion.START, occasion_number=0)
                | Q(occasion__in=[Occasion.DAY, Occasion.REVIEW], occasion_number__gte=1),
            ),
            models.CheckConstraint(
                name="answer_number_range",
                condition=Q(number__isnull=True) | Q(number__range=PAIN_RANGE),
            ),
            models.CheckConstraint(
                name="answer_says_something",
                condition=(Q(kind=QuestionKind.WORDS, number__isnull=True) & ~Q(words=""))
                | (~Q(kind=QuestionKind.WORDS) & Q(number__isnull=False, words="")),
            ),
        ]

    def __str__(self) -> str:
        return self.words or str(self.number)
