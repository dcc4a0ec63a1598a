"""What can't be recorded: said at its field with its code, and nothing at all is saved."""

import uuid
from dataclasses import replace

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from clinic.models import Event, Notice
from patients.answers import ExerciseAnswer, SessionAnswers
from patients.models import ExerciseRecord, ExerciseStop, PracticeSession, Prescription, WorkItem
from patients.recording import record_session
from patients.versions import Line
from patients.vocabulary import Outcome, Site, SkipReason
from tests.factories import ExerciseFactory
from tests.patients.scenario import Scenario, day

pytestmark = pytest.mark.django_db

KEPT = (PracticeSession, ExerciseRecord, ExerciseStop, WorkItem, Notice, Event)


def stored(trial: Scenario):
    """Everything that recording could change."""
    return [model.objects.count() for model in KEPT], Prescription.objects.filter(pk=trial.pk).values().get()


def refusal(trial: Scenario, answers: SessionAnswers, *, on=5, told_on=5) -> dict[str, set[str | None]]:
    """The codes of the refusal by field; makes sure that nothing was saved."""
    before = stored(trial)
    with pytest.raises(ValidationError) as refused:
        record_session(
            prescription=trial.prescription,
            uid=uuid.uuid4(),
            practised_on=trial.date(on),
            answers=answers,
            now=trial.at(told_on, "20:00"),
            by=trial.patient.user,
        )
    assert stored(trial) == before
    error = refused.value
    fields = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    assert all(error.messages[0] for errors in fields.values() for error in errors)
    return {field: {error.code for error in errors} for field, errors in fields.items()}


@pytest.fixture
def trial() -> Scenario:
    return Scenario("ABC")


# --- Answers -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("field", ["pain_before", "pain_during", "pain_after", "usual_pain"])
@pytest.mark.parametrize("pain", [11, -1, 100])
def test_pain_outside_0_to_10(trial, field, pain):
    assert refusal(trial, replace(trial.answers(done="A"), **{field: pain})) == {field: {"range"}}


@pytest.mark.parametrize("pain", [0, 10])
def test_the_ends_of_the_scale_are_fine(trial, pain):
    trial.records(1, done="A", before=pain, during=pain, after=pain)
    assert trial.sessions().count() == 1


@pytest.mark.parametrize("sites", [[0], [5], [Site.BACK, 9]])
def test_a_place_that_is_none(trial, sites):
    assert refusal(trial, trial.answers(done="A", sites=sites)) == {"sites": {"choice"}}


def test_a_usual_place_that_is_none(trial):
    assert refusal(trial, replace(trial.answers(done="A"), usual_site=7)) == {"usual_site": {"choice"}}


def test_an_exercise_that_is_nobodys(trial):
    unknown = SessionAnswers(exercises=[ExerciseAnswer(uuid.uuid4(), Outcome.DONE)])
    assert refusal(trial, unknown) == {"exercises": {"exercise"}}


def test_an_exercise_of_another_patient(trial):
    assert refusal(trial, Scenario("A").answers(done="A")) == {"exercises": {"exercise"}}


def test_one_wrong_exercise_among_right_ones(trial):
    mixed = SessionAnswers(
        exercises=[*trial.answers(done="AB").exercises, ExerciseAnswer(uuid.uuid4(), Outcome.DONE)]
    )
    assert refusal(trial, mixed) == {"exercises": {"exercise"}}


def test_the_same_exercise_twice(trial):
    assert refusal(trial, trial.answers(done="A", partly="A")) == {"exercises": {"exercise"}}


def test_an_exercise_that_is_off(trial):
    trial.records(4, done="A", stopped="C")
    assert refusal(trial, trial.answers(done="AC")) == {"exercises": {"exercise"}}


def test_an_exercise_of_a_later_version(trial):
    trial.changes(4, "ABD")
    assert refusal(trial, trial.answers(done="D"), on=3) == {"exercises": {"exercise"}}


def test_an_exercise_that_was_taken_out(trial):
    trial.changes(4, "AB")
    assert refusal(trial, trial.answers(done="C"), on=4) == {"exercises": {"exercise"}}


def test_a_skip_without_a_reason(trial):
    without = SessionAnswers(exercises=[ExerciseAnswer(trial.line("A"), Outcome.SKIPPED)])
    assert refusal(trial, without) == {"exercises": {"reason"}}


def test_a_reason_without_a_skip(trial):
    both = SessionAnswers(exercises=[ExerciseAnswer(trial.line("A"), Outcome.DONE, SkipReason.PAIN)])
    assert refusal(trial, both) == {"exercises": {"reason"}}


def test_an_easier_form_that_there_is_not(trial):
    plain = ExerciseFactory()
    trial.lines["D"] = Line(plain, plain.dose())
    trial.changes(4, "ABCD")
    assert refusal(trial, trial.answers(easier="D")) == {"exercises": {"easier"}}


def test_nothing_said(trial):
    assert refusal(trial, trial.answers()) == {"exercises": {"empty"}}


def test_everything_that_is_wrong_is_said_at_once(trial):
    wrong = trial.answers(before=11, after=-1, sites=[9])
    assert refusal(trial, wrong) == {
        "pain_before": {"range"},
        "pain_after": {"range"},
        "sites": {"choice"},
        "exercises": {"empty"},
    }


# --- Days ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("on", "told_on"), [(6, 5), (40, 5), (1, 5), (0, 2)], ids=["tomorrow", "future", "four back", "before"]
)
def test_a_day_that_can_not_be_recorded(trial, on, told_on):
    assert refusal(trial, trial.answers(done="A"), on=on, told_on=told_on) == {"practised_on": {"day"}}


def test_a_day_before_a_start_that_is_still_to_come():
    waiting = Scenario("A", start="2026-03-09", activated="2026-03-02")
    answers = waiting.answers(done="A")
    assert refusal(waiting, answers, on=day("2026-03-05"), told_on=day("2026-03-05")) == {
        "practised_on": {"day"}
    }


def test_a_day_before_the_programme_was_there_to_be_started():
    waiting = Scenario("A", start=None)
    assert refusal(waiting, waiting.answers(done="A"), on=0, told_on=1) == {"practised_on": {"day"}}
    assert waiting.prescription.starts_on is None


def test_tomorrow_is_the_patients_own_tomorrow():
    # 23:30 on day 5 in Rome is 10:30 on day 6 in Fiji: day 6 is today there and tomorrow here.
    answers_in_rome, answers_in_fiji = Scenario("A"), Scenario("A", zone="Pacific/Fiji")
    assert refusal(answers_in_rome, answers_in_rome.answers(done="A"), on=6, told_on=5)
    answers_in_fiji.records(6, done="A", at="10:30")


# --- Programmes ----------------------------------------------------------------------------------------
def test_a_programme_that_has_ended(trial):
    trial.ends(5, at="12:00")
    assert refusal(trial, trial.answers(done="A")) == {NON_FIELD_ERRORS: {"not_running"}}


def test_a_programme_that_is_suspended(trial):
    trial.reports_emergency(5)
    assert refusal(trial, trial.answers(done="A")) == {NON_FIELD_ERRORS: {"suspended"}}
    trial.clears_emergency(6)
    trial.records(6, done="A", at="13:00")


def test_a_draft(trial):
    other = Scenario("A")
    Prescription.objects.filter(pk=other.pk).update(status="draft", activated_on=None, activated_at=None)
    assert refusal(other, other.answers(done="A")) == {NON_FIELD_ERRORS: {"not_running"}}
