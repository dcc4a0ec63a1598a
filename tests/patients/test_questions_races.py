"""Two who answer at the same moment: one answer each, and our questions are made once."""

import pytest

from patients.keeping_answers import Said
from patients.locking import locked
from patients.models import Answer
from patients.our_questions import ours, ours_kept
from patients.telling import tell
from programs.models import Question
from tests.patients.colliding import at_once
from tests.patients.scenario import Scenario

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def says(trial: Scenario, pain: int) -> None:
    tell(
        patient=trial.patient,
        start={"average_pain": Said(pain)},
        days={},
        by=trial.patient.user,
        now=trial.at(1),
    )


def test_two_windows_keep_one_answer():
    trial = Scenario("A")
    prescription = trial.prescription
    given = at_once(lambda: locked(prescription), lambda: says(trial, 3), lambda: says(trial, 5))
    assert given == [None, None]
    assert Answer.objects.get().number in {3, 5}


def test_two_patients_who_are_the_first_to_answer_make_our_questions_once():
    first, second = Scenario("A"), Scenario("A")
    given = at_once(ours_kept, lambda: says(first, 3), lambda: says(second, 5))
    assert given == [None, None]
    assert Question.objects.count() == len(ours())
    assert set(Answer.objects.values_list("number", flat=True)) == {3, 5}
