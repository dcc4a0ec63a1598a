"""Today: the day, what is due, what is done, and a clear word where nothing is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.models import Prescription
from patients.vocabulary import EmergencySign
from tests.factories import (
    ExerciseFactory,
    LadderFormFactory,
    PrescribedExerciseFactory,
    PrescriptionFactory,
    QuestionFactory,
)
from tests.patients.pages import client_of, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
MOST_QUERIES = 8
MOST_BYTES = 30_000


@pytest.fixture
def today(time_machine):
    """`today(trial, 8)`: the page as the patient sees it at noon of day 8."""

    def look(trial: Scenario, number: int):
        time_machine.move_to(trial.at(number, "12:00"), tick=False)
        return client_of(trial).get("/")

    return look


def test_it_says_the_day_and_what_is_due(today):
    page = today(Scenario("AB"), 8)
    assert "Day 8 of 20" in text(page)
    assert "Start" in text(page)
    assert "2 exercises. Take your time" in text(page)
    assert text(page).count("3 times on each side, hold 20 seconds, 2 rounds") == 2
    assert "Lie on your back." in text(page)
    assert "With a strap" in text(page)  # the easier form


def test_every_part_of_an_exercise_is_there(today):
    trial = Scenario("A")
    exercise = ExerciseFactory(
        feel_en="At the back of the thigh.",
        tempo_en="One long breath.",
        technique_en="Do not swing.",
        stop_en="Stop if the leg tingles.",
    )
    LadderFormFactory(exercise=exercise, rung=1, name_en="Without hands", how_en="Let go.")
    PrescribedExerciseFactory(
        version=trial.prescription.versions.get(),
        exercise=exercise,
        rung=1,
        note_en="Left leg first.",
        position=9,
    )
    said = text(today(trial, 2))
    for part in (
        "At the back of the thigh.",
        "One long breath.",
        "Do not swing.",
        "Stop if the leg tingles.",
        "Left leg first.",
        "Without hands",
        "Let go.",
        "the usual form",
    ):
        assert part in said


def test_the_stop_rule_is_the_clinics_where_it_has_one(today):
    trial = Scenario("A")
    assert "A pull is expected." in text(today(trial, 1))
    trial.clinic.stop_text_en = "Our own words."
    trial.clinic.save()
    said = text(today(trial, 1))
    assert "Our own words." in said
    assert "A pull is expected." not in said


def test_what_is_done_already_is_marked(today):
    trial = Scenario("ABC")
    trial.records(3, done="A", easier="B", skipped={"C": "no_time"})
    said = text(today(trial, 3))
    assert "Done for today" in said
    assert "Done, easier form" in said
    assert "Skipped" in said
    assert "About" not in said


def test_the_second_of_two_sessions_is_still_due(today):
    trial = Scenario("A", sessions_a_day=2)
    trial.records(1, done="A")
    assert "1 of 2 sessions recorded today." in text(today(trial, 1))
    trial.records(1, done="A", at="11:00")
    assert "Done for today" in text(today(trial, 1))


def test_an_exercise_that_is_off_is_not_shown_to_be_done(today):
    trial = Scenario("AB")
    trial.records(2, done="A", stopped="B")
    page = today(trial, 3)
    assert "Leave it out until your physiotherapist has looked at it." in text(page)
    assert page.content.decode().count("How to do it") == 1


def test_all_off(today):
    trial = Scenario("AB")
    trial.records(2, stopped_all=True)
    said = text(today(trial, 3))
    assert "Your exercises are off for now" in said
    assert "Start" not in said
    trial.resumes(3, "A")
    assert "Start" in text(today(trial, 3))


def test_a_start_that_is_to_come(today):
    trial = Scenario("A", activated="2026-03-01")
    said = text(today(trial, 0))
    assert "Your programme begins on Monday 2 March" in said
    assert "How to do it" in said
    assert "Start" not in said


def test_the_first_session_starts_it(today):
    trial = Scenario("A", start=None)
    assert "Day 1 is the day of your first session" in text(today(trial, 4))
    trial.records(4, done="A")
    assert "Day 1 of 20" in text(today(trial, 4))
    assert "Day 2 of 20" in text(today(trial, 5))


def test_a_day_off(today):
    said = text(today(Scenario("A", weekdays="135"), 2))  # a Tuesday
    assert "Nothing is due today. The next session is on Wednesday 4 March." in said
    assert "I practised all the same" in said


def test_a_pause(today):
    trial = Scenario("A")
    trial.pauses(3, 5)
    said = text(today(trial, 4))
    assert "paused until Friday 6 March, that day included" in said
    assert "Day 2 of 20" in said  # paused days do not count
    assert "Day 3 of 20" in text(today(trial, 6))


def test_an_emergency_report_suspends_it(today):
    trial = Scenario("A")
    trial.reports_emergency(2)
    page = today(trial, 3)
    assert "Your programme waits" in text(page)
    assert "/help-now/told/" in page.content.decode()
    assert "How to do it" not in text(page)
    trial.clears_emergency(3)
    assert "Start" in text(today(trial, 3))


def test_a_sign_suspends_where_nothing_is_prescribed(time_machine, aurora, as_patient):
    client = as_patient(aurora.newcomer)
    assert client.post("/help-now/", {"signs": [EmergencySign.CANCER]}).status_code == 302
    assert "Your programme waits" in text(client.get("/"))


def test_an_end(today):
    trial = Scenario("A")
    trial.ends(4)
    said = text(today(trial, 6))
    assert "Your programme has ended" in said
    assert "5 March 2026" in said
    assert trial.clinic.phone in said


def test_no_programme_yet_and_a_draft_is_not_one(aurora, as_patient):
    PrescriptionFactory(patient=aurora.newcomer, status=Prescription.Status.DRAFT, starts_on=None)
    said = text(as_patient(aurora.newcomer).get("/"))
    assert "No programme yet" in said
    assert aurora.clinic.phone in said


def test_day_20_and_after(today):
    trial = Scenario("A")
    assert "Day 20 of 20" in text(today(trial, 20))
    # Reached, and the scheduler is late: no day 21, and nothing to answer yet.
    said = text(today(trial, 21))
    assert "of 20" not in said
    assert "Has it helped?" not in said
    trial.scheduler_runs(21)
    said = text(today(trial, 27))
    assert "of 20" not in said
    assert "Has it helped?" in said


def test_after_a_review_the_count_begins_again(today):
    trial = Scenario("A")
    trial.scheduler_runs(21)
    trial.signs(trial.prescription.reviews.get(), 23)
    said = text(today(trial, 25))
    assert "Day 3 of 20" in said  # day 1 of the new count is the day of the signature
    assert "Counted since your last review." in said
    assert "Has it helped?" not in said


def test_the_line_of_days_shows_which_were_used(today):
    trial = Scenario("A")
    trial.practises(1, 2)
    trial.records(3, skipped={"A": "no_time"})
    line = today(trial, 5).content.decode().split('class="dayline"')[1].split("</ol>")[0]
    assert line.count("<li") == 20
    assert line.count('data-state="done"') == 2
    assert line.count('data-state="open"') == 1


def test_a_count_too_long_for_a_line_is_said_only(today):
    page = today(Scenario("A", review_after_days=90), 8)
    assert "Day 8 of 90" in text(page)
    assert "dayline" not in page.content.decode()


def test_a_patient_ahead_of_the_clinic_has_their_own_day(time_machine):
    trial = Scenario("A", zone="Pacific/Auckland")
    time_machine.move_to(trial.at(8, "01:00"), tick=False)  # in Rome it is the day before
    assert "Day 8 of 20" in text(client_of(trial).get("/"))


def queries(trial: Scenario) -> int:
    client = client_of(trial)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get("/").status_code == 200
    return len(captured)


def test_it_costs_the_same_whatever_the_history(time_machine):
    trial = Scenario("ABCDEF", sessions_a_day=2)
    QuestionFactory(clinic=trial.clinic, on_day=1)
    time_machine.move_to(trial.at(1, "12:00"), tick=False)
    assert queries(trial) <= MOST_QUERIES
    trial.pauses(3, 4)
    trial.practises(1, 20, times=2)
    trial.scheduler_runs(23)
    trial.signs(trial.prescription.reviews.get(), 23)
    trial.changes(24, "ABCDEFG", sessions_a_day=2)
    trial.practises(24, 32, times=2)
    trial.records(33, done="ABC", stopped="D")
    time_machine.move_to(trial.at(33, "12:00"), tick=False)
    assert queries(trial) <= MOST_QUERIES


def test_a_page_of_twelve_exercises_stays_light(today):
    page = today(Scenario("ABCDEFGHIJKL"), 8)
    assert len(page.content) <= MOST_BYTES


def test_after_a_stop_it_says_that_the_clinic_knows(today):
    trial = Scenario("AB")
    trial.clinic.phone = "06 7720 0000"
    trial.clinic.save()
    trial.records(2, done="A", stopped="B")
    page = today(trial, 2)
    assert "Done for today. Your clinic knows that you stopped." in text(page)
    assert "See you next time" not in text(page)
    assert 'href="tel:0677200000"' in page.content.decode()
    # The day after, another session without a stop: nothing of it is said any more.
    trial.records(3, done="A")
    assert "Done for today. See you next time." in text(today(trial, 3))


def test_after_more_pain_it_says_that_the_clinic_knows(today):
    """From 3 to 5: a rise of 2 is told to the clinic. From 3 to 3 nothing is."""
    trial = Scenario("AB", usual_pain=6, usual_lowest_site=1)
    trial.records(2, done="AB", before=3, after=5)
    said = text(today(trial, 2))
    assert "Done for today. Your clinic knows that it hurt more." in said
    assert "that you stopped" not in said
    trial.records(3, done="AB", before=3, after=3)
    assert "Your clinic knows" not in text(today(trial, 3))


def test_an_earlier_day_is_recorded_from_the_list_of_days(today):
    trial = Scenario("A")
    assert 'href="/progress/#day-by-day"' in today(trial, 3).content.decode()
    assert 'id="day-by-day"' in client_of(trial).get("/progress/").content.decode()


def test_one_thing_is_asked_at_a_time_the_review_first(today):
    """The question of day 10 is open still when the review is; it waits until that is answered."""
    trial = Scenario("A")
    QuestionFactory(clinic=trial.clinic, on_day=10)
    asks = "Your clinic has a short question for you"
    assert asks in text(today(trial, 12))
    trial.scheduler_runs(21)
    said = text(today(trial, 21))
    assert "Has it helped?" in said
    assert asks not in said
    trial.prescription.reviews.update(helped="useful")
    assert asks in text(today(trial, 21))


# --- Maintenance ----------------------------------------------------------------------------------------
def test_maintenance_is_said_in_words_and_no_day_is_counted(today):
    """From day 10, 11 March: 21 days of March, 30 of April, 31 of May, and day 84 is 2 June."""
    trial = Scenario("AB")
    trial.maintains(10)
    for number in (10, 31):  # a Wednesday, in the count and far beyond day 20
        page = text(today(trial, number))
        assert "Maintenance You keep your exercises up" in page
        assert "Your next review is on 3 June 2026." in page
        assert "Start" in page
        assert f"Day {number}" not in page
        assert "of 84" not in page
    assert "Nothing is due today. The next session is on Friday 13 March." in text(today(trial, 11))


def test_todays_session_stays_done_where_maintenance_begins_tomorrow(today):
    trial = Scenario("AB")
    trial.records(10, done="AB")
    trial.maintains(10)
    page = text(today(trial, 10))
    assert "Done for today." in page
    assert "You keep your exercises up" not in page
    assert "of 84" not in page
    assert "You keep your exercises up" in text(today(trial, 11))


def test_while_its_review_waits_no_date_is_said(today):
    trial = Scenario("AB")
    trial.scheduler_runs(21)
    trial.maintains(22)
    page = text(today(trial, 22))
    assert "Has it helped?" in page
    assert "Your next review" not in page


def test_a_programme_that_was_maintenance_from_the_start_counts_no_days_either(today):
    trial = Scenario("AB")
    Prescription.objects.update(phase="maintenance")
    page = text(today(trial, 3))
    assert "You keep your exercises up" in page
    assert "Your next review is on 22 March 2026." in page
    assert "Day 3" not in page
