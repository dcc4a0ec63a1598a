"""What a clinician authors for one exercise: after which sessions it becomes how much harder (rule 7)."""

from dataclasses import asdict, dataclass
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MOST_SESSIONS = 60  # catches typing errors; no clinical limit


@dataclass(frozen=True)
class Progression:
    """`next_after` comfortable sessions lead to the next step, on its own or once a clinician agrees.

    Without `next_after` nothing grows. `up_to_rung` is the hardest form, None for the one of the beginning.
    """

    next_after: int | None = None
    next_alone: bool = False
    up_to_rung: int | None = None

    def __bool__(self) -> bool:
        return self.next_after is not None

    def values(self) -> dict[str, Any]:
        """The columns of Progressing."""
        return asdict(self)


@dataclass(frozen=True)
class Step:
    """One step: the form, and how long it is held in seconds (a range where it has a most)."""

    rung: int
    hold_s: int | None
    hold_most_s: int | None = None


NO_PROGRESSION = Progression()


class Progressing(models.Model):
    """The hold grows by `hold_step_s` until `hold_until_s` (both of the dose), then the form up to a rung."""

    next_after = models.PositiveSmallIntegerField(
        _("comfortable sessions before the next step"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SESSIONS)],
    )
    next_alone = models.BooleanField(_("goes on without asking"), default=False)
    up_to_rung = models.SmallIntegerField(_("up to the form"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def progression(self) -> Progression:
        return Progression(self.next_after, self.next_alone, self.up_to_rung)


def progression_constraints(prefix: str) -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(
            name=f"{prefix}_next_after_range",
            condition=Q(next_after__isnull=True) | Q(next_after__range=(1, MOST_SESSIONS)),
        ),
        models.CheckConstraint(
            name=f"{prefix}_progression_whole",
            condition=Q(next_after__isnull=False) | Q(next_alone=False, up_to_rung__isnull=True),
        ),
    ]
