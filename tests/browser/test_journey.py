"""The whole journey in Chromium, clinician and patient, on PostgreSQL, Redis, worker, beat and SMTP."""

import datetime as dt
import re
import uuid
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from clinic.localtime import local_date
from clinic.models import Clinic, Notice
from patients.adherence import report
from patients.answers import ExerciseAnswer, SessionAnswers
from patients.models import Patient, Prescription, Review, WorkItem
from patients.preferences import set_reminders
from patients.prescribed import exercises_on
from patients.recording import record_session
from patients.vocabulary import Outcome
from tests.browser.conftest import Watch
from tests.factories import PASSWORD
from tests.second_factor import App, with_app
from tests.time_passes import days_go_by

pytestmark = [pytest.mark.postgres, pytest.mark.redis]
FRIEND = "rosa@post.example"
EXERCISES = ["Cat-cow", "Glute bridge", "Supine spinal twist"]
# What no mail may hold: exercise, pain, diagnosis, surname, words.
UNSPOKEN = re.compile(r"bridge|twist|cat-cow|pain|hurt|stop|Salvi|pulled", re.IGNORECASE)


@pytest.fixture
def noon() -> str:
    """A time zone in which it is about noon just now: reminders are allowed, the clinic is open."""
    ahead = 12 - timezone.now().hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"


@pytest.fixture
def clinic(aurora, noon: str) -> Clinic:
    """Aurora, open today; with the library."""
    call_command("load_library", verbosity=0)
    Clinic.objects.filter(pk=aurora.clinic.pk).update(time_zone=noon, open_days="1234567", notices_at="08:00")
    aurora.clinic.refresh_from_db()
    return aurora.clinic


@pytest.fixture
def desk(browser: Browser, watch: Watch, context: BrowserContext, base_url: str) -> Page:
    """The clinician's computer: a browser of its own, watched like the patient's phone."""
    other = browser.new_context(base_url=base_url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    for event, heard in (
        ("console", watch.console),
        ("request", watch.request),
        ("response", watch.response),
    ):
        other.on(event, heard)  # type: ignore[call-overload]
    page = other.new_page()
    watch.page(page)
    return page


def test_from_the_library_to_the_signed_review(engine, mailbox, aurora, clinic, noon, desk, watched_page):
    phone = watched_page
    app = with_app(aurora.clinician)
    silent = _somebody_who_recorded_today(aurora, noon)

    _sign_in(desk, aurora.clinician.email, app)
    _assemble(desk)
    _enter_patient(desk)
    reminder = (timezone.now().astimezone(dt.UTC) + _offset(noon) - dt.timedelta(minutes=1)).time()
    _prescribe(desk, reminder)
    patient = Patient.objects.get(email=FRIEND)
    prescription = Prescription.objects.get(patient=patient)
    assert prescription.status == Prescription.Status.ACTIVE

    invitation = mailbox.wait_for(lambda mail: FRIEND in mail.recipients and "come-in" in mail.text)
    assert not UNSPOKEN.search(invitation.subject + invitation.text)
    _come_in(phone, invitation.text)
    # Nothing is recorded yet, and the time that was chosen has come since the programme was started.
    hour_ago = timezone.now() - dt.timedelta(hours=1)
    Prescription.objects.filter(pk=prescription.pk).update(activated_at=hour_ago)
    patient.reminder_times.update(set_at=hour_ago)
    reminded = mailbox.wait_for(lambda mail: FRIEND in mail.recipients and "reminder" in mail.subject)
    assert reminded.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    _record_with_a_stop(phone)

    alert = mailbox.wait_for(
        lambda mail: aurora.clinician.email in mail.recipients and "worklist" in mail.text
    )
    assert not UNSPOKEN.search(alert.subject + alert.text.replace("worklist", ""))
    _take_resume_and_close(desk, alert.text)
    assert not WorkItem.objects.open().filter(patient=patient).exists()

    days_go_by(patient, 20)
    Prescription.objects.filter(pk=prescription.pk).update(next_review_on=local_date(timezone.now(), noon))
    review = mailbox.wait_for(
        lambda mail: aurora.clinician.email in mail.recipients and "review" in mail.text
    )
    assert not UNSPOKEN.search(review.subject + review.text)
    desk.context.clear_cookies()
    cache.clear()  # a code is good for once, which the cache remembers; twenty days later it shows another
    _sign_the_review(desk, review.text, aurora.clinician.email, app)
    signed = Review.objects.get(prescription=prescription)
    assert (signed.decision, signed.signed_by) == ("continue", aurora.clinician)
    assert signed.snapshot["sessions"] == {"done": 1, "due": 20}

    reminders = Notice.objects.filter(kind="reminder", subject_id=silent.pk)
    assert not reminders.filter(state=Notice.State.SENT).exists()
    assert mailbox.to(silent.email) == []


def _offset(zone: str) -> dt.timedelta:
    return timezone.now().astimezone(ZoneInfo(zone)).utcoffset() or dt.timedelta()


def _somebody_who_recorded_today(aurora, zone: str) -> Patient:
    """A patient whose reminder is due as well, and who has recorded already."""
    prescription = aurora.prescription
    now = timezone.now()
    prescription = Prescription.objects.select_related("patient__clinic").get(pk=prescription.pk)
    today = local_date(now, prescription.patient.zone)
    lines = [exercise.line for exercise in exercises_on(prescription, today)]
    record_session(
        prescription=prescription,
        uid=uuid.uuid4(),
        practised_on=today,
        answers=SessionAnswers([ExerciseAnswer(line, Outcome.DONE) for line in lines]),
        now=now,
        by=prescription.patient.user,
    )
    minute_ago = (now + _offset(zone) - dt.timedelta(minutes=1)).time().replace(second=0, microsecond=0)
    set_reminders(patient=prescription.patient, times=[minute_ago], now=now - dt.timedelta(hours=1))
    return prescription.patient


# --- The clinician ----------------------------------------------------------------------------------


def _sign_in(page: Page, email: str, app: App) -> None:
    page.goto("/admin/")
    _give_password_and_code(page, email, app)
    expect(page).to_have_url(re.compile("/admin/worklist/$"))


def _give_password_and_code(page: Page, email: str, app: App) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Authenticator code").or_(page.get_by_label("Code")).first.fill(app.code())
    page.get_by_role("button", name="Sign in").first.click()


def _assemble(page: Page) -> None:
    """A programme of one's own: three exercises of the shared library, put into another order."""
    page.goto("/admin/programs/program/add/")
    page.get_by_label("name, English").fill("Rosa's beginning")
    for place, name in enumerate(EXERCISES):
        if place:
            page.get_by_role("button", name=re.compile("Add another")).click()
        page.locator(f"#id_items-{place}-exercise").select_option(label=name)
    page.locator("#id_items-0-position").fill("3")
    page.locator("#id_items-2-position").fill("1")
    page.locator("#id_items-1-hold_s").fill("6")
    page.locator("#id_items-1-reps").fill("5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Rosa's beginning").first).to_be_visible()


def _enter_patient(page: Page) -> None:
    page.goto("/admin/patients/patient/add/")
    page.get_by_label("First name").fill("Rosa")
    page.get_by_label("Surname").fill("Salvi")
    page.get_by_label("Date of birth").fill("1953-04-24")
    page.get_by_label("E-mail").fill(FRIEND)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Invite by e-mail").click()
    expect(page.get_by_text(f"The invitation is on its way to {FRIEND}")).to_be_visible()


def _prescribe(page: Page, reminder: dt.time) -> None:
    page.get_by_role("link", name=re.compile("^Prescribe")).first.click()
    page.get_by_role("link", name=re.compile("Rosa's beginning")).click()
    page.get_by_label("None of these").check()
    page.locator('input[type="time"]').first.fill(f"{reminder:%H:%M}")
    page.get_by_role("button", name="Prescribe and start").click()
    expect(page.get_by_text("Prescribed and started.")).to_be_visible()


def _take_resume_and_close(page: Page, mail: str) -> None:
    page.goto(_link(mail))
    # Others of the clinic may be silent: this is one of several lines.
    item = page.locator("li.work-row").filter(has_text="Rosa Salvi").last
    expect(item).to_contain_text("It pulled into the leg")
    item.get_by_role("button", name="I take care of it").click()
    expect(page.get_by_text("Noted: you take care of it.")).to_be_visible()
    item.get_by_role("button", name="Resume").first.click()
    expect(page.get_by_text("Resumed:")).to_be_visible()
    page.goto("/admin/worklist/")
    item.get_by_text("Close", exact=True).click()
    item.get_by_label("What came of it").fill("Talked on the phone: smaller range.")
    item.get_by_role("button", name="Close with this outcome").click()
    expect(page.get_by_text("Closed.")).to_be_visible()


def _sign_the_review(page: Page, mail: str, email: str, app: App) -> None:
    page.goto(_link(mail))
    _give_password_and_code(page, email, app)
    prescription = Prescription.objects.get(patient__email=FRIEND)
    seen = report(prescription, on=local_date(timezone.now(), prescription.patient.zone))
    expect(page.get_by_text(f"{seen.sessions_done} of {seen.sessions_due}").first).to_be_visible()
    page.get_by_label("Continue", exact=True).check()
    page.get_by_role("button", name="Sign the review").click()
    expect(page.get_by_text("Signed: Continue.", exact=True)).to_be_visible()


# --- The patient ------------------------------------------------------------------------------------


def _come_in(page: Page, mail: str) -> None:
    page.goto(_link(mail))
    expect(page.get_by_role("heading", name="Welcome, Rosa")).to_be_visible()
    page.locator("main form").get_by_role("button").click()
    expect(page.get_by_text("Your exercises")).to_be_visible()
    names = page.locator("main h3").all_inner_texts()
    assert names[:3] == ["Lying twist", "Bridge", "Cat and cow"]


def _record_with_a_stop(page: Page) -> None:
    page.get_by_role("link", name="Start", exact=True).first.click()
    page.get_by_role("button", name="Go on without saying").click()  # what is usual
    page.get_by_role("button", name="Go on without saying").click()  # pain before
    expect(page.get_by_role("heading", name="Lying twist")).to_be_visible()
    page.get_by_role("button", name="Stop: it hurts more").click()
    page.get_by_role("button", name="Go on with the rest").click()
    for name in ("Bridge", "Cat and cow"):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        page.get_by_role("button", name="Done", exact=True).click()
    page.get_by_role("button", name="Go on without saying").click()  # pain after
    page.locator("[data-screen=during] .scale-step").nth(6).click()
    page.locator("details.words summary").click()
    page.get_by_label("In your own words").fill("It pulled into the leg")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You stopped because it hurt more. That was right.")).to_be_visible()


def _link(text: str) -> str:
    found = re.search(r"https?://\S+", text)
    assert found, text
    return found.group()
