"""What holds of adherence whatever a patient does: random programmes, without a database."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from patients.adherence import DayState, Report, of_facts
from patients.facts import RecordFacts, SessionFacts, StopFacts, TrialFacts, VersionFacts
from patients.trial import Span
from tests.patients.scenario import ONE_DAY, day

START = day("2026-03-02")
LINES = tuple(uuid.UUID(int=number) for number in (1, 2, 3))
ANSWERS = {
    "done": RecordFacts("done", ""),
    "partly": RecordFacts("partly", ""),
    "no time": RecordFacts("skipped", "no_time"),
    "pain": RecordFacts("skipped", "pain"),
    "stopped": RecordFacts("stopped", ""),
}


@dataclass(frozen=True)
class Told:
    """What a session tells: an answer for each line, None for "not said", and whether all was stopped."""

    answers: tuple[str | None, ...]
    stopped: bool = False


answers = st.sampled_from([*ANSWERS, None])
sessions = st.builds(
    Told, st.tuples(*[answers] * len(LINES)), st.sampled_from([False, False, False, False, True])
)
histories = st.lists(st.lists(sessions, max_size=3), min_size=1, max_size=8)
asked = st.integers(min_value=1, max_value=3)


def lived(history: Sequence[Sequence[Told]], asked: int) -> TrialFacts:
    """The facts of a programme of three lines in which each day of `history` had these sessions.

    As in real life a line that is off can't be recorded; here nothing is ever resumed.
    """
    off: set[uuid.UUID] = set()
    kept, stops = [], []
    for number, told_today in enumerate(history):
        for place, told in enumerate(told_today):
            on = START + number * ONE_DAY
            at = dt.datetime.combine(on, dt.time(9 + place), tzinfo=dt.UTC)
            records = {
                line: ANSWERS[answer]
                for line, answer in zip(LINES, told.answers, strict=True)
                if answer is not None and line not in off
            }
            if not records and not told.stopped:
                continue
            session = SessionFacts(uuid.uuid4(), 1, on, at, told.stopped, False, False, False, records)
            kept.append(session)
            stopped = {line for line, record in records.items() if record.outcome == "stopped"}
            for line in sorted(set(LINES) - off if told.stopped else stopped):
                stops.append(StopFacts(line, session.uid, on, at, None, None))
                off.add(line)
    version = VersionFacts(1, 1, START, asked, frozenset(range(1, 8)), LINES)
    return TrialFacts(
        starts_on=START,
        ended_on=None,
        is_draft=False,
        review_on=None,
        versions=(version,),
        pauses=(),
        suspensions=(),
        sessions=tuple(kept),
        stops=tuple(stops),
    )


def after(trial: TrialFacts, days: int) -> Report:
    """The report on the morning after so many days."""
    return of_facts(trial, on=START + days * ONE_DAY)


def not_lowered(before: Report, now: Report) -> bool:
    """Whether neither rate fell. Without anything due there is no rate that could fall."""
    pairs = [(before.session_rate, now.session_rate), (before.dose_rate, now.dose_rate)]
    return all(old is None or new is None or new >= old for old, new in pairs)


@given(history=histories, asked=asked)
def test_never_more_is_done_than_is_due_nor_more_due_than_is_asked(history, asked):
    for one in after(lived(history, asked), len(history)).days:
        assert 0 <= one.sessions_done <= one.sessions_due <= asked
        assert 0 <= one.dose_halves_done <= 2 * one.doses_due <= 2 * asked * len(LINES)


@given(history=histories, asked=asked)
def test_the_state_says_what_the_figures_say(history, asked):
    for one in after(lived(history, asked), len(history)).days[:-1]:
        complete = one.sessions_done == one.sessions_due and one.dose_halves_done == 2 * one.doses_due
        assert (one.state == DayState.DONE) == bool(one.sessions_done and complete)
        assert (one.state == DayState.NOT_RECORDED) == bool(one.sessions_due and not one.sessions_recorded)
        if one.state in (DayState.NOT_DUE, DayState.SKIPPED):
            assert one.sessions_done == 0


@given(history=histories, asked=asked, days=st.integers(min_value=0, max_value=8))
def test_a_day_that_is_over_stays_what_it_was(history, asked, days):
    trial = lived(history, asked)
    days = min(days, len(history))
    assert after(trial, days).days[:days] == after(trial, len(history)).days[:days]


@given(history=histories, asked=asked, last=sessions, silent=st.integers(min_value=0, max_value=5))
def test_stopping_a_whole_session_never_lowers_what_was_reached(history, asked, last, silent):
    """Whatever was done in it, and however many days nothing follows."""
    before = after(lived(history, asked), len(history))
    stopped = lived([*history, [Told(last.answers, stopped=True)]], asked)
    assert not_lowered(before, after(stopped, len(history) + 1 + silent))


@given(
    history=histories,
    last=st.tuples(*[st.sampled_from(["done", "pain", "stopped"])] * len(LINES)),
)
def test_a_session_that_leaves_out_only_what_hurts_never_lowers_what_was_reached(history, last):
    before = after(lived(history, 1), len(history))
    assert not_lowered(before, after(lived([*history, [Told(last)]], 1), len(history) + 1))


@given(history=histories, asked=asked, data=st.data())
def test_saying_that_it_was_pain_never_lowers_it(history, asked, data):
    """The same history, with one skip for want of time told as a skip for pain."""
    trial = lived(history, asked)
    skips = [
        (place, line)
        for place, session in enumerate(trial.sessions)
        for line, record in session.records.items()
        if record.skip_reason == "no_time"
    ]
    if not skips:
        return
    place, line = data.draw(st.sampled_from(skips))
    session = trial.sessions[place]
    told = replace(session, records=session.records | {line: ANSWERS["pain"]})
    changed = replace(trial, sessions=(*trial.sessions[:place], told, *trial.sessions[place + 1 :]))
    assert not_lowered(after(trial, len(history)), after(changed, len(history)))


@given(history=histories, asked=asked, first=st.integers(0, 8), length=st.integers(0, 4))
def test_a_pause_takes_its_days_out_and_no_others(history, asked, first, length):
    trial = lived(history, asked)
    pause = Span(START + first * ONE_DAY, START + (first + length) * ONE_DAY)
    without = after(trial, len(history)).days
    for old, new in zip(without, after(replace(trial, pauses=(pause,)), len(history)).days, strict=True):
        if pause.holds(old.on):
            assert (new.state, new.sessions_due, new.doses_due) == (DayState.PAUSED, 0, 0)
            assert new.sessions_recorded == old.sessions_recorded
        else:
            assert new == old
