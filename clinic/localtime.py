"""Local time: days and clock times of a place as instants in UTC, and a clinic's open days.

Time zones are IANA names ("Europe/Rome"). A clock time that does not exist on a day (clocks go forward)
stands for the first instant after the gap; one that exists twice (clocks go back) for the first of the two.
"""

import bisect
import datetime as dt
from zoneinfo import ZoneInfo

from clinic.models.clinic import Clinic


def local_date(instant: dt.datetime, zone: str) -> dt.date:
    """The calendar day that it is in `zone` at `instant` (aware)."""
    return instant.astimezone(ZoneInfo(zone)).date()


def instant_at(on: dt.date, at: dt.time, zone: str) -> dt.datetime:
    """The instant (UTC) at which clocks in `zone` show `at` on `on`.

    Where a whole day was left out (Apia, 30 December 2011) that is the start of the day after it, so whoever
    needs the day itself compares with `local_date`.
    """
    place = ZoneInfo(zone)
    wall = dt.datetime.combine(on, at.replace(fold=0), tzinfo=place)
    instant = wall.astimezone(dt.UTC)
    if instant.astimezone(place) == wall:  # same zone: compares what the clocks show
        return instant
    return _end_of_gap(wall.replace(fold=1).astimezone(dt.UTC), instant, place)


def _end_of_gap(before: dt.datetime, after: dt.datetime, place: ZoneInfo) -> dt.datetime:
    """The instant of the one change of offset in `place` that lies after `before` and not after `after`."""

    def offset_at(second: int) -> dt.timedelta | None:
        return dt.datetime.fromtimestamp(second, tz=place).utcoffset()

    seconds = range(int(before.timestamp()), int(after.timestamp()) + 1)
    old = offset_at(seconds[0])
    change = bisect.bisect_left(seconds, True, key=lambda second: offset_at(second) != old)
    return dt.datetime.fromtimestamp(seconds[change], tz=dt.UTC)


def day_bounds(on: dt.date, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """The first instant of `on` in `zone` and the first one after it (UTC); equal if it was left out."""
    midnight = dt.time(0, 0)
    return instant_at(on, midnight, zone), instant_at(on + dt.timedelta(days=1), midnight, zone)


def next_open_day(clinic: Clinic, on: dt.date) -> dt.date:
    """The first day, from `on` (included), on which `clinic` is open. `on` is the clinic's local date."""
    for days in range(7):
        day = on + dt.timedelta(days=days)
        if str(day.isoweekday()) in clinic.open_days:
            return day
    raise ValueError("This clinic has no open day.")


def next_open_instant(clinic: Clinic, after: dt.datetime) -> dt.datetime:
    """The first instant (UTC), from `after` on, at which `clinic` takes its notices.

    That is an open day from the clinic's hour (`notices_at`) on: `after` itself where the hour has passed.
    """
    day = next_open_day(clinic, local_date(after, clinic.time_zone))
    return max(after.astimezone(dt.UTC), instant_at(day, clinic.notices_at, clinic.time_zone))


def open_morning(clinic: Clinic, after: dt.datetime, *, number: int = 1) -> dt.datetime:
    """The `number`-th of the instants (UTC) after `after` at which `clinic` takes its notices: its hour
    (`notices_at`) on an open day. At `after` itself is not after it."""
    day, found = local_date(after, clinic.time_zone), after
    for _morning in range(number):
        day = next_open_day(clinic, day)
        found = instant_at(day, clinic.notices_at, clinic.time_zone)
        if found <= after:
            day = next_open_day(clinic, day + dt.timedelta(days=1))
            found = instant_at(day, clinic.notices_at, clinic.time_zone)
        day += dt.timedelta(days=1)
    return found


def open_morning_before(clinic: Clinic, before: dt.datetime) -> dt.datetime:
    """The last of those instants that lies before `before`."""
    day = local_date(before, clinic.time_zone)
    for _day in range(8):
        found = instant_at(day, clinic.notices_at, clinic.time_zone)
        if found < before and str(day.isoweekday()) in clinic.open_days:
            return found
        day -= dt.timedelta(days=1)
    raise ValueError("This clinic has no open day.")
