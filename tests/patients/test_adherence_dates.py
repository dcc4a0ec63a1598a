"""Which dates adherence counts: the patient's own, wherever and whatever the clocks do; start, end and today.

Day 1 is Monday 2 March 2026 unless a test says otherwise.
"""

import datetime as dt

import pytest

from tests.patients.scenario import Scenario, day, states, totals

pytestmark = pytest.mark.django_db


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_a_patient_eleven_hours_ahead_of_the_clinic():
    """The clinic is in Rome (UTC+1), the patient in Fiji (UTC+12).

    Tuesday 08:00 in Fiji is Monday 21:00 in Rome: the session is Tuesday's, which is day 2.
    """
    trial = Scenario("A", zone="Pacific/Fiji", clinic_zone="Europe/Rome")
    assert trial.at(2, "08:00") == utc("2026-03-02T20:00")
    trial.records(2, done="A", at="08:00")
    session = trial.sessions().get()
    assert (session.practised_on, session.recorded_on) == (day("2026-03-03"), day("2026-03-03"))
    assert states(trial.report(on=3)) == "-Do"


def test_far_ahead_the_day_before_is_over_when_the_clinic_still_has_it():
    # 22 March 00:30 in Fiji: day 20 is over there, while in Rome it is 13:30 on 21 March, which is day 20.
    trial = Scenario("A", zone="Pacific/Fiji", clinic_zone="Europe/Rome")
    assert trial.scheduler_runs(20, at="23:59") == 0
    assert trial.at(21, "00:30") == utc("2026-03-21T12:30")
    assert trial.scheduler_runs(21, at="00:30") == 1
    assert trial.prescription.reviews.get().reached_on == day("2026-03-22")


def test_a_patient_behind_the_clinic_is_not_asked_early():
    # Los Angeles is 9 hours behind Rome (8 in these weeks): 22 March 03:00 in Rome is 21 March, day 20.
    trial = Scenario("A", zone="America/Los_Angeles", clinic_zone="Europe/Rome")
    assert trial.at(20, "19:00") == utc("2026-03-22T02:00")
    assert trial.scheduler_runs(20, at="19:00") == 0
    assert trial.scheduler_runs(21, at="00:00") == 1


SPRING = [  # Rome, 29 March 2026: 02:00 becomes 03:00
    ("2026-03-28", "23:30", "2026-03-28T22:30"),
    ("2026-03-29", "00:30", "2026-03-28T23:30"),
    ("2026-03-29", "23:30", "2026-03-29T21:30"),
    ("2026-03-30", "00:30", "2026-03-29T22:30"),
]
AUTUMN = [  # Rome, 25 October 2026: 03:00 becomes 02:00
    ("2026-10-24", "23:30", "2026-10-24T21:30"),
    ("2026-10-25", "00:30", "2026-10-24T22:30"),
    ("2026-10-25", "23:30", "2026-10-25T22:30"),
    ("2026-10-26", "00:30", "2026-10-25T23:30"),
]


@pytest.mark.parametrize(("date", "time", "instant"), SPRING + AUTUMN)
def test_a_session_belongs_to_the_date_that_the_patients_clock_shows(date, time, instant):
    trial = Scenario("A", start=None, activated=str(day(date) - dt.timedelta(days=5)))
    assert trial.at(day(date), time) == utc(instant)
    trial.records(day(date), at=time, done="A")
    session = trial.sessions().get()
    assert (session.practised_on, session.recorded_on) == (day(date), day(date))
    assert not session.is_back_filled


@pytest.mark.parametrize(
    ("start", "last"), [("2026-03-23", "2026-04-11"), ("2026-10-19", "2026-11-07")], ids=["spring", "autumn"]
)
def test_twenty_days_across_a_change_of_the_clocks(start, last):
    """Day 7 is the day of 23 or 25 hours. It is one day like the others: 20 of 20."""
    trial = Scenario("A", start=start, activated=start)
    for number in range(1, 21):
        trial.records(number, done="A", at="23:30" if number % 2 else "00:30")
    assert trial.date(20) == day(last)
    seen = trial.report(on=21)
    assert totals(seen) == "20 of 20 sessions, 20 of 20 doses"
    assert states(seen) == "D" * 20 + "o"
    assert (trial.scheduler_runs(20, at="23:59"), trial.scheduler_runs(21, at="00:00")) == (0, 1)
    assert seen.review_on == trial.date(21)


def test_days_recorded_afterwards_count_on_their_own_date():
    # On day 5 the patient records days 2, 3 and 4: 4 of 4, three of them marked.
    trial = Scenario("A")
    trial.practises(1, 1)
    for number in (2, 3, 4):
        trial.records(number, told_on=5, done="A")
    seen = trial.report(on=5)
    assert totals(seen) == "4 of 4 sessions, 4 of 4 doses"
    assert [bool(one.marks) for one in seen.days] == [False, True, True, True, False]


def test_just_past_midnight_yesterday_is_back_filled():
    # 00:10 on 30 March, after the short day: "yesterday" is the 29th.
    trial = Scenario("A", start="2026-03-23", activated="2026-03-23")
    trial.records(day("2026-03-29"), told_on=day("2026-03-30"), at="00:10", done="A")
    session = trial.sessions().get()
    assert session.is_back_filled
    assert (session.practised_on, session.recorded_on) == (day("2026-03-29"), day("2026-03-30"))


def test_patients_of_one_clinic_are_each_counted_by_their_own_date():
    # The same instant, 12:30 UTC on 21 March: the 22nd in Fiji, the 21st in Rome.
    abroad = Scenario("A", zone="Pacific/Fiji", clinic_zone="Europe/Rome")
    at_home = Scenario("A")
    assert abroad.at(21, "00:30") == at_home.at(20, "13:30") == utc("2026-03-21T12:30")
    assert at_home.scheduler_runs(20, "13:30") == 1
    assert (abroad.prescription.reviews.count(), at_home.prescription.reviews.count()) == (1, 0)


# --- Start and end -------------------------------------------------------------------------------------
def test_the_first_session_starts_a_programme_without_a_date():
    # Started on 2 March "with the first session"; that is on 5 March. Nothing is due before.
    trial = Scenario("AB", start=None)
    assert trial.report(on=day("2026-03-04")).session_rate is None
    trial.records(day("2026-03-05"), done="AB")
    seen = trial.report(on=day("2026-03-07"))
    assert totals(seen) == "1 of 2 sessions, 2 of 4 doses"
    assert states(seen) == "D-o"
    assert (seen.day_number, seen.review_on) == (3, day("2026-03-25"))


def test_the_first_session_may_be_back_filled():
    # On 5 March the patient says that yesterday was the first time: day 1 is 4 March.
    trial = Scenario("A", start=None)
    trial.records(day("2026-03-04"), told_on=day("2026-03-05"), done="A")
    assert trial.prescription.starts_on == day("2026-03-04")
    assert trial.report(on=day("2026-03-05")).day_number == 2


def test_the_end_day_is_due_where_it_is_recorded():
    trial = Scenario("AB")
    trial.practises(1, 12)
    trial.ends(12)
    for on in (12, 13, 40):
        assert totals(trial.report(on=on)) == "12 of 12 sessions, 24 of 24 doses"


def test_the_end_day_is_not_due_where_it_is_not_recorded():
    # Days 1-9 and 11 are recorded, 10 is not, and on day 12 it ends: 10 of 11.
    trial = Scenario("AB")
    trial.practises(1, 9)
    trial.practises(11, 11)
    trial.ends(12)
    for on in (12, 13, 40):
        assert totals(trial.report(on=on)) == "10 of 11 sessions, 20 of 22 doses"
    assert states(trial.report(on=14)) == "DDDDDDDDD-D..."


def test_of_two_sessions_on_the_end_day_only_the_recorded_one_is_due():
    trial = Scenario("A", sessions_a_day=2)
    trial.practises(1, 1, times=2)
    trial.practises(2, 2, times=1)
    trial.ends(2)
    assert totals(trial.report(on=3)) == "3 of 3 sessions, 3 of 3 doses"


def test_the_count_of_days_ends_with_the_programme():
    trial = Scenario("A")
    trial.ends(12)
    assert [trial.report(on=on).day_number for on in (11, 12, 13, 200)] == [11, 12, 12, 12]


# --- Today ---------------------------------------------------------------------------------------------
def test_today_asks_for_nothing_that_is_not_recorded():
    trial = Scenario("AB")
    trial.practises(1, 4)
    assert totals(trial.report(on=5)) == "4 of 4 sessions, 8 of 8 doses"
    assert states(trial.report(on=5)) == "DDDDo"
    assert totals(trial.report(on=6)) == "4 of 5 sessions, 8 of 10 doses"


def test_today_counts_what_is_recorded():
    """One of two sessions today, with A done and B left out: 1 session is due, and A and B once each."""
    trial = Scenario("AB", sessions_a_day=2)
    trial.practises(1, 1, times=2)
    trial.records(2, done="A")
    assert totals(trial.report(on=2)) == "3 of 3 sessions, 5 of 6 doses"
    assert states(trial.report(on=2)) == "Do"  # the evening is still to come


def test_today_is_no_longer_open_when_all_is_recorded():
    trial = Scenario("AB")
    trial.practises(1, 1)
    trial.records(2, done="A")
    assert states(trial.report(on=2)) == "DP"


def test_the_end_day_is_not_open_today():
    # Nobody can record it any more.
    trial = Scenario("A")
    trial.practises(1, 1)
    trial.ends(2)
    assert states(trial.report(on=2)) == "D."
