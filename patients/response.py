"""How long what needs a clinician waits, in a clinic and a period: until it is taken, until it is closed.

Two things are measured, both in calendar time, nights and weekends included:

*A wait* is measured by the events of an item (WorkItemEntry), which keep when each was taken. It begins with
an event on an item that nobody has taken, and ends when somebody takes it (acknowledges), or closes it
without. What happens meanwhile belongs to the same wait; what happens after it was taken begins another. So
the entries of an item that were taken at the same instant are one wait, from the first of them; and those
that nobody took are one wait until the item was closed, or until now. A wait is *late* where it ended on a
date after its due date, or has not ended and that date is over; dates are the clinic's.

*An item* is measured from when it was opened until it was closed, whatever happened in between.

The first to take it counts, whoever that is: what is handed over before anybody took it goes on waiting, and
what is handed over after that has been taken. That the new owner has to see it, too, is no wait of this
report: entries do not keep it. What has not ended counts in no median; it is counted beside it.

A wait counts in the period by the date on which it began, an item by the date on which it was opened. The
figures are the clinic's: of no person is there one.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Min

from clinic.localtime import day_bounds, local_date
from clinic.models import Clinic
from patients.models import WorkItem, WorkItemEntry
from patients.spreads import Spread, spread
from patients.vocabulary import URGENCY

ALL = "all"  # kinds together
# Work is of these years. A date beyond them, which a form takes, may have no instant in the clinic's zone.
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2200, 1, 1)


class Figure(StrEnum):
    WAITS = "waits"
    TAKEN = "taken"
    LATE = "late"
    WAITING = "waiting"
    ITEMS = "items"
    CLOSED = "closed"
    OPEN = "open"


OF_ITEMS = {Figure.ITEMS, Figure.CLOSED, Figure.OPEN}  # the others count waits


@dataclass(frozen=True)
class Period:
    """What `user` may see of `clinic`, from its local date `first` to `last`, both included."""

    user: Any
    clinic: Clinic
    first: dt.date
    last: dt.date

    def bounds(self) -> tuple[dt.datetime, dt.datetime]:
        """Its first instant, and the first one after it."""
        first, last = (min(max(on, EARLIEST), LATEST) for on in (self.first, self.last))
        zone = self.clinic.time_zone
        return day_bounds(first, zone)[0], day_bounds(last, zone)[1]


@dataclass(frozen=True)
class Span:
    """A wait, or the life of an item: from `began` to `ended`, None where that has not come."""

    item: int
    kind: str
    began: dt.datetime
    ended: dt.datetime | None
    due_on: dt.date
    is_late: bool = False

    @property
    def seconds(self) -> float | None:
        return None if self.ended is None else (self.ended - self.began).total_seconds()


@dataclass(frozen=True)
class Response:
    """The figures of one kind of work, or of all. Spreads are of seconds."""

    kind: str
    counts: dict[Figure, int]
    until_taken: Spread
    until_closed: Spread


@dataclass(frozen=True)
class Measured:
    waits: Sequence[Span]
    items: Sequence[Span]

    def behind(self, kind: str, figure: Figure) -> list[Span]:
        """What a figure counts, the latest first. `kind` may be ALL."""
        return sorted(self.of(kind)._counted(figure), key=lambda one: (one.began, one.item), reverse=True)

    def of(self, kind: str) -> "Measured":
        """That of one kind alone."""
        if kind == ALL:
            return self
        return Measured(*([one for one in spans if one.kind == kind] for spans in (self.waits, self.items)))

    def figures(self) -> list[Response]:
        """Of all kinds together, then of each of which there is something, in the order of the worklist."""
        there = {one.kind for one in (*self.waits, *self.items)}
        return [self.of(kind)._figures(kind) for kind in (ALL, *(kind for kind in URGENCY if kind in there))]

    def _figures(self, kind: str) -> Response:
        found = {figure: self._counted(figure) for figure in Figure}
        return Response(
            kind=kind,
            counts={figure: len(spans) for figure, spans in found.items()},
            until_taken=_spread(found[Figure.TAKEN]),
            until_closed=_spread(found[Figure.CLOSED]),
        )

    def _counted(self, figure: Figure) -> list[Span]:
        spans = self.items if figure in OF_ITEMS else self.waits
        if figure in {Figure.TAKEN, Figure.CLOSED}:
            return [one for one in spans if one.ended is not None]
        if figure in {Figure.WAITING, Figure.OPEN}:
            return [one for one in spans if one.ended is None]
        return [one for one in spans if one.is_late] if figure == Figure.LATE else list(spans)


def measured(period: Period, *, now: dt.datetime) -> Measured:
    """Two queries, however much work there was."""
    return Measured(waits=_waits(period, now=now), items=_items(period))


def _waits(period: Period, *, now: dt.datetime) -> list[Span]:
    first, after = period.bounds()
    rows = (
        WorkItemEntry.objects.visible_to_staff(period.user)
        .filter(item__patient__clinic=period.clinic)
        .order_by()
        .values_list("item", "item__kind", "acknowledged_at", "item__closed_at")
        .annotate(began=Min("at"), first_due_on=Min("due_on"))
        .filter(began__gte=first, began__lt=after)
    )
    found = []
    for item, kind, taken_at, closed_at, began, due_on in rows:
        ended = taken_at or closed_at
        is_late = local_date(ended or now, period.clinic.time_zone) > due_on
        found.append(Span(item, kind, began, ended, due_on, is_late))
    return found


def _items(period: Period) -> list[Span]:
    first, after = period.bounds()
    rows = WorkItem.objects.visible_to_staff(period.user).filter(
        patient__clinic=period.clinic, opened_at__gte=first, opened_at__lt=after
    )
    fields = ("pk", "kind", "opened_at", "closed_at", "due_on")
    return [Span(*row) for row in rows.order_by().values_list(*fields)]


def _spread(spans: Iterable[Span]) -> Spread:
    return spread([one.seconds for one in spans if one.seconds is not None])
