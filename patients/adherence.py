"""Adherence: the one definition, printed on every report (docs/adherence.md).

Dates before `on` are over. *Due* on a date are the sessions that the version in force asks, unless the
prescription was not active, paused, suspended, or every exercise was stopped. On `on` itself (today), on
the end day and on the day of an emergency report only what is recorded is due. A day on which nothing is
recorded and the patient says why is due like any other, today too; it is skipped, and shows its reason.

Session adherence: sessions with at least one exercise done or partly done, or stopped for pain, capped
at the number due that date / sessions due. Dose adherence: an exercise counts once a session: done (an
easier form too) 1, partly 1/2, else 0; capped per date at the times due. Halves are kept as integers.

Safety never lowers adherence (rule 8): a stopped exercise is not due from that session on until it is
resumed; what a session stopped for pain left undone, or half done, is not due; nor is an exercise skipped
for pain in that session, nor a session in which all that was due was skipped for pain.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from patients import facts
from patients.facts import SessionFacts, TrialFacts, VersionFacts
from patients.models import Prescription
from patients.totals import NAMES, NOTHING, Totals, of_one_day
from patients.trial import ONE_DAY, day_number
from patients.vocabulary import Outcome


class DayState(StrEnum):
    DONE = "done"
    PARTLY = "partly"
    SKIPPED = "skipped"
    NOT_RECORDED = "not_recorded"
    PAUSED = "paused"
    NOT_DUE = "not_due"
    OPEN = "open"


class Mark(StrEnum):
    STOPPED = "stopped"
    BACK_FILLED = "back_filled"
    PAPER = "paper"
    LATE = "late"


@dataclass(frozen=True)
class Day:
    """One local date of a programme. Doses are counted in halves."""

    on: dt.date
    state: DayState
    marks: frozenset[Mark] = frozenset()
    sessions_done: int = 0
    sessions_due: int = 0
    dose_halves_done: int = 0
    doses_due: int = 0
    sessions_recorded: int = 0
    reason: str = ""  # why nothing was done, one of SkippedDay.Reason, where the day was told as skipped
    is_day_off: bool = False  # not a weekday of the programme, so nothing was to be entered

    @property
    def totals(self) -> Totals:
        return of_one_day(self.sessions_done, self.sessions_due, self.dose_halves_done, self.doses_due)


@dataclass(frozen=True)
class Report(Totals):
    """The days of a programme until a date, and their totals."""

    days: tuple[Day, ...]
    day_number: int | None
    review_on: dt.date | None


def report(prescription: Prescription, *, on: dt.date) -> Report:
    """The adherence of one prescription up to the local date `on`, which is today for its patient."""
    return of_facts(facts.load([prescription])[prescription.pk], on=on)


def of_facts(trial: TrialFacts, *, on: dt.date) -> Report:
    """The adherence that follows from `trial`; asks the database nothing."""
    last = min(on, trial.ended_on or on)
    return _summed(
        tuple(_day(trial, day, today=on) for day in _dates(trial, on)),
        day_number=day_number(starts_on=trial.starts_on, on=last, pauses=trial.pauses),
        review_on=trial.review_on,
    )


def within(seen: Report, *, first: dt.date, last: dt.date) -> Report:
    """The same report of the local dates from `first` to `last`, both included; day and review stay."""
    days = tuple(day for day in seen.days if first <= day.on <= last)
    return _summed(days, day_number=seen.day_number, review_on=seen.review_on)


def _summed(days: tuple[Day, ...], *, day_number: int | None, review_on: dt.date | None) -> Report:
    together = sum((day.totals for day in days), start=NOTHING)
    return Report(
        **{name: getattr(together, name) for name in NAMES},
        days=days,
        day_number=day_number,
        review_on=review_on,
    )


def over_and_today(trial: TrialFacts, day: dt.date) -> tuple[Day, Day]:
    """`day` as it counts once it is over, and as it counts while it is today, by what is told so far."""
    return _day(trial, day, today=None), _day(trial, day, today=day)


def _dates(trial: TrialFacts, on: dt.date) -> list[dt.date]:
    if trial.starts_on is None or trial.is_draft:
        return []
    return [trial.starts_on + ONE_DAY * offset for offset in range((on - trial.starts_on).days + 1)]


def _day(trial: TrialFacts, day: dt.date, *, today: dt.date | None) -> Day:
    sessions = trial.sessions_by_day.get(day, [])
    marks = _marks(trial, sessions)
    version = trial.in_force(day)
    if trial.paused.hold(day):
        return Day(day, DayState.PAUSED, marks, sessions_recorded=len(sessions))
    if version is None or not _is_asked(trial, version, day):
        is_day_off = version is not None and day.isoweekday() not in version.weekdays
        return Day(day, DayState.NOT_DUE, marks, sessions_recorded=len(sessions), is_day_off=is_day_off)
    asked = version.sessions_a_day
    missing = max(0, asked - len(sessions))  # sessions that were asked and not recorded
    reason = "" if sessions else trial.skipped.get(day, "")
    if _only_recorded_is_due(trial, day, today=None if reason else today):
        missing = 0
    sessions_due = _capped(asked, [_session_is_due(trial, session) for session in sessions])
    sessions_due += 0 if _all_off(trial, version, day) else missing
    practised = sum(_practised(session) for session in sessions)
    sessions_done = min(practised, sessions_due)
    halves_done, doses_due = _doses(trial, version, day, missing=missing)
    if day == today and not reason and len(sessions) < asked and _can_go_on(trial, version, day):
        state = DayState.OPEN
    else:
        state = _state(
            told=bool(sessions or reason),
            practised=practised,
            due=sessions_due,
            complete=sessions_done == sessions_due and halves_done == 2 * doses_due,
        )
    return Day(day, state, marks, sessions_done, sessions_due, halves_done, doses_due, len(sessions), reason)


def _state(*, told: bool, practised: int, due: int, complete: bool) -> DayState:
    if not due and (practised or not told):
        return DayState.NOT_DUE  # what was practised although all was off is shown and does not count
    if not told:
        return DayState.NOT_RECORDED
    if not practised:
        return DayState.SKIPPED
    return DayState.DONE if complete else DayState.PARTLY


def _marks(trial: TrialFacts, sessions: Sequence[SessionFacts]) -> frozenset[Mark]:
    found = {
        Mark.STOPPED: any(session.stopped or session.uid in trial.stopping for session in sessions),
        Mark.BACK_FILLED: any(session.back_filled for session in sessions),
        Mark.PAPER: any(session.from_paper for session in sessions),
        Mark.LATE: any(session.arrived_late for session in sessions),
    }
    return frozenset(mark for mark, holds in found.items() if holds)


# --- What is due ------------------------------------------------------------------------------------


def _lines_of(trial: TrialFacts, session: SessionFacts) -> tuple[uuid.UUID, ...]:
    """The exercises of the version that `session` was done by, which it keeps: on the day of a change a page
    that was open, or a phone without a network, still sends what the version before asked."""
    return trial.version_by_pk[session.version].lines


def _is_asked(trial: TrialFacts, version: VersionFacts, day: dt.date) -> bool:
    """Whether any session is asked on `day`: a day of the schedule, not after the end, not suspended."""
    after_end = trial.ended_on is not None and day > trial.ended_on
    return day.isoweekday() in version.weekdays and not after_end and not trial.suspended.hold(day)


def _only_recorded_is_due(trial: TrialFacts, day: dt.date, *, today: dt.date | None) -> bool:
    """Today, the end day, and the day of an emergency report: what is not recorded is not owed."""
    return day in {today, trial.ended_on} or day in trial.reported


def _can_go_on(trial: TrialFacts, version: VersionFacts, day: dt.date) -> bool:
    """Whether more can still be recorded on `day`, which is today: not ended, suspended or all off."""
    suspended = any(cleared_on is None for _, cleared_on in trial.suspensions)
    return day != trial.ended_on and not suspended and not _all_off(trial, version, day)


def _capped(asked: int, due: Iterable[bool]) -> int:
    """How many of the recorded times are due: of more than are asked, those that are excused give way."""
    return min(asked, sum(due))


def _session_is_due(trial: TrialFacts, session: SessionFacts) -> bool:
    """Whether anything was on in `session`, and not all of that skipped for pain, or off since it was said to
    be stopped in it and is not said any more."""
    lines = _lines_of(trial, session)
    on_before = [line for line in lines if not _is_off(trial, line, session, from_it=False)]
    tried = any(line in session.records and session.records[line].was_tried for line in on_before)
    return bool(on_before) and (
        session.stopped or tried or any(_dose_is_due(trial, line, session) for line in on_before)
    )


def _doses(trial: TrialFacts, version: VersionFacts, day: dt.date, *, missing: int) -> tuple[int, int]:
    """Halves done and times due of all exercises on `day`; each exercise capped at the times it is due."""
    sessions = trial.sessions_by_day.get(day, [])
    times = _times_due(trial, sessions, asked=version.sessions_a_day)
    for line in version.lines:
        times[line] += 0 if _is_off_at_end(trial, line, day) else missing
    halves_done = sum(
        min(2 * due, sum(session.records[line].halves for session in sessions if line in session.records))
        for line, due in times.items()
    )
    return halves_done, times.total()


def _times_due(trial: TrialFacts, sessions: Sequence[SessionFacts], *, asked: int) -> Counter[uuid.UUID]:
    """How often each exercise is due in the recorded `sessions` of a day. Of more than are asked, those that
    are excused give way, then those that were done by an earlier version."""
    times: Counter[uuid.UUID] = Counter()
    versions = {trial.version_by_pk[session.version] for session in sessions}
    for done_by in sorted(versions, key=lambda version: version.number, reverse=True):
        of_it = [session for session in sessions if session.version == done_by.pk]
        counted = _capped(asked, [_session_is_due(trial, session) for session in of_it])
        for line in done_by.lines:
            times[line] += _capped(counted, [_dose_is_due(trial, line, session) for session in of_it])
        asked -= counted
    return times


def _dose_is_due(trial: TrialFacts, line: uuid.UUID, session: SessionFacts) -> bool:
    record = session.records.get(line)
    if record is not None and record.was_pain_skip:
        return False
    if session.stopped:
        # It turned everything off, and what it left undone is not due; what was done before that counts.
        done = record is not None and record.outcome == Outcome.DONE
        return done and not _is_off(trial, line, session, from_it=False)
    return not _is_off(trial, line, session, from_it=True)


# --- What is off for pain ---------------------------------------------------------------------------


def _is_off(trial: TrialFacts, line: uuid.UUID, session: SessionFacts, *, from_it: bool) -> bool:
    """Whether `line` was off in `session`; `from_it` counts a stop that was made in this session."""
    return trial.stopped_line(line).is_off_in(session.uid, session.place, from_it=from_it)


def _is_off_at_end(trial: TrialFacts, line: uuid.UUID, day: dt.date) -> bool:
    """Whether `line` is off when `day` is over, so also in a session of it that was not recorded."""
    return trial.stopped_line(line).is_off_at_end(day)


def _all_off(trial: TrialFacts, version: VersionFacts, day: dt.date) -> bool:
    return all(_is_off_at_end(trial, line, day) for line in version.lines)


def _practised(session: SessionFacts) -> bool:
    """Whether it counts as a session: something done or partly done, or stopped for pain."""
    return session.stopped or any(record.was_tried for record in session.records.values())
