"""The review packet on a programme's page: read in half a minute, decided, signed, taken along."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from clinic.models import Event, Notice
from patients import reviews
from patients.models import Review
from patients.vocabulary import Decision, Helped
from tests.factories import PatientFactory, PrescriptionFactory
from tests.patients.clinic_pages import act_url, client_of, page, report_url
from tests.patients.pages import text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewed(time_machine) -> Scenario:
    """Ten in the morning of day 22: practised on 12 of 21 due days, B stopped on day 5, answered."""
    trial = Scenario("AB")
    trial.practises(1, 4)
    trial.records(5, done="A", stopped="B", before=3, during=6, after=5)
    trial.practises(6, 12, done="A")
    assert trial.scheduler_runs(21) == 1
    reviews.answer_review(
        review=Review.objects.get(),
        helped=Helped.PARTLY,
        words="Mornings are easier.",
        by=trial.patient.user,
        now=trial.at(21, "12:00"),
    )
    time_machine.move_to(trial.at(22, "10:00"), tick=False)
    return trial


def letter_url(trial: Scenario, kind: str) -> str:
    return reverse("admin:prescription_letter", args=[trial.pk, kind])


SHORT = "Practised on 12 of 21 days. Says: partly useful. One stop for pain (day 5), still off."


def test_the_paragraph_comes_first_then_the_words_then_what_was_not_done(reviewed):
    said = page(reviewed)
    places = [
        said.index(words)
        for words in (
            SHORT,
            "“Mornings are easier.”",
            "Pain from 0 to 10",
            "stopped for pain once",
            "Decide and sign",
            "12 of 21 sessions (57 %)",
        )
    ]
    assert places == sorted(places)


def test_too_little_to_judge_comes_before_all_else(time_machine):
    trial = Scenario("A")
    trial.practises(1, 3)
    trial.scheduler_runs(21)
    time_machine.move_to(trial.at(22), tick=False)
    said = page(trial)
    assert said.index("Too little to judge") < said.index("Practised on 3 of 21 days.")


def test_which_way_the_pain_went_and_the_source_of_the_footnote(reviewed):
    said = page(reviewed)
    assert "Hurt more right after than before 1" in said
    assert "Ostelo" not in said  # nothing was answered that it could stand under


@pytest.mark.parametrize(
    ("decision", "leads_to"),
    [
        (Decision.CONTINUE, "prescription_report"),
        (Decision.PROGRESS, "prescription_adjust"),
        (Decision.REGRESS, "prescription_adjust"),
        (Decision.CHANGE, "prescription_adjust"),
        (Decision.MAINTENANCE, "prescription_maintenance"),
        (Decision.SEE_IN_CLINIC, "prescription_report"),
        (Decision.REFER, "prescription_letter"),
        (Decision.END, "prescription_report"),
    ],
)
def test_each_decision_leads_on(reviewed, decision, leads_to):
    reason = {"end_reason": "confident"} if decision == Decision.END else {}
    client = client_of(reviewed.clinician)
    answer = client.post(act_url(reviewed, "sign", 1), {"decision": decision, **reason})
    assert answer.status_code == 302, text(answer)
    more = ["referral"] if decision == Decision.REFER else []
    assert answer["Location"] == reverse(f"admin:{leads_to}", args=[reviewed.pk, *more])
    assert client.get(answer["Location"]).status_code == 200


def test_the_usual_word_goes_to_the_patient_unless_another_or_none_is_wished(reviewed):
    client_of(reviewed.clinician).post(act_url(reviewed, "sign", 1), {"decision": "continue"})
    assert Review.objects.get().word_to_patient == (
        "Thank you for these days. We go on with the same exercises."
    )


@pytest.mark.parametrize(
    ("said", "kept"), [({"word": "Till Tuesday."}, "Till Tuesday."), ({"word": "x", "no_word": "on"}, "")]
)
def test_another_word_or_none(reviewed, said, kept):
    client_of(reviewed.clinician).post(act_url(reviewed, "sign", 1), {"decision": "continue", **said})
    assert Review.objects.get().word_to_patient == kept
    assert Notice.objects.filter(kind="review_word").exists() == (bool(kept) and bool(reviewed.patient.email))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"decision": "end"}, "Say why it ends."),
        ({"decision": "continue", "next_after_days": "0"}, "greater than or equal to 1"),
        ({"decision": "continue", "next_after_days": "x"}, "Enter a whole number."),
        ({"decision": "end", "end_reason": "bored"}, "Select a valid choice."),
        ({"decision": "continue", "word": "x" * 2001}, "at most 2000 characters"),
        ({"decision": "refer", "refer_to": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_signed(reviewed, wrong, words):
    answer = client_of(reviewed.clinician).post(act_url(reviewed, "sign", 1), wrong)
    assert answer.status_code == 400
    assert words in text(answer)
    assert Review.objects.get().signed_at is None
    assert reviewed.prescription.status == "active"


def test_the_word_is_on_the_patients_page_for_two_weeks(reviewed, time_machine, as_patient):
    client_of(reviewed.clinician).post(
        act_url(reviewed, "sign", 1), {"decision": "continue", "word": "See you <soon>."}
    )
    client = as_patient(reviewed.patient)
    for on, is_there in ((22, True), (36, True), (37, False)):
        time_machine.move_to(reviewed.at(on, "12:00"), tick=False)
        assert ("See you &lt;soon&gt;." in client.get("/").content.decode()) == is_there, on


def test_an_addition_after_the_signature(reviewed):
    client = client_of(reviewed.clinician)
    add = reverse("admin:review_add", args=[reviewed.pk, 1])
    early = client.post(add, {"words": "Too early."})
    assert (early.status_code, "This review is not signed yet." in text(early)) == (400, True)
    client.post(act_url(reviewed, "sign", 1), {"decision": "continue"})
    empty = client.post(add, {"words": " "})
    assert (empty.status_code, "This field is required." in text(empty)) == (400, True)
    answer = client.post(add, {"words": "It was the left side."})
    assert answer["Location"] == f"{report_url(reviewed)}#review-1"
    said = page(reviewed)
    assert f"It was the left side. Added by {reviewed.clinician}" in said
    assert SHORT.replace("12 of 21", "12 of 21") in said


# --- To be taken along ------------------------------------------------------------------------------
def test_the_summary_as_text_stands_ready_to_be_copied(reviewed):
    source = client_of(reviewed.clinician).get(report_url(reviewed)).content.decode()
    copied = source[source.index("<textarea readonly") :].partition("</textarea>")[0]
    assert SHORT in copied
    assert "Sessions: 12 of 21 (57 %)" in copied
    assert f"{reviewed.patient}, born " in copied


@pytest.mark.parametrize(
    ("kind", "opening"),
    [("doctor", "has practised a home exercise programme"), ("discharge", "comes to an end")],
)
def test_a_letter_is_edited_and_printed(reviewed, kind, opening):
    client = client_of(reviewed.clinician)
    draft = text(client.get(letter_url(reviewed, kind)))
    assert opening in draft
    assert SHORT in draft
    answer = client.post(letter_url(reviewed, kind), {"words": "Dear Dr. Bianchi,\n\n<b>all well</b>."})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    printed = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "Dear Dr. Bianchi," in printed
    assert "<b>all well</b>." in printed
    assert Event.objects.filter(verb="printed", object_id=str(reviewed.pk)).count() == 1


def test_a_note_for_colleagues_stays_in_the_clinics_own_record(reviewed):
    client = client_of(reviewed.clinician)
    client.post(act_url(reviewed, "sign", 1), {"decision": "continue", "note": "Quarzo, in confidence."})
    assert "Quarzo" not in text(client.get(letter_url(reviewed, "doctor")))
    assert "Quarzo" in page(reviewed)


def test_to_refer_leads_to_a_letter_to_whom_and_why(reviewed):
    client = client_of(reviewed.clinician)
    assert client.get(letter_url(reviewed, "referral")).status_code == 404  # nobody is referred yet
    said = {
        "refer_to": " Dr. Bianchi, neurology ",
        "refer_why": "Tingling below the knee.",
        "note": "Quarzo.",
    }
    answer = client.post(act_url(reviewed, "sign", 1), {"decision": "refer", **said}, follow=True)
    draft = answer.context["form"].initial["words"]
    assert draft.startswith(f"To: Dr. Bianchi, neurology\n\n{reviewed.patient}, born ")
    assert f"We would be glad if you saw {reviewed.patient}.\nReason: Tingling below the knee.\n" in draft
    assert "Quarzo" not in draft
    printed = client.post(letter_url(reviewed, "referral"), {"words": draft.replace("Tingling", "Numbness")})
    text_of = PdfReader(io.BytesIO(printed.content)).pages[0].extract_text()
    assert "Referral letter" in text_of
    assert "Numbness below the knee." in text_of
    kept = page(reviewed)
    assert "Referred to: Dr. Bianchi, neurology Tingling below the knee." in kept
    assert letter_url(reviewed, "referral") in client.get(report_url(reviewed)).content.decode()


def test_other_decisions_refer_to_nobody(reviewed):
    client = client_of(reviewed.clinician)
    client.post(act_url(reviewed, "sign", 1), {"decision": "continue", "refer_to": "Dr. Bianchi"})
    assert "referral" not in Review.objects.get().snapshot
    assert client.get(letter_url(reviewed, "referral")).status_code == 404


def test_without_a_name_and_a_reason_the_letter_is_to_the_family_doctor(reviewed):
    client = client_of(reviewed.clinician)
    answer = client.post(act_url(reviewed, "sign", 1), {"decision": "refer"}, follow=True)
    draft = answer.context["form"].initial["words"]
    assert draft.startswith(f"{reviewed.patient}, born ")
    assert "Reason:" not in draft


def test_of_a_programme_that_has_ended_too_to_refer_leads_to_the_letter(reviewed):
    reviewed.ends(22)
    answer = client_of(reviewed.clinician).post(act_url(reviewed, "sign", 1), {"decision": "refer"})
    assert answer["Location"] == letter_url(reviewed, "referral")


def test_reading_a_letter_is_written_down_and_of_a_draft_there_is_none(reviewed):
    client = client_of(reviewed.clinician)
    before = Event.objects.filter(verb="read").count()
    client.get(letter_url(reviewed, "doctor"))
    assert Event.objects.filter(verb="read").count() == before + 1
    draft = PrescriptionFactory(patient=PatientFactory(clinic=reviewed.clinic), status="draft")
    assert client.get(reverse("admin:prescription_letter", args=[draft.pk, "doctor"])).status_code == 404


def test_an_empty_letter_is_not_printed(reviewed):
    answer = client_of(reviewed.clinician).post(letter_url(reviewed, "doctor"), {"words": " "})
    assert answer.status_code == 400
    assert not Event.objects.filter(verb="printed").exists()


def test_a_letter_of_no_known_kind_and_for_who_does_not_treat(reviewed, a_stranger):
    client = client_of(reviewed.clinician)
    assert client.get(letter_url(reviewed, "doctor").replace("doctor", "lawyer")).status_code == 404
    assert client_of(a_stranger).get(letter_url(reviewed, "doctor")).status_code == 404
    add = reverse("admin:review_add", args=[reviewed.pk, 1])
    assert client_of(a_stranger).post(add, {"words": "No."}).status_code == 404
