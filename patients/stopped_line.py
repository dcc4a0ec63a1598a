"""When one exercise was off for pain: its stops, in the order of the sessions that they act from.

A stop turns the exercise off from its session on until it is resumed: in sessions of later days, and in those
of the day itself that were first recorded afterwards. That is asked of every session and day of a programme,
so the stops stand in order, and beside each how long those up to it last: no answer needs a look at all.
"""

import datetime as dt
import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

Place = tuple[dt.date, dt.datetime]  # in the order of sessions: by day, then by when it was first recorded
NEVER: Place = (dt.date.max, dt.datetime.max.replace(tzinfo=dt.UTC))


@dataclass(frozen=True)
class StopFacts:
    line: uuid.UUID
    session_uid: uuid.UUID
    on: dt.date
    first_recorded_at: dt.datetime
    resumed_on: dt.date | None
    resumed_at: dt.datetime | None

    @property
    def place(self) -> Place:
        return (self.on, self.first_recorded_at)

    @property
    def resumed(self) -> Place:
        """The place from which on it is part of the programme again."""
        if self.resumed_on is None or self.resumed_at is None:
            return NEVER
        return (self.resumed_on, self.resumed_at)


class StoppedLine:
    """The stops of one line; without any it is never off."""

    def __init__(self, stops: Iterable[StopFacts] = ()) -> None:
        self._stops = sorted(stops, key=lambda stop: stop.place)
        self._own = {stop.session_uid for stop in self._stops}
        self._places = [stop.place for stop in self._stops]
        self._days = [stop.on for stop in self._stops]
        # Of the stops up to each, the last place and the last day to be resumed.
        self._off_until = list(accumulate((stop.resumed for stop in self._stops), max))
        self._off_before = list(accumulate((stop.resumed_on or dt.date.max for stop in self._stops), max))

    def is_off_in(self, uid: uuid.UUID, place: Place, *, from_it: bool) -> bool:
        """Whether it was off in the session `uid` at `place`; `from_it` counts a stop made in it."""
        if from_it and uid in self._own:
            return True
        before = bisect_left(self._places, place) - 1
        while before >= 0 and self._off_until[before] > place:
            if self._stops[before].resumed > place and self._stops[before].session_uid != uid:
                return True
            before -= 1
        return False

    def is_off_at_end(self, day: dt.date) -> bool:
        """Whether it is off when `day` is over."""
        last = bisect_right(self._days, day) - 1
        return last >= 0 and self._off_before[last] > day
