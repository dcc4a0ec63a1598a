"""Progression (rule 7): a step on after comfortable sessions, a word where one is asked, a step back."""

import pytest
from django.core.exceptions import ValidationError

from clinic.models import Event, Notice
from patients import stepping
from patients.closing import close_item
from patients.models import StepRequest
from patients.screening import keep_precautions
from patients.vocabulary import WorkKind
from programs.models import Exercise, ExerciseUse, Progression
from tests.patients.growing import COMFORTABLE, change_line, growing, holds, newest
from tests.patients.scenario import Scenario, totals

pytestmark = pytest.mark.django_db


# --- On its own ---------------------------------------------------------------------------------------
def test_after_so_many_comfortable_sessions_the_next_step_holds_from_tomorrow():
    trial = growing()
    trial.records(1, done="A", **COMFORTABLE)
    assert holds(trial) == [(1, 0, 5)]
    trial.records(2, done="A", **COMFORTABLE)
    assert holds(trial) == [(1, 0, 5), (3, 1, 10)]
    version = newest(trial)
    assert (version.cause, version.prescribed_by) == ("step", trial.clinician)
    assert Event.objects.filter(verb="stepped", object_id=str(version.pk), actor=None).count() == 1
    assert not trial.open_work()
    assert not Notice.objects.filter(kind="programme_changed", due_at__gt=trial.at(1)).exists()


def test_it_goes_on_until_the_last_step_and_stays_there():
    trial = growing()
    for day in range(1, 9):
        trial.records(day, done="A", **COMFORTABLE)
    assert holds(trial) == [(1, 0, 5), (3, 1, 10), (5, 2, 15)]


@pytest.mark.parametrize(
    "answers",
    [
        {"done": "A", "before": 3, "after": 5},  # two above before
        {"done": "A", "before": 3},  # not said: not known
        {"done": "A", "after": 2},
        {"easier": "A", **COMFORTABLE},
        {"partly": "A", **COMFORTABLE},
        {"skipped": {"A": "no_time"}, **COMFORTABLE},
        {"done": "A", "stopped": "B", "stopped_all": True, **COMFORTABLE},
    ],
)
def test_what_is_not_comfortable_does_not_count(answers):
    trial = growing("AB")
    trial.records(1, done="A", **COMFORTABLE)
    trial.records(2, **answers)
    assert len(holds(trial)) == 1
    if not answers.get("stopped_all"):
        trial.records(3, done="A", **COMFORTABLE)
        assert holds(trial)[-1] == (4, 1, 10)


def test_pain_that_falls_is_comfortable_and_no_pain_is_not_a_missing_one():
    trial = growing()
    trial.records(1, done="A", before=6, after=2)
    trial.records(2, done="A", before=0, after=0)
    assert holds(trial)[-1] == (3, 1, 10)


def test_another_exercise_that_was_stopped_does_not_hold_this_one_up():
    trial = growing("AB")
    trial.records(1, done="A", stopped="B", **COMFORTABLE)
    trial.records(2, done="A", **COMFORTABLE)
    assert holds(trial)[-1] == (3, 1, 10)


def test_after_a_stop_the_sessions_are_counted_from_when_it_was_resumed():
    trial = growing(after=2)
    trial.records(1, done="A", **COMFORTABLE)
    trial.records(2, stopped="A")
    trial.resumes(3, "A")
    trial.records(3, done="A", **COMFORTABLE)
    assert len(holds(trial)) == 1
    trial.records(4, done="A", **COMFORTABLE)
    assert holds(trial)[-1] == (5, 1, 10)


def test_a_session_from_before_the_stop_that_is_told_after_it_was_resumed_does_not_count():
    trial = growing(after=1)
    trial.records(2, stopped="A")
    trial.resumes(3, "A")
    trial.records(1, at="09:00", told_on=3, done="A", **COMFORTABLE)
    assert holds(trial) == [(1, 0, 5)]
    trial.records(3, at="10:00", done="A", **COMFORTABLE)
    assert holds(trial)[-1] == (4, 1, 10)


def test_sessions_at_the_step_before_do_not_count_for_the_next_one():
    trial = growing(after=2)
    for day in (1, 2, 3):  # day 3 is the first at 10 seconds
        trial.records(day, done="A", **COMFORTABLE)
    trial.records(2, at="10:00", told_on=3, done="A", **COMFORTABLE)  # told late, done at 5 seconds
    assert holds(trial)[-1] == (3, 1, 10)
    trial.records(4, done="A", **COMFORTABLE)
    assert holds(trial)[-1] == (5, 2, 15)


def test_two_exercises_that_are_ready_at_once_make_one_version():
    trial = growing("AB")
    change_line(trial, "B", 1, progression=Progression(2, True), hold_s=20, hold_step_s=10, hold_until_s=30)
    for day in (1, 2):
        trial.records(day, done="AB", **COMFORTABLE)
    assert newest(trial).number == 4
    assert holds(trial, "B")[-1] == (3, 1, 30)
    assert holds(trial, "A")[-1] == (3, 1, 10)


def test_then_the_harder_form_with_the_first_hold_again():
    trial = growing(after=1, up_to=1)
    for day in range(1, 4):
        trial.records(day, done="A", **COMFORTABLE)
    last = newest(trial).exercises.get()
    assert (last.step, last.rung, last.hold_s) == (3, 1, 5)  # 5, 10, 15, then the form


def test_the_ladder_is_the_one_that_was_copied():
    trial = growing(after=1, up_to=1)
    trial.lines["A"].exercise.forms.all().delete()
    for day in range(1, 5):
        trial.records(day, done="A", **COMFORTABLE)
    assert newest(trial).exercises.get().rung == 1


def test_the_tempo_is_the_one_that_was_copied():
    trial = growing(after=1)
    Exercise.objects.update(tempo_en="Twice as fast.", tempo_it="Due volte più veloce.")
    trial.records(1, done="A", **COMFORTABLE)
    assert newest(trial).exercises.values_list("step", "tempo_en", "tempo_it").get() == (1, "", "")


def test_a_step_is_not_what_the_clinician_gave_last():
    trial = growing()
    for day in (1, 2):
        trial.records(day, done="A", **COMFORTABLE)
    assert ExerciseUse.objects.get(user=trial.clinician, exercise=trial.lines["A"].exercise).hold_s == 5


def test_precautions_that_were_found_since_do_not_hold_a_step_up():
    trial = growing()
    Exercise.objects.update(precautions=["hypermobility"])
    keep_precautions(
        patient=trial.patient, codes=["hypermobility"], by=trial.clinician, now=trial.at(1, "07:30")
    )
    for day in (1, 2):
        trial.records(day, done="A", **COMFORTABLE)
    assert holds(trial)[-1] == (3, 1, 10)


# --- By hand ------------------------------------------------------------------------------------------
def test_what_is_changed_by_hand_begins_anew_and_the_rest_stays_where_it_is():
    trial = growing("AB")
    change_line(trial, "B", 1, progression=Progression(2, True), hold_s=20, hold_step_s=10, hold_until_s=40)
    for day in (1, 2):
        trial.records(day, done="AB", **COMFORTABLE)
    trial.records(3, done="AB", **COMFORTABLE)
    change_line(trial, "A", 3, at="12:00", hold_s=8)
    assert holds(trial, "A")[-1] == (4, 0, 8)
    assert holds(trial, "B")[-1] == (4, 1, 30)
    trial.records(4, done="AB", **COMFORTABLE)  # B: days 3 and 4 at 30 seconds; A: day 4 alone at 8
    assert holds(trial, "B")[-1] == (5, 2, 40)
    assert holds(trial, "A")[-1] == (5, 0, 8)


# --- A word from the clinician ------------------------------------------------------------------------
def asked(trial: Scenario) -> StepRequest:
    return StepRequest.objects.waiting().get(prescription=trial.pk)


def test_who_wants_to_be_asked_is_asked_once_and_nothing_changes_meanwhile():
    trial = growing(alone=False)
    for day in (1, 2, 3):
        trial.records(day, done="A", **COMFORTABLE)
    assert holds(trial) == [(1, 0, 5)]
    (item,) = trial.open_work(WorkKind.PROGRESSION)
    assert (item.owner, item.due_on, item.entries.count()) == (trial.clinician, trial.date(2), 1)
    assert asked(trial).session.practised_on == trial.date(2)
    assert not Notice.objects.filter(recipient=trial.clinician).exists()


def test_yes_is_the_next_step_and_closes_the_item():
    trial = growing(alone=False)
    for day in (1, 2):
        trial.records(day, done="A", **COMFORTABLE)
    request, told = asked(trial), Notice.objects.filter(kind="programme_changed")
    before = told.count()
    version = stepping.answer_step(
        request=request, approve=True, by=trial.clinician, now=trial.at(2, "17:00")
    )
    assert holds(trial)[-1] == (3, 1, 10)
    assert version == newest(trial)
    assert not trial.open_work()
    assert told.count() == before + 1
    with pytest.raises(ValidationError, match="answered this already"):
        stepping.answer_step(request=request, approve=False, by=trial.clinician, now=trial.at(2, "18:00"))


def test_not_yet_counts_anew():
    trial = growing(alone=False)
    for day in (1, 2):
        trial.records(day, done="A", **COMFORTABLE)
    stepping.answer_step(request=asked(trial), approve=False, by=trial.clinician, now=trial.at(2, "17:00"))
    assert not trial.open_work()
    trial.records(3, done="A", **COMFORTABLE)
    assert not trial.open_work()
    trial.records(4, done="A", **COMFORTABLE)
    assert asked(trial).session.practised_on == trial.date(4)
    assert holds(trial) == [(1, 0, 5)]


def test_not_yet_does_not_count_a_session_of_a_day_before_that_is_told_later():
    trial = growing(alone=False)
    for day in (1, 3):
        trial.records(day, done="A", **COMFORTABLE)
    stepping.answer_step(request=asked(trial), approve=False, by=trial.clinician, now=trial.at(3, "17:00"))
    trial.records(2, told_on=4, done="A", **COMFORTABLE)
    trial.records(4, at="10:00", done="A", **COMFORTABLE)
    assert not trial.open_work()
    trial.records(5, done="A", **COMFORTABLE)
    assert asked(trial).session.practised_on == trial.date(5)


def test_the_item_is_closed_by_answering_it():
    trial = growing(alone=False)
    for day in (1, 2):
        trial.records(day, done="A", **COMFORTABLE)
    (item,) = trial.open_work()
    with pytest.raises(ValidationError, match="Say yes or not yet"):
        close_item(item=item, by=trial.clinician, outcome="Seen.", now=trial.at(3))


def test_what_was_stopped_for_pain_meanwhile_goes_no_step_on():
    trial = growing("AB", alone=False)
    for day in (1, 2):
        trial.records(day, done="AB", **COMFORTABLE)
    trial.records(3, done="B", stopped="A")
    with pytest.raises(ValidationError, match="resume it first"):
        stepping.answer_step(request=asked(trial), approve=True, by=trial.clinician, now=trial.at(3, "17:00"))
    assert holds(trial) == [(1, 0, 5)]
    stepping.answer_step(request=asked(trial), approve=False, by=trial.clinician, now=trial.at(3, "18:00"))
    assert not trial.open_work(WorkKind.PROGRESSION)


def test_resuming_it_takes_the_question_from_the_list_and_counts_anew():
    trial = growing(alone=False)
    for day in (1, 2):
        trial.records(day, done="A", **COMFORTABLE)
    trial.records(3, stopped="A")
    trial.resumes(4, "A")
    assert not StepRequest.objects.waiting().exists()
    assert not trial.open_work(WorkKind.PROGRESSION)
    trial.records(4, done="A", **COMFORTABLE)
    assert not StepRequest.objects.waiting().exists()
    trial.records(5, done="A", **COMFORTABLE)
    assert asked(trial).session.practised_on == trial.date(5)


def test_resuming_another_exercise_leaves_the_question_alone():
    trial = growing("AB", alone=False)
    trial.records(1, done="A", stopped="B", **COMFORTABLE)
    trial.records(2, done="A", **COMFORTABLE)
    trial.resumes(3, "B")
    assert asked(trial).line == trial.line("A")
    assert trial.open_work(WorkKind.PROGRESSION)


@pytest.mark.parametrize("overtaken", [True, False])
def test_changing_the_exercise_by_hand_overtakes_the_question(overtaken):
    trial = growing("AB", alone=False)
    for day in (1, 2):
        trial.records(day, done="AB", **COMFORTABLE)
    change_line(trial, "A" if overtaken else "B", 2, at="12:00", reps=4)
    assert StepRequest.objects.waiting().exists() is not overtaken
    assert bool(trial.open_work()) is not overtaken


def test_the_end_of_the_programme_takes_the_question_from_the_list():
    trial = growing(alone=False)
    for day in (1, 2):
        trial.records(day, done="A", **COMFORTABLE)
    trial.ends(3)
    assert not trial.open_work()


# --- A step back --------------------------------------------------------------------------------------
def grown() -> Scenario:
    """At 15 seconds from day 3 on, practised last on day 2."""
    trial = growing(after=1)
    for day in (1, 2):
        trial.records(day, done="A", **COMFORTABLE)
    assert holds(trial)[-1] == (3, 2, 15)
    return trial


def test_after_seven_days_without_practice_one_step_back_and_once():
    trial = grown()
    assert stepping.step_back_after_gaps(trial.at(9, "23:00")) == 0  # days 3 to 8 are over: six
    assert stepping.step_back_after_gaps(trial.at(10, "00:30")) == 1  # day 9 is over: seven
    assert holds(trial)[-1] == (10, 1, 10)
    assert newest(trial).cause == "step_back"
    for later in (10, 11, 40):
        assert stepping.step_back_after_gaps(trial.at(later, "12:00")) == 0


def test_a_scheduler_that_was_down_steps_back_later_and_once():
    trial = grown()
    assert stepping.step_back_after_gaps(trial.at(30, "12:00")) == 1
    assert holds(trial)[-1] == (30, 1, 10)


def test_after_practice_the_next_gap_counts_anew():
    trial = growing(after=1)
    for day in (1, 2):
        trial.records(day, done="A", **COMFORTABLE)
    stepping.step_back_after_gaps(trial.at(10))
    trial.records(10, done="A", before=3, after=5)
    assert stepping.step_back_after_gaps(trial.at(17, "23:00")) == 0
    assert stepping.step_back_after_gaps(trial.at(18, "00:30")) == 1
    assert holds(trial)[-1] == (18, 0, 5)
    assert stepping.step_back_after_gaps(trial.at(40)) == 0  # nothing is left to take back


@pytest.mark.parametrize(("said_on", "goes_back"), [(9, 1), (10, 0), (12, 0)])
def test_a_step_that_a_clinician_agreed_to_after_the_gap_is_not_taken_back(said_on, goes_back):
    """Practised last on day 2: the gap is over when day 9 is."""
    trial = growing(alone=False)
    for day in (1, 2):
        trial.records(day, done="A", **COMFORTABLE)
    stepping.answer_step(
        request=asked(trial), approve=True, by=trial.clinician, now=trial.at(said_on, "10:00")
    )
    assert holds(trial)[-1] == (said_on, 1, 10)
    assert stepping.step_back_after_gaps(trial.at(said_on, "10:01")) == 0
    assert stepping.step_back_after_gaps(trial.at(20)) == goes_back


def test_a_session_in_which_everything_was_skipped_is_no_practice():
    trial = grown()
    trial.records(8, skipped={"A": "no_time"})
    assert stepping.step_back_after_gaps(trial.at(10, "00:30")) == 1


def test_days_are_those_of_the_patient():
    trial = growing(after=1)
    kiritimati = Scenario("A", zone="Pacific/Kiritimati")
    assert trial.zone != kiritimati.zone
    change_line(kiritimati, "A", 1, progression=Progression(1, True), hold_s=5, hold_step_s=5, hold_until_s=9)
    kiritimati.records(1, done="A", **COMFORTABLE)
    assert stepping.step_back_after_gaps(kiritimati.at(8, "23:59")) == 0
    assert stepping.step_back_after_gaps(kiritimati.at(9, "00:01")) == 1


def test_an_ended_programme_stays_as_it_was():
    trial = grown()
    trial.ends(3)
    assert stepping.step_back_after_gaps(trial.at(20)) == 0


def test_looking_for_gaps_is_one_query_where_there_is_none(django_assert_num_queries):
    trial = grown()
    with django_assert_num_queries(1):
        stepping.step_back_after_gaps(trial.at(5))


# --- Adherence ----------------------------------------------------------------------------------------
def test_steps_leave_the_figures_of_past_days_alone():
    trial = growing("AB")
    for day in (1, 2):
        trial.records(day, done="AB", **COMFORTABLE)
    trial.records(3, done="A", easier="B")
    assert totals(trial.report(on=4)) == "3 of 3 sessions, 6 of 6 doses"


def test_recording_costs_nothing_more_where_nothing_grows(django_assert_max_num_queries):
    plain, trial = Scenario("A"), growing(after=5)
    with django_assert_max_num_queries(40) as without:
        plain.records(1, done="A", **COMFORTABLE)
    with django_assert_max_num_queries(40) as growth:
        trial.records(1, done="A", **COMFORTABLE)
    # The newest version, its lines with exercise and forms, and three that count.
    assert len(growth) - len(without) == 6  # noqa: PLR2004
