"""An entry of the library, and the easier and harder forms of it."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.bilingual import localized
from clinic.folding import folded
from clinic.models import Clinic
from clinic.scoping import ScopedQuerySet
from programs.models.dose import Dose, dose_constraints
from programs.models.picture import Picture, validate_figure
from programs.models.scoping import LibraryQuerySet
from programs.models.search import SearchField
from programs.models.wording import Wording
from programs.vocabulary import Equipment, Kind, Position, Precaution, Region, Status


def _known(value: object, choices: type[models.TextChoices]) -> None:
    if not isinstance(value, list) or not set(value) <= set(choices.values):
        raise ValidationError(_("Choose from the list."), code="choice")


def validate_precautions(value: object) -> None:
    _known(value, Precaution)


def validate_equipment(value: object) -> None:
    _known(value, Equipment)


class ExerciseQuerySet(LibraryQuerySet):
    def published(self) -> Self:
        return self.filter(status=Status.PUBLISHED)

    def matching(self, words: str) -> Self:
        """Those in which every word of `words` stands, in either language, whatever accents and capitals."""
        found = self
        for word in folded(words).split():
            found = found.filter(search__contains=word)
        return found


class Exercise(Wording, Dose, Picture):
    """One exercise. Shared (no clinic) or a clinic's own. Once used it is retired, never deleted."""

    clinic = models.ForeignKey(
        Clinic,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="exercises",
        verbose_name=_("clinic"),
        help_text=_("Empty: shared by all clinics."),
    )
    key = models.SlugField(_("key"), max_length=80)
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.PUBLISHED)
    kind = models.CharField(_("kind"), max_length=13, choices=Kind.choices)
    region = models.CharField(_("region"), max_length=10, choices=Region.choices, default=Region.BACK)
    starting_position = models.CharField(_("starting position"), max_length=15, choices=Position.choices)
    equipment = models.JSONField(_("equipment"), default=list, blank=True, validators=[validate_equipment])
    precautions = models.JSONField(
        _("precautions"), default=list, blank=True, validators=[validate_precautions]
    )
    target_en = models.CharField(_("target, English"), max_length=200, blank=True)
    target_it = models.CharField(_("target, Italian"), max_length=200, blank=True)
    near = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("close to")
    )
    video_url = models.URLField(
        _("address of a video"),
        blank=True,
        validators=[URLValidator(["https"])],
        help_text=_("Opens apart, on the other site's own page."),
    )
    provenance = models.CharField(_("provenance"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=80, blank=True)
    search = SearchField()
    # What `load_library` last wrote, field by field: a field that differs from it was edited here.
    loaded = models.JSONField(default=dict, blank=True, editable=False)

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        verbose_name = _("exercise")
        verbose_name_plural = _("library")
        ordering = ["name_en", "pk"]
        constraints = [
            *dose_constraints("exercise"),
            models.UniqueConstraint(
                name="exercise_key_once_shared", fields=["key"], condition=Q(clinic__isnull=True)
            ),
            models.UniqueConstraint(
                name="exercise_key_once_in_clinic",
                fields=["clinic", "key"],
                condition=Q(clinic__isnull=False),
            ),
            models.CheckConstraint(name="exercise_status_known", condition=Q(status__in=Status.values)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def target(self) -> str:
        return localized(self, "target")

    def figure_at(self, rung: int) -> str:
        """The key of the figure of the form at `rung`; a form without one looks like the usual form."""
        form = next((one for one in self.forms.all() if one.rung == rung), None) if rung else None
        return (form and form.figure) or self.figure

    def photo_at(self, rung: int) -> str:
        """The name of the photo's file, "" where there is none or the form at `rung` has its own figure."""
        return "" if self.figure_at(rung) != self.figure else self.photo.name or ""

    def ladder(self) -> list[dict[str, Any]]:
        """The forms beside the usual one, easier first, as plain data to be copied into a prescription."""
        return [form.as_data() for form in self.forms.all()]


class LadderFormQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(exercise__in=Exercise.objects.visible_to(user))


class LadderForm(models.Model):
    """A form of an exercise beside the usual one. The usual form is rung 0 and has no row."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="forms")
    rung = models.SmallIntegerField(_("rung"), help_text=_("-1 is easier, 1 is harder than the usual form."))
    name_en = models.CharField(_("name, English"), max_length=120)
    name_it = models.CharField(_("name, Italian"), max_length=120, blank=True)
    how_en = models.TextField(_("how, English"), help_text=_("One step a line."))
    how_it = models.TextField(_("how, Italian"), blank=True)
    equipment = models.JSONField(_("equipment"), default=list, blank=True, validators=[validate_equipment])
    figure = models.CharField(_("figure"), max_length=80, blank=True, validators=[validate_figure])
    becomes = models.ForeignKey(
        Exercise,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("is this other exercise"),
    )
    loaded = models.JSONField(default=dict, blank=True, editable=False)

    objects = LadderFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms, easier to harder")
        ordering = ["exercise", "rung"]
        constraints = [
            models.UniqueConstraint(name="ladder_rung_once", fields=["exercise", "rung"]),
            models.CheckConstraint(
                name="ladder_rung_not_usual", condition=~Q(rung=0) & Q(rung__range=(-5, 5))
            ),
        ]

    def __str__(self) -> str:
        return localized(self, "name")

    def as_data(self) -> dict[str, Any]:
        fields = ("rung", "name_en", "name_it", "how_en", "how_it", "equipment", "figure")
        return {name: getattr(self, name) for name in fields}
