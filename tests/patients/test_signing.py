"""What follows a signature: the next count, the end, a wish to see the patient, a word, additions.

Day 1 is Monday 2 March 2026; the review point is the morning of Sunday 22 March.
"""

import uuid

import pytest
from django.core.exceptions import ValidationError

from clinic.models import Event, Notice
from clinic.notices import kinds
from patients import signing
from patients.asking import ask
from patients.models import Message, Review
from patients.review_words import USUAL, usual_word
from patients.vocabulary import Decision, EndReason, MessageKind, WorkKind
from tests.patients.scenario import Scenario, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial() -> Scenario:
    return Scenario("AB")


@pytest.fixture
def review(trial: Scenario) -> Review:
    assert trial.scheduler_runs(21) == 1
    found: Review = trial.prescription.reviews.get()
    return found


def sign(trial: Scenario, review: Review, decision: Decision, **more: object) -> Review:
    return signing.sign_review(
        review=review, decision=decision, by=trial.clinician, now=trial.at(22, "10:00"), **more
    )


def test_the_next_review_point_is_set_with_the_signature(trial, review):
    # Signed on 23 March (day 22), which is day 1 of 30; they end on 21 April.
    sign(trial, review, Decision.CONTINUE, next_after_days=30)
    assert trial.prescription.review_after_days == 30
    assert (trial.prescription.counts_from, trial.prescription.next_review_on) == (
        day("2026-03-23"),
        day("2026-04-22"),
    )


def test_the_decision_to_end_ends_it_and_needs_a_reason(trial, review):
    with pytest.raises(ValidationError) as refused:
        sign(trial, review, Decision.END)
    assert list(refused.value.message_dict) == ["end_reason"]
    review.refresh_from_db()
    assert (review.signed_at, trial.prescription.status) == (None, "active")
    sign(trial, review, Decision.END, end_reason=EndReason.CONFIDENT)
    ended = trial.prescription
    assert (ended.status, ended.end_reason, ended.ended_on) == ("ended", "confident", day("2026-03-23"))
    assert ended.reviews.count() == 1


def test_of_a_programme_that_has_ended_no_reason_is_asked(trial, review):
    trial.ends(21)
    sign(trial, review, Decision.END)
    assert trial.prescription.end_reason == EndReason.IMPROVED


def test_to_see_the_patient_is_a_wish_that_the_front_desk_reads(trial, review):
    sign(trial, review, Decision.SEE_IN_CLINIC)
    wish = Message.objects.get(patient=trial.patient)
    assert (wish.kind, wish.asked_by, wish.words) == (MessageKind.APPOINTMENT, trial.clinician, "")
    assert [item.kind for item in trial.open_work()] == [WorkKind.WISH]


def test_a_wish_that_waits_already_is_enough(trial, review):
    ask(
        patient=trial.patient,
        uid=review.prescription.versions.get().exercises.first().line,
        kind=MessageKind.APPOINTMENT,
        by=trial.patient.user,
        now=trial.at(21),
    )
    sign(trial, review, Decision.SEE_IN_CLINIC)
    assert Message.objects.filter(patient=trial.patient).count() == 1


def test_five_questions_that_wait_keep_nobody_from_signing(trial, review):
    for _number in range(5):
        ask(
            patient=trial.patient,
            uid=uuid.uuid4(),
            kind=MessageKind.QUESTION,
            words="May I swim?",
            by=trial.patient.user,
            now=trial.at(21),
        )
    sign(trial, review, Decision.SEE_IN_CLINIC)
    assert Message.objects.filter(patient=trial.patient, kind=MessageKind.APPOINTMENT).count() == 1


def test_the_patient_does_not_read_the_clinics_wish_as_their_own(trial, review, time_machine, as_patient):
    sign(trial, review, Decision.SEE_IN_CLINIC)
    time_machine.move_to(trial.at(22, "12:00"), tick=False)
    assert "What you asked" not in as_patient(trial.patient).get("/ask/").content.decode()


# --- A word to the patient --------------------------------------------------------------------------
def test_a_word_is_kept_and_a_mail_says_only_that_there_is_one(trial, review):
    trial.patient.email = "nina@post.example"
    trial.patient.save()
    sign(trial, review, Decision.CONTINUE, word="  Quarzo: well done.  ")
    review.refresh_from_db()
    assert review.word_to_patient == "Quarzo: well done."
    notice = Notice.objects.get(kind="review_word")
    kind = kinds.get("review_word")
    assert kind.address(notice) == "nina@post.example"
    assert kind.still_wanted(notice, trial.at(22)).wanted
    mail = kind.render(notice)
    assert "Quarzo" not in mail.subject + mail.text + mail.html


def test_the_word_waits_until_the_page_may_show_what_was_decided_and_no_longer_than_it_is_there(
    trial, review
):
    trial.patient.email = "nina@post.example"
    trial.patient.save()
    sign(trial, review, Decision.PROGRESS, word="We go on.")
    notice = Notice.objects.get(kind="review_word")
    assert notice.due_at == trial.at(22, "10:10")
    assert notice.expires_at == trial.at(36, "11:00")  # fourteen times 24 hours: the clocks went forward


def test_the_word_is_not_shown_while_an_emergency_sign_is_open(trial, review, time_machine, as_patient):
    sign(trial, review, Decision.CONTINUE, word="Quarzo: we go on.")
    time_machine.move_to(trial.at(22, "12:00"), tick=False)
    client = as_patient(trial.patient)
    assert "Quarzo" in client.get("/").content.decode()
    trial.reports_emergency(22)
    assert "Quarzo" not in client.get("/").content.decode()


def test_without_a_word_there_is_no_mail(trial, review):
    sign(trial, review, Decision.CONTINUE, word="   ")
    assert not Notice.objects.filter(kind="review_word").exists()


def test_every_decision_has_its_usual_word_in_both_languages():
    assert set(USUAL) == set(Decision)
    for decision in Decision:
        assert usual_word(decision, language="en") != usual_word(decision, language="it")
    assert usual_word(Decision.CONTINUE, language="en", is_running=False) == ""
    assert usual_word(Decision.REFER, language="en", is_running=False)


# --- What is frozen, and what is added --------------------------------------------------------------
def test_the_paragraph_is_frozen_in_both_languages(trial, review):
    trial.records(21, done="A", stopped="B")
    sign(trial, review, Decision.CONTINUE)
    kept = Review.objects.get().snapshot["in_short"]
    # Days 1 to 21 are over and due, one of them practised; day 22 is open.
    assert kept["en"][:2] == ["Too little to judge.", "Practised on 1 of 21 days."]
    assert kept["en"][-1] == "One stop for pain (day 21), still off."
    assert set(kept) == {"en", "it"}


def test_a_whole_session_that_was_stopped_is_one_stop(trial, review):
    trial.records(21, stopped="AB")
    sign(trial, review, Decision.CONTINUE)
    assert Review.objects.get().snapshot["in_short"]["en"][-1] == "One stop for pain (day 21), still off."


def test_an_addition_has_a_name_and_a_time_and_changes_nothing(trial, review):
    sign(trial, review, Decision.CONTINUE, note="Goes on.")
    before = Review.objects.values().get()
    made = signing.add_to_review(
        review=Review.objects.get(), words=" The left knee. ", by=trial.clinician, now=trial.at(23)
    )
    assert (made.words, made.added_by, made.added_at) == ("The left knee.", trial.clinician, trial.at(23))
    assert Review.objects.values().get() == before
    assert Event.objects.filter(verb="added", object_type="patients.ReviewAddition").count() == 1


@pytest.mark.parametrize("words", ["", "  \n"])
def test_an_addition_says_something(trial, review, words):
    sign(trial, review, Decision.CONTINUE)
    with pytest.raises(ValidationError) as refused:
        signing.add_to_review(review=Review.objects.get(), words=words, by=trial.clinician, now=trial.at(23))
    assert list(refused.value.message_dict) == ["words"]


def test_nothing_is_added_before_the_signature_nor_by_a_stranger(trial, review, a_stranger):
    for by, code in ((trial.clinician, "unsigned"), (a_stranger, "outsider")):
        with pytest.raises(ValidationError) as refused:
            signing.add_to_review(review=Review.objects.get(), words="No.", by=by, now=trial.at(23))
        assert refused.value.code == code
        if code == "unsigned":
            sign(trial, review, Decision.CONTINUE)
