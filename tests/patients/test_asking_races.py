"""Asking and answering by two at the same moment, on PostgreSQL."""

import uuid

import pytest
from django.core.exceptions import ValidationError

from patients.asking import answer, ask, settle
from patients.locking import locked_patient
from patients.models import Message, WorkItem
from patients.vocabulary import MessageKind, MessageOutcome
from tests.factories import MessageFactory
from tests.patients.colliding import at_once
from tests.patients.scenario import Scenario

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def trial() -> Scenario:
    return Scenario("A")


def asks(trial: Scenario, uid: uuid.UUID | None = None) -> Message:
    return ask(
        patient=trial.patient,
        uid=uid or uuid.uuid4(),
        kind=MessageKind.QUESTION,
        words="May I swim?",
        by=trial.patient.user,
        now=trial.at(3),
    )


def code(error: object) -> str:
    assert isinstance(error, ValidationError), error
    return error.error_list[0].code or ""


def test_one_form_sent_twice_at_once_is_one_question(trial):
    uid = uuid.uuid4()
    given = at_once(lambda: locked_patient(trial.patient), *[lambda: asks(trial, uid)] * 2)
    assert given[0] == given[1] == Message.objects.get()
    assert WorkItem.objects.get().entries.count() == 1


def test_the_fifth_and_the_sixth_at_once(trial):
    for _number in range(4):
        MessageFactory(patient=trial.patient)
    given = at_once(lambda: locked_patient(trial.patient), *[lambda: asks(trial)] * 2)
    (refused,) = [one for one in given if not isinstance(one, Message)]
    assert code(refused) == "too_many"
    assert Message.objects.count() == 5


def test_of_two_who_answer_at_once_one_is_told(trial):
    message, by = asks(trial), {"by": trial.clinician, "now": trial.at(4)}
    given = at_once(
        lambda: locked_patient(trial.patient),
        lambda: answer(message=message, words="Yes.", **by),
        lambda: settle(message=message, outcome=MessageOutcome.SPOKEN, **by),
    )
    (refused,) = [one for one in given if one is not None]
    assert code(refused) == "closed"
    assert WorkItem.objects.get().closed_at == trial.at(4)
