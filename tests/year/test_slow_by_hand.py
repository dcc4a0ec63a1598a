"""The slow computation itself, against tables that were worked out by hand: it is no echo of the program.

Day 1 is Monday 2 March 2026. The tables of docs/adherence.md are read from there.
"""

import datetime as dt
import uuid
from fractions import Fraction

import pytest

from patients.correcting import correct_session
from patients.models import SkippedDay, WorkItem
from patients.recording import How, record_own_session
from patients.skipping import skip_own_day
from patients.vocabulary import Decision
from tests.patients.scenario import Scenario
from tests.patients.test_adherence_docs import examples, play
from tests.year.rows import Life, lives
from tests.year.slow_days import days_of
from tests.year.slow_outcomes import Asked, Reviews, SlowOutcomes, SlowSpread, count, spread
from tests.year.slow_report import EVERY_DATE, SlowRow, percent, rows_of

pytestmark = pytest.mark.django_db


def life_of(trial: Scenario) -> Life:
    return next(life for life in lives(clinic=trial.clinic.pk) if life.pk == trial.pk)


def day_by_day(trial: Scenario, on: int) -> list[str]:
    """Each date before `on`, e.g. "1 of 1, 2.5 of 3": sessions, exercises."""
    return [
        f"{day.sessions_done} of {day.sessions_due}, {day.halves_done / 2:g} of {day.doses_due}"
        for day in days_of(life_of(trial), trial.date(on))
        if day.on < trial.date(on)
    ]


def row_of(trial: Scenario, on: int, at: str = "12:00", dates=EVERY_DATE) -> SlowRow:
    (row,) = rows_of(life_of(trial), now=trial.at(on, at), dates=[dates])
    return row


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.title)
def test_the_tables_of_the_definition(example):
    trial = play(example)
    expected = [f"{row.sessions}, {row.exercises}" for row in example.rows]
    assert day_by_day(trial, len(expected) + 1) == expected
    row = row_of(trial, len(expected) + 1)
    assert example.together == (
        f"{row.sessions_done} of {row.sessions_due} sessions ({row.sessions_percent} %), "
        f"{row.halves_done / 2:g} of {row.doses_due} exercises ({row.doses_percent} %)"
    )


def test_a_change_an_emergency_and_a_day_that_was_skipped():
    """
    | day | asked      | what happened                                       | sessions | exercises |
    |-----|------------|-----------------------------------------------------|----------|-----------|
    | 1   | A, B once  | both done                                           | 1 of 1   | 2 of 2    |
    | 2   | A, C twice | morning, by the page of before: A, B; evening: A, C | 2 of 2   | 4 of 4    |
    | 3   | the same   | told as skipped                                     | 0 of 2   | 0 of 4    |
    | 4   | the same   | A done; then an emergency sign is reported          | 1 of 1   | 1 of 2    |
    | 5   | suspended  |                                                     | 0 of 0   | 0 of 0    |
    | 6   | cleared    | nothing                                             | 0 of 2   | 0 of 4    |
    | 7   | a Sunday   | A, C done all the same; Sundays are off             | 0 of 0   | 0 of 0    |

    Together 4 of 8 sessions (50 %), 7 of 16 exercises (43.75, so 44 %); practised on 3 of 5 due days.
    """
    trial = Scenario("AB")
    trial.records(1, done="AB")
    trial.changes(2, "AC", sessions_a_day=2, weekdays="123456")
    by_the_page_of_before(trial, 2, at="08:30", done="AB")
    trial.records(2, at="19:00", done="AC")
    skip_own_day(
        patient=trial.patient,
        on=trial.date(3),
        reason=SkippedDay.Reason.NO_TIME,
        by=trial.patient.user,
        now=trial.at(3, "21:00"),
    )
    trial.records(4, done="A")
    trial.reports_emergency(4)
    trial.clears_emergency(6)
    trial.records(7, done="AC")
    assert day_by_day(trial, 8) == [
        *("1 of 1, 2 of 2", "2 of 2, 4 of 4", "0 of 2, 0 of 4", "1 of 1, 1 of 2"),
        *("0 of 0, 0 of 0", "0 of 2, 0 of 4", "0 of 0, 0 of 0"),
    ]
    row = row_of(trial, 8, at="00:30")
    assert (row.sessions_done, row.sessions_due, row.sessions_percent, row.band) == (4, 8, 50, "fair")
    assert (row.halves_done, row.doses_due, row.doses_percent) == (14, 16, 44)
    assert (row.too_little, row.day_number, row.last_session_on) == (False, 8, trial.date(7))


def by_the_page_of_before(trial: Scenario, on: int, *, at: str, done: str) -> None:
    record_own_session(
        patient=trial.patient,
        uid=uuid.uuid4(),
        practised_on=trial.date(on),
        answers=trial.answers(done=done),
        how=How(now=trial.at(on, at), by=trial.patient.user, shown=1),
    )


def test_stops_that_are_told_late_taken_back_and_resumed_at_noon():
    """
    | day | what happened (A, B once)                                  | sessions | exercises |
    |-----|------------------------------------------------------------|----------|-----------|
    | 1   | stopped as a whole, A done; told since as skipped, no time | 0 of 0   | 0 of 0    |
    | 2   | nothing: both are off                                      | 0 of 0   | 0 of 0    |
    | 3   | both are resumed at noon; nothing is recorded              | 0 of 1   | 0 of 2    |
    | 4   | told on day 6: B stopped, A partly                         | 1 of 1   | 0.5 of 1  |
    | 5   | A done                                                     | 1 of 1   | 1 of 1    |
    """
    trial = Scenario("AB")
    stopped = trial.records(1, done="A", stopped_all=True).session
    correct_session(
        session=stopped,
        answers=trial.answers(skipped={"A": "no_time", "B": "no_time"}),
        now=trial.at(1, "20:00"),
        by=trial.patient.user,
    )
    trial.resumes(3, "AB", at="12:00")
    trial.records(5, done="A")
    trial.records(4, told_on=6, partly="A", stopped="B")
    expected = ["0 of 0, 0 of 0", "0 of 0, 0 of 0", "0 of 1, 0 of 2", "1 of 1, 0.5 of 1", "1 of 1, 1 of 1"]
    assert day_by_day(trial, 6) == expected


def test_a_row_of_the_report():
    """Once a day, A alone. Days 1 to 7: all; 8 and 9 paused; 10 to 16: four of seven; 17: half of A, so far.

    Sessions 7 + 4 + 1 = 12 of 15 (80 %), exercises 11.5 of 15 (76.67, so 77 %). Day 17 - 2 = 15. Weeks, back
    from day 17: 11-17 with 5 of 7 (71 %), 4-10 with days 4 to 7 and not day 10 (4 of 5: 80 %), 1-3 (100 %).
    """
    trial = Scenario("A")
    trial.practises(1, 7)
    trial.pauses(8, 9)
    trial.practises(11, 14)
    trial.records(17, partly="A", before=4, after=6)
    row = row_of(trial, 17)
    assert (row.sessions_done, row.sessions_due, row.sessions_percent, row.band) == (12, 15, 80, "good")
    assert (row.halves_done, row.doses_due, row.doses_percent) == (23, 15, 77)
    assert (row.day_number, row.last_session_on, row.last_pain) == (15, trial.date(17), 6)
    assert row.trend == (100, 80, 71)
    assert row.open_items == WorkItem.objects.filter(closed_at=None).count() == 1  # pain rose by two
    assert not row.too_little
    some = row_of(trial, 17, dates=(trial.date(12), trial.date(16)))  # 12, 13, 14 of five days
    assert (some.sessions_done, some.sessions_due, some.band, some.trend) == (3, 5, "fair", (60,))
    assert row_of(trial, 17, dates=(trial.date(13), trial.date(16))).too_little is False  # 2 of 4
    assert row_of(trial, 17, dates=(trial.date(14), trial.date(16))).too_little is True  # 1 of 3


def test_today_is_the_patients_own():
    # 22:30 in Rome on day 1, 06:30 on day 2 in Tokyo: day 1 is over there.
    trial = Scenario("A", zone="Asia/Tokyo", clinic_zone="Europe/Rome")
    now = dt.datetime(2026, 3, 2, 21, 30, tzinfo=dt.UTC)
    (row,) = rows_of(life_of(trial), now=now, dates=[EVERY_DATE])
    assert (row.day_number, row.sessions_done, row.sessions_due) == (2, 0, 1)


def test_outcomes():
    """Reached on day 6, signed on day 8: two days. Says: nothing. In the period: the review, and of ten
    sessions the four of days 2 to 5 with eight exercises, one of them stopped.
    """
    trial = Scenario("AB", review_after_days=5)
    trial.practises(1, 4)
    trial.records(5, done="A", stopped="B")
    trial.scheduler_runs(6)
    trial.signs(trial.prescription.reviews.get(), 8, decision=Decision.END)
    found = SlowOutcomes()
    asked = Asked(trial.date(2), trial.date(8))
    count(found, life_of(trial), asked, Reviews(), today=trial.date(20))
    assert {key: sorted(who) for key, who in found.behind.items() if who} == {
        "reviews.reached": [(trial.pk, 1)],
        "reviews.signed": [(trial.pk, 1)],
        "helped.unsaid": [(trial.pk, 1)],
        "pain.unsaid": [(trial.pk, 1)],
        "ended.improved": [(trial.pk, 0)],
    }
    assert (found.days_to_sign, found.pain_change) == ([2], [])
    assert sum(tally["told"] for tally in found.exercises.values()) == 8
    assert sum(tally["stopped"] for tally in found.exercises.values()) == 1
    nobody = SlowOutcomes()
    count(nobody, life_of(trial), Asked(trial.date(9), trial.date(20)), Reviews(), today=trial.date(20))
    assert not any(nobody.counts.values())


def test_percentages_and_quartiles():
    assert [percent(*pair) for pair in ((1, 8), (Fraction(1, 2), 3), (0, 4), (0, 0))] == [13, 17, 0, None]
    half = Fraction(1, 2)
    assert spread([4, 1, 3, 2]) == SlowSpread(4, 2 + half, Fraction(7, 4), Fraction(13, 4))
    assert spread([5]) == SlowSpread(1, Fraction(5), Fraction(5), Fraction(5))
