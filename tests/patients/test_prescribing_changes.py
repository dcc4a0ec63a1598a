"""A programme's life after its start: changed by versions, ended for a reason."""

import datetime as dt

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from clinic.models import Event
from patients.models import PrescriptionVersion
from patients.versions import Line
from programs.vocabulary import Status
from tests import factories
from tests.patients.scenario import Scenario, day

pytestmark = pytest.mark.django_db


def codes(refused) -> dict[str, list[str]]:
    error = refused.value
    fields = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    return {field: [problem.code for problem in problems] for field, problems in fields.items()}


# --- Changing ------------------------------------------------------------------------------------------
def versions(trial: Scenario) -> list[tuple[int, dt.date]]:
    return list(PrescriptionVersion.objects.filter(prescription=trial.pk).values_list("number", "starts_on"))


def test_a_change_holds_from_today_or_from_tomorrow_where_today_is_recorded():
    trial = Scenario("ABC")
    trial.changes(3, "AB")
    trial.records(4, done="A")
    trial.changes(4, "A", at="12:00")
    assert versions(trial) == [(1, trial.date(1)), (2, trial.date(3)), (3, trial.date(5))]


def test_two_changes_in_one_day_both_stay_and_the_higher_number_holds():
    trial = Scenario("ABC")
    trial.changes(3, "AB")
    trial.changes(3, "A", at="09:00")
    assert versions(trial) == [(1, trial.date(1)), (2, trial.date(3)), (3, trial.date(3))]
    held = trial.prescription.versions.in_force(trial.date(3)).get()
    assert (held.number, held.exercises.count()) == (3, 1)
    assert trial.prescription.versions.in_force(trial.date(2)).get().number == 1


def test_a_change_before_the_start_holds_from_the_start():
    trial = Scenario("ABC", start="2026-03-09", activated="2026-03-02")
    trial.changes(-3, "AB")  # 5 March
    assert versions(trial) == [(1, day("2026-03-09")), (2, day("2026-03-09"))]


def test_a_session_of_yesterday_told_today_does_not_put_the_change_off():
    trial = Scenario("ABC")
    trial.records(2, told_on=3, done="A")
    trial.changes(3, "AB", at="12:00")
    assert versions(trial)[-1] == (2, trial.date(3))


def test_a_change_needs_an_exercise():
    trial = Scenario("A")
    with pytest.raises(ValidationError) as refused:
        trial.changes(2, "")
    assert codes(refused) == {NON_FIELD_ERRORS: ["empty"]}


def test_what_has_ended_is_not_changed():
    trial = Scenario("A")
    trial.ends(2)
    with pytest.raises(ValidationError) as refused:
        trial.changes(3, "A")
    assert codes(refused) == {NON_FIELD_ERRORS: ["ended"]}


@pytest.mark.parametrize("make", ["retired", "foreign"])
def test_an_exercise_that_can_not_be_added(make):
    trial = Scenario("A")
    other = factories.ExerciseFactory(
        status=Status.RETIRED if make == "retired" else Status.PUBLISHED,
        clinic=factories.ClinicFactory() if make == "foreign" else None,
    )
    trial.lines["B"] = Line(other, other.dose())
    with pytest.raises(ValidationError) as refused:
        trial.changes(2, "AB")
    assert codes(refused) == {"exercises": ["exercise"]}


def test_an_exercise_that_was_retired_since_may_go_on():
    trial = Scenario("AB")
    exercise = trial.lines["A"].exercise
    type(exercise).objects.filter(pk=exercise.pk).update(status=Status.RETIRED)
    trial.changes(2, "A")
    assert versions(trial)[-1][0] == 2


# --- Ending --------------------------------------------------------------------------------------------
def test_an_end_has_a_date_and_a_reason():
    trial = Scenario("A")
    trial.ends(12)
    ended = trial.prescription
    assert (ended.status, ended.ended_on, ended.end_reason) == ("ended", trial.date(12), "improved")
    assert ended.next_review_on is None
    assert Event.objects.filter(verb="ended").count() == 1


def test_it_ends_once():
    trial = Scenario("A")
    trial.ends(12)
    with pytest.raises(ValidationError) as refused:
        trial.ends(13)
    assert codes(refused) == {NON_FIELD_ERRORS: ["ended"]}
    assert trial.prescription.ended_on == trial.date(12)


def test_what_is_ended_before_its_start_never_began():
    trial = Scenario("A", start="2026-03-09", activated="2026-03-02")
    trial.ends(-3)
    assert (trial.prescription.starts_on, trial.prescription.ended_on) == (None, day("2026-03-05"))
    assert trial.report(on=day("2026-04-01")).days == ()


def test_after_an_end_another_programme_may_start():
    trial = Scenario("A")
    trial.ends(12)
    again = Scenario("A", patient=trial.patient, start="2026-03-13", activated="2026-03-13")
    assert again.prescription.status == "active"
