"""Asking on the patient's page; answering on the worklist and the patient's record; the front desk's list."""

import uuid

import pytest
from django.urls import reverse

from clinic.models import Notice
from clinic.scoping import Role
from patients.models import Message, WorkItem
from patients.vocabulary import MessageKind, MessageOutcome
from tests.factories import MessageFactory, PatientFactory
from tests.patients import clinic_pages
from tests.patients.clinic_pages import member
from tests.patients.pages import client_of, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
SENT = "/ask/?sent=1"
ASK, WORKLIST, WISHES = "/ask/", "/admin/worklist/", "/admin/wishes/"


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Day 3, Wednesday, at noon: what is asked now is read by Thursday."""
    trial = Scenario("A")
    time_machine.move_to(trial.at(3, "12:00"), tick=False)
    return trial


def sent(trial: Scenario, **said):
    form = {"uid": str(uuid.uuid4()), "kind": "question", "words": "May I swim?", **said}
    return client_of(trial).post(ASK, form)


def desk(trial: Scenario):
    return clinic_pages.client_of(member(trial, Role.FRONT_DESK))


def answers(client, message: Message, **said):
    return client.post(reverse("admin:message_answer", args=[message.pk]), said)


def settles(client, message: Message, **said):
    return client.post(reverse("admin:message_settle", args=[message.pk]), said)


# --- The patient -----------------------------------------------------------------------------------------
def test_the_page_says_until_when_and_that_it_is_not_for_emergencies(trial):
    page = client_of(trial).get(ASK)
    said = text(page)
    assert "We read this by Thursday 5 March." in said
    assert "Not for emergencies" in said
    assert "you get an e-mail that says so" in said
    assert page.content.decode().count('href="/help-now/"') >= 1
    assert "Saturday" not in said  # the clinic is closed


def test_it_is_one_quiet_link_away(trial):
    trial.records(3, done="A")
    for address in ("/", "/session/saved/2026-03-04/", "/settings/", "/learn/"):
        assert 'href="/ask/"' in client_of(trial).get(address).content.decode()


def test_asking(trial):
    answer = sent(trial)
    assert answer["Location"] == SENT
    message = Message.objects.get()
    assert (message.patient, message.words, message.asked_by) == (
        trial.patient,
        "May I swim?",
        trial.patient.user,
    )
    said = text(client_of(trial).get(ASK))
    assert "What you asked A question 4 March 2026 May I swim?" in said
    assert "We read this by Thursday 5 March" in said


def test_once_it_is_sent_the_way_on_stands_first_and_no_empty_form(trial):
    sent(trial)
    client = client_of(trial)
    for address, way in ((SENT, "To today"), (f"{SENT}&from=session", "Back to the session")):
        said = text(client.get(address))
        assert said.index(way) < said.index("Not for emergencies")
        assert said.count("Back to the session") == (way == "Back to the session")
        assert "Ask something more" in said
        assert 'name="kind"' not in client.get(address).content.decode()
    assert 'name="kind"' in client.get(ASK).content.decode()


def test_a_wish_with_days_and_times(trial):
    sent(trial, kind="call_back", words="", days=["1", "3"], times=["evening"])
    assert "A call back 4 March 2026 Monday, Wednesday, Evening" in text(client_of(trial).get(ASK))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"words": " "}, "Write your question."),
        ({"kind": ""}, "Choose one of the answers."),
        ({"kind": "emergency"}, "Choose from the list."),
        ({"days": ["6"]}, "Choose from the list."),  # closed on Saturdays
        ({"days": ["x"]}, "Choose from the list."),
        ({"times": ["night"]}, "Choose from the list."),
        ({"words": "x" * 2001}, "at most 2000 characters"),
        ({"uid": "no"}, "Please send this form once more."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_kept(trial, said, told):
    answer = sent(trial, **said)
    assert answer.status_code == 400
    assert told in text(answer)
    assert not Message.objects.exists()


def test_after_an_unreadable_id_sending_again_succeeds(trial):
    again = sent(trial, uid="no").context["form"]
    assert (
        client_of(trial).post(ASK, {"uid": again["uid"].value(), "kind": "question", "words": "So?"}).url
        == SENT
    )


def test_a_sixth_is_for_the_phone(trial):
    for _number in range(5):
        MessageFactory(patient=trial.patient)
    assert "please call" in text(client_of(trial).get(ASK))
    answer = sent(trial)
    assert answer.status_code == 400
    assert "5 of your questions are still with the clinic" in text(answer)
    assert Message.objects.count() == 5


def test_the_answer_is_there_and_a_late_one_is_admitted(trial, time_machine):
    sent(trial)
    sent(trial, words="And cycle?")
    cycle = Message.objects.get(words="And cycle?")
    answers(clinic_pages.client_of(trial.clinician), cycle, answer="Yes, gently.")
    time_machine.move_to(trial.at(5, "12:00"), tick=False)
    said = text(client_of(trial).get(ASK))
    assert f"{trial.clinician} answered on 4 March Yes, gently." in said
    assert "The clinic should have read this by Thursday 5 March. If you are waiting, please call." in said


def test_nobody_elses_questions_are_there(trial):
    stranger = PatientFactory(clinic=trial.clinic)
    family = PatientFactory(clinic=trial.clinic, user=trial.patient.user)
    MessageFactory(patient=stranger, words="Of a stranger")
    MessageFactory(patient=family, words="Of the family")
    client = client_of(trial)
    session = client.session
    session["patient"] = trial.patient.pk
    session.save()
    said = text(client.get(ASK))
    assert "What you asked" not in said
    assert "Of " not in said


# --- Who treats ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("where", ["worklist", "patient"])
def test_the_question_is_answered_where_it_is_read(trial, where):
    sent(trial)
    message, client = Message.objects.get(), clinic_pages.client_of(trial.clinician)
    address = WORKLIST if where == "worklist" else reverse("admin:patient", args=[trial.patient.pk])
    page = client.get(address)
    assert "May I swim?" in text(page)
    assert reverse("admin:message_answer", args=[message.pk]) in page.content.decode()
    answer = answers(client, message, answer="Yes, gently.", next=address)
    assert answer["Location"] == address
    assert Notice.objects.get().kind == "question_answered"
    assert "Yes, gently." in text(client.get(reverse("admin:patient", args=[trial.patient.pk])))
    assert "May I swim?" not in text(client.get(WORKLIST))


def test_who_has_no_address_is_to_be_called(trial):
    trial.patient.email, trial.patient.phone = "", "+39 333 1"
    trial.patient.save()
    sent(trial)
    client = clinic_pages.client_of(trial.clinician)
    assert "No e-mail address: call when you have answered. +39 333 1" in text(client.get(WORKLIST))
    answer = client.post(
        reverse("admin:message_answer", args=[Message.objects.get().pk]), {"answer": "Yes."}, follow=True
    )
    assert "This patient has no e-mail address: please call." in text(answer)
    assert not Notice.objects.exists()


def test_an_empty_answer_is_refused_at_its_field(trial):
    sent(trial)
    answer = answers(clinic_pages.client_of(trial.clinician), Message.objects.get(), answer=" ")
    assert answer.status_code == 400
    assert "Write an answer." in text(answer)
    assert "May I swim?" in text(answer)
    assert Message.objects.waiting().count() == 1


def test_the_line_has_no_way_around_the_answer(trial):
    sent(trial)
    item, client = WorkItem.objects.get(), clinic_pages.client_of(trial.clinician)
    assert reverse("admin:work_close", args=[item.pk]) not in client.get(WORKLIST).content.decode()
    answer = client.post(reverse("admin:work_close", args=[item.pk]), {"outcome": "Later."})
    assert answer.status_code == 400
    assert "Answer, or say what came of it: that closes it." in text(answer)


def test_a_manager_reads_and_does_not_answer(trial):
    sent(trial)
    message, manager = Message.objects.get(), clinic_pages.client_of(member(trial, Role.MANAGER))
    page = manager.get(WORKLIST)
    assert "May I swim?" in text(page)
    assert reverse("admin:message_answer", args=[message.pk]) not in page.content.decode()
    assert answers(manager, message, answer="Yes.").status_code == 404
    assert settles(manager, message, outcome="spoken").status_code == 404
    assert Message.objects.waiting().count() == 1


def test_the_second_who_answers_is_told(trial):
    sent(trial)
    message, client = Message.objects.get(), clinic_pages.client_of(trial.clinician)
    settles(client, message, outcome="spoken")
    answer = client.post(reverse("admin:message_answer", args=[message.pk]), {"answer": "Yes."}, follow=True)
    assert "Somebody has closed this already." in text(answer)
    assert Message.objects.get().outcome == MessageOutcome.SPOKEN


# --- The front desk --------------------------------------------------------------------------------------
def test_the_desk_sees_wished_times_and_no_words(trial):
    trial.patient.phone = "+39 333 1"
    trial.patient.save()
    sent(trial, words="It burns in the leg.")
    sent(trial, kind="appointment", words="It burns in the leg.", days=["2"], times=["morning"])
    client = desk(trial)
    page = client.get(WISHES)
    said = text(page)
    assert f"{trial.patient}: An appointment" in said
    assert "Tuesday; Morning" in said
    assert "+39 333 1" in said
    assert "A question" not in said
    assert "burns" not in page.content.decode()
    assert "burns" not in client.get(reverse("admin:patient", args=[trial.patient.pk])).content.decode()
    landing = client.get("/admin/", follow=True)
    assert "Appointments and calls 1" in text(landing)


def test_the_desk_settles_a_wish_and_no_question(trial):
    sent(trial)
    sent(trial, kind="appointment")
    question, wish = Message.objects.get(kind="question"), Message.objects.get(kind="appointment")
    client = desk(trial)
    assert settles(client, question, outcome="spoken").status_code == 404
    assert answers(client, wish, answer="Tuesday at 10.").status_code == 404
    assert settles(client, wish, outcome="answered").status_code == 400
    assert settles(client, wish, outcome="booked")["Location"] == WISHES
    wish.refresh_from_db()
    assert wish.outcome == MessageOutcome.BOOKED
    assert "Nobody waits" in text(client.get(WISHES))
    assert "Appointment made" in text(client_of(trial).get(ASK))


def test_wishes_of_another_clinic_are_not_there(trial):
    theirs = MessageFactory(kind=MessageKind.CALL_BACK, patient__given_name="Zaira")
    client = desk(trial)
    assert "Zaira" not in text(client.get(WISHES))
    for person in (client, clinic_pages.client_of(trial.clinician)):
        assert settles(person, theirs, outcome="spoken").status_code == 404
        assert answers(person, theirs, answer="Yes.").status_code == 404
    theirs.refresh_from_db()
    assert theirs.closed_at is None
