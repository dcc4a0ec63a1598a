"""The review point: one review per prescription and number, made when it is reached, never withdrawn."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from patients.models.prescription import Prescription
from patients.models.scoping import HealthQuerySet
from patients.vocabulary import Decision, Helped


class ReviewQuerySet(HealthQuerySet):
    """The patient answers while it is open; with the signature come the clinician's note and snapshot."""

    patient_path = "prescription__patient"
    shown_to_patient = Q(signed_at__isnull=True)

    def unsigned(self) -> Self:
        return self.filter(signed_at__isnull=True)


class Review(models.Model):
    """What the patient answers, what the clinician decides, signs and saw (a frozen snapshot)."""

    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="reviews")
    number = models.PositiveSmallIntegerField()
    counts_from = models.DateField()
    after_days = models.PositiveSmallIntegerField()
    reached_on = models.DateField(_("reached on"))  # local date, the morning after the last counted day
    opened_at = models.DateTimeField()

    helped = models.CharField(
        _("was it useful"), max_length=6, choices=Helped.choices, blank=True, default=""
    )
    patient_words = models.TextField(_("in the patient's words"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    decision = models.CharField(
        _("decision"), max_length=13, choices=Decision.choices, blank=True, default=""
    )
    decision_note = models.TextField(_("note"), blank=True)
    word_to_patient = models.TextField(_("word to the patient"), blank=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    snapshot = models.JSONField(default=dict, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["prescription", "number"]
        indexes = [
            # Each tick looks at those that wait, which are few however many were signed.
            models.Index(name="review_waiting", fields=["prescription"], condition=Q(signed_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(name="review_number_once", fields=["prescription", "number"]),
            models.CheckConstraint(name="review_numbers_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="review_after_range", condition=Q(after_days__range=(1, 365))),
            models.CheckConstraint(
                name="review_reached_after_start", condition=Q(reached_on__gt=F("counts_from"))
            ),
            models.CheckConstraint(name="review_helped_known", condition=Q(helped__in=["", *Helped.values])),
            models.CheckConstraint(
                name="review_decision_known", condition=Q(decision__in=["", *Decision.values])
            ),
            models.CheckConstraint(
                name="review_signed_whole",
                condition=Q(signed_at__isnull=True, decision="", signed_by__isnull=True)
                | (Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(decision="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class ReviewAdditionQuerySet(HealthQuerySet):
    patient_path = "review__prescription__patient"


class ReviewAddition(models.Model):
    """What was put right or added after the signature; nothing of what was signed is changed."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="additions")
    words = models.TextField(_("addition"))
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = ReviewAdditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("addition to a review")
        verbose_name_plural = _("additions to reviews")
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return f"{self.review} + {self.pk}"
