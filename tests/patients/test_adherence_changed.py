"""Adherence over a programme that is changed in every way at once, worked out by hand.

Day 1 is Monday 2 March 2026. A is held longer after each comfortable session; B and C do not grow.

| days  | asked                          | recorded                                | sessions | doses     |
|-------|--------------------------------|-----------------------------------------|----------|-----------|
| 1     | A 5 s, B, C, once              | all done                                | 1 of 1   | 3 of 3    |
| 2     | A 10 s, B, C, once             | A done, B easier, C partly              | 1 of 1   | 2.5 of 3  |
| 3-5   | paused                         | nothing                                 | -        | -         |
| 6     | A 15 s, B, C, once             | A done, nothing said of B and C         | 1 of 1   | 1 of 3    |
| 7     | the same                       | nothing                                 | 0 of 1   | 0 of 3    |
| 8     | A 15 s, B easier, twice a day  | one session, both done                  | 1 of 2   | 2 of 4    |
| 9-15  | the same                       | nothing                                 | 0 of 14  | 0 of 28   |
| 16    | A 10 s again (a week's gap), B | both sessions, both done                | 2 of 2   | 4 of 4    |
| 17    | the same                       | one session: A done, B stopped for pain | 1 of 1   | 1 of 1    |
| 18    | A alone, twice a day           | not yet                                 | open     | open      |

Sessions: 1+1+1+0+1+0+2+1 = 7 of 1+1+1+1+2+14+2+1 = 23.
Doses: 3+2.5+1+0+2+0+4+1 = 13.5 of 3+3+3+3+4+28+4+1 = 49.
"""

import uuid
from dataclasses import replace

import pytest

from patients import stepping
from patients.adjusting import adjust
from patients.recording import How, record_own_session
from patients.versions import lines_of_version
from tests.patients.growing import COMFORTABLE, growing, holds, newest
from tests.patients.scenario import Scenario, states, totals

pytestmark = pytest.mark.django_db


def step_down(trial: Scenario, on: int) -> None:
    """C is taken out, B is done in its easier form from now on, and all of it twice a day."""
    kept = []
    for line in lines_of_version(newest(trial)):
        if line.line == trial.line("B"):
            kept.append(replace(line, rung=-1))
        elif line.line != trial.line("C"):
            kept.append(line)
    adjust(
        prescription=trial.prescription,
        lines=kept,
        sessions_a_day=2,
        weekdays="1234567",
        by=trial.clinician,
        now=trial.at(on, "08:00"),
    )


@pytest.fixture
def trial() -> Scenario:
    trial = growing("ABC", after=1)
    trial.records(1, done="ABC", **COMFORTABLE)
    trial.records(2, done="A", easier="B", partly="C", **COMFORTABLE)
    trial.pauses(3, 5)
    trial.records(6, done="A", before=3, after=5)
    step_down(trial, 8)
    trial.records(8, done="AB")
    assert stepping.step_back_after_gaps(trial.at(16, "00:30")) == 1
    trial.records(16, done="AB", at="09:00")
    trial.records(16, done="AB", at="19:00")
    trial.records(17, done="A", stopped="B", at="09:00")
    return trial


def test_what_was_asked_on_which_day(trial):
    assert holds(trial) == [(1, 0, 5), (2, 1, 10), (3, 2, 15), (8, 2, 15), (16, 1, 10)]


def test_the_figures_are_those_worked_out_by_hand(trial):
    seen = trial.report(on=17)
    assert states(seen) == "DP===P-P-------Do"  # the evening of day 17 is still to come
    assert totals(seen) == "7 of 23 sessions, 13.5 of 49 doses"


def test_the_next_day_asks_for_what_is_left(trial):
    """Day 17 is over: both sessions were due, in each A alone, and one was not recorded."""
    assert totals(trial.report(on=18)) == "7 of 24 sessions, 13.5 of 50 doses"


def test_every_day_alone(trial):
    days = trial.report(on=17).days
    assert [(day.sessions_due, day.doses_due) for day in days] == [
        *[(1, 3)] * 2,
        *[(0, 0)] * 3,
        *[(1, 3)] * 2,
        *[(2, 4)] * 9,
        (1, 1),
    ]


# --- Done by the version before, on the day of a change ---------------------------------------------------
def done_by_first(trial: Scenario, on: int, *, at: str, done: str) -> None:
    """A page that was open since before the change sends what was done by the first version."""
    record_own_session(
        patient=trial.patient,
        uid=uuid.uuid4(),
        practised_on=trial.date(on),
        answers=trial.answers(done=done),
        how=How(now=trial.at(on, at), by=trial.patient.user, shown=1),
    )


@pytest.fixture
def adjusted() -> Scenario:
    """A, B twice a day on day 1; at 08:00 of day 2 B is taken out and C put in."""
    trial = Scenario("AB", sessions_a_day=2)
    trial.practises(1, 1, times=2)
    trial.changes(2, "AC", sessions_a_day=2)
    return trial


def test_each_session_asks_what_its_own_version_asked(adjusted):
    # Morning, by the first: A, B. Evening, by the second: A, C. All that was asked: 4 of 4, and 4 of day 1.
    done_by_first(adjusted, 2, at="08:30", done="AB")
    adjusted.records(2, at="19:00", done="AC")
    seen = adjusted.report(on=3)
    assert (totals(seen), states(seen)) == ("4 of 4 sessions, 8 of 8 doses", "DDo")


def test_what_was_not_recorded_asks_what_is_in_force(adjusted):
    # Morning, by the first: A of A, B. Evening, not recorded: A, C of the second. 1 of 4.
    done_by_first(adjusted, 2, at="08:30", done="A")
    assert totals(adjusted.report(on=3)) == "3 of 4 sessions, 5 of 8 doses"


def test_of_more_sessions_than_are_asked_those_of_the_version_before_give_way():
    # Once a day is asked. 08:30, by the first: A and B done. 19:00, by the second: A done, C not.
    # So A is 1 and C is 0 of 1.
    trial = Scenario("AB")
    trial.changes(1, "AC", at="08:00")
    done_by_first(trial, 1, at="08:30", done="AB")
    trial.records(1, at="19:00", done="A")
    assert totals(trial.report(on=2)) == "1 of 1 sessions, 1 of 2 doses"
