"""A next step and something else at the same moment: what PostgreSQL's locks make of it."""

import pytest
from django.core.exceptions import ValidationError

from patients import stepping
from patients.locking import locked
from patients.merging import merge_patients
from patients.models import StepRequest
from patients.vocabulary import WorkKind
from tests.factories import PatientFactory
from tests.patients.colliding import at_once
from tests.patients.growing import COMFORTABLE, change_line, growing, holds, newest
from tests.patients.scenario import Scenario

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked() -> Scenario:
    """The next step of A waits for a word from day 2 on."""
    trial = growing("AB", alone=False)
    for day in (1, 2):
        trial.records(day, done="AB", **COMFORTABLE)
    return trial


def answers(trial: Scenario, *, approve: bool = True) -> object:
    request = StepRequest.objects.get(prescription=trial.pk)
    return stepping.answer_step(
        request=request, approve=approve, by=trial.clinician, now=trial.at(3, "10:00")
    )


def codes(given: list) -> list[str | None]:
    return [one.code for one in given if isinstance(one, ValidationError)]


def test_a_step_is_answered_by_one_of_two(asked):
    given = at_once(
        lambda: locked(asked.prescription),
        lambda: answers(asked),
        lambda: answers(asked, approve=False),
    )
    assert codes(given) == ["answered"]
    assert len(holds(asked)) == (2 if StepRequest.objects.get().approved else 1)
    assert not asked.open_work(WorkKind.PROGRESSION)


def test_a_step_that_is_taken_twice_is_taken_once():
    """Two devices send the second comfortable session: one of them is the second, the other the third."""
    trial = growing("A")
    trial.records(1, done="A", **COMFORTABLE)
    prescription = trial.prescription
    given = at_once(lambda: locked(prescription), *[lambda: trial.records(2, done="A", **COMFORTABLE)] * 2)
    assert [one.is_new for one in given] == [True, True]
    assert holds(trial) == [(1, 0, 5), (3, 1, 10)]


def test_a_stop_and_a_yes_leave_no_question_that_can_still_be_said_yes_to(asked):
    given = at_once(
        lambda: locked(asked.prescription),
        lambda: asked.records(3, stopped="A"),
        lambda: answers(asked),
    )
    assert codes(given) in ([], ["off"])  # whichever of the two was first
    assert len(holds(asked)) == (1 if codes(given) else 2)


def test_adjusting_by_hand_and_a_yes_make_two_versions_or_one(asked):
    given = at_once(
        lambda: locked(asked.prescription),
        lambda: change_line(asked, "A", 3, at="10:00", hold_s=7),
        lambda: answers(asked),
    )
    assert codes(given) in ([], ["answered"])
    assert not StepRequest.objects.waiting().exists()
    assert not asked.open_work(WorkKind.PROGRESSION)


def test_two_schedulers_step_back_once():
    trial = growing(after=1)
    for day in (1, 2):
        trial.records(day, done="A", **COMFORTABLE)
    given = at_once(
        lambda: locked(trial.prescription), *[lambda: stepping.step_back_after_gaps(trial.at(10))] * 2
    )
    assert sorted(given) == [0, 1]
    assert newest(trial).exercises.get().step == 1


def test_a_question_that_waits_while_its_patient_is_merged_is_answered_for_the_one_kept(asked):
    keep = PatientFactory(clinic=asked.clinic)

    def merge() -> None:
        merge_patients(keep=keep, other=asked.patient, by=asked.clinician, now=asked.at(3, "10:00"))

    (answered,) = at_once(merge, lambda: answers(asked))
    assert answered == newest(asked)
    assert answered.prescription.patient == keep
    asked.patient = keep
    assert not asked.open_work()
    assert keep.work_items.get().closed_at is not None


def test_merging_waits_for_a_recording_that_asks_for_a_step():
    trial = growing(alone=False, after=1)
    keep = PatientFactory(clinic=trial.clinic)
    patient = trial.patient
    (merged,) = at_once(
        lambda: trial.records(1, done="A", **COMFORTABLE),
        lambda: merge_patients(keep=keep, other=patient, by=trial.clinician, now=trial.at(1, "10:00")),
    )
    assert merged == keep
    assert keep.work_items.open().get().kind == WorkKind.PROGRESSION
    assert StepRequest.objects.waiting().get().prescription.patient == keep
