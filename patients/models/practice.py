"""What a patient recorded. Corrections are new revisions; nothing is overwritten."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from patients.models.patient import Patient
from patients.models.prescribed import PrescribedExercise
from patients.models.prescription import Prescription, PrescriptionVersion
from patients.models.scoping import HealthQuerySet
from patients.vocabulary import Outcome, Settled, SkipReason, Source

PAINS = ("pain_before", "pain_during", "pain_after")


class PracticeSessionQuerySet(HealthQuerySet):
    shown_to_patient = Q()

    def current(self) -> Self:
        """The latest revision of each session: what counts."""
        return self.filter(superseded_at__isnull=True)

    def going_on(self) -> Self:
        """Those that were left in the middle."""
        return self.filter(finished_at__isnull=True)

    def told(self) -> Self:
        """Those in which something was said of an exercise, or that were stopped: they are sessions. One that
        was left before the first exercise is none yet, whatever was said of pain."""
        records = ExerciseRecord.objects.filter(session=OuterRef("pk"))
        return self.filter(Q(stopped=True) | Exists(records))


class PracticeSession(models.Model):
    """One session on one local date. The row is one revision of it; `uid` is the same across revisions."""

    uid = models.UUIDField(default=uuid.uuid4)
    revision = models.PositiveSmallIntegerField(default=1)
    superseded_at = models.DateTimeField(null=True, blank=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="sessions")
    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="sessions")
    version = models.ForeignKey(PrescriptionVersion, on_delete=models.PROTECT, related_name="sessions")

    practised_on = models.DateField(_("day"))  # local date, the patient's zone
    recorded_on = (
        models.DateField()
    )  # local date at the first recording: later than practised_on is back-filled
    first_recorded_at = models.DateTimeField()  # keeps a day's sessions in order across corrections
    recorded_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)  # the last tap, by the clock of who told it
    finished_at = models.DateTimeField(null=True, blank=True)  # empty while the patient is still at it
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    source = models.CharField(max_length=5, choices=Source.choices, default=Source.WEB)
    arrived_late = models.BooleanField(default=False)  # waited on a device without a network

    pain_before = models.PositiveSmallIntegerField(_("pain before"), null=True, blank=True)
    pain_during = models.PositiveSmallIntegerField(_("pain during"), null=True, blank=True)
    pain_after = models.PositiveSmallIntegerField(_("pain right after"), null=True, blank=True)
    # "No more than before": said instead of a number.
    during_no_more = models.BooleanField(_("during, no more than before"), default=False)
    sites = models.JSONField(_("where"), default=list, blank=True)
    lowest_site = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.TextField(_("in your words"), blank=True)
    stopped = models.BooleanField(_("the whole session was stopped for pain"), default=False)
    # Asked at the next session, where this one ended with more pain than it began with (patients.settling).
    settled = models.CharField(_("settled"), max_length=8, choices=Settled.choices, blank=True, default="")
    settled_at = models.DateTimeField(null=True, blank=True)  # when that was answered

    objects = PracticeSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-practised_on", "-first_recorded_at", "-revision"]
        constraints = [
            models.UniqueConstraint(name="session_revision_once", fields=["patient", "uid", "revision"]),
            models.UniqueConstraint(
                name="session_uid_once_per_patient",
                fields=["patient", "uid"],
                condition=Q(superseded_at__isnull=True),
            ),
            *(
                models.CheckConstraint(
                    name=f"session_{pain}_range",
                    condition=Q(**{f"{pain}__isnull": True}) | Q(**{f"{pain}__range": (0, 10)}),
                )
                for pain in PAINS
            ),
            models.CheckConstraint(
                name="session_lowest_site_range",
                condition=Q(lowest_site__isnull=True) | Q(lowest_site__range=(1, 4)),
            ),
            models.CheckConstraint(name="session_source_known", condition=Q(source__in=Source.values)),
            models.CheckConstraint(
                name="session_settled_known",
                condition=Q(settled="", settled_at__isnull=True)
                | Q(settled__in=Settled.values, settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="session_recorded_not_before", condition=Q(recorded_on__gte=F("practised_on"))
            ),
        ]
        indexes = [
            models.Index(name="session_of_prescription", fields=["prescription", "practised_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.practised_on}"

    @property
    def is_back_filled(self) -> bool:
        return self.recorded_on > self.practised_on


class ExerciseRecordQuerySet(HealthQuerySet):
    patient_path = "session__patient"
    shown_to_patient = Q()


class ExerciseRecord(models.Model):
    """What became of one exercise in one session; the dose asked and the form done are kept."""

    session = models.ForeignKey(PracticeSession, on_delete=models.CASCADE, related_name="records")
    prescribed = models.ForeignKey(PrescribedExercise, on_delete=models.PROTECT, related_name="records")
    line = models.UUIDField()
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    skip_reason = models.CharField(max_length=10, choices=SkipReason.choices, blank=True, default="")
    rung_done = models.SmallIntegerField(default=0)
    hurt_more = models.BooleanField(_("hurt more during it"), default=False)  # said after pain that was more
    dose_asked = models.JSONField(default=dict)

    objects = ExerciseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("exercise of a session")
        ordering = ["session", "prescribed__position"]
        constraints = [
            models.UniqueConstraint(name="record_line_once", fields=["session", "line"]),
            models.CheckConstraint(name="record_outcome_known", condition=Q(outcome__in=Outcome.values)),
            models.CheckConstraint(
                name="record_skip_has_reason",
                condition=Q(outcome="skipped", skip_reason__in=SkipReason.values)
                | (~Q(outcome="skipped") & Q(skip_reason="")),
            ),
            models.CheckConstraint(
                name="record_hurt_more_was_tried", condition=Q(hurt_more=False) | ~Q(outcome="skipped")
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class ExerciseStopQuerySet(HealthQuerySet):
    patient_path = "prescription__patient"
    shown_to_patient = Q()

    def standing(self) -> Self:
        return self.filter(resumed_at__isnull=True)


class ExerciseStop(models.Model):
    """A line is off for pain, from a session on (that session included), until a clinician resumes it."""

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="stops")
    line = models.UUIDField()
    session = models.ForeignKey(PracticeSession, on_delete=models.PROTECT, related_name="stops")
    stopped_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True, blank=True)
    resumed_on = models.DateField(null=True, blank=True)  # local date, the patient's zone
    resumed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = ExerciseStopQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop")
        ordering = ["prescription", "stopped_at"]
        constraints = [
            # Not "one standing stop a line": a day that is back-filled may stop it from earlier on.
            models.UniqueConstraint(name="stop_once_per_session_and_line", fields=["session", "line"]),
            models.CheckConstraint(
                name="stop_resumed_whole",
                condition=Q(resumed_at__isnull=True, resumed_on__isnull=True, resumed_by__isnull=True)
                | Q(resumed_at__isnull=False, resumed_on__isnull=False, resumed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.line)
