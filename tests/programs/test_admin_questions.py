"""A clinic writes its own questions, and nobody else sees or changes them."""

from typing import Any

import pytest

from clinic.models import Event
from programs.models import Question
from tests.factories import AnswerFactory, MembershipFactory, ProgramFactory, QuestionFactory
from tests.patients.pages import text

pytestmark = pytest.mark.django_db
LIST = "/admin/programs/question/"
ADD = f"{LIST}add/"


def sent(**changed: Any) -> dict[str, Any]:
    return {
        "text_en": "Do you sleep well?",
        "kind": "yes_no",
        "status": "published",
        "at_start": "on",
        **changed,
    }


def change(question: Question) -> str:
    return f"{LIST}{question.pk}/change/"


@pytest.fixture
def clinician(aurora, as_staff):
    return as_staff(aurora.clinician)


def test_a_clinician_writes_one_and_attaches_it(clinician, aurora):
    shared = ProgramFactory()
    answer = clinician.post(
        ADD,
        sent(
            kind="choice",
            choices_en="Well\nBadly",
            choices_it="Bene\nMale",
            on_day="7",
            at_review="on",
            programs=[aurora.program.pk, shared.pk],
        ),
    )
    assert answer.status_code == 302, text(answer)
    question = Question.objects.get()
    assert question.clinic == aurora.clinic
    assert (question.at_start, question.on_day, question.at_review) == (True, 7, True)
    assert set(question.programs.all()) == {aurora.program, shared}
    assert question.choices() == [(1, "Well", "Bene"), (2, "Badly", "Male")]
    (event,) = Event.objects.filter(object_type="programs.Question")
    assert (event.verb, event.actor, event.clinic) == ("added", aurora.clinician, aurora.clinic)
    said = text(clinician.get(LIST))
    assert "Before the start, on day 7, at each review" in said
    assert "Do you sleep well?" in said


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"text_en": ""}, "This field is required."),
        ({"kind": "guess"}, "Select a valid choice."),
        ({"at_start": ""}, "Say when it is asked."),
        ({"on_day": "0"}, "greater than or equal to 1"),
        ({"on_day": "366"}, "less than or equal to 365"),
        ({"on_day": "soon"}, "Enter a whole number."),
        ({"kind": "choice"}, "Give two to 10 choices, one a line."),
        ({"kind": "choice", "choices_en": "One"}, "Give two to 10 choices, one a line."),
        ({"kind": "choice", "choices_en": "\n".join("abcdefghijk")}, "Give two to 10 choices, one a line."),
        ({"kind": "choice", "choices_en": "A\nB", "choices_it": "A"}, "As many choices as in English"),
        ({"kind": "choice", "choices_en": "A\n" + "b" * 101}, "A choice has at most 100 characters."),
        ({"programs": ["999999"]}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_asked_is_refused(clinician, wrong, problem):
    answer = clinician.post(ADD, sent(**wrong))
    assert answer.status_code == 400
    assert problem in text(answer)
    assert not Question.objects.exists()


def test_a_programme_of_another_clinic_cannot_be_chosen_nor_read(clinician, bora):
    assert str(bora.program) not in text(clinician.get(ADD))
    assert clinician.post(ADD, sent(programs=[bora.program.pk])).status_code == 400
    assert not Question.objects.exists()


def test_who_works_in_two_clinics_says_for_which(aurora, bora, as_staff):
    MembershipFactory(user=aurora.clinician, clinic=bora.clinic)
    both = as_staff(aurora.clinician)
    assert both.post(ADD, sent()).status_code == 400
    wrong = both.post(ADD, sent(clinic=aurora.clinic.pk, programs=[bora.program.pk]))
    assert "belongs to another clinic" in text(wrong)
    assert both.post(ADD, sent(clinic=bora.clinic.pk, programs=[bora.program.pk])).status_code == 302
    assert Question.objects.get().clinic == bora.clinic


def test_one_that_was_answered_is_retired_and_keeps_its_kind(clinician, aurora):
    answer = AnswerFactory(prescription=aurora.prescription)
    question = answer.question
    assert clinician.post(f"{LIST}{question.pk}/delete/", {"post": "yes"}).status_code == 403
    data = sent(kind="words", status="retired", text_en="Other words?")
    assert clinician.post(change(question), data).status_code == 302
    question.refresh_from_db()
    assert (question.kind, question.status, question.text_en) == ("scale", "retired", "Other words?")
    answer.refresh_from_db()
    assert answer.asked_en != "Other words?"
    assert Event.objects.filter(object_type="programs.Question", verb="retired").exists()


def test_one_that_nobody_answered_can_be_deleted(clinician, aurora):
    question = QuestionFactory(clinic=aurora.clinic)
    assert clinician.post(f"{LIST}{question.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Question.objects.exists()


def test_a_programme_stays_while_a_question_goes_with_it(clinician, aurora):
    """Without any programme the question would be asked of everybody."""
    program = ProgramFactory(clinic=aurora.clinic)
    question = QuestionFactory(clinic=aurora.clinic)
    question.programs.add(program)
    delete = f"/admin/programs/program/{program.pk}/delete/"
    assert clinician.post(delete, {"post": "yes"}).status_code == 403
    question.programs.clear()
    assert clinician.post(delete, {"post": "yes"}).status_code == 302


def test_another_clinics_and_ours_are_not_there(clinician, bora):
    theirs = QuestionFactory(clinic=bora.clinic, text_en="Their question?")
    ours = QuestionFactory(clinic=None, code="average_pain", text_en="Ours?")
    said = text(clinician.get(LIST))
    assert "Their question?" not in said
    assert "Ours?" not in said
    for question in (theirs, ours):
        assert clinician.get(change(question)).status_code == 404
        assert clinician.post(change(question), sent(text_en="Hacked?")).status_code == 404
        question.refresh_from_db()
        assert question.text_en != "Hacked?"


@pytest.mark.parametrize("who", ["front_desk", "operator"])
def test_front_desk_and_operators_have_no_such_page(who, cast, as_staff):
    question = QuestionFactory(clinic=cast.aurora.clinic)
    client = as_staff(cast.operator if who == "operator" else cast.aurora.front_desk)
    for address in (LIST, ADD, change(question)):
        assert client.get(address).status_code in {403, 404}, address
    assert client.post(ADD, sent()).status_code in {403, 404}
    assert Question.objects.count() == 1


def test_two_who_edit_at_once_are_told(clinician, aurora):
    question = QuestionFactory(clinic=aurora.clinic)
    page = clinician.get(change(question)).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    question.programs.add(aurora.program)
    answer = clinician.post(change(question), sent(kind="scale", seen=seen))
    assert answer.status_code == 400
    assert "Somebody has changed this since you opened it." in text(answer)
