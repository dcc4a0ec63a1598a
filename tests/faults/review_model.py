"""What a review point is, in thirty lines: dates alone, no database, nothing of the code that it judges."""

import datetime as dt
from dataclasses import dataclass, field

DAY = dt.timedelta(days=1)


@dataclass
class Programme:
    """One prescription. `point`: the date on whose morning the running count is over; None: no count runs."""

    after_days: int
    starts_on: dt.date
    clinician: str
    is_running: bool = True
    paused: set[dt.date] = field(default_factory=set)
    point: dt.date | None = None
    counts_from: dt.date = dt.date.min
    reviews: dict[int, dt.date] = field(default_factory=dict)  # number -> reached on
    unsigned: set[int] = field(default_factory=set)
    told: set[tuple[int, str]] = field(default_factory=set)  # number, whom

    def __post_init__(self) -> None:
        self.count(self.starts_on)

    def count(self, first: dt.date) -> None:
        days = [first + ahead * DAY for ahead in range(400)]
        counted = [day for day in days if day not in self.paused]
        self.counts_from, self.point = first, counted[self.after_days - 1] + DAY

    def pauses_changed(self, today: dt.date) -> None:
        if self.point is not None and self.point > today:  # what is reached stays reached
            self.count(self.counts_from)

    def look(self, today: dt.date) -> None:
        """A tick, at the latest; also the last moment before it ends."""
        if self.is_running and self.point is not None and self.point <= today:
            number = len(self.reviews) + 1
            self.reviews[number], self.point = self.point, None
            self.unsigned.add(number)

    def tell(self, team: set[str]) -> None:
        if self.is_running:
            self.told |= {(number, whom) for number in self.unsigned for whom in {self.clinician, *team}}

    def sign(self, number: int, today: dt.date, *, goes_on: bool) -> None:
        self.unsigned.discard(number)
        if self.is_running and goes_on:
            self.count(today)
        elif self.is_running:
            self.end(today)

    def end(self, today: dt.date) -> None:
        self.look(today)
        self.is_running, self.point = False, None
