"""Pain before, during and right after over the days that are shown, as the figures of a graph.

Missing is missing: it is never drawn as 0, and the line breaks there. A weekday that is off by the schedule
is no gap, as nothing was to be entered, nor is today while it is open; any other date without a session is
one: missed, skipped, paused, suspended, or with every exercise stopped. Each date has a column, in it each
session a part in the order in which they were first recorded, and in that its three moments from left to
right. Drawn by `patients/pain_graph.html`, for the patient and for the clinic alike.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from patients.adherence import Day, DayState
from patients.models import PracticeSession
from patients.vocabulary import PAIN_RANGE

WIDTH, HEIGHT = 300, 190  # units of the drawing; it grows with its place
LEFT, RIGHT, TOP, BOTTOM = 24, 6, 8, 24  # the margins around the plot
LEAST_COLUMNS = 14  # a programme that has just begun is not drawn as wide as one of weeks
LABEL_EACH = 7  # days
LEVELS = (0, 5, 10)
MOMENTS = (
    ("before", "pain_before", _("before")),
    ("during", "pain_during", _("during")),
    ("after", "pain_after", _("right after")),
)

Dated = tuple[Day, Sequence[PracticeSession]]


@dataclass(frozen=True)
class Spot:
    """One answer: its place in the drawing, as attributes take it (a decimal point in any language)."""

    x: str
    y: str


@dataclass(frozen=True)
class Line:
    """One of the three moments: its answers, and the strokes that join those without a gap between."""

    key: str
    label: Any
    spots: list[Spot]
    strokes: list[str]


@dataclass(frozen=True)
class Graph:
    lines: list[Line]
    paused: list[tuple[str, str]]  # x and width of each run of paused days
    levels: list[tuple[str, int]]  # y and the level
    labels: list[tuple[str, str]]  # x and the date
    sessions: list[PracticeSession]  # those with an answer, in order: the same as a table
    first: dt.date
    last: dt.date
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM

    @property
    def plot_height(self) -> int:
        return self.bottom - self.top


def pain_graph(days: Sequence[Dated]) -> Graph | None:
    """Of consecutive dates, each with its sessions in order; None where nothing was said of pain in them."""
    told = [session for _day, sessions in days for session in sessions if _says(session)]
    if not told:
        return None
    column = (WIDTH - LEFT - RIGHT) / max(len(days), LEAST_COLUMNS)
    return Graph(
        lines=[_line(days, column, place) for place in range(len(MOMENTS))],
        paused=list(_paused(days, column)),
        levels=[(_text(_y(level)), level) for level in LEVELS],
        labels=[
            (_text(LEFT + column * place), date_format(days[place][0].on, "j M"))
            for place in range(0, len(days), LABEL_EACH)
        ],
        sessions=told,
        first=days[0][0].on,
        last=days[-1][0].on,
    )


def _says(session: PracticeSession) -> bool:
    return any(getattr(session, name) is not None for _key, name, _label in MOMENTS)


def _line(days: Sequence[Dated], column: float, place: int) -> Line:
    key, name, label = MOMENTS[place]
    runs: list[list[Spot]] = [[]]
    for number, (day, sessions) in enumerate(days):
        if not sessions and not _joins(day):
            runs.append([])
        for order, session in enumerate(sessions):
            level = getattr(session, name)
            if level is None:
                runs.append([])
                continue
            within = (order + (place + 0.5) / len(MOMENTS)) / len(sessions)
            runs[-1].append(Spot(_text(LEFT + column * (number + within)), _text(_y(level))))
    return Line(
        key=key,
        label=label,
        spots=[spot for run in runs for spot in run],
        strokes=[" ".join(f"{spot.x},{spot.y}" for spot in run) for run in runs if len(run) > 1],
    )


def _joins(day: Day) -> bool:
    """Whether a date without a session leaves the line whole."""
    return day.state == DayState.OPEN or (day.state == DayState.NOT_DUE and day.is_day_off)


def _paused(days: Iterable[Dated], column: float) -> Iterator[tuple[str, str]]:
    """Days that are paused one after the other are one."""
    begun: int | None = None
    states = [*(day.state for day, _sessions in days), None]
    for number, state in enumerate(states):
        if state == DayState.PAUSED and begun is None:
            begun = number
        elif state != DayState.PAUSED and begun is not None:
            yield _text(LEFT + column * begun), _text(column * (number - begun))
            begun = None


def _y(level: int) -> float:
    least, most = PAIN_RANGE
    return HEIGHT - BOTTOM - (level - least) / (most - least) * (HEIGHT - TOP - BOTTOM)


def _text(figure: float) -> str:
    return f"{figure:.1f}"
