"""The row of each running programme in the clinic's report, and the totals, from its days."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from tests.year.rows import Life
from tests.year.slow_days import ONE_DAY, SlowDay, days_of, is_paused, told_sessions

WEEKS = 4
Dates = tuple[dt.date | None, dt.date | None]
EVERY_DATE: Dates = (None, None)


@dataclass(frozen=True)
class SlowRow:
    """One running programme. Percentages are integers, None where nothing is due."""

    pk: int
    patient: int
    family_name: str
    given_name: str
    birth_on: dt.date
    name_en: str
    name_it: str
    phase: str
    clinician: int
    clinician_name: str
    program: int | None
    day_number: int | None
    sessions_done: int
    sessions_due: int
    sessions_percent: int | None
    band: str
    halves_done: int
    doses_due: int
    doses_percent: int | None
    too_little: bool
    last_session_on: dt.date | None
    last_pain: int | None
    open_items: int
    trend: tuple[int | None, ...]  # None for a week in which nothing was due


def percent(done: Fraction | int, due: int) -> int | None:
    """ "the percentage is rounded, halves upwards"; "Nothing due: no percentage"."""
    return math.floor(Fraction(done) * 100 / due + Fraction(1, 2)) if due else None


def rows_of(life: Life, *, now: dt.datetime, dates: Iterable[Dates]) -> list[SlowRow]:
    """The row for each of `dates` (first, last), which narrow what is counted."""
    days = days_of(life, life.today(now))
    return [_row(life, days, now=now, dates=narrowed) for narrowed in dates]


def _row(life: Life, days: list[SlowDay], *, now: dt.datetime, dates: Dates) -> SlowRow:
    on = life.today(now)
    counted = [day for day in days if _within(day.on, dates)]
    told = told_sessions(life.sessions)
    sessions_done = sum(day.sessions_done for day in counted)
    sessions_due = sum(day.sessions_due for day in counted)
    halves_done = sum(day.halves_done for day in counted)
    doses_due = sum(day.doses_due for day in counted)
    sessions_percent = percent(sessions_done, sessions_due)
    pains = [row["pain_after"] for row in told if row["pain_after"] is not None]
    return SlowRow(
        pk=life.pk,
        patient=life.patient["id"],
        family_name=life.patient["family_name"],
        given_name=life.patient["given_name"],
        birth_on=life.patient["birth_on"],
        name_en=life.prescription["name_en"],
        name_it=life.prescription["name_it"],
        phase=life.prescription["phase"],
        clinician=life.clinician["id"],
        clinician_name=life.clinician["name"],
        program=life.prescription["program_id"],
        day_number=_day_number(life, on),
        sessions_done=sessions_done,
        sessions_due=sessions_due,
        sessions_percent=sessions_percent,
        band=_band(life, sessions_percent),
        halves_done=halves_done,
        doses_due=doses_due,
        doses_percent=percent(Fraction(halves_done, 2), doses_due),
        too_little=_too_little(counted),
        last_session_on=max((row["practised_on"] for row in told), default=None),
        last_pain=pains[-1] if pains else None,
        open_items=sum(item["closed_at"] is None for item in life.work),
        trend=_trend(counted, min(on, dates[1] or on)),
    )


def by_name(row: SlowRow) -> tuple[object, ...]:
    return (row.family_name.casefold(), row.given_name.casefold(), row.patient)


def by_adherence(row: SlowRow) -> tuple[object, ...]:
    """The lowest first; of whom nothing is due, last."""
    return (row.sessions_percent is None, row.sessions_percent or 0, by_name(row))


def by_last_session(row: SlowRow) -> tuple[object, ...]:
    """Who was not heard of for longest, first."""
    return (row.last_session_on or dt.date.min, by_name(row))


SORTS = {"name": by_name, "adherence": by_adherence, "last": by_last_session}


def bands(rows: Iterable[SlowRow]) -> dict[str, int]:
    """How many are in each; those of whom nothing is due are in none."""
    counted = Counter(row.band for row in rows)
    return {band: counted[band] for band in ("good", "fair", "low")}


def _within(date: dt.date, dates: Dates) -> bool:
    first, last = dates
    return (first is None or first <= date) and (last is None or date <= last)


def _day_number(life: Life, on: dt.date) -> int | None:
    """ "Day 1 is the start. Day N counts calendar days; paused days do not count, suspended ones do." """
    date, number = life.prescription["starts_on"], 0
    if date is None or date > on:
        return None
    while date <= on:
        number += not is_paused(life, date)
        date += ONE_DAY
    return number


def _band(life: Life, shown: int | None) -> str:
    """ "by the integer shown"."""
    if shown is None:
        return ""
    if shown >= life.clinic["band_good"]:
        return "good"
    return "fair" if shown >= life.clinic["band_fair"] else "low"


def _too_little(days: list[SlowDay]) -> bool:
    """ "Practised on fewer than half of the due days"."""
    due = [day for day in days if day.sessions_due]
    return 2 * sum(day.sessions_done > 0 for day in due) < len(due)


def _trend(days: list[SlowDay], newest: dt.date) -> tuple[int | None, ...]:
    """A percentage for each of the last four weeks of which there are days; the last ends on `newest`."""
    found = []
    for back in reversed(range(WEEKS)):
        last = newest - 7 * back * ONE_DAY
        week = [day for day in days if last - 6 * ONE_DAY <= day.on <= last]
        if week:
            done, due = sum(day.sessions_done for day in week), sum(day.sessions_due for day in week)
            found.append(percent(done, due))
    return tuple(found)
