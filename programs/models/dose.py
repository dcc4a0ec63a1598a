"""The dose of an exercise: sets, repetitions, hold, rest, sides."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.vocabulary import DoseSource, SideOrder

# Upper bounds catch typing errors (300 for 30); none is a clinical limit.
MOST_TIMES = 100
MOST_SECONDS = 600


def _times(label: Any) -> Any:
    validators = [MinValueValidator(1), MaxValueValidator(MOST_TIMES)]
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=validators)


def _seconds(label: Any) -> Any:
    validators = [MinValueValidator(1), MaxValueValidator(MOST_SECONDS)]
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=validators)


def validate_dose_sources(value: object) -> None:
    known = (
        isinstance(value, dict) and set(value) <= set(Dose.FIGURES) and set(value.values()) <= set(DoseSource)
    )
    if not known:
        raise ValidationError(_("The source of a figure is text, default or clinician."), code="dose_sources")


class Dose(models.Model):
    """How much: None is "not given", never zero. In a range the lower figure is what is due."""

    FIGURES = (
        "sets",
        "reps",
        "reps_most",
        "hold_s",
        "hold_most_s",
        "rest_s",
        "hold_step_s",
        "hold_until_s",
    )

    sets = _times(_("sets"))
    reps = _times(_("repetitions"))
    reps_most = _times(_("repetitions, at most"))
    hold_s = _seconds(_("hold (s)"))
    hold_most_s = _seconds(_("hold, at most (s)"))
    rest_s = _seconds(_("rest (s)"))
    hold_step_s = _seconds(_("hold grows by (s)"))
    hold_until_s = _seconds(_("hold grows until (s)"))
    each_side = models.BooleanField(_("on each side"), default=False)
    side_order = models.CharField(
        _("order of sides"), max_length=9, choices=SideOrder.choices, blank=True, default=""
    )
    dose_sources = models.JSONField(
        _("source of each figure"), default=dict, blank=True, validators=[validate_dose_sources]
    )

    class Meta:
        abstract = True

    @classmethod
    def dose_fields(cls) -> list[str]:
        return [*cls.FIGURES, "each_side", "side_order", "dose_sources"]

    def dose(self) -> dict[str, Any]:
        """The whole dose, to be copied."""
        return {name: getattr(self, name) for name in self.dose_fields()}

    def has_dose(self) -> bool:
        return any(getattr(self, name) is not None for name in self.FIGURES)

    def clean(self) -> None:
        super().clean()
        errors = {}
        for least, most in (("reps", "reps_most"), ("hold_s", "hold_most_s"), ("hold_s", "hold_until_s")):
            low, high = getattr(self, least), getattr(self, most)
            if high is not None and low is None:
                errors[most] = ValidationError(_("Give the lower figure too."), code="range")
            elif high is not None and low is not None and high < low:
                errors[most] = ValidationError(
                    _("This must not be less than the lower figure."), code="range"
                )
        if errors:
            raise ValidationError(errors)


def dose_constraints(prefix: str) -> list[models.CheckConstraint]:
    """The dose's rules in the database, for a model that has one; `prefix` makes the names unique."""
    limits = {name: MOST_SECONDS if name.endswith("_s") else MOST_TIMES for name in Dose.FIGURES}
    figures = [
        models.CheckConstraint(
            name=f"{prefix}_{name}_range",
            condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (1, most)}),
        )
        for name, most in limits.items()
    ]
    ranges = [
        models.CheckConstraint(
            name=f"{prefix}_{most}_order",
            condition=Q(**{f"{most}__isnull": True})
            | Q(**{f"{least}__isnull": False, f"{most}__gte": F(least)}),
        )
        for least, most in (("reps", "reps_most"), ("hold_s", "hold_most_s"), ("hold_s", "hold_until_s"))
    ]
    return figures + ranges
