"""Questions and wishes: what is kept, until when it is read, who closes it, and what the patient is told."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from clinic.models import Event, Notice
from patients.asking import answer, ask, read_by, settle
from patients.closing import close_item
from patients.models import Message, WorkItem
from patients.vocabulary import MessageKind, MessageOutcome, TimeOfDay, WorkKind
from tests.factories import ClinicFactory, PatientFactory
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
QUESTION, APPOINTMENT, CALL = MessageKind.QUESTION, MessageKind.APPOINTMENT, MessageKind.CALL_BACK


@pytest.fixture
def trial() -> Scenario:
    """A programme from Monday 2 March 2026 on; the clinic is open from Monday to Friday, from 8:00."""
    return Scenario("A")


def asks(trial: Scenario, kind: MessageKind = QUESTION, **said: Any) -> Message:
    given = {"uid": uuid.uuid4(), "words": "May I swim?", "now": trial.at(3), **said}
    return ask(patient=trial.patient, kind=kind, by=trial.patient.user, **given)


def refused(act: Any, **given: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as error:
        act(**given)
    refusal = error.value
    found = refusal.error_dict if hasattr(refusal, "error_dict") else {"": refusal.error_list}
    return {name: errors[0].code or "" for name, errors in found.items()}


def work(trial: Scenario, kind: WorkKind) -> list[WorkItem]:
    return trial.open_work(kind)


# --- Until when it is read -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("2026-03-04 07:59", "2026-03-04"),  # Wednesday, before the clinic opens
        ("2026-03-04 08:00", "2026-03-05"),
        ("2026-03-04 23:30", "2026-03-05"),
        ("2026-03-06 12:00", "2026-03-09"),  # Friday
        ("2026-03-07 07:00", "2026-03-09"),  # Saturday
        ("2026-03-09 00:30", "2026-03-09"),  # the night to Monday
    ],
)
def test_a_whole_open_day_lies_before_the_end_of_it(asked, read):
    rome = dt.timezone(dt.timedelta(hours=1))
    now = dt.datetime.fromisoformat(asked).replace(tzinfo=rome)
    clinic = ClinicFactory(time_zone="Europe/Rome")
    assert read_by(clinic, now) == dt.date.fromisoformat(read)


# --- Asking ----------------------------------------------------------------------------------------------
def test_a_question_is_kept_and_stands_on_the_worklist(trial):
    message = asks(trial, words="  May I swim?  ", days=[1], times=[TimeOfDay.MORNING])
    assert (message.words, message.days, message.times) == ("May I swim?", [], [])
    assert message.read_by_on == dt.date(2026, 3, 5)
    (item,) = work(trial, WorkKind.QUESTION)
    assert (item.owner, item.prescription_id, item.due_on) == (trial.clinician, trial.pk, message.read_by_on)
    assert [entry.message for entry in item.entries.all()] == [message]
    event = Event.objects.get(verb="asked")
    assert (event.actor, event.subject_id, event.object_id) == (
        trial.patient.user,
        trial.patient.pk,
        str(message.pk),
    )
    assert not Notice.objects.exists()  # the worklist is enough: what cannot wait is not asked here


def test_wishes_share_a_line_and_questions_another(trial):
    asks(trial)
    asks(trial, APPOINTMENT, words="", days=[5, 1, 5], times=[TimeOfDay.EVENING, TimeOfDay.MORNING])
    asks(trial, CALL)
    (wish,) = work(trial, WorkKind.WISH)
    assert [entry.what for entry in wish.entries.all()] == ["wished_appointment", "wished_call"]
    assert len(work(trial, WorkKind.QUESTION)) == 1
    appointment = Message.objects.get(kind=APPOINTMENT)
    assert (appointment.days, appointment.times) == ([1, 5], ["morning", "evening"])


def test_who_has_no_programme_asks_everybody():
    patient = PatientFactory()
    now = dt.datetime(2026, 3, 4, 9, 0, tzinfo=dt.UTC)
    ask(patient=patient, uid=uuid.uuid4(), kind=QUESTION, words="When do we start?", by=patient.user, now=now)
    item = WorkItem.objects.get()
    assert (item.owner, item.prescription) == (None, None)


def test_the_same_form_twice_is_one_question(trial):
    uid = uuid.uuid4()
    first, second = asks(trial, uid=uid), asks(trial, uid=uid, words="Changed")
    assert first.pk == second.pk
    assert Message.objects.get().words == "May I swim?"
    assert work(trial, WorkKind.QUESTION)[0].entries.count() == 1


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"words": " "}, {"words": "required"}),
        ({"kind": CALL, "days": [8]}, {"": "choice"}),
        ({"kind": CALL, "times": ["night"]}, {"": "choice"}),
    ],
)
def test_what_cannot_be_asked(trial, said, codes):
    assert refused(asks, trial=trial, **said) == codes
    assert not Message.objects.exists()
    assert not WorkItem.objects.exists()


def test_at_most_five_wait(trial):
    for _number in range(5):
        asks(trial)
    assert refused(asks, trial=trial, kind=CALL) == {"": "too_many"}
    answer(message=Message.objects.all()[0], words="Yes.", by=trial.clinician, now=trial.at(4))
    asks(trial, CALL)
    assert Message.objects.waiting().count() == 5


# --- Answering -------------------------------------------------------------------------------------------
def test_an_answer_closes_it_and_owes_the_patient_a_mail(trial):
    message = asks(trial)
    answer(message=message, words=" Yes, gently. ", by=trial.clinician, now=trial.at(4))
    message.refresh_from_db()
    assert (message.answer, message.outcome) == ("Yes, gently.", "answered")
    assert (message.closed_by, message.closed_at) == (trial.clinician, trial.at(4))
    assert work(trial, WorkKind.QUESTION) == []
    closed = WorkItem.objects.get()
    assert (closed.outcome, closed.closed_by) == ("Answered", trial.clinician)
    notice = Notice.objects.get()
    assert (notice.kind, notice.subject_id, notice.due_at) == (
        "question_answered",
        trial.patient.pk,
        trial.at(4),
    )
    assert notice.params == {"message": message.pk}
    assert list(Event.objects.filter(object_type="patients.Message").values_list("verb", flat=True)) == [
        "answered",
        "asked",
    ]


def test_the_line_stays_while_another_question_waits(trial):
    first, second = asks(trial), asks(trial)
    answer(message=first, words="Yes.", by=trial.clinician, now=trial.at(4))
    (item,) = work(trial, WorkKind.QUESTION)
    answer(message=second, words="No.", by=trial.clinician, now=trial.at(4))
    item.refresh_from_db()
    assert item.closed_at == trial.at(4)


def test_who_has_no_address_gets_no_mail(trial):
    trial.patient.email = ""
    trial.patient.save()
    answer(message=asks(trial), words="Yes.", by=trial.clinician, now=trial.at(4))
    assert not Notice.objects.exists()


def test_an_appointment_closes_a_wish_without_words_or_mail(trial):
    message = asks(trial, APPOINTMENT)
    settle(message=message, outcome=MessageOutcome.BOOKED, by=trial.clinician, now=trial.at(4))
    message.refresh_from_db()
    assert (message.outcome, message.answer, message.closed_by) == ("booked", "", trial.clinician)
    assert WorkItem.objects.get().outcome == "Appointment made"
    assert not Notice.objects.exists()
    assert Event.objects.filter(verb="closed", object_type="patients.Message").count() == 1


def test_nothing_is_answered_twice_nor_without_words(trial):
    message, by = asks(trial), {"by": trial.clinician, "now": trial.at(4)}
    assert refused(answer, message=message, words=" ", **by) == {"answer": "required"}
    for outcome in ("answered", "made-up"):
        assert refused(settle, message=message, outcome=outcome, **by) == {"outcome": "choice"}
    settle(message=message, outcome=MessageOutcome.SPOKEN, **by)
    assert refused(answer, message=message, words="Yes.", **by) == {"": "closed"}
    assert refused(settle, message=message, outcome=MessageOutcome.BOOKED, **by) == {"": "closed"}
    assert Message.objects.get().outcome == "spoken"


@pytest.mark.parametrize("kind", MessageKind)
def test_the_line_cannot_be_closed_over_what_waits(trial, kind):
    message = asks(trial, kind)
    item = WorkItem.objects.get()
    closing = {"item": item, "by": trial.clinician, "outcome": "Later.", "now": trial.at(4)}
    assert refused(close_item, **closing) == {"": "not_answered"}
    settle(message=message, outcome=MessageOutcome.SPOKEN, by=trial.clinician, now=trial.at(4))
    assert work(trial, WorkKind(item.kind)) == []
