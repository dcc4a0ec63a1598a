"""What somebody who builds programmes likes and does: favourites, and the dose that they gave last."""

from typing import Any, Self

from django.db import models

from clinic.models import User
from clinic.scoping import ScopedQuerySet, may_look
from programs.models.dose import Dose, dose_constraints
from programs.models.exercise import Exercise


class OwnQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(user=user) if may_look(user) else self.none()


class Favourite(models.Model):
    """An exercise that somebody wants to find first."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="favourites")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="favourite_once", fields=["user", "exercise"])]

    def __str__(self) -> str:
        return f"{self.exercise_id}"


class ExerciseUse(Dose):
    """When somebody last put an exercise into a programme, and with which dose."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="uses")
    used_at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            *dose_constraints("use"),
            models.UniqueConstraint(name="use_once", fields=["user", "exercise"]),
        ]

    def __str__(self) -> str:
        return f"{self.exercise_id}"
