"""The days that a sheet on paper has lines for: those on which something is asked, up to the review point."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from clinic.weekdays import EVERY_DAY
from patients.models import Prescription, PrescriptionVersion
from patients.trial import ONE_DAY, Span, day_number, is_paused, review_point, spans

# What fits on one page with the way in below; a longer programme gets another sheet.
MOST_LINES = 40
MOST_LINES_OF_SEVERAL = 24  # with several sessions a day


@dataclass(frozen=True)
class TickDay:
    """A line to tick. Without `on` the patient writes the date; `number` is the day of the count."""

    number: int | None = None
    on: dt.date | None = None


@dataclass(frozen=True)
class TickSheet:
    """`goes_on`: there are more days than lines. `review_on`: when the days are over, if known."""

    days: Sequence[TickDay]
    review_on: dt.date | None
    goes_on: bool


def tick_sheet(prescription: Prescription, version: PrescriptionVersion, *, today: dt.date) -> TickSheet:
    """The lines for `version` from the local date `today` on."""
    starts_on = _begins(prescription, today=today)
    if starts_on is None:
        days, review_on = _without_dates(version.weekdays, prescription.review_after_days), None
    else:
        days, review_on = _with_dates(prescription, version, starts_on, today=today)
    most = MOST_LINES if version.sessions_a_day == 1 else MOST_LINES_OF_SEVERAL
    return TickSheet(days[:most], review_on, len(days) > most)


def _begins(prescription: Prescription, *, today: dt.date) -> dt.date | None:
    """The start, where it is known: of a draft that waited too long it is not."""
    starts_on = prescription.starts_on
    waited = prescription.status == Prescription.Status.DRAFT and starts_on is not None and starts_on < today
    return None if waited else starts_on


def _without_dates(weekdays: str, review_after_days: int) -> list[TickDay]:
    """As many lines as there can be days; they have a number only where every day is one."""
    if weekdays == EVERY_DAY:
        return [TickDay(number) for number in range(1, review_after_days + 1)]
    weeks, more = divmod(review_after_days, 7)
    in_the_rest = max(
        sum(str((first + offset) % 7 + 1) in weekdays for offset in range(more)) for first in range(7)
    )
    return [TickDay()] * (weeks * len(weekdays) + in_the_rest)


def _with_dates(
    prescription: Prescription, version: PrescriptionVersion, starts_on: dt.date, *, today: dt.date
) -> tuple[list[TickDay], dt.date | None]:
    pauses = spans(prescription)
    counts_from = prescription.counts_from or starts_on
    first = max(today, counts_from, version.starts_on)
    after = prescription.review_after_days
    point = prescription.next_review_on
    if prescription.status == Prescription.Status.DRAFT:
        point = review_point(counts_from=counts_from, after_days=after, pauses=pauses)
    if point is None or point <= first:  # the review waits for its signature: no count is running
        last = review_point(counts_from=first, after_days=after, pauses=pauses)
        return [TickDay(on=day) for day in _asked(first, last, version.weekdays, pauses)], None
    asked = _asked(first, point, version.weekdays, pauses)
    return [TickDay(day_number(starts_on=counts_from, on=day, pauses=pauses), day) for day in asked], point


def _asked(first: dt.date, end: dt.date, weekdays: str, pauses: Sequence[Span]) -> list[dt.date]:
    """The dates from `first` to the one before `end` on which a session is due."""
    dates = [first + ONE_DAY * offset for offset in range((end - first).days)]
    return [day for day in dates if str(day.isoweekday()) in weekdays and not is_paused(day, pauses)]
