"""Day N and the review point (rules 1 and 2): the one place where days of a programme are counted.

Days are local dates in the patient's time zone. Day 1 is the start date. Day N counts calendar days,
not practice days; paused days do not count. The review point is reached when `review_after_days`
counted days are over, so on the morning after the last of them.
"""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from patients.models import Prescription

ONE_DAY = dt.timedelta(days=1)


class Span(NamedTuple):
    """Dates from the first to the last, both included."""

    first: dt.date
    last: dt.date

    def holds(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


def is_paused(day: dt.date, pauses: Iterable[Span]) -> bool:
    return any(pause.holds(day) for pause in pauses)


def day_number(*, starts_on: dt.date | None, on: dt.date, pauses: Iterable[Span]) -> int | None:
    """Which day of the programme `on` is; on a paused day, the last one counted. None before day 1."""
    if starts_on is None or on < starts_on:
        return None
    pauses = list(pauses)
    span = (starts_on + ONE_DAY * offset for offset in range((on - starts_on).days + 1))
    return sum(not is_paused(day, pauses) for day in span) or None


def review_point(*, counts_from: dt.date, after_days: int, pauses: Iterable[Span]) -> dt.date:
    """The date on whose morning `after_days` counted days from `counts_from` on are over."""
    pauses = list(pauses)
    day, counted = counts_from, 0
    while True:
        counted += not is_paused(day, pauses)
        day += ONE_DAY
        if counted == after_days:
            return day


def spans(prescription: Prescription) -> list[Span]:
    return [Span(pause.starts_on, pause.ends_on) for pause in prescription.pauses.all()]


def reschedule_review(prescription: Prescription, *, on: dt.date) -> None:
    """Work out again when the running count is over; `on` is the patient's local date today.

    A review point that is reached stays reached, also where its review has no row yet because the
    scheduler was down. The caller saves `next_review_on`.
    """
    if prescription.next_review_on is not None and prescription.next_review_on <= on:
        return
    if prescription.counts_from is None:
        prescription.next_review_on = None
        return
    prescription.next_review_on = review_point(
        counts_from=prescription.counts_from,
        after_days=prescription.review_after_days,
        pauses=spans(prescription),
    )
