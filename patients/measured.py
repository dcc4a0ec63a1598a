"""What is measured of a review: how long it waited for its signature, the adherence seen with it, how pain
changed. A median and the list behind it are of the same rows, those that have a number; what is counted of
pain and who is behind it come from the same keys (`pain_keys`)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models.fields.json import KeyTransform

from clinic.localtime import local_date
from patients.outcome_scope import Scope
from patients.spreads import Spread, spread
from patients.vocabulary import PAIN_RANGE

UNSAID = "unsaid"
LEVELS = range(PAIN_RANGE[0], PAIN_RANGE[1] + 1)
PAIN_FIGURES = ("pain.less", "pain.same", "pain.more", f"pain.{UNSAID}")
LEVEL_FIGURES = tuple(f"{when}.{level}" for when in ("start", "now") for level in LEVELS)
MEASURES = ("days_to_sign", "adherence", "pain_change")


@dataclass(frozen=True)
class Measured:
    """The numbers of one review; None where there is none."""

    review: int
    program: int | None
    days_to_sign: int | None  # local dates of the patient, from the review point on
    adherence: int | None  # percent of sessions, as seen at the signature
    pain: tuple[int, int] | None  # at the start and now, 0-10

    @property
    def pain_change(self) -> int | None:
        """Points of 10, negative: less pain than at the start."""
        return None if self.pain is None else self.pain[1] - self.pain[0]


def pain_keys(one: Measured) -> tuple[str, ...]:
    """The figures of pain that count this review; a level only where both answers are there."""
    if one.pain is None:
        return (f"pain.{UNSAID}",)
    start, now = one.pain
    way = "same" if now == start else "less" if now < start else "more"
    return f"pain.{way}", f"start.{start}", f"now.{now}"


def measured(scope: Scope) -> list[Measured]:
    """Of every review of the period: one query."""
    patient = "prescription__patient"
    zones = (f"{patient}__time_zone", f"{patient}__clinic__time_zone")
    percent_seen = KeyTransform("session_percent", "snapshot")
    rows = (
        scope.reviews()
        .order_by()
        .values_list(
            *("pk", "prescription__program", "reached_on", "signed_at", *zones, percent_seen),
            *("start_pain", "now_pain"),
        )
    )
    return [
        Measured(
            review=pk,
            program=program,
            days_to_sign=(local_date(signed_at, own or clinics) - reached_on).days if signed_at else None,
            adherence=percent,
            pain=None if start is None or now is None else (start, now),
        )
        for pk, program, reached_on, signed_at, own, clinics, percent, start, now in rows
    ]


def spread_of(rows: Iterable[Measured], measure: str) -> Spread:
    """Of those that have a number."""
    numbers = [getattr(one, measure) for one in rows]
    return spread([number for number in numbers if number is not None])


def behind_measure(scope: Scope, measure: str) -> list[Measured]:
    """The reviews that the median of `measure` is of, by their numbers: who waited longest, practised least
    or hurts more first. Raises KeyError for no measure."""
    if measure not in MEASURES:
        raise KeyError(measure)
    rows = [one for one in measured(scope) if getattr(one, measure) is not None]
    sign = 1 if measure == "adherence" else -1
    return sorted(rows, key=lambda one: (sign * getattr(one, measure), one.review))


def without_measure(scope: Scope, measure: str) -> list[Measured]:
    """The reviews that it is not of, the latest first. Raises KeyError for no measure."""
    if measure not in MEASURES:
        raise KeyError(measure)
    rows = [one for one in measured(scope) if getattr(one, measure) is None]
    return sorted(rows, key=lambda one: -one.review)
