"""Adherence worked out by hand: what is due, what is done, and the state of each date.

Day 1 is Monday 2 March 2026. Exercises are A, B, C, once a day, unless a test says otherwise.
"""

import pytest

from patients import facts
from patients.adherence import of_facts, report
from patients.vocabulary import Source
from tests.patients.scenario import Scenario, day, states, totals

pytestmark = pytest.mark.django_db


def test_twenty_days_without_a_gap():
    trial = Scenario("ABC")
    trial.practises(1, 20)
    seen = trial.report(on=21)
    assert totals(seen) == "20 of 20 sessions, 60 of 60 doses"
    assert (seen.session_rate, seen.dose_rate) == (1.0, 1.0)
    assert states(seen) == "D" * 20 + "o"
    assert [one.on for one in seen.days][::20] == [day("2026-03-02"), day("2026-03-22")]


def test_twenty_days_as_people_live_them():
    """Days 1-10 all, 11-12 without C, 13 C partly, 14 nothing for want of time, 15-20 silent.

    Sessions: days 1-13 = 13 of 20. Doses: 10 x 3 + 2 x 2 + (2 + 1/2) = 36 1/2 of 20 x 3.
    """
    trial = Scenario("ABC")
    trial.practises(1, 10)
    trial.practises(11, 12, done="AB")
    trial.records(13, done="AB", partly="C")
    trial.records(14, skipped={"A": "no_time", "B": "no_time", "C": "unsure"})
    seen = trial.report(on=21)
    assert totals(seen) == "13 of 20 sessions, 36.5 of 60 doses"
    assert seen.session_rate == 13 / 20
    assert seen.dose_rate == 36.5 / 60
    assert states(seen) == "DDDDDDDDDD" + "PPP" + "S" + "------" + "o"


def test_the_easier_form_counts_whole_and_partly_counts_half():
    # One day, three exercises: 1 + 1 + 1/2 = 2 1/2 of 3.
    trial = Scenario("ABC")
    trial.records(1, done="A", easier="B", partly="C")
    assert totals(trial.report(on=2)) == "1 of 1 sessions, 2.5 of 3 doses"
    assert states(trial.report(on=2)) == "Po"


def test_one_exercise_partly_done_makes_a_session():
    trial = Scenario("ABC")
    trial.records(1, partly="B")
    assert totals(trial.report(on=2)) == "1 of 1 sessions, 0.5 of 3 doses"


def test_a_session_in_which_all_was_skipped_is_recorded_and_not_done():
    trial = Scenario("AB")
    trial.records(1, skipped={"A": "feels_well"})
    seen = trial.report(on=2)
    assert totals(seen) == "0 of 1 sessions, 0 of 2 doses"
    assert states(seen) == "So"


def test_nothing_due_gives_no_rate():
    trial = Scenario("AB")
    seen = trial.report(on=1)  # day 1 is today, and nothing is recorded
    assert totals(seen) == "0 of 0 sessions, 0 of 0 doses"
    assert (seen.session_rate, seen.dose_rate) == (None, None)


def test_before_the_start_nothing_is_said():
    trial = Scenario("AB", start="2026-03-09", activated="2026-03-02")
    seen = trial.report(on=day("2026-03-08"))
    assert (seen.days, seen.day_number, seen.session_rate) == ((), None, None)


# --- Schedules -----------------------------------------------------------------------------------------
def test_two_sessions_a_day():
    """Two, one, three and no sessions on days 1 to 4. Eight are due; the third of day 3 is over the cap.

    Sessions: 2 + 1 + 2 + 0 = 5 of 8. Doses, of three exercises: 6 + 3 + 6 + 0 = 15 of 24.
    """
    trial = Scenario("ABC", sessions_a_day=2)
    trial.practises(1, 1, times=2)
    trial.practises(2, 2, times=1)
    trial.practises(3, 3, times=3)
    seen = trial.report(on=5)
    assert totals(seen) == "5 of 8 sessions, 15 of 24 doses"
    assert states(seen) == "DPD-o"
    assert [one.sessions_recorded for one in seen.days] == [2, 1, 3, 0, 0]


def test_the_cap_holds_for_each_exercise_of_a_date():
    """Three sessions where two are due: A, A, then A and B. A: 3 capped at 2; B: 1 of 2; C: 0 of 2."""
    trial = Scenario("ABC", sessions_a_day=2)
    trial.records(1, done="A", at="09:00")
    trial.records(1, done="A", at="13:00")
    trial.records(1, done="AB", at="18:00")
    assert totals(trial.report(on=2)) == "2 of 2 sessions, 3 of 6 doses"
    assert states(trial.report(on=2)) == "Po"


def test_what_is_more_on_one_day_does_not_make_up_for_another():
    # Day 1 twice, day 2 not at all: 1 of 2.
    trial = Scenario("A")
    trial.practises(1, 1, times=2)
    assert totals(trial.report(on=3)) == "1 of 2 sessions, 1 of 2 doses"


def test_three_days_a_week():
    """Monday, Wednesday, Friday for two weeks: 2, 4, 6, 9, 11, 13 March are due, so 6.

    Recorded on 2, 4, 9 and, freely, on Thursday 5, which counts for nothing: 3 of 6, 9 of 18.
    """
    trial = Scenario("ABC", weekdays="135")
    for number in (1, 3, 4, 8):
        trial.practises(number, number)
    seen = trial.report(on=15)  # Monday 16 March, which is open
    assert totals(seen) == "3 of 6 sessions, 9 of 18 doses"
    assert states(seen) == "D.D.-.." + "D.-.-.." + "o"
    thursday = seen.days[3]
    assert (thursday.sessions_recorded, thursday.sessions_done, thursday.dose_halves_done) == (1, 0, 0)


# --- Pauses --------------------------------------------------------------------------------------------
def test_a_pause_in_the_middle():
    """7 to 9 March (days 6 to 8) are paused; everything else is done until 24 March: 23 - 3 = 20."""
    trial = Scenario("ABC")
    trial.practises(1, 5)
    trial.pauses(6, 8)
    trial.practises(9, 23)
    seen = trial.report(on=24)
    assert totals(seen) == "20 of 20 sessions, 60 of 60 doses"
    assert states(seen) == "DDDDD===" + "D" * 15 + "o"
    assert seen.review_on == day("2026-03-25")


def test_what_is_recorded_on_a_paused_day_is_shown_and_does_not_count():
    # Days 1 and 4 are due and done; day 2 is recorded in the pause of days 2 and 3.
    trial = Scenario("A")
    trial.pauses(2, 3, told_on=1)
    for number in (1, 2, 4):
        trial.practises(number, number)
    seen = trial.report(on=5)
    assert totals(seen) == "2 of 2 sessions, 2 of 2 doses"
    assert states(seen) == "D==Do"
    assert [one.sessions_recorded for one in seen.days] == [1, 1, 0, 1, 0]


def test_a_pause_that_is_made_afterwards_takes_back_what_was_due():
    # Days 3 and 4 were not recorded; on day 6 the clinic enters that the patient was ill.
    trial = Scenario("A")
    trial.practises(1, 2)
    trial.practises(5, 5)
    assert totals(trial.report(on=6)) == "3 of 5 sessions, 3 of 5 doses"
    trial.pauses(3, 4, told_on=6)
    assert totals(trial.report(on=6)) == "3 of 3 sessions, 3 of 3 doses"


def test_a_day_of_a_pause_is_paused_today_too():
    trial = Scenario("A")
    trial.pauses(2, 5, told_on=1)
    assert states(trial.report(on=2)) == "-="


# --- Versions ------------------------------------------------------------------------------------------
def test_a_change_of_program_on_day_8():
    """Days 1-7: A, B, C once. From day 8: A, B, D twice. Day 8 both, day 9 one, day 10 none.

    Sessions: 7 of 7, then 2 + 1 + 0 of 6: 10 of 13. Doses: 21 of 21, then 6 + 3 + 0 of 18: 30 of 39.
    """
    trial = Scenario("ABC")
    trial.practises(1, 7)
    trial.changes(8, "ABD", sessions_a_day=2)
    trial.practises(8, 8, times=2)
    trial.practises(9, 9, times=1)
    seen = trial.report(on=11)
    assert totals(seen) == "10 of 13 sessions, 30 of 39 doses"
    assert states(seen) == "DDDDDDDDP-o"


def test_a_change_leaves_past_days_what_they_were():
    trial = Scenario("ABC")
    trial.practises(1, 3, done="AB")
    before = trial.report(on=8).days[:7]
    trial.changes(8, "A", sessions_a_day=4)
    assert trial.report(on=8).days[:7] == before


def test_a_change_after_the_days_session_holds_from_the_next_day():
    # Day 8 is recorded under the first version (3 doses), then changed; day 9 asks for A alone.
    trial = Scenario("ABC")
    trial.practises(1, 8)
    trial.changes(8, "A", at="12:00")
    trial.practises(9, 9)
    assert totals(trial.report(on=10)) == "9 of 9 sessions, 25 of 25 doses"


def test_of_two_changes_in_one_day_the_later_one_holds():
    # From day 8 on the second version (A, B) is never in force: the third asks for C alone, twice a day.
    trial = Scenario("ABC")
    trial.practises(1, 7)
    trial.changes(8, "AB", at="08:00")
    trial.changes(8, "C", at="08:30", sessions_a_day=2)
    trial.practises(8, 8, times=1)
    seen = trial.report(on=9)
    assert totals(seen) == "8 of 9 sessions, 22 of 23 doses"
    assert trial.sessions().get(practised_on=trial.date(8)).version.number == 3


def test_two_changes_after_the_days_session():
    # Both hold from tomorrow, so the later one does: C alone.
    trial = Scenario("ABC")
    trial.practises(1, 8)
    trial.changes(8, "AB", at="12:00")
    trial.changes(8, "C", at="13:00")
    trial.practises(9, 9)
    assert totals(trial.report(on=10)) == "9 of 9 sessions, 25 of 25 doses"


def test_a_line_keeps_its_record_across_versions():
    # C is off from day 3; the change on day 5 keeps C's line, and it stays off: A and B are due, not C.
    trial = Scenario("ABC")
    trial.practises(1, 2)
    trial.records(3, done="AB", stopped="C")
    trial.practises(4, 4, done="AB")
    trial.changes(5, "CAB")
    trial.practises(5, 5, done="AB")
    assert totals(trial.report(on=6)) == "5 of 5 sessions, 12 of 12 doses"


# --- Marks and judging ---------------------------------------------------------------------------------
def test_marks_stand_beside_the_state():
    trial = Scenario("AB")
    trial.records(1, told_on=2, done="AB")
    trial.records(2, done="AB", source=Source.PAPER)
    trial.records(3, done="AB", late=True)
    trial.records(4, done="A", stopped="B")
    seen = trial.report(on=5)
    assert [set(one.marks) for one in seen.days] == [{"back_filled"}, {"paper"}, {"late"}, {"stopped"}, set()]
    assert states(seen) == "DDDDo"


@pytest.mark.parametrize(("practised", "too_little"), [(4, True), (5, False), (6, False)])
def test_fewer_than_half_of_the_due_days_is_too_little_to_judge(practised, too_little):
    trial = Scenario("A")
    trial.practises(1, practised)
    assert trial.report(on=11).too_little_to_judge is too_little  # 10 days are due


def test_too_little_to_judge_counts_days_and_not_sessions():
    # Four sessions a day are due; one on each of ten days is a quarter of the sessions and all of the days.
    trial = Scenario("A", sessions_a_day=4)
    trial.practises(1, 10)
    seen = trial.report(on=11)
    assert totals(seen) == "10 of 40 sessions, 10 of 40 doses"
    assert not seen.too_little_to_judge


def test_where_nothing_is_due_there_is_nothing_to_judge():
    assert not Scenario("A").report(on=1).too_little_to_judge


# --- What it costs -------------------------------------------------------------------------------------
QUERIES = 8  # of facts.load, of one prescription or of many


@pytest.mark.parametrize("days", [1, 20])
def test_a_report_costs_the_same_however_long_the_history(days, django_assert_num_queries):
    trial = Scenario("ABC")
    trial.practises(1, days)
    prescription = trial.prescription
    with django_assert_num_queries(QUERIES):
        report(prescription, on=trial.date(days + 1))


def test_many_reports_cost_as_much_as_one(django_assert_num_queries):
    trials = [Scenario("AB") for _ in range(4)]
    for number, trial in enumerate(trials, start=1):
        trial.practises(1, number)
    prescriptions = [trial.prescription for trial in trials]
    with django_assert_num_queries(QUERIES):
        loaded = facts.load(prescriptions)
    done = [of_facts(loaded[trial.pk], on=trial.date(6)).sessions_done for trial in trials]
    assert done == [1, 2, 3, 4]
