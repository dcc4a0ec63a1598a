"""What is prescribed: a program given to one patient, its versions, its pauses, and what was asked before."""

import datetime as dt
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.bilingual import localized
from clinic.models import User
from patients.models.patient import Patient
from patients.models.scoping import HealthQuerySet
from patients.vocabulary import EndReason
from programs.models import Program
from programs.models.program import REVIEW_AFTER_DAYS, Schedule, schedule_constraints
from programs.vocabulary import Phase


class PrescriptionQuerySet(HealthQuerySet):
    shown_to_patient = Q(activated_at__isnull=False)  # a draft is not theirs yet

    def latest_first(self) -> Self:
        """Without drafts: the running one, then those that ended, the last one first."""
        # "active" stands before "ended" in the alphabet.
        return self.exclude(status=Prescription.Status.DRAFT).order_by("status", "-ended_on", "-pk")

    def active(self) -> Self:
        return self.filter(status=Prescription.Status.ACTIVE)


class Prescription(models.Model):
    """A program given to one patient by one clinician. At most one is active per patient."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="prescriptions", verbose_name=_("patient")
    )
    program = models.ForeignKey(
        Program,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("programme"),
    )
    name_en = models.CharField(max_length=120)
    name_it = models.CharField(max_length=120, blank=True)
    clinician = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="prescriptions", verbose_name=_("physiotherapist")
    )
    status = models.CharField(_("status"), max_length=6, choices=Status.choices, default=Status.DRAFT)
    # Local dates in the patient's zone. Empty until the first session, where that starts the programme.
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.CharField(
        _("why it ended"), max_length=16, choices=EndReason.choices, blank=True, default=""
    )
    usual_pain = models.PositiveSmallIntegerField(
        _("usual pain (0-10)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(10)],
    )
    usual_lowest_site = models.PositiveSmallIntegerField(_("lowest usual site"), null=True, blank=True)
    review_after_days = models.PositiveSmallIntegerField(
        _("review after days"),
        default=REVIEW_AFTER_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    # Copied from the programme, "" where it began with none; later patients.maintenance alone changes it.
    phase = models.CharField(_("phase"), max_length=11, choices=Phase.choices, blank=True, default="")
    # The local date from which it goes on as maintenance; empty where it is not, or was from its start.
    maintenance_from = models.DateField(_("maintenance from"), null=True, blank=True)
    # Kept up to date by patients.trial, so that planning is one query for everybody:
    # the first day of the running count, and the date on which it is over (empty: no review is owed).
    counts_from = models.DateField(null=True, blank=True, editable=False)
    next_review_on = models.DateField(null=True, blank=True, editable=False)
    # Which questions the patient does not want to be reminded of: those of the start, and of the counted days
    # up to and with this one.
    start_put_away = models.BooleanField(default=False, editable=False)
    put_away_to_day = models.PositiveSmallIntegerField(default=0, editable=False)
    # Rises whenever something that adherence follows from may have changed (patients.locking), and how far
    # patients.counting has followed: the `changes` and the last date that it has counted.
    changes = models.PositiveIntegerField(default=0, editable=False)
    counted_changes = models.PositiveIntegerField(null=True, editable=False)
    counted_to = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField()

    objects = PrescriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("prescription")
        verbose_name_plural = _("prescriptions")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="prescription_one_active_per_patient", fields=["patient"], condition=Q(status="active")
            ),
            models.CheckConstraint(
                name="prescription_status_known", condition=Q(status__in=["draft", "active", "ended"])
            ),
            models.CheckConstraint(
                name="prescription_ends_after_start",
                condition=Q(ended_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ended_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="prescription_ended_whole",
                condition=(Q(status="ended", ended_on__isnull=False) & ~Q(end_reason=""))
                | (~Q(status="ended") & Q(ended_on__isnull=True, end_reason="")),
            ),
            models.CheckConstraint(
                name="prescription_activated_whole",
                condition=Q(status="draft", activated_on__isnull=True, activated_at__isnull=True)
                | (~Q(status="draft") & Q(activated_on__isnull=False, activated_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="prescription_usual_pain_range",
                condition=Q(usual_pain__isnull=True) | Q(usual_pain__range=(0, 10)),
            ),
            models.CheckConstraint(
                name="prescription_usual_site_range",
                condition=Q(usual_lowest_site__isnull=True) | Q(usual_lowest_site__range=(1, 4)),
            ),
            models.CheckConstraint(
                name="prescription_review_range", condition=Q(review_after_days__range=(1, 365))
            ),
            models.CheckConstraint(
                name="prescription_phase_known", condition=Q(phase__in=["", *Phase.values])
            ),
            models.CheckConstraint(
                name="prescription_maintenance_whole",
                condition=Q(maintenance_from__isnull=True) | Q(phase=Phase.MAINTENANCE.value),
            ),
        ]
        indexes = [
            models.Index(name="prescription_reviews", fields=["status", "next_review_on"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return localized(self, "name")

    @property
    def is_maintenance(self) -> bool:
        return self.phase == Phase.MAINTENANCE

    @property
    def maintenance_since(self) -> dt.date | None:
        """The local date from which it is maintenance; None where it is not, or has not begun."""
        return (self.maintenance_from or self.starts_on) if self.is_maintenance else None


class VersionQuerySet(HealthQuerySet):
    patient_path = "prescription__patient"
    shown_to_patient = Q(prescription__activated_at__isnull=False)

    def in_force(self, on: Any) -> Self:
        """Of what is filtered so far, the version with the highest number that starts on or before `on`."""
        return self.filter(starts_on__lte=on).order_by("-number")[:1]


class PrescriptionVersion(Schedule):
    """What is prescribed from a date on. The highest number with `starts_on <= D` is in force on D.

    `prescribed_by` authored what stands in it, also where the steps that were authored made it (`cause`).
    """

    class Cause(models.TextChoices):
        CLINICIAN = "clinician", _("Set by a physiotherapist")
        STEP = "step", _("The next step, after comfortable sessions")
        STEP_BACK = "step_back", _("A step back, after a week without practice")
        CORRECTED = "corrected", _("The next step taken back: the patient has corrected an entry")

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    starts_on = models.DateField()
    prescribed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=9, choices=Cause.choices, default=Cause.CLINICIAN)
    created_at = models.DateTimeField()

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        ordering = ["prescription", "number"]
        constraints = [
            *schedule_constraints("version"),
            models.UniqueConstraint(name="version_number_once", fields=["prescription", "number"]),
            models.CheckConstraint(name="version_numbers_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="version_cause_known",
                condition=Q(cause__in=["clinician", "step", "step_back", "corrected"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class PauseQuerySet(HealthQuerySet):
    patient_path = "prescription__patient"
    shown_to_patient = Q()


class Pause(models.Model):
    """Days that count for nothing, first and last included."""

    class Reason(models.TextChoices):
        HOLIDAY = "holiday", _("Holiday")
        FLARE = "flare", _("Flare")
        ILLNESS = "illness", _("Illness")
        OTHER = "other", _("Other")

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="pauses")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices, default=Reason.OTHER)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = PauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["prescription", "starts_on"]
        constraints = [
            models.CheckConstraint(name="pause_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} - {self.ends_on}"


class ScreeningQuerySet(HealthQuerySet):
    patient_path = "prescription__patient"


class Screening(models.Model):
    """What was asked before prescribing (rule 6), kept with name and time."""

    # With a draft that is discarded its screening goes too; nothing else of a prescription is ever deleted.
    prescription = models.OneToOneField(Prescription, on_delete=models.CASCADE, related_name="screening")
    none_of_these = models.BooleanField()
    signs = models.JSONField(default=list, blank=True)  # codes of patients.vocabulary.EmergencySign
    assessed_by = models.CharField(_("assessed by"), max_length=120, blank=True)
    assessed_on = models.DateField(_("assessed on"), null=True, blank=True)
    assessed_result = models.TextField(_("result"), blank=True)
    for_stretching = models.JSONField(default=list, blank=True)  # codes of patients.vocabulary.ForStretching
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("screening")
        constraints = [
            models.CheckConstraint(
                name="screening_signs_assessed",
                condition=Q(none_of_these=True, signs=[])
                | (
                    Q(none_of_these=False, assessed_on__isnull=False)
                    & ~Q(signs=[])
                    & ~Q(assessed_by="")
                    & ~Q(assessed_result="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.prescription_id)
