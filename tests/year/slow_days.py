"""What was due and what was done on each date of one programme: docs/adherence.md, followed word by word.

A second reading of that page, in plain loops over `Life`, written without a look at patients/adherence.py.
The sentences in quotation marks are the page's.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.year.rows import Life, Row

ONE_DAY = dt.timedelta(days=1)
HALVES = {"done": 2, "partly": 1}


@dataclass(frozen=True)
class SlowDay:
    """One date. Doses done are in halves, so that they are whole numbers."""

    on: dt.date
    sessions_done: int = 0
    sessions_due: int = 0
    halves_done: int = 0
    doses_due: int = 0


@dataclass(frozen=True)
class _Told:
    """One session as it counts: the lines that are due in it, and the halves that were done of any line."""

    due: frozenset[UUID]
    halves: dict[UUID, int]
    version: int  # its number
    is_due: bool  # "a session in which all that was due was skipped for pain" is not
    is_done: bool  # "at least one exercise done or partly done, or stopped for pain"


@dataclass(frozen=True)
class _Stop:
    """A stop, and where the session in which it was said stands in the programme's time."""

    line: UUID
    session: UUID
    place: tuple[Any, ...]
    resumed_on: dt.date | None
    resumed_at: dt.datetime | None

    @property
    def practised_on(self) -> dt.date:
        return self.place[0]


def days_of(life: Life, on: dt.date) -> list[SlowDay]:
    """From the start to `on` or the end: "Nothing before the start or after the end"."""
    start, end = life.prescription["starts_on"], life.prescription["ended_on"]
    if start is None:
        return []
    last = on if end is None else min(on, end)
    told, stops = _told_by_date(life), _stops(life)
    found = []
    date = start
    while date <= last:
        found.append(_day(life, date, on, told.get(date, []), stops))
        date += ONE_DAY
    return found


def told_sessions(sessions: list[Row]) -> list[Row]:
    """Those that count, in order: "what was said last"; "One that was left before its first exercise is none"
    and has no records."""
    kept = [row for row in sessions if row["superseded_at"] is None]
    kept = [row for row in kept if row["stopped"] or row["records"]]
    return sorted(kept, key=_place)


def is_paused(life: Life, date: dt.date) -> bool:
    """ "first and last included"."""
    return any(pause["starts_on"] <= date <= pause["ends_on"] for pause in life.pauses)


def _told_by_date(life: Life) -> dict[dt.date, list[Row]]:
    found: dict[dt.date, list[Row]] = {}
    for row in told_sessions(life.sessions):
        found.setdefault(row["practised_on"], []).append(row)
    return found


def _place(session: Row) -> tuple[Any, ...]:
    """Where a session stands in the programme's time; corrections keep it."""
    return (session["practised_on"], session["first_recorded_at"], session["uid"])


def _day(life: Life, date: dt.date, on: dt.date, rows: list[Row], stops: list[_Stop]) -> SlowDay:
    version = _in_force(life, date)
    asked = _asked(life, version, date)
    if version is None or not asked:
        return SlowDay(date)
    told = [_told(row, _done_under(life, row), stops) for row in rows]
    partial = date == life.prescription["ended_on"] or date in _emergency_days(life)
    # "A day that the patient tells as skipped stays due, today too, but for the end day and the day of an
    # emergency report. A session that is recorded there after all wins."
    is_told_skipped = not rows and any(row["skipped_on"] == date for row in life.skipped_days)
    # "Today, on the end day and on the day of an emergency report: only what was recorded."
    only_recorded = partial or (date == on and not is_told_skipped)
    missing = 0 if only_recorded else max(0, asked - len(rows))
    standing = {line for line in _lines(version) if not _is_off_at_the_end_of(date, line, stops)}
    # "Of more sessions than were asked, those that are excused give way to the others."
    sessions_due = min(asked, sum(one.is_due for one in told)) + (missing if standing else 0)
    times_due = _times_due(told, asked)
    for line in standing:
        times_due[line] += missing
    halves_done = 0
    for line, times in times_due.items():  # "on each date at most the times it was due"
        halves_done += min(2 * times, sum(one.halves.get(line, 0) for one in told))
    return SlowDay(
        on=date,
        sessions_done=min(sessions_due, sum(one.is_done for one in told)),
        sessions_due=sessions_due,
        halves_done=halves_done,
        doses_due=sum(times_due.values()),
    )


def _times_due(told: list[_Told], asked: int) -> Counter:
    """How often each line is due in what was recorded: of one version after the other, the newest first, as
    long as sessions are asked; in those of one version, as often as it was on."""
    found: Counter = Counter()
    for number in sorted({one.version for one in told}, reverse=True):
        of_it = [one for one in told if one.version == number and one.is_due]
        slots = min(asked, len(of_it))
        asked -= slots
        for line in set().union(*(one.due for one in of_it)):
            found[line] += min(slots, sum(line in one.due for one in of_it))
    return found


def _lines(version: Row) -> set[UUID]:
    return {line["line"] for line in version["lines"]}


def _done_under(life: Life, session: Row) -> Row:
    """ "A session keeps the version that it was done under" (design)."""
    return next(row for row in life.versions if row["id"] == session["version_id"])


def _in_force(life: Life, date: dt.date) -> Row | None:
    """ "the highest number that starts on or before the date"."""
    begun = [version for version in life.versions if version["starts_on"] <= date]
    return max(begun, key=lambda version: version["number"]) if begun else None


def _asked(life: Life, version: Row | None, date: dt.date) -> int:
    """Sessions, before anything that was stopped: none off the programme's days, paused or suspended."""
    if version is None or str(date.isoweekday()) not in version["weekdays"]:
        return 0
    if is_paused(life, date) or _is_suspended(life, date):
        return 0
    return int(version["sessions_a_day"])


def _is_suspended(life: Life, date: dt.date) -> bool:
    """Between the day of an emergency report, which has a rule of its own, and the day it is cleared."""
    return any(
        report["reported_on"] < date and (report["cleared_on"] is None or date < report["cleared_on"])
        for report in life.emergencies
    )


def _emergency_days(life: Life) -> set[dt.date]:
    return {report["reported_on"] for report in life.emergencies}


def _told(session: Row, version: Row, stops: list[_Stop]) -> _Told:
    lines = _lines(version)
    said = {record["line"]: record for record in session["records"]}
    standing = {line for line in lines if not _is_off_before(session, line, stops)}
    # "an exercise that was said to be stopped stays off from that session on, even where the stop is not
    # said any more"; of a session that was stopped as a whole, what was done in it stands.
    stopped_here = {stop.line for stop in stops if stop.session == session["uid"]}
    stopped_here |= {line for line, record in said.items() if record["outcome"] == "stopped"}
    done = {line for line, record in said.items() if record["outcome"] == "done"}
    excused = {line for line, record in said.items() if record["skip_reason"] == "pain"}
    tried = {line for line, record in said.items() if record["outcome"] in {"done", "partly", "stopped"}}
    due = (standing & done if session["stopped"] else standing - stopped_here) - excused
    return _Told(
        due=frozenset(due),
        halves={line: HALVES.get(record["outcome"], 0) for line, record in said.items()},
        version=version["number"],
        # "Nothing ... when every exercise is stopped", unless it was in this very session.
        is_due=bool(due or standing & tried or (standing and session["stopped"])),
        is_done=bool(tried or session["stopped"]),
    )


def _stops(life: Life) -> list[_Stop]:
    """The place of a stop is that of its session as it stands now, where it was corrected."""
    uid_of = {row["id"]: row["uid"] for row in life.sessions}
    newest = {row["uid"]: row for row in sorted(life.sessions, key=lambda row: row["revision"])}
    found = []
    for row in life.stops:
        uid = uid_of[row["session_id"]]
        place = _place(newest[uid])
        found.append(_Stop(row["line"], uid, place, row["resumed_on"], row["resumed_at"]))
    return found


def _is_off_before(session: Row, line: UUID, stops: list[_Stop]) -> bool:
    """Whether a stop of an earlier session holds in this one: "until a clinician resumes it"."""
    for stop in stops:
        if stop.line != line or not stop.place < _place(session):
            continue
        if stop.resumed_on is None or session["practised_on"] < stop.resumed_on:
            return True
        same_day = session["practised_on"] == stop.resumed_on
        if same_day and stop.resumed_at and session["first_recorded_at"] < stop.resumed_at:
            return True
    return False


def _is_off_at_the_end_of(date: dt.date, line: UUID, stops: list[_Stop]) -> bool:
    return any(
        stop.line == line
        and stop.practised_on <= date
        and (stop.resumed_on is None or date < stop.resumed_on)
        for stop in stops
    )
