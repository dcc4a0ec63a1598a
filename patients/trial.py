"""Day N and the review point (rules 1 and 2): the one place where days of a programme are counted.

Days are local dates in the patient's time zone. Day 1 is the start date. Day N counts calendar days,
not practice days; paused days do not count. The review point is reached when `review_after_days`
counted days are over, so on the morning after the last of them.
"""

import datetime as dt
from bisect import bisect_right
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


class SpansInOrder:
    """Many spans, of which much is asked: joined where they meet, and in order."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans: list[Span] = []
        for span in sorted(span for span in spans if span.first <= span.last):
            before = self._spans[-1] if self._spans else None
            if before and span.first <= before.last:
                self._spans[-1] = Span(before.first, max(before.last, span.last))
            else:
                self._spans.append(span)
        self._firsts = [span.first for span in self._spans]

    def hold(self, day: dt.date) -> bool:
        place = bisect_right(self._firsts, day)
        return place > 0 and day <= self._spans[place - 1].last

    def days_within(self, first: dt.date, last: dt.date) -> int:
        """How many of their days lie from `first` to `last`, both included."""
        parts = ((max(first, span.first), min(last, span.last)) for span in self._spans)
        return sum((until - since).days + 1 for since, until in parts if since <= until)


def day_number(*, starts_on: dt.date | None, on: dt.date, pauses: Iterable[Span]) -> int | None:
    """Which day of the programme `on` is; on a paused day, the last one counted. None before day 1."""
    if starts_on is None or on < starts_on:
        return None
    return (on - starts_on).days + 1 - SpansInOrder(pauses).days_within(starts_on, on) or None


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


def begin_count(prescription: Prescription, *, on: dt.date, has_pauses: bool = True) -> None:
    """Count from the local date `on`, its day 1, to the next review point. The caller saves both fields.

    `has_pauses=False` saves looking for them, where the caller knows that there are none.
    """
    prescription.counts_from = on
    prescription.next_review_on = review_point(
        counts_from=on,
        after_days=prescription.review_after_days,
        pauses=spans(prescription) if has_pauses else [],
    )


def move_review(prescription: Prescription, *, today: dt.date) -> None:
    """Work out the running count's review point again, after its pauses have changed. The caller saves it.

    A point that is reached stays reached, also where its review has no row yet because the scheduler was
    down. While a review waits for its signature no count is running, and nothing moves.
    """
    point, counts_from = prescription.next_review_on, prescription.counts_from
    if point is not None and counts_from is not None and point > today:
        begin_count(prescription, on=counts_from)
