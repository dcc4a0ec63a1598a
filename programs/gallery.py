"""The gallery: which exercises somebody is looking for, what they like and used last first."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from clinic.bilingual import current_language
from clinic.models import User
from programs.models import Exercise, ExerciseUse, Favourite, Program
from programs.models.dose import Dose
from programs.vocabulary import Status


@dataclass(frozen=True)
class Wanted:
    """What is looked for; what is empty is left open."""

    words: str = ""
    kind: str = ""
    position: str = ""
    equipment: str = ""
    target: str = ""
    region: str = ""
    phase: str = ""
    whose: str = ""
    status: str = Status.PUBLISHED.value
    favourites: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether anything but words is asked for."""
        return self != Wanted(words=self.words)


def gallery(user: User, wanted: Wanted) -> QuerySet[Exercise]:
    """What `user` may see of what is `wanted`: favourites first, then what was used last, then by name."""
    language = current_language()
    found = Exercise.objects.visible_to(user).matching(wanted.words).select_related("clinic")
    columns = {
        "kind": wanted.kind,
        "starting_position": wanted.position,
        "region": wanted.region,
        f"target_{language}": wanted.target,
        "status": wanted.status,
        # Stored as a list: a code never stands within another one's quotes.
        "equipment__icontains": f'"{wanted.equipment}"' if wanted.equipment else "",
    }
    found = found.filter(**{name: value for name, value in columns.items() if value})
    if wanted.whose:
        found = found.filter(clinic__isnull=wanted.whose == "shared")
    if wanted.phase:
        programs = Program.objects.visible_to(user).filter(phase=wanted.phase, items__exercise=OuterRef("pk"))
        found = found.filter(Exists(programs))
    mine = {"user": user, "exercise": OuterRef("pk")}
    found = found.annotate(
        is_favourite=Exists(Favourite.objects.filter(**mine)),
        used_at=Subquery(ExerciseUse.objects.filter(**mine).values("used_at")[:1]),
    )
    if wanted.favourites:
        found = found.filter(is_favourite=True)
    return found.order_by("-is_favourite", F("used_at").desc(nulls_last=True), f"name_{language}", "pk")


def targets(user: User) -> list[str]:
    """What published exercises are aimed at, in the active language, for a list to choose from."""
    field = f"target_{current_language()}"
    rows = Exercise.objects.visible_to(user).published().exclude(**{field: ""})
    return list(rows.order_by(field).values_list(field, flat=True).distinct())


@transaction.atomic
def set_favourite(*, exercise: Exercise, user: User, wanted: bool) -> None:
    """Whether `user` finds `exercise` first. Said twice, it is said once."""
    if wanted:
        Favourite.objects.get_or_create(user=user, exercise=exercise)
    else:
        Favourite.objects.filter(user=user, exercise=exercise).delete()


def remember_use(*, doses: dict[int, dict[str, Any]], user: User, now: dt.datetime) -> None:
    """Keep what `user` just prescribed: `doses` by the exercise's id, as `Dose.dose()` gives them."""
    rows = [
        ExerciseUse(user=user, exercise_id=exercise, used_at=now, **dose) for exercise, dose in doses.items()
    ]
    ExerciseUse.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["user", "exercise"],
        update_fields=[*Dose.dose_fields(), "used_at"],
    )
