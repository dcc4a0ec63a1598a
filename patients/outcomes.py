"""Outcomes of a clinic over a period: reviews and how long they waited, what patients said, how pain changed,
why programmes ended, by program and by exercise. Counts of what was entered; no verdict on anybody.

A figure and the list behind it come from the same condition (`review_figures`, `end_figures`).
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTransform

from clinic.localtime import local_date
from patients.models import Answer, ExerciseRecord, Prescription, Review
from patients.our_questions import AVERAGE_PAIN
from patients.vocabulary import EndReason, Helped, Occasion, Outcome

OVERDUE_AFTER = dt.timedelta(days=7)  # then the manager is told (patients.notices.reviews_again)
UNSAID = "unsaid"
SHOWN_EXERCISES = 20


@dataclass(frozen=True)
class Scope:
    """Whose figures: what `user` may see, by local dates from `first` to `last`, both included.

    A review counts by the date on which its point was reached, an end by its date.
    """

    user: Any
    first: dt.date
    last: dt.date
    clinician: int | None = None
    program: int | None = None

    def prescriptions(self) -> QuerySet[Prescription]:
        rows = Prescription.objects.visible_to_staff(self.user)
        if self.clinician is not None:
            rows = rows.filter(clinician=self.clinician)
        return rows if self.program is None else rows.filter(program=self.program)

    def ended(self) -> QuerySet[Prescription]:
        return self.prescriptions().filter(ended_on__range=(self.first, self.last))

    def reviews(self) -> QuerySet[Any]:
        """With `start_pain` and `now_pain`, the average pain as answered, None where it was not."""
        answers = Answer.objects.filter(
            prescription=OuterRef("prescription"), question__code=AVERAGE_PAIN, question__clinic=None
        )
        now = answers.filter(occasion=Occasion.REVIEW, occasion_number=OuterRef("number"))
        start = answers.filter(occasion=Occasion.START)
        return Review.objects.filter(
            prescription__in=self.prescriptions().values("pk"), reached_on__range=(self.first, self.last)
        ).annotate(
            start_pain=Subquery(start.values("number")[:1]), now_pain=Subquery(now.values("number")[:1])
        )


_SAID_PAIN = Q(start_pain__isnull=False, now_pain__isnull=False)


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
        "pain.less": _SAID_PAIN & Q(now_pain__lt=F("start_pain")),
        "pain.same": _SAID_PAIN & Q(now_pain=F("start_pain")),
        "pain.more": _SAID_PAIN & Q(now_pain__gt=F("start_pain")),
        f"pain.{UNSAID}": ~_SAID_PAIN,
    }


def end_figures() -> dict[str, Q]:
    """What is counted of programmes that ended, by key."""
    return {f"ended.{reason}": Q(end_reason=reason) for reason in EndReason.values}


@dataclass(frozen=True)
class Spread:
    """The middle of some numbers, and the middle half of them; of none: None."""

    count: int
    median: float | None
    low: float | None
    high: float | None


def spread(numbers: Sequence[float]) -> Spread:
    """Quartiles as Python's `statistics` has them, "inclusive": the numbers are all there are, no sample."""
    if not numbers:
        return Spread(0, None, None, None)
    if len(numbers) == 1:
        return Spread(1, numbers[0], numbers[0], numbers[0])
    low, _middle, high = quantiles(numbers, n=4, method="inclusive")
    return Spread(len(numbers), median(numbers), low, high)


@dataclass(frozen=True)
class Outcomes:
    counts: dict[str, int]  # by the keys of the figures
    days_to_sign: Spread
    adherence: Spread  # percent of sessions, as seen at the signature
    pain_change: Spread  # points of 10, negative: less pain than at the start


def outcomes(scope: Scope, *, today: dt.date) -> Outcomes:
    """Three queries, however many reviews there are."""
    reviews = scope.reviews()
    figures = review_figures(today)
    counts = reviews.aggregate(**{_alias(key): Count("pk", filter=one) for key, one in figures.items()})
    ends = Counter(scope.ended().order_by().values_list("end_reason", flat=True))
    percent_seen = KeyTransform("session_percent", "snapshot")
    patient = "prescription__patient"
    zones = (f"{patient}__time_zone", f"{patient}__clinic__time_zone")
    rows = reviews.order_by().values_list(
        "reached_on", "signed_at", *zones, percent_seen, "start_pain", "now_pain"
    )
    days, seen, changes = [], [], []
    for reached_on, signed_at, own_zone, clinic_zone, percent, start, now in rows:
        if signed_at is not None:
            days.append((local_date(signed_at, own_zone or clinic_zone) - reached_on).days)
        if percent is not None:
            seen.append(percent)
        if start is not None and now is not None:
            changes.append(now - start)
    return Outcomes(
        counts={key: counts[_alias(key)] for key in figures}
        | {key: ends[key.partition(".")[2]] for key in end_figures()},
        days_to_sign=spread(days),
        adherence=spread(seen),
        pain_change=spread(changes),
    )


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


def by_exercise(scope: Scope) -> list[dict[str, Any]]:
    """The exercises that were skipped and stopped most in sessions of the period: one query."""
    records = ExerciseRecord.objects.filter(
        session__superseded_at__isnull=True,
        session__practised_on__range=(scope.first, scope.last),
        session__prescription__in=scope.prescriptions().values("pk"),
    )
    exercise = "prescribed__exercise"
    rows = records.order_by().values(
        pk_of=F(exercise), name_en=F(f"{exercise}__name_en"), name_it=F(f"{exercise}__name_it")
    )
    return list(
        rows.annotate(
            told=Count("pk"),
            skipped=Count("pk", filter=Q(outcome=Outcome.SKIPPED)),
            stopped=Count("pk", filter=Q(outcome=Outcome.STOPPED)),
        )
        .filter(Q(skipped__gt=0) | Q(stopped__gt=0))
        .order_by("-stopped", "-skipped", "pk_of")[:SHOWN_EXERCISES]
    )


# --- Who is behind a figure -------------------------------------------------------------------------
def behind(scope: Scope, key: str, *, today: dt.date) -> QuerySet[Any]:
    """The reviews, or the ended programmes, that the figure `key` counts. Raises KeyError for no figure."""
    ends = end_figures()
    if key in ends:
        return scope.ended().filter(ends[key]).order_by("-ended_on", "pk")
    return scope.reviews().filter(review_figures(today)[key]).order_by("-reached_on", "pk")
