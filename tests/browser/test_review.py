"""The review point and the worklist in Chromium: few clicks, two who sign, a stop from first to last."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from clinic.models import User
from clinic.scoping import Role
from patients.answers import ExerciseAnswer, SessionAnswers
from patients.models import Patient, Prescription, Review, WorkItem
from patients.prescribed import exercises_on
from patients.recording import record_session
from patients.vocabulary import Outcome
from tests.browser.guided import Taps, who_practises
from tests.clients import signed_in
from tests.factories import PASSWORD, MembershipFactory, ReviewFactory, today
from tests.second_factor import with_app

DESK = {"width": 1280, "height": 900}


@pytest.fixture
def patient(aurora) -> Patient:
    return who_practises(aurora, given_name="Nina", family_name="Salvi", email="nina@post.example")


@pytest.fixture
def review(patient: Patient) -> Review:
    """Its review point is reached."""
    prescription = Prescription.objects.get(patient=patient)
    made: Review = ReviewFactory(prescription=prescription, counts_from=today(patient))
    return made


@pytest.fixture
def desk(watched_page: Page) -> Page:
    watched_page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return watched_page


def report(review: Review) -> str:
    return reverse("admin:prescription_report", args=[review.prescription_id])


def test_from_the_mails_link_to_the_signature_in_four_clicks(desk: Page, aurora, review: Review):
    app, click = with_app(aurora.clinician), Taps(desk)
    desk.goto(report(review))  # as the mail has it
    desk.get_by_label("Email").fill(aurora.clinician.email)
    desk.get_by_label("Password").fill(PASSWORD)
    click(desk.get_by_role("button", name="Sign in", exact=True))
    desk.get_by_label("Authenticator code").or_(desk.get_by_label("Code")).first.fill(app.code())
    click(desk.get_by_role("button", name="Sign in").first)
    expect(desk).to_have_url(re.compile(report(review)))
    click(desk.locator("label", has_text=re.compile("^Continue$")))
    expect(desk.get_by_label("Word to the patient")).to_have_value(re.compile("We go on with the same"))
    click(desk.get_by_role("button", name="Sign the review"))
    expect(desk.get_by_text("Signed: Continue.", exact=True)).to_be_visible()
    assert click.count < 10
    review.refresh_from_db()
    assert review.signed_by == aurora.clinician
    assert "We go on with the same" in review.word_to_patient


def test_the_usual_word_follows_the_decision_until_another_is_written(
    desk: Page,
    aurora,
    review: Review,
    enter_as_staff: Callable[[User], None],
    axe: Callable[[Page], list[str]],
):
    enter_as_staff(aurora.clinician)
    desk.goto(report(review))
    word = desk.get_by_label("Word to the patient")
    desk.locator("label", has_text=re.compile("^Continue$")).click()
    desk.locator("label", has_text=re.compile("^Refer$")).click()
    expect(word).to_have_value(re.compile("somebody else to have a look"))
    word.fill("Till Tuesday at ten.")
    desk.locator("label", has_text=re.compile("^End$")).click()
    expect(word).to_have_value("Till Tuesday at ten.")
    desk.get_by_role("button", name="Sign the review").click()
    expect(desk.get_by_text("Say why it ends.", exact=True)).to_be_visible()
    expect(word).to_have_value("Till Tuesday at ten.")
    assert axe(desk) == []
    desk.get_by_label("If it ends: why").select_option("confident")
    desk.get_by_role("button", name="Sign the review").click()
    expect(desk.get_by_text("Signed: End.", exact=True)).to_be_visible()
    assert Prescription.objects.get(pk=review.prescription_id).end_reason == "confident"


def test_to_refer_asks_to_whom_only_then_and_opens_the_letter(
    desk: Page, aurora, review: Review, enter_as_staff: Callable[[User], None]
):
    enter_as_staff(aurora.clinician)
    desk.goto(report(review))
    whom = desk.get_by_label("If you refer: to whom")
    desk.locator("label", has_text=re.compile("^Continue$")).click()
    expect(whom).to_be_hidden()
    desk.locator("label", has_text=re.compile("^Refer$")).click()
    whom.fill("Dr. Bianchi, neurology")
    desk.get_by_label("If you refer: why").fill("Tingling below the knee.")
    desk.get_by_role("button", name="Sign the review").click()
    draft = desk.get_by_label("Text of the letter")
    expect(draft).to_have_value(re.compile("^To: Dr. Bianchi, neurology\n(.|\n)*Reason: Tingling below"))


def test_the_summary_is_put_on_the_clipboard(
    desk: Page, context: BrowserContext, aurora, review: Review, enter_as_staff: Callable[[User], None]
):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    enter_as_staff(aurora.clinician)
    desk.goto(report(review))
    desk.get_by_text("Copy as text").click()
    desk.get_by_role("button", name="Copy", exact=True).click()
    expect(desk.get_by_text("Copied.")).to_be_visible()
    copied = desk.evaluate("navigator.clipboard.readText()")
    assert "Nina Salvi, born " in copied
    assert "Has not said yet whether it helped." in copied


def test_two_sign_at_once_and_one_is_told(
    desk: Page, aurora, review: Review, enter_as_staff: Callable[[User], None]
):
    enter_as_staff(aurora.clinician)
    desk.goto(report(review))
    desk.locator("label", has_text=re.compile("^Refer$")).click()
    colleague = MembershipFactory(clinic=aurora.clinic, role=Role.CLINICIAN).user
    sign = reverse("admin:prescription_sign", args=[review.prescription_id, review.number])
    signed_in(colleague, method="mfa").post(sign, {"decision": "continue"})
    desk.get_by_role("button", name="Sign the review").click()
    expect(desk.get_by_text(f"{colleague} has signed this review already.")).to_be_visible()
    review.refresh_from_db()
    assert (review.decision, review.signed_by) == ("continue", colleague)


def test_a_stop_is_taken_handed_over_resumed_and_closed(
    desk: Page,
    browser: Browser,
    base_url: str,
    aurora,
    patient: Patient,
    enter_as_staff: Callable[[User], None],
):
    prescription = Prescription.objects.get(patient=patient)
    exercises = exercises_on(prescription, today(patient))
    answers = [ExerciseAnswer(one.line, Outcome.DONE) for one in exercises[1:]]
    record_session(
        prescription=prescription,
        uid=exercises[0].line,
        practised_on=today(patient),
        answers=SessionAnswers(exercises=[ExerciseAnswer(exercises[0].line, Outcome.STOPPED), *answers]),
        by=patient.user,
        now=timezone.now(),
    )
    colleague = MembershipFactory(clinic=aurora.clinic, role=Role.CLINICIAN).user
    enter_as_staff(aurora.clinician)
    desk.goto("/admin/worklist/")
    desk.get_by_role("button", name="I take care of it").click()
    expect(desk.get_by_text(f"Seen by {aurora.clinician}")).to_be_visible()
    desk.get_by_text("Hand over", exact=True).first.click()
    desk.locator("select[name=to]").select_option(label=str(colleague))
    desk.locator("form[action$='/hand-over/'] button[type=submit]").click()
    expect(desk.get_by_text(f"Handed over to {colleague}.")).to_be_visible()

    enter_as_staff(colleague)
    desk.goto("/admin/worklist/")
    desk.get_by_role("button", name="I take care of it").click()
    desk.get_by_role("button", name="Resume").click()
    expect(desk.get_by_text("Resumed:")).to_be_visible()
    desk.get_by_text("Close", exact=True).click()
    desk.get_by_label("What came of it").fill("Talked on the phone: smaller range.")
    desk.get_by_role("button", name="Close with this outcome").click()
    expect(desk.get_by_text("Closed.")).to_be_visible()
    item = WorkItem.objects.get(patient=patient)
    assert (item.acknowledged_by, item.closed_by) == (colleague, colleague)
