"""What clocks show in a place, by walking over the minutes of UTC one by one: slow, and nobody else's code.

Python's zoneinfo says what a clock shows at an instant. All the rest (which days there were, when a time came
first, what stands for a time that a day lacks) follows from looking.
"""

import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from zoneinfo import ZoneInfo

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
# Half an hour of summer time; a midnight that is left out, and an evening that comes twice; a date that is
# left out (2011); three quarters of an hour; none at all; a winter hour in Ramadan; halves across an ocean.
ZONES = (
    "Australia/Lord_Howe",
    "America/Santiago",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Europe/Rome",
    "America/New_York",
    "Africa/Casablanca",
    "Atlantic/Azores",
    "Pacific/Chatham",
    "America/St_Johns",
)
# By day and by night, in gaps and doubled hours of all of them.
SLOTS = tuple(
    dt.time.fromisoformat(time)
    for time in ("00:00", "00:15", "01:30", "02:15", "02:30", "03:15", "07:00", "09:00", "21:00", "23:30")
)


class Clocks:
    """The clocks of `zone` from `start` (UTC) on, minute by minute, for whole days."""

    def __init__(self, zone: str, start: dt.datetime, days: int) -> None:
        self.zone, self.start, self.end = zone, start, start + days * DAY
        self._place = ZoneInfo(zone)

    def minutes(self, every: int = 1) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Each minute (UTC), and what clocks show."""
        minute = self.start
        while minute < self.end:
            yield minute, minute.astimezone(self._place)
            minute += every * MINUTE

    @cached_property
    def changes(self) -> list[dt.datetime]:
        """The first minutes (UTC) at which clocks no longer go as before: always at a quarter of an hour."""
        found, last = [], None
        for minute, shown in self.minutes(every=15):
            offset = shown.utcoffset()
            if last is not None and offset != last:
                found.append(minute)
            last = offset
        return found

    def comings(self, slots: tuple[dt.time, ...] = SLOTS) -> dict[tuple[dt.date, dt.time], dt.datetime]:
        """For each date that there was and each slot: the first minute of that date at which clocks show the
        slot or, where they never do, later than it."""
        found: dict[tuple[dt.date, dt.time], dt.datetime] = {}
        shown_at_all = set()
        for minute, shown in self.minutes():
            on, at = shown.date(), shown.time()
            for slot in slots:
                if at == slot and (on, slot) not in shown_at_all:
                    shown_at_all.add((on, slot))
                    found[on, slot] = minute
                elif at > slot and (on, slot) not in found:
                    found[on, slot] = minute
        first = self.start.astimezone(self._place).date()  # begun before the walk: not known when
        return {place: minute for place, minute in found.items() if place[0] != first}
