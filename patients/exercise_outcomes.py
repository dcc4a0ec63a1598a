"""What was told of exercises: which were stopped and skipped most and why, and by whom."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from patients.outcome_scope import Scope
from patients.vocabulary import Outcome, SkipReason

SHOWN_EXERCISES = 20


def record_figures() -> dict[str, Q]:
    """What is counted of exercises in sessions, by key: the reasons are those of the skipped ones."""
    return {
        "exercise.told": Q(pk__isnull=False),
        "exercise.skipped": Q(outcome=Outcome.SKIPPED),
        "exercise.stopped": Q(outcome=Outcome.STOPPED),
        **{f"exercise.{reason}": Q(skip_reason=reason) for reason in SkipReason.values},
    }


def by_exercise(scope: Scope) -> list[dict[str, Any]]:
    """The exercises that were stopped and skipped most in sessions of the period, the stopped ones first."""
    return every_exercise(scope)[:SHOWN_EXERCISES]


def every_exercise(scope: Scope) -> list[dict[str, Any]]:
    """Each exercise that was stopped or skipped: `told`, `stopped`, `skipped`, and the latter by its reasons.

    One grouped query, whose rows are as many as the library has exercises.
    """
    exercise = "prescribed__exercise"
    rows = (
        scope.records()
        .order_by()
        .values(pk_of=F(exercise), name_en=F(f"{exercise}__name_en"), name_it=F(f"{exercise}__name_it"))
    )
    told = rows.annotate(**_told())
    return list(told.filter(Q(skipped__gt=0) | Q(stopped__gt=0)).order_by("-stopped", "-skipped", "pk_of"))


def skipped_most(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of `every_exercise`, those that were skipped, most often first."""
    skipped = [row for row in rows if row["skipped"]]
    return sorted(skipped, key=lambda row: (-row["skipped"], -row["stopped"], row["pk_of"]))[:SHOWN_EXERCISES]


def _told() -> dict[str, Count]:
    """By what stands behind the point of a key: "skipped", "pain"."""
    return {key.partition(".")[2]: Count("pk", filter=one) for key, one in record_figures().items()}


def behind_exercise(scope: Scope, key: str) -> QuerySet[Any, Any]:
    """Rows of `prescription` with what is counted of it, as in `every_exercise`: those of which the figure
    `key` counts anything, most first; of one exercise where the scope says which. Raises KeyError for no
    figure."""
    if key not in record_figures():
        raise KeyError(key)
    counted = key.partition(".")[2]
    rows = scope.records().order_by().values(prescription=F("session__prescription")).annotate(**_told())
    return rows.filter(**{f"{counted}__gt": 0}).order_by(f"-{counted}", "prescription")
