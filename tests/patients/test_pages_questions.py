"""The page of questions at the start and of days, the questions of a review, and who reads the answers."""

import re
from typing import Any

import pytest
from django.test import Client

from clinic.scoping import Role
from patients.models import Answer, Prescription
from patients.vocabulary import Occasion, Site
from programs.vocabulary import QuestionKind
from tests.factories import QuestionFactory
from tests.patients import clinic_pages
from tests.patients.pages import client_of, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
PAGE = "/questions/"
START_LINK = "A few questions to begin with"
DAY_LINK = "Your clinic has a short question for you"


@pytest.fixture
def trial(time_machine) -> Scenario:
    """The morning of day 1; nothing was asked yet."""
    trial = Scenario("AB")
    time_machine.move_to(trial.at(1, "09:00"), tick=False)
    return trial


@pytest.fixture
def client(trial):
    return client_of(trial)


def kept(trial: Scenario) -> dict[str, Any]:
    rows = Answer.objects.filter(prescription=trial.pk).select_related("question")
    return {one.question.name_in_form: one.words or one.number for one in rows}


def own(trial: Scenario, **fields: Any):
    return QuestionFactory(clinic=trial.clinic, **fields)


# --- The start -------------------------------------------------------------------------------------------
def test_today_leads_to_it_until_it_is_answered(client, trial):
    assert START_LINK in text(client.get("/"))
    page = client.get(PAGE)
    for words in (
        "How strong was your pain on average in the last 7 days?",
        "How strong is your pain on most days?",
        "How far down does it usually go?",
        "One activity that matters to you",
        "as well as before the trouble",
    ):
        assert words in text(page)
    assert "checked" not in page.content.decode()
    answered = client.post(
        PAGE,
        {
            "start-average_pain": "6",
            "start-usual_pain": "5",
            "start-usual_site": "2",
            "start-activity_name": "Gardening",
            "start-activity": "3",
        },
        follow=True,
    )
    assert "Your answers are saved." in text(answered)
    assert START_LINK not in text(answered)
    assert kept(trial) == {"average_pain": 6, "activity_name": "Gardening", "activity": 3}
    prescription = trial.prescription
    assert (prescription.usual_pain, prescription.usual_lowest_site) == (5, Site.BUTTOCK)


def test_half_of_it_is_kept_and_the_rest_still_asked(client, trial):
    answered = client.post(PAGE, {"start-average_pain": "0", "start-activity_name": ""}, follow=True)
    assert kept(trial) == {"average_pain": 0}
    assert START_LINK in text(answered)
    page = client.get(PAGE).content.decode()
    assert re.search(r'name="start-average_pain"[^>]*value="0"[^>]*checked', page)
    assert page.count("checked") == 1


def test_nothing_said_is_nothing_kept(client, trial):
    assert client.post(PAGE, {"start-activity_name": "  "}).status_code == 302
    assert kept(trial) == {}


def test_what_is_usual_is_asked_here_or_in_the_session_and_not_twice(client, trial):
    assert "Only this once" in text(client.get("/session/"))
    client.post(PAGE, {"start-usual_pain": "5", "start-usual_site": "2"})
    assert "Only this once" not in text(client.get("/session/"))
    assert "on most days" not in text(client.get(PAGE))
    Prescription.objects.update(usual_pain=None, usual_lowest_site=None)
    told = {"uid": "0" * 31 + "1", "practised_on": trial.date(1).isoformat(), "usual_pain": "7"}
    client.post("/session/", {**told, "usual_site": "1", f"{trial.line('A')}-outcome": "done"})
    assert trial.prescription.usual_pain == 7
    assert "on most days" not in text(client.get(PAGE))


def test_put_away_it_is_gone_from_today_and_nothing_is_lost(client, trial):
    client.post(PAGE, {"start-average_pain": "6"})
    assert START_LINK not in text(client.post(PAGE, {"put_away": "1"}, follow=True))
    assert kept(trial) == {"average_pain": 6}


def test_an_answer_is_changed_or_taken_back_on_purpose(client, trial):
    client.post(PAGE, {"start-average_pain": "6", "start-activity_name": "Gardening"})
    was = {"was-start-average_pain": "6", "was-start-activity_name": "Gardening"}
    page = client.get(PAGE).content.decode()
    for name, value in was.items():
        assert f'name="{name}" value="{value}"' in page
    client.post(PAGE, {**was, "start-average_pain": "4", "start-activity_name": ""})
    assert kept(trial) == {"average_pain": 4}


def test_a_form_that_was_opened_before_takes_nothing_back(client, trial):
    client.post(PAGE, {"start-average_pain": "6", "start-activity_name": "Gardening"})
    client.post(PAGE, {"start-activity_name": "", "start-activity": "3"})  # another window, opened empty
    assert kept(trial) == {"average_pain": 6, "activity_name": "Gardening", "activity": 3}


@pytest.mark.parametrize(
    ("name", "wrong", "problem"),
    [
        ("start-average_pain", "11", "Choose from the list."),
        ("start-average_pain", "-1", "Choose from the list."),
        ("start-average_pain", "six", "Choose from the list."),
        ("start-usual_pain", "99999999999999999999", "Choose from the list."),
        ("start-usual_site", "5", "Choose from the list."),
        ("start-activity_name", "x" * 81, "at most 80 characters"),
        ("start-activity_name", "a\x00b", "Null characters are not allowed."),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_kept(client, trial, name, wrong, problem):
    good = {"start-activity_name": "Gardening", "start-activity": "3"}
    page = client.post(PAGE, {**good, name: wrong})
    assert page.status_code == 400
    assert problem in text(page)
    assert f'href="#id_{name}"' in page.content.decode()
    assert kept(trial) == {}
    assert trial.prescription.usual_pain is None


def test_too_late_there_is_nothing_to_answer(client, trial, time_machine):
    time_machine.move_to(trial.at(8, "09:00"), tick=False)
    assert "No question is open" in text(client.get(PAGE))
    assert client.post(PAGE, {"start-average_pain": "6"}).status_code == 400
    assert kept(trial) == {}


def test_in_italian(client, trial):
    trial.patient.user.language = "it"
    trial.patient.user.save()
    client.cookies["django_language"] = "it"
    page = text(client.get(PAGE, headers={"accept-language": "it"}))
    assert "In media, quanto è stato forte il dolore negli ultimi 7 giorni?" in page
    assert "Un'attività importante per te" in page


# --- A clinic's own on a day -----------------------------------------------------------------------------
def test_a_question_of_a_day_shows_on_today_until_it_is_answered(client, trial, time_machine):
    question = own(
        trial,
        at_start=False,
        at_review=False,
        on_day=3,
        kind=QuestionKind.CHOICE,
        text_en="How was the first week?",
        choices_en="Easy\nHard",
    )
    assert DAY_LINK not in text(client.get("/"))
    time_machine.move_to(trial.at(9, "09:00"), tick=False)
    assert DAY_LINK in text(client.get("/"))
    page = text(client.get(PAGE))
    assert "Day 3 How was the first week? Easy Hard" in page
    name = f"day-3-{question.name_in_form}"
    assert client.post(PAGE, {name: "3"}).status_code == 400
    assert DAY_LINK not in text(client.post(PAGE, {name: "2"}, follow=True))
    answer = Answer.objects.get()
    assert (answer.occasion, answer.occasion_number, answer.chosen_en) == (Occasion.DAY, 3, "Hard")


def test_words_and_yes_or_no_are_kept_as_they_are_said(client, trial):
    words = own(trial, kind=QuestionKind.WORDS, text_en="What do you do?")
    yes = own(trial, kind=QuestionKind.YES_NO, text_en="Do you sleep well?")
    client.post(PAGE, {f"start-{words.name_in_form}": "I <b>drive</b>.", f"start-{yes.name_in_form}": "0"})
    assert kept(trial) == {words.name_in_form: "I <b>drive</b>.", yes.name_in_form: 0}
    assert "I &lt;b&gt;drive&lt;/b&gt;." in client.get(PAGE).content.decode()


# --- The review ------------------------------------------------------------------------------------------
@pytest.fixture
def at_review(client, trial, time_machine) -> Scenario:
    client.post(PAGE, {"start-average_pain": "6", "start-activity_name": "Gardening", "start-activity": "3"})
    trial.scheduler_runs(21)
    time_machine.move_to(trial.at(21, "09:00"), tick=False)
    return trial


def test_the_review_asks_again_and_half_of_it_is_kept(client, at_review):
    page = text(client.get("/review/"))
    assert "Gardening: how well does it go now?" in page
    assert "Very much improved Much improved Minimally improved No change" in page
    client.post("/review/", {"average_pain": "4", "words": ""})
    review = at_review.prescription.reviews.get()
    assert (review.helped, review.patient_words) == ("", "")
    assert "Answer now" in text(client.get("/"))  # whether it helped is still open
    client.post("/review/", {"was-average_pain": "4", "average_pain": "4", "helped": "useful", "change": "2"})
    review.refresh_from_db()
    assert review.helped == "useful"
    rows = Answer.objects.on(Occasion.REVIEW, 1).values_list("question__code", "number")
    assert dict(rows) == {"average_pain": 4, "change": 2}


def test_a_wrong_answer_at_the_review_is_refused_as_a_whole(client, at_review):
    page = client.post("/review/", {"helped": "useful", "change": "8", "average_pain": "4"})
    assert page.status_code == 400
    assert "Choose from the list." in text(page)
    assert not Answer.objects.on(Occasion.REVIEW, 1).exists()
    assert at_review.prescription.reviews.get().helped == ""


def test_words_said_before_stay_where_the_form_did_not_show_them(client, at_review):
    client.post("/review/", {"words": "Mornings are easier."})
    client.post("/review/", {"helped": "useful", "words": ""})
    assert at_review.prescription.reviews.get().patient_words == "Mornings are easier."
    client.post("/review/", {"was-words": "Mornings are easier.", "words": ""})
    assert at_review.prescription.reviews.get().patient_words == ""


# --- Who reads them --------------------------------------------------------------------------------------
def pages_of_staff(trial: Scenario) -> list[str]:
    return [clinic_pages.report_url(trial), f"/admin/patients/{trial.patient.pk}/"]


def test_the_clinic_reads_start_beside_now(client, at_review):
    client.post("/review/", {"average_pain": "4", "activity": "6", "change": "2"})
    staff = clinic_pages.client_of(at_review.clinician)
    for address in pages_of_staff(at_review):
        page = text(staff.get(address))
        assert "Average pain, last 7 days 6 to 4" in page
        assert "Gardening 3 to 6" in page
        assert "Overall change Much improved" in page


def test_a_signed_review_shows_what_was_seen_then(client, at_review):
    client.post("/review/", {"average_pain": "4", "helped": "useful"})
    at_review.signs(at_review.prescription.reviews.get(), 21)
    Answer.objects.filter(occasion=Occasion.REVIEW).update(number=9)
    page = clinic_pages.client_of(at_review.clinician).get(clinic_pages.report_url(at_review))
    signed = text(page).split("Signed reviews")[1]
    assert "Average pain, last 7 days 6 to 4" in signed


def test_a_review_signed_before_there_were_answers_still_shows(client, at_review):
    review = at_review.signs(at_review.prescription.reviews.get(), 21)
    del review.snapshot["answers"]
    review.save()
    page = clinic_pages.client_of(at_review.clinician).get(clinic_pages.report_url(at_review))
    assert page.status_code == 200


def test_the_front_desk_reads_no_answer(client, at_review):
    desk = clinic_pages.client_of(clinic_pages.member(at_review, Role.FRONT_DESK))
    assert "Gardening" not in text(desk.get(f"/admin/patients/{at_review.patient.pk}/"))
    assert desk.get(clinic_pages.report_url(at_review)).status_code in {302, 403, 404}
    assert not Answer.objects.visible_to(clinic_pages.member(at_review, Role.FRONT_DESK)).exists()


def test_somebody_else_neither_sees_nor_answers_them(client, at_review, as_patient, a_strange_patient):
    stranger = as_patient(a_strange_patient)
    for address in (PAGE, "/review/", "/"):
        assert "Gardening" not in text(stranger.get(address))
    stranger.post(PAGE, {"start-average_pain": "1"})
    stranger.post("/review/", {"average_pain": "1"})
    assert kept(at_review)["average_pain"] == 6
    assert not Answer.objects.visible_to(a_strange_patient.user).of(at_review.patient).exists()
    assert Answer.objects.visible_to_patient(at_review.patient.user).of(at_review.patient).count() == 3


def test_signed_out_it_leads_to_signing_in(trial):
    assert Client().get(PAGE)["Location"].startswith("/sign-in/")
