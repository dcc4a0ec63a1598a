"""The figures of a report as they are shown: numerator, denominator, percentage, band; and its days."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic
from patients.adherence import Day, Mark
from patients.bands import Band, band, percent
from patients.day_words import MARK_WORDS, STATE_WORDS
from patients.models import SkippedDay
from patients.totals import Totals

TREND_WIDTH, TREND_HEIGHT = 60, 20  # units of the drawing
BAND_WORDS = {Band.GOOD: _("Good"), Band.FAIR: _("Fair"), Band.LOW: _("Low")}
MARK_ICONS = {
    Mark.STOPPED: "stopped",
    Mark.BACK_FILLED: "history",
    Mark.PAPER: "paper",
    Mark.LATE: "clock",
}


@dataclass(frozen=True)
class Rate:
    """One adherence: `done` of `due`, the integer percentage, its band. Nothing due: no percentage."""

    done: str
    due: int
    percent: int | None
    band: Band | None

    @property
    def band_words(self) -> Any:
        return BAND_WORDS[self.band] if self.band else ""


@dataclass(frozen=True)
class Trend:
    """A small line: the points of a polyline, and the same in words."""

    points: str
    words: str


@dataclass(frozen=True)
class ShownDay:
    day: Day
    is_today: bool

    @property
    def state_words(self) -> Any:
        return STATE_WORDS[self.day.state]

    @property
    def reason_words(self) -> Any:
        """Why nothing was done, where the patient said so of the day."""
        return SkippedDay.Reason(self.day.reason).label if self.day.reason else ""

    @property
    def marks(self) -> list[tuple[str, str, Any]]:
        """Each mark as its value, its icon and its words."""
        return [
            (mark.value, MARK_ICONS[mark], words)
            for mark, words in MARK_WORDS.items()
            if mark in self.day.marks
        ]

    @property
    def doses_done(self) -> str:
        return in_halves(self.day.dose_halves_done / 2)


def session_rate(seen: Totals, clinic: Clinic) -> Rate:
    return _rate(seen.sessions_done, seen.sessions_due, clinic)


def dose_rate(seen: Totals, clinic: Clinic) -> Rate:
    return _rate(seen.doses_done, seen.doses_due, clinic)


def trend(weeks: Sequence[Totals]) -> Trend | None:
    """Sessions done of those due in each of some weeks; None where fewer than two say anything."""
    shown = [percent(week.sessions_done, week.sessions_due) for week in weeks]
    said = [one for one in shown if one is not None]
    if len(said) < 2:
        return None
    step = TREND_WIDTH / (len(shown) - 1)
    spots = [
        f"{place * step:.1f},{TREND_HEIGHT - one * TREND_HEIGHT / 100:.1f}"
        for place, one in enumerate(shown)
        if one is not None
    ]
    return Trend(" ".join(spots), ", ".join("–" if one is None else f"{one} %" for one in shown))


def shown_days(days: Sequence[Day], *, today: dt.date) -> list[ShownDay]:
    return [ShownDay(day, day.on == today) for day in days]


def in_halves(number: float) -> str:
    """A count that may end in a half, e.g. "12" or "12.5"."""
    return number_format(number, decimal_pos=0 if number == int(number) else 1)


def _rate(done: float, due: int, clinic: Clinic) -> Rate:
    shown = percent(done, due)
    return Rate(in_halves(done), due, shown, band(shown, clinic))
