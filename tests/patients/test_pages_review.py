"""The patient's part of a review."""

import re

import pytest

from patients.vocabulary import Helped
from tests.patients.pages import client_of, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(time_machine) -> Scenario:
    """The morning of day 21: the review is open."""
    trial = Scenario("A")
    trial.scheduler_runs(21)
    time_machine.move_to(trial.at(21, "09:00"), tick=False)
    return trial


@pytest.fixture
def client(trial):
    return client_of(trial)


def test_it_is_asked_and_kept(client, trial):
    assert "Have the exercises been useful to you?" in text(client.get("/review/"))
    page = client.post("/review/", {"helped": "partly", "words": " The bridge did. "}, follow=True)
    assert "Your answers are saved." in text(page)
    review = trial.prescription.reviews.get()
    assert (review.helped, review.patient_words, review.answered_at) == (
        Helped.PARTLY,
        "The bridge did.",
        trial.at(21, "09:00"),
    )
    assert "Your answer for the review is with your physiotherapist." in text(client.get("/"))


def test_saving_it_empty_says_so(client, trial):
    said = text(client.post("/review/", {}, follow=True))
    assert "Nothing is answered yet. You can come back." in said
    assert "Your answers are saved." not in said
    assert "Has it helped?" in said
    # What was said before is an answer, whatever was left as it is now.
    client.post("/review/", {"helped": "not"})
    assert "Your answers are saved." in text(client.post("/review/", {}, follow=True))


def test_it_can_be_changed_until_it_is_signed(client, trial):
    client.post("/review/", {"helped": "not"})
    page = client.get("/review/").content.decode()
    assert re.search(r'<input[^>]*value="not"[^>]*checked', page)
    client.post("/review/", {"helped": "useful"})
    assert trial.prescription.reviews.get().helped == Helped.USEFUL
    trial.signs(trial.prescription.reviews.get(), 21)
    assert client.post("/review/", {"helped": "not"}).status_code == 400
    assert trial.prescription.reviews.get().helped == Helped.USEFUL
    assert "No question is open" in text(client.get("/review/"))


@pytest.mark.parametrize("data", [{"helped": "maybe"}, {"helped": "useful", "words": "x" * 2001}])
def test_a_wrong_answer_is_refused_and_what_was_typed_stays(client, trial, data):
    page = client.post("/review/", {"words": "Typed.", **data})
    assert page.status_code == 400
    assert "Please check your answers" in text(page)
    assert "words" in data or "Typed." in text(page)
    assert trial.prescription.reviews.get().answered_at is None


def test_what_the_clinician_decided_is_not_on_the_page(client, trial):
    review = trial.prescription.reviews.get()
    trial.signs(review, 21)
    type(review).objects.filter(pk=review.pk).update(decision_note="For colleagues only.")
    for address in ("/", "/review/", "/progress/"):
        assert "For colleagues only." not in text(client.get(address))


def test_before_the_review_there_is_no_question(time_machine):
    trial = Scenario("A")
    time_machine.move_to(trial.at(8), tick=False)
    assert "No question is open" in text(client_of(trial).get("/review/"))


def test_somebody_else_neither_sees_nor_answers_it(trial, as_patient, a_strange_patient):
    stranger = as_patient(a_strange_patient)
    assert "No question is open" in text(stranger.get("/review/"))
    assert stranger.post("/review/", {"helped": "not"}).status_code == 400
    assert trial.prescription.reviews.get().answered_at is None
