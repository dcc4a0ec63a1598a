"""Outcomes of a clinic over a period: reviews and how long they waited, what patients said, how pain changed,
why programmes ended, by program and by exercise. Counts of what was entered; no verdict on anybody.

A figure and the list behind it come from the same condition: one for the database (`review_figures`,
`end_figures`, and `record_figures` of exercises), or what is measured review by review (patients.measured).
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from patients.exercise_outcomes import by_exercise
from patients.measured import (
    LEVEL_FIGURES,
    MEASURES,
    PAIN_FIGURES,
    UNSAID,
    Measured,
    measured,
    pain_keys,
    spread_of,
)
from patients.outcome_scope import Scope
from patients.spreads import Spread, spread
from patients.vocabulary import EndReason, Helped

__all__ = ["Outcomes", "Scope", "Spread", "behind", "by_exercise", "by_program", "outcomes", "spread"]
OVERDUE_AFTER = dt.timedelta(days=7)  # then the manager is told (patients.notices.reviews_again)


def review_figures(today: dt.date) -> dict[str, Q]:
    """What is counted of reviews, by key. `today` is the clinic's."""
    signed = Q(signed_at__isnull=False)
    return {
        "reviews.reached": Q(pk__isnull=False),
        "reviews.signed": signed,
        "reviews.open": ~signed,
        "reviews.overdue": ~signed & Q(reached_on__lt=today - OVERDUE_AFTER),
        **{f"helped.{helped}": Q(helped=helped) for helped in Helped.values},
        f"helped.{UNSAID}": Q(helped=""),
    }


def end_figures() -> dict[str, Q]:
    """What is counted of programmes that ended, by key."""
    return {f"ended.{reason}": Q(end_reason=reason) for reason in EndReason.values}


@dataclass(frozen=True)
class Outcomes:
    counts: dict[str, int]  # by the keys of the figures of reviews and ends
    levels: dict[str, int]  # by the keys of the levels of pain
    days_to_sign: Spread
    adherence: Spread
    pain_change: Spread
    by_program: dict[int | None, dict[str, Spread]]  # each of MEASURES


def outcomes(scope: Scope, *, today: dt.date) -> Outcomes:
    """Three queries, however many reviews there are."""
    figures = review_figures(today)
    counts = scope.reviews().aggregate(**_counted(figures))
    ends = Counter(scope.ended().order_by().values_list("end_reason", flat=True))
    rows = measured(scope)
    of_pain = Counter(key for one in rows for key in pain_keys(one))
    programs: dict[int | None, list[Measured]] = {}
    for one in rows:
        programs.setdefault(one.program, []).append(one)
    return Outcomes(
        counts={key: counts[_alias(key)] for key in figures}
        | {key: of_pain[key] for key in PAIN_FIGURES}
        | {key: ends[key.partition(".")[2]] for key in end_figures()},
        levels={key: of_pain[key] for key in LEVEL_FIGURES},
        **{measure: spread_of(rows, measure) for measure in MEASURES},
        by_program={
            program: {measure: spread_of(some, measure) for measure in MEASURES}
            for program, some in programs.items()
        },
    )


def _counted(figures: dict[str, Q]) -> dict[str, Count]:
    return {_alias(key): Count("pk", filter=one) for key, one in figures.items()}


def _alias(key: str) -> str:
    return key.replace(".", "_")


# --- By program and by exercise ---------------------------------------------------------------------
def by_program(scope: Scope) -> list[dict[str, Any]]:
    """Each program with its reviews in the period, and what was said at them: one query."""
    program = "prescription__program"
    rows = (
        scope.reviews()
        .order_by()
        .values(pk_of=F(program), name_en=F(f"{program}__name_en"), name_it=F(f"{program}__name_it"))
    )
    said = {f"helped_{one or UNSAID}": Count("pk", filter=Q(helped=one)) for one in (*Helped.values, "")}
    return list(rows.annotate(reviews=Count("pk"), **said).order_by("-reviews", "pk_of"))


# --- Who is behind a figure -------------------------------------------------------------------------
def behind(scope: Scope, key: str, *, today: dt.date) -> QuerySet[Any]:
    """The reviews, or the ended programmes, that the figure `key` counts. Raises KeyError for no figure."""
    ends = end_figures()
    if key in ends:
        return scope.ended().filter(ends[key]).order_by("-ended_on", "pk")
    reviews = scope.reviews().order_by("-reached_on", "pk")
    if key in (*PAIN_FIGURES, *LEVEL_FIGURES):
        return reviews.filter(pk__in=[one.review for one in measured(scope) if key in pain_keys(one)])
    return reviews.filter(review_figures(today)[key])
