"""Rule 8, "safety never lowers adherence": stops, skips for pain, emergencies. Worked out by hand.

Day 1 is Monday 2 March 2026. Exercises are A, B, C, once a day, unless a test says otherwise.
"""

import pytest

from patients.correcting import correct_session
from tests.patients.scenario import Scenario, states, totals

pytestmark = pytest.mark.django_db


# --- One exercise --------------------------------------------------------------------------------------
def test_a_stop_on_day_5_resumed_on_day_8():
    """Everything else is done on days 1-10. A and B: 10 each; C: days 1-4 and 8-10, so 7. 27 of 27."""
    trial = Scenario("ABC")
    trial.practises(1, 4)
    trial.records(5, done="AB", stopped="C")
    trial.practises(6, 7, done="AB")
    trial.resumes(8, "C")
    trial.practises(8, 10)
    seen = trial.report(on=11)
    assert totals(seen) == "10 of 10 sessions, 27 of 27 doses"
    assert states(seen) == "DDDDDDDDDDo"
    assert [set(one.marks) for one in seen.days] == [set()] * 4 + [{"stopped"}] + [set()] * 6


def test_after_its_resumption_an_exercise_is_due_again():
    # As above, but C is left out on days 8-10: 24 of 27.
    trial = Scenario("ABC")
    trial.practises(1, 4)
    trial.records(5, done="AB", stopped="C")
    trial.practises(6, 7, done="AB")
    trial.resumes(8, "C")
    trial.practises(8, 10, done="AB")
    assert totals(trial.report(on=11)) == "10 of 10 sessions, 24 of 27 doses"
    assert states(trial.report(on=11)) == "DDDDDDDPPPo"


def test_a_stop_resumed_the_same_day():
    """Once a day: C is not due on day 5 alone. 10 x 3 - 1 = 29."""
    trial = Scenario("ABC")
    trial.practises(1, 4)
    trial.records(5, done="AB", stopped="C", at="09:00")
    trial.resumes(5, "C", at="18:00")
    trial.practises(6, 10)
    assert totals(trial.report(on=11)) == "10 of 10 sessions, 29 of 29 doses"


def test_a_stop_in_the_morning_resumed_at_noon_is_due_in_the_evening():
    # Twice a day. Morning: A, C stopped. Noon: resumed. Evening: A, C. A 2 of 2, C 1 of 1.
    trial = Scenario("AC", sessions_a_day=2)
    trial.records(1, done="A", stopped="C", at="09:00")
    trial.resumes(1, "C", at="12:00")
    trial.records(1, done="AC", at="19:00")
    assert totals(trial.report(on=2)) == "2 of 2 sessions, 3 of 3 doses"


def test_a_session_recorded_before_the_resumption_does_not_owe_the_exercise():
    # Morning: C stopped. Noon: A alone, C is off. Evening: resumed, too late for today's two sessions.
    trial = Scenario("AC", sessions_a_day=2)
    trial.records(1, done="A", stopped="C", at="09:00")
    trial.records(1, done="A", at="12:00")
    trial.resumes(1, "C", at="19:00")
    assert totals(trial.report(on=2)) == "2 of 2 sessions, 2 of 2 doses"


def test_a_stop_in_the_second_session_leaves_the_first_one_due():
    # Twice a day. Morning: A and C done. Evening: A done, C stopped. A 2 of 2, C 1 of 1.
    trial = Scenario("AC", sessions_a_day=2)
    trial.records(1, done="AC", at="09:00")
    trial.records(1, done="A", stopped="C", at="19:00")
    assert totals(trial.report(on=2)) == "2 of 2 sessions, 3 of 3 doses"


def test_a_stop_in_the_first_session_holds_for_a_second_one_that_is_not_recorded():
    # Twice a day. Morning: A done, C stopped. Evening: nothing. A 1 of 2; C is not due at all.
    trial = Scenario("AC", sessions_a_day=2)
    trial.records(1, done="A", stopped="C")
    assert totals(trial.report(on=2)) == "1 of 2 sessions, 1 of 2 doses"


def test_a_session_with_nothing_but_a_stop_counts_as_done():
    # A stopped, B not said: the session is done; A is not due, B is due and not done.
    trial = Scenario("AB")
    trial.records(1, stopped="A")
    assert totals(trial.report(on=2)) == "1 of 1 sessions, 0 of 1 doses"
    assert states(trial.report(on=2)) == "Po"


def test_the_only_exercise_stopped():
    # The session counts; afterwards every exercise is stopped, and nothing is due.
    trial = Scenario("A")
    trial.practises(1, 4)
    trial.records(5, stopped="A")
    assert totals(trial.report(on=11)) == "5 of 5 sessions, 4 of 4 doses"
    assert states(trial.report(on=11)) == "DDDDD......"


def test_stopped_resumed_and_stopped_again():
    # C: days 1, 2; off on 3-4; on again on 5, 6; off on 7, 8. Due 4 times. A: 8.
    trial = Scenario("AC")
    trial.practises(1, 2)
    trial.records(3, done="A", stopped="C")
    trial.practises(4, 4, done="A")
    trial.resumes(5, "C")
    trial.practises(5, 6)
    trial.records(7, done="A", stopped="C")
    trial.practises(8, 8, done="A")
    assert totals(trial.report(on=9)) == "8 of 8 sessions, 12 of 12 doses"


# --- A whole session -----------------------------------------------------------------------------------
def test_a_whole_session_stopped_at_once():
    """Days 1-4 all done (12 doses). On day 5 it is stopped: the session counts, no dose is due.

    Everything is off from then on: days 6-10 are not due.
    """
    trial = Scenario("ABC")
    trial.practises(1, 4)
    trial.records(5, stopped_all=True)
    seen = trial.report(on=11)
    assert totals(seen) == "5 of 5 sessions, 12 of 12 doses"
    assert states(seen) == "DDDDD......"
    assert set(seen.days[4].marks) == {"stopped"}


def test_what_a_stopped_session_did_counts_and_what_it_left_undone_is_not_due():
    # On day 5 A is done, B partly, C not at all, when all is stopped: of these A alone is due. 12 + 1.
    trial = Scenario("ABC")
    trial.practises(1, 4)
    trial.records(5, done="A", partly="B", stopped_all=True)
    seen = trial.report(on=11)
    assert totals(seen) == "5 of 5 sessions, 13 of 13 doses"
    assert states(seen) == "DDDDD......"


def test_a_stopped_session_resumed_in_part():
    # A is switched on again on day 8 and not practised on days 8-10: 5 of 8 sessions, 12 of 15 doses.
    trial = Scenario("ABC")
    trial.practises(1, 4)
    trial.records(5, stopped_all=True)
    trial.resumes(8, "A")
    seen = trial.report(on=11)
    assert totals(seen) == "5 of 8 sessions, 12 of 15 doses"
    assert states(seen) == "DDDDD..---o"


def test_a_morning_session_stopped_takes_the_evening_one_with_it():
    # Twice a day: the morning is stopped, so the evening is not due. 1 of 1.
    trial = Scenario("AB", sessions_a_day=2)
    trial.records(1, stopped_all=True)
    assert totals(trial.report(on=2)) == "1 of 1 sessions, 0 of 0 doses"
    assert states(trial.report(on=2)) == "D."


def test_an_evening_session_stopped_leaves_the_morning_due():
    # Twice a day: the morning was skipped for want of time (0 of 1), the evening stopped (1 of 1).
    trial = Scenario("AB", sessions_a_day=2)
    trial.records(1, skipped={"A": "no_time", "B": "no_time"}, at="09:00")
    trial.records(1, stopped_all=True, at="19:00")
    assert totals(trial.report(on=2)) == "1 of 2 sessions, 0 of 2 doses"
    assert states(trial.report(on=2)) == "P."


# --- Skipped for pain ----------------------------------------------------------------------------------
def test_an_exercise_skipped_for_pain_is_not_due_in_that_session():
    # Day 1: C skipped for pain, 2 of 2. Day 2: all three, 3 of 3.
    trial = Scenario("ABC")
    trial.records(1, done="AB", skipped={"C": "pain"})
    trial.practises(2, 2)
    assert totals(trial.report(on=3)) == "2 of 2 sessions, 5 of 5 doses"
    assert states(trial.report(on=3)) == "DDo"


def test_a_session_skipped_for_pain_altogether_is_not_due():
    # Day 1 done, day 2 all skipped for pain: nothing of day 2 is due.
    trial = Scenario("ABC")
    trial.practises(1, 1)
    trial.records(2, skipped={"A": "pain", "B": "pain", "C": "pain"})
    seen = trial.report(on=3)
    assert totals(seen) == "1 of 1 sessions, 3 of 3 doses"
    assert states(seen) == "DSo"


def test_a_skip_for_pain_excuses_itself_alone():
    # A for pain, B and C for want of time: the session is due and not done, B and C are due and not done.
    trial = Scenario("ABC")
    trial.records(1, skipped={"A": "pain", "B": "no_time", "C": "no_time"})
    assert totals(trial.report(on=2)) == "0 of 1 sessions, 0 of 2 doses"
    assert states(trial.report(on=2)) == "So"


def test_all_that_is_on_skipped_for_pain_beside_what_is_off():
    # C was stopped on day 1; on day 2 A and B are skipped for pain: nothing of day 2 is due.
    trial = Scenario("ABC")
    trial.records(1, done="AB", stopped="C")
    trial.records(2, skipped={"A": "pain", "B": "pain"})
    assert totals(trial.report(on=3)) == "1 of 1 sessions, 2 of 2 doses"


def test_a_skip_for_pain_in_the_morning_leaves_the_evening_due():
    # Twice a day. Morning: A done, C skipped for pain. Evening: A done, C left out. A 2 of 2, C 0 of 1.
    trial = Scenario("AC", sessions_a_day=2)
    trial.records(1, done="A", skipped={"C": "pain"}, at="09:00")
    trial.records(1, done="A", at="19:00")
    assert totals(trial.report(on=2)) == "2 of 2 sessions, 2 of 3 doses"


def test_a_session_skipped_for_pain_gives_way_to_one_practised_later_that_day():
    # Once a day. Morning: all skipped for pain. Evening: all done. The evening is the day's session: 1 of 1.
    trial = Scenario("AB")
    trial.records(1, skipped={"A": "pain", "B": "pain"}, at="09:00")
    trial.records(1, done="AB", at="19:00")
    assert totals(trial.report(on=2)) == "1 of 1 sessions, 2 of 2 doses"
    assert states(trial.report(on=2)) == "Do"


# --- Told afterwards -----------------------------------------------------------------------------------
def test_a_back_filled_stop_acts_from_its_own_session_on():
    """Told on day 5: C was stopped on day 3. A: days 1-4, of 4; C: days 1, 2 of 2. Day 4's C is not due."""
    trial = Scenario("AC")
    trial.practises(1, 2)
    trial.practises(4, 4, done="A")
    assert totals(trial.report(on=5)) == "3 of 4 sessions, 5 of 8 doses"
    trial.records(3, told_on=5, done="A", stopped="C")
    seen = trial.report(on=5)
    assert totals(seen) == "4 of 4 sessions, 6 of 6 doses"
    assert states(seen) == "DDDDo"
    assert set(seen.days[2].marks) == {"stopped", "back_filled"}


def test_what_was_done_after_a_back_filled_stop_is_shown_and_does_not_count():
    # On day 4 A and C were done; on day 5 the patient says that all was stopped on day 3.
    trial = Scenario("AC")
    trial.practises(1, 2)
    trial.practises(4, 4)
    trial.records(3, told_on=5, stopped_all=True)
    seen = trial.report(on=5)
    assert totals(seen) == "3 of 3 sessions, 4 of 4 doses"
    assert states(seen) == "DDD.."
    assert seen.days[3].sessions_recorded == 1


def test_a_session_of_the_same_date_recorded_before_the_stop_stays_due():
    # Day 1, twice a day: C done and recorded first; the other session, with the stop, is told on day 2.
    trial = Scenario("AC", sessions_a_day=2)
    trial.records(1, done="AC")
    trial.records(1, told_on=2, done="A", stopped="C")
    assert totals(trial.report(on=2)) == "2 of 2 sessions, 3 of 3 doses"


# --- Emergencies ---------------------------------------------------------------------------------------
def test_a_programme_that_is_suspended_asks_nothing():
    """Reported on day 5 (nothing recorded), cleared on day 8: days 5-7 ask nothing, day 8 does.

    Done: days 1-4 and 9-10, so 6 of 7.
    """
    trial = Scenario("AB")
    trial.practises(1, 4)
    trial.reports_emergency(5)
    assert states(trial.report(on=7)) == "DDDD..."
    trial.clears_emergency(8)
    trial.practises(9, 10)
    seen = trial.report(on=11)
    assert totals(seen) == "6 of 7 sessions, 12 of 14 doses"
    assert states(seen) == "DDDD...-DDo"


def test_what_was_done_on_the_day_of_the_report_before_it_counts():
    trial = Scenario("AB")
    trial.practises(1, 5)
    trial.reports_emergency(5, at="20:00")
    assert totals(trial.report(on=8)) == "5 of 5 sessions, 10 of 10 doses"
    assert states(trial.report(on=8)) == "DDDDD..."


def test_reported_and_cleared_on_the_same_day():
    # That day only what is recorded is due; the next one is an ordinary day again.
    trial = Scenario("A")
    trial.practises(1, 1)
    trial.reports_emergency(2, at="08:00")
    trial.clears_emergency(2, at="15:00")
    assert states(trial.report(on=2)) == "Do"
    assert totals(trial.report(on=4)) == "1 of 2 sessions, 1 of 2 doses"
    assert states(trial.report(on=4)) == "D.-o"


def test_two_reports_that_overlap_are_one_time():
    # Reported on days 2 and 3, cleared on day 5: days 2, 3 and 4 ask nothing.
    trial = Scenario("A")
    trial.practises(1, 1)
    trial.reports_emergency(2)
    trial.reports_emergency(3)
    trial.clears_emergency(5)
    trial.practises(5, 5)
    assert states(trial.report(on=6)) == "D...Do"


def test_a_suspension_does_not_move_the_review_point():
    trial = Scenario("A")
    point = trial.report(on=1).review_on
    trial.reports_emergency(5)
    trial.clears_emergency(8)
    assert trial.report(on=9).review_on == point
    assert trial.report(on=9).day_number == 9


# --- Said otherwise afterwards ---------------------------------------------------------------------------
def corrected(trial: Scenario, on: int, **answers: object) -> None:
    (session,) = trial.sessions().filter(practised_on=trial.date(on))
    correct_session(
        session=session, answers=trial.answers(**answers), now=trial.at(on, "20:00"), by=trial.patient.user
    )


def test_a_stop_that_is_not_said_any_more_leaves_nothing_due():
    """Day 2 was stopped as a whole; then the patient says that it was skipped for want of time. Everything
    stays off from that session on, that session included: nothing of day 2 or after is due, sessions neither.
    """
    trial = Scenario("AB")
    trial.practises(1, 1)
    trial.records(2, done="A", stopped_all=True)
    corrected(trial, 2, skipped={"A": "no_time", "B": "no_time"})
    assert totals(trial.report(on=4)) == "1 of 1 sessions, 2 of 2 doses"
    assert states(trial.report(on=4)) == "DS.."


def test_what_is_left_after_such_a_stop_was_skipped_for_pain():
    # A was stopped on day 2 and is off; B, which is all that was left, was skipped for pain: nothing is due.
    trial = Scenario("AB")
    trial.practises(1, 1)
    trial.records(2, done="B", stopped="A")
    corrected(trial, 2, skipped={"A": "no_time", "B": "pain"})
    assert totals(trial.report(on=3)) == "1 of 1 sessions, 2 of 2 doses"


def test_what_was_done_after_all_is_a_session():
    # Stopped as a whole, then told as done: the exercises are off from it on, and the session stays one.
    trial = Scenario("AB")
    trial.practises(1, 1)
    trial.records(2, stopped_all=True)
    corrected(trial, 2, done="AB")
    assert totals(trial.report(on=4)) == "2 of 2 sessions, 2 of 2 doses"
