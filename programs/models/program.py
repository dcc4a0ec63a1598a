"""A program template: an ordered list of exercises with doses, a schedule and a review point."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.bilingual import localized
from clinic.models import Clinic
from clinic.scoping import ScopedQuerySet
from clinic.weekdays import EVERY_DAY, WeekdaysField, weekdays_condition
from programs.models.dose import Dose, dose_constraints
from programs.models.exercise import Exercise
from programs.models.progression import Progressing, progression_constraints
from programs.models.scoping import LibraryQuerySet
from programs.vocabulary import Phase, Status

REVIEW_AFTER_DAYS = 20  # "try the exercises for at least 20 days": the source text


class Schedule(models.Model):
    """When sessions are due: how many a day, on which days of the week."""

    sessions_a_day = models.PositiveSmallIntegerField(
        _("sessions a day"), default=1, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    weekdays = WeekdaysField(_("days of the week"), default=EVERY_DAY)

    class Meta:
        abstract = True


def schedule_constraints(prefix: str) -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(
            name=f"{prefix}_sessions_a_day_range", condition=Q(sessions_a_day__range=(1, 4))
        ),
        models.CheckConstraint(name=f"{prefix}_weekdays_given", condition=weekdays_condition("weekdays")),
    ]


class ProgramQuerySet(LibraryQuerySet):
    def published(self) -> Self:
        return self.filter(status=Status.PUBLISHED)


class Program(Schedule):
    """A template that a clinician prescribes from. Shared or a clinic's own."""

    clinic = models.ForeignKey(
        Clinic,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="programs",
        verbose_name=_("clinic"),
        help_text=_("Empty: shared by all clinics."),
    )
    key = models.SlugField(_("key"), max_length=80, blank=True)
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.PUBLISHED)
    name_en = models.CharField(_("name, English"), max_length=120)
    name_it = models.CharField(_("name, Italian"), max_length=120, blank=True)
    description_en = models.TextField(_("description, English"), blank=True)
    description_it = models.TextField(_("description, Italian"), blank=True)
    phase = models.CharField(_("phase"), max_length=11, choices=Phase.choices, default=Phase.SUBACUTE)
    review_after_days = models.PositiveSmallIntegerField(
        _("review after days"),
        default=REVIEW_AFTER_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    # Counts what was saved, so that who saves what somebody else has changed since is told.
    edition = models.PositiveIntegerField(default=1, editable=False)
    loaded = models.JSONField(default=dict, blank=True, editable=False)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["name_en", "pk"]
        constraints = [
            *schedule_constraints("program"),
            models.UniqueConstraint(
                name="program_key_once_shared", fields=["key"], condition=Q(clinic__isnull=True) & ~Q(key="")
            ),
            models.UniqueConstraint(
                name="program_key_once_in_clinic",
                fields=["clinic", "key"],
                condition=Q(clinic__isnull=False) & ~Q(key=""),
            ),
            models.CheckConstraint(
                name="program_review_range", condition=Q(review_after_days__range=(1, 365))
            ),
            models.CheckConstraint(name="program_status_known", condition=Q(status__in=Status.values)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return localized(self, "name")

    @property
    def description(self) -> str:
        return localized(self, "description")


class ProgramItemQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(program__in=Program.objects.visible_to(user))


class ProgramItem(Dose, Progressing):
    """One exercise of a program, with its dose and its place."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="items")
    exercise = models.ForeignKey(
        Exercise, on_delete=models.PROTECT, related_name="program_items", verbose_name=_("exercise")
    )
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    rung = models.SmallIntegerField(
        _("form"), default=0, help_text=_("0 is the usual form, -1 the easier, 1 the harder one.")
    )
    tempo_en = models.CharField(_("tempo, English"), max_length=200, blank=True)  # empty: the exercise's own
    tempo_it = models.CharField(_("tempo, Italian"), max_length=200, blank=True)
    note_en = models.TextField(_("note to the patient, English"), blank=True)
    note_it = models.TextField(_("note to the patient, Italian"), blank=True)
    shown_in_clinic = models.BooleanField(_("shown and checked in the clinic"), default=False)
    loaded = models.JSONField(default=dict, blank=True, editable=False)

    objects = ProgramItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("exercise of the programme")
        verbose_name_plural = _("exercises of the programme")
        ordering = ["position", "pk"]
        constraints = [
            *dose_constraints("program_item"),
            *progression_constraints("program_item"),
            models.UniqueConstraint(name="program_exercise_once", fields=["program", "exercise"]),
            models.CheckConstraint(name="program_item_rung_range", condition=Q(rung__range=(-5, 5))),
        ]

    def __str__(self) -> str:
        return str(self.exercise)

    def clean(self) -> None:
        super().clean()
        if (
            self.exercise_id
            and self.program_id
            and self.exercise.clinic_id not in {None, self.program.clinic_id}
        ):
            problem = _("This exercise belongs to another clinic.")
            raise ValidationError({"exercise": ValidationError(problem, code="clinic")})
