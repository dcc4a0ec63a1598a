"""Reading what was counted beforehand (patients.counting): the figures of many programmes in one query."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Case, DateField, QuerySet, Value, When

from clinic.localtime import local_date
from patients.models import CountedDay, Prescription
from patients.totals import NAMES, NOTHING, Totals, of_one_day
from patients.trial import ONE_DAY
from patients.zones import zone_of

TODAY_NAMES = ("today_sessions_done", "today_sessions_due", "today_dose_halves_done", "today_doses_due")
WEEKS = 4


@dataclass(frozen=True)
class Counted:
    """A programme as it stands on `today`, a local date of its patient, with the totals asked for."""

    totals: Totals
    today: dt.date
    day_number: int | None
    last_session_on: dt.date | None


def load(
    prescriptions: QuerySet[Prescription],
    *,
    zones: Iterable[str],
    now: dt.datetime,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> dict[int, Counted]:
    """What is counted of `prescriptions` by their primary keys: of the local dates from `first` to `last`, or
    without them of all, today as far as it is told. Nothing of one that has not begun.

    `zones` are those in which their patients' days are counted. One query, a second one with dates.
    """
    days = CountedDay.objects.filter(prescription__in=prescriptions.order_by().values("pk")).order_by()
    today = _local_today(now, zones)
    rows = (
        days.annotate(zone=zone_of("prescription__patient"))
        .filter(on=today)
        .values_list("prescription_id", "on", "day_number", "last_session_on", *NAMES, *TODAY_NAMES)
    )
    found = {
        pk: Counted(Totals(*figures[:6]) + of_one_day(*figures[6:]), on, number, heard_on)
        for pk, on, number, heard_on, *figures in rows
    }
    if first or last:
        found = _within(found, days, first or dt.date.min, last or dt.date.max)
    return found


def _within(
    found: dict[int, Counted], days: QuerySet[CountedDay], first: dt.date, last: dt.date
) -> dict[int, Counted]:
    """The same of the dates from `first` to `last` alone."""
    ends = [first] if last == dt.date.max else [first, last + ONE_DAY]
    before: dict[tuple[int, dt.date], Totals] = defaultdict(lambda: NOTHING)
    for pk, on, *figures in days.filter(on__in=ends).values_list("prescription_id", "on", *NAMES):
        before[pk, on] = Totals(*figures)
    shown = {}
    for pk, one in found.items():
        until = one.totals if last >= one.today else before[pk, last + ONE_DAY]
        shown[pk] = replace(one, totals=NOTHING if first > one.today else until - before[pk, first])
    return shown


def weeks(
    counted: dict[int, Counted], starts: dict[int, dt.date], *, first: dt.date | None, last: dt.date | None
) -> dict[int, list[Totals]]:
    """The totals of the last weeks, at most four of seven dates, the newest at the end; one query.

    As in `load`, of the dates from `first` to `last`; `starts` are the dates on which the programmes began.
    """
    spans = {
        pk: _weeks(max(starts[pk], first or dt.date.min), min(one.today, last or dt.date.max))
        for pk, one in counted.items()
    }
    # Of today's own day the total until now is asked, which stands in its row beside that of the days before.
    asked = {on for some in spans.values() for begin, end in some for on in (begin, end, end + ONE_DAY)}
    rows = CountedDay.objects.filter(prescription__in=list(spans), on__in=asked).order_by()
    before: dict[tuple[int, dt.date], Totals] = defaultdict(lambda: NOTHING)
    while_today: dict[tuple[int, dt.date], Totals] = defaultdict(lambda: NOTHING)
    for pk, on, *figures in rows.values_list("prescription_id", "on", *NAMES, *TODAY_NAMES):
        before[pk, on] = Totals(*figures[:6])
        while_today[pk, on] = before[pk, on] + of_one_day(*figures[6:])
    return {
        pk: [
            (while_today[pk, end] if end == counted[pk].today else before[pk, end + ONE_DAY])
            - before[pk, begin]
            for begin, end in some
        ]
        for pk, some in spans.items()
    }


def _weeks(first: dt.date, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Seven dates each, counted back from `last`; the earliest may be shorter."""
    found: list[tuple[dt.date, dt.date]] = []
    while last >= first and len(found) < WEEKS:
        found.append((max(first, last - 6 * ONE_DAY), last))
        last -= 7 * ONE_DAY
    return found[::-1]


def _local_today(now: dt.datetime, zones: Iterable[str]) -> Case:
    """The local date of a counted day's patient, by its `zone`."""
    dates: dict[dt.date, list[str]] = defaultdict(list)
    for zone in sorted(set(zones)):
        dates[local_date(now, zone)].append(zone)
    whens = (When(zone__in=some, then=Value(on)) for on, some in dates.items())
    return Case(*whens, output_field=DateField())
