"""One exercise as it was prescribed: words, dose, ladder and picture as they were then."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.bilingual import localized_data
from patients.models.prescription import PrescriptionVersion
from patients.models.scoping import HealthQuerySet
from programs.models import Dose, Exercise, Wording
from programs.models.dose import dose_constraints
from programs.models.picture import Picture
from programs.models.progression import Progressing, Step, progression_constraints
from programs.vocabulary import Position


class PrescribedExerciseQuerySet(HealthQuerySet):
    patient_path = "version__prescription__patient"
    shown_to_patient = Q(version__prescription__activated_at__isnull=False)


class PrescribedExercise(Wording, Dose, Progressing, Picture):
    """One exercise as it was prescribed. Words, dose, ladder and picture are copies; never changed once in
    force.

    `line` is the same exercise across versions. `against` are the patient's precautions that the exercise
    named when it was put in, `precautions_reason` why it was prescribed all the same.
    `growth` are the steps of its progression (programs.models.progression.Step), the first of them what was
    prescribed by hand; `step` is the one that it asks, since `step_since`. A change by hand begins anew.
    """

    version = models.ForeignKey(PrescriptionVersion, on_delete=models.CASCADE, related_name="exercises")
    line = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField()
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    rung = models.SmallIntegerField(default=0)
    ladder = models.JSONField(default=list, blank=True)
    starting_position = models.CharField(max_length=15, choices=Position.choices)
    equipment = models.JSONField(default=list, blank=True)
    against = models.JSONField(default=list, blank=True)
    precautions_reason = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    note_it = models.TextField(blank=True)
    shown_in_clinic = models.BooleanField(gettext_lazy("shown and checked in the clinic"), default=False)
    growth = models.JSONField(default=list, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    step_since = models.DateTimeField(null=True, blank=True)

    objects = PrescribedExerciseQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("prescribed exercise")
        ordering = ["version", "position"]
        constraints = [
            *dose_constraints("prescribed"),
            *progression_constraints("prescribed"),
            models.UniqueConstraint(name="prescribed_line_once", fields=["version", "line"]),
            models.UniqueConstraint(name="prescribed_position_once", fields=["version", "position"]),
            models.CheckConstraint(name="prescribed_rung_range", condition=Q(rung__range=(-5, 5))),
            models.CheckConstraint(
                name="prescribed_against_has_reason", condition=Q(against=[]) | ~Q(precautions_reason="")
            ),
        ]

    def __str__(self) -> str:
        return self.plain_name

    def form(self, rung: int) -> dict[str, Any] | None:
        """The ladder form at `rung` as it was copied, None for the usual form or where there is none."""
        return next((form for form in self.ladder if form["rung"] == rung), None)

    def form_name(self, rung: int) -> str:
        """What the form at `rung` is called, in the active language."""
        form = self.form(rung)
        return localized_data(form, "name") if form else _("the usual form")

    def form_names(self) -> dict[int, str]:
        """What the forms of its ladder are called, by rung, in the active language."""
        return {form["rung"]: self.form_name(form["rung"]) for form in self.ladder}

    def figure_at(self, rung: int) -> str:
        """The key of the figure of the form at `rung`; a form without one looks like the usual form."""
        return (self.form(rung) or {}).get("figure") or self.figure

    def photo_at(self, rung: int) -> str:
        """The name of the photo's file, "" where there is none or the form at `rung` has its own figure."""
        return "" if (self.form(rung) or {}).get("figure") else self.photo.name or ""

    @property
    def has_next_step(self) -> bool:
        """Whether something is left to grow, and when was authored."""
        return self.next_after is not None and self.step + 1 < len(self.growth)

    def step_at(self, number: int) -> Step:
        """One of its steps; what it asks now is the one at `step`."""
        return Step(**self.growth[number])

    def easier_rung(self) -> int | None:
        """The next easier form that the clinician's ladder has, None where there is none."""
        rungs = [0, *(form["rung"] for form in self.ladder)]
        return max((rung for rung in rungs if rung < self.rung), default=None)
