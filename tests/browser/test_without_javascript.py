"""With JavaScript off: signing in by code and by paper, and recording a session, in both languages."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from playwright.sync_api import Locator, Page, Request, expect

from patients.models import ExerciseStop, Patient, PracticeSession, PrescribedExercise
from patients.signin.paper import make_paper_code
from tests import outbox
from tests.factories import LadderFormFactory, PatientFactory, PrescribedExerciseFactory, PrescriptionFactory

pytestmark = pytest.mark.browser_context_args(java_script_enabled=False)
LANGUAGES = {"en": "English", "it": "Italiano"}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """What the page says; the test speaks it too, so `_("Save")` is the button's name in either."""
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def patient(aurora, language: str) -> Patient:
    """Who speaks this language, and practises for the first time today: four exercises."""
    made: Patient = PatientFactory(
        clinic=aurora.clinic, given_name="Nina", email="nina@post.example", language=language
    )
    prescription = PrescriptionFactory(patient=made, clinician=aurora.clinician)
    version = prescription.versions.get()
    PrescribedExerciseFactory(version=version, exercise=LadderFormFactory().exercise)
    return made


@pytest.fixture
def page(watched_page: Page, language: str) -> Page:
    """At the door, after a press on the footer's button of the language."""
    watched_page.goto("/sign-in/")
    other = watched_page.get_by_role("button", name=LANGUAGES[language])
    if other.count():
        other.click()
    expect(watched_page.locator("html")).to_have_attribute("lang", language)
    assert watched_page.evaluate("1") == 1  # the test may look into the page; the page itself runs nothing
    return watched_page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def exercises(patient: Patient) -> list[PrescribedExercise]:
    return list(PrescribedExercise.objects.filter(version__prescription__patient=patient))


def card(page: Page, exercise: PrescribedExercise) -> Locator:
    return page.get_by_role("region", name=exercise.plain_name, exact=True)


def pain(page: Page, question: str, level: int) -> None:
    page.get_by_role("group", name=question).get_by_label(str(level), exact=True).check()


def test_signing_in_by_code_and_recording(page: Page, patient: Patient, language: str):
    page.get_by_label(_("Your e-mail address")).fill(patient.email)
    press(page, _("Send me the code"))
    page.get_by_role("textbox").fill("000000" if outbox.digits() != "000000" else "111111")
    press(page, _("Come in"))
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("textbox").fill(outbox.digits())
    press(page, _("Come in"))
    expect(page).to_have_title(f"{_('Today')} · {patient.clinic}")
    expect(page.locator("html")).to_have_attribute("lang", language)

    page.get_by_role("link", name=pgettext("the session", "Start"), exact=True).first.click()
    done, partly, skipped, stopped = exercises(patient)
    pain(page, _("Pain now, before you begin"), 3)
    card(page, done).get_by_label(_("Done"), exact=True).check()
    card(page, partly).get_by_label(_("Partly done"), exact=True).check()
    card(page, skipped).get_by_label(_("Skipped"), exact=True).check()
    card(page, stopped).get_by_label(_("Stopped: it hurt more"), exact=True).check()
    pain(page, _("Pain now, after the exercises"), 4)
    page.get_by_role("checkbox", name=_("Leg, above the knee")).check()
    page.get_by_label(_("In your own words")).fill("È andata così, <b>davvero</b>.")
    press(page, _("Save"))
    sent = _mend(page, skipped)
    expect(page.get_by_role("heading", level=1)).to_have_text(_("Saved. Thank you."))
    expect(page.get_by_text("È andata così, <b>davvero</b>.")).to_be_visible()
    expect(page.get_by_text(_("You stopped because it hurt more. That was right."))).to_be_visible()

    session = PracticeSession.objects.get(patient=patient)
    outcomes = [
        (record.outcome, record.skip_reason) for record in session.records.order_by("prescribed__position")
    ]
    assert outcomes == [("done", ""), ("partly", ""), ("skipped", "no_time"), ("stopped", "")]
    assert (session.pain_before, session.pain_during, session.pain_after) == (3, None, 4)
    assert (session.sites, session.words) == ([3], "È andata così, <b>davvero</b>.")
    assert ExerciseStop.objects.get().line == stopped.line
    _send_again(page, sent, session)
    _see_it_off(page, stopped)


def _mend(page: Page, skipped: PrescribedExercise) -> Request:
    """A skip without a reason was sent: it is said at the field, nothing is saved, all the rest stays."""
    expect(page.get_by_role("alert")).to_contain_text(_("Say why you skipped it."))
    assert not PracticeSession.objects.exists()
    assert page.locator('input[type=radio]:checked:not([value=""])').count() == 6
    page.get_by_role("alert").get_by_role("link").click()  # leads to the field
    card(page, skipped).get_by_role("combobox").select_option("no_time")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        press(page, _("Save"))
    return sent.value


def _send_again(page: Page, sent: Request, session: PracticeSession) -> None:
    """The same form arrives once more, as after a second tap: it is one session."""
    headers = {name: sent.headers[name] for name in ("content-type", "origin")}
    again = page.context.request.post(sent.url, data=sent.post_data_buffer, headers=headers)
    assert again.ok
    assert _("Saved. Thank you.") in again.text()
    assert PracticeSession.objects.get().pk == session.pk


def _see_it_off(page: Page, stopped: PrescribedExercise) -> None:
    """Today says that the exercise is off; recording one more session does not ask about it."""
    page.get_by_role("link", name=_("To today")).click()
    expect(page.get_by_role("heading", name=stopped.plain_name)).to_be_visible()
    page.get_by_role("link", name=_("Record one more session")).click()
    expect(page.get_by_role("group", name=_("How did it go?"))).to_have_count(3)


def test_what_was_more_a_question_on_the_way_and_whether_it_settled(
    page: Page, patient: Patient, language: str, enter_as_patient: Callable[[Patient], None]
):
    """The first session ends worse; the second asks about it, and is left for a question in the middle."""
    enter_as_patient(patient)
    page.goto("/session/")
    first, second, *_rest = exercises(patient)
    pain(page, _("Pain now, before you begin"), 3)
    card(page, first).get_by_label(_("Done"), exact=True).check()
    pain(page, _("Pain now, after the exercises"), 4)
    pain(page, _("Pain during the exercises"), 6)
    named = page.get_by_role("group", name=_("In which exercise?"))
    named.get_by_label(first.plain_name, exact=True).check()
    page.get_by_role("checkbox", name=_("Buttock"), exact=True).check()
    press(page, _("Save"))
    expect(page.get_by_text(_("hurt more"), exact=True)).to_be_visible()

    page.goto("/session/")
    asked = _("Last time it ended with more pain than it began with. Has it settled?")
    page.get_by_role("group", name=asked).get_by_label(_("Yes, by the next day")).check()
    card(page, second).get_by_label(_("Skipped"), exact=True).check()
    card(page, second).get_by_role("combobox").select_option("unsure")
    page.get_by_label(_("Same as last time:")).check()
    press(page, _("Keep this and ask the clinic"))
    page.get_by_role("link", name=_("Back to the session")).click()
    expect(page.get_by_role("checkbox", name=_("Buttock"), exact=True)).to_be_checked()
    press(page, _("Save"))
    expect(page.locator("[data-reply=unsure]")).to_be_visible()
    earlier, later = PracticeSession.objects.filter(patient=patient).order_by("first_recorded_at")
    assert (earlier.settled, later.sites, later.finished_at is None) == ("next_day", [2], False)
    assert list(earlier.records.values_list("hurt_more", flat=True)) == [True]


def test_signing_in_by_paper(page: Page, patient: Patient, language: str):
    code = make_paper_code(patient=patient, by=None, now=timezone.now())
    page.get_by_role("link", name=_("Sign in with the code on paper")).click()
    page.get_by_label(_("Code on your sheet")).fill(code.lower())
    page.get_by_label(_("Date of birth")).fill("1.1.1901")
    press(page, _("Come in"))
    wrong = _("This code and this date of birth do not belong together. Please check both.")
    expect(page.get_by_role("alert")).to_contain_text(wrong)
    page.get_by_label(_("Date of birth")).fill("12.4.1955")
    press(page, _("Come in"))
    expect(page).to_have_title(f"{_('Today')} · {patient.clinic}")
    expect(page.locator("html")).to_have_attribute("lang", language)

    # The QR of the sheet fills the code in; the date of birth is asked all the same.
    page.context.clear_cookies()
    page.goto(f"/paper/{code.replace('-', '')}/")
    expect(page.locator("input[name=code]")).to_have_value(code.replace("-", ""))
    page.locator("input[name=birth_on]").fill("12/04/1955")
    page.locator("main form button").click()
    expect(page).to_have_title(f"{_('Today')} · {patient.clinic}")


def test_settings_and_help_now(page: Page, patient: Patient, enter_as_patient: Callable[[Patient], None]):
    """Reminders, and an emergency sign."""
    enter_as_patient(patient)
    page.goto("/settings/")
    page.get_by_label(_("Remind me at")).fill("18:30")
    page.locator("main form").filter(has=page.get_by_label(_("Remind me at"))).get_by_role(
        "button"
    ).first.click()
    expect(page.get_by_text(_("Saved."))).to_be_visible()
    assert [str(row.at) for row in patient.reminder_times.all()] == ["18:30:00"]

    page.goto("/help-now/")
    page.get_by_role("checkbox").first.check()
    page.locator("main form button").last.click()
    expect(page).to_have_url("/help-now/told/")
    expect(page.get_by_role("link", name="112").first).to_be_visible()
    assert patient.emergency_reports.uncleared().count() == 1
    page.goto("/")
    expect(page.get_by_role("link", name=pgettext("the session", "Start"), exact=True)).to_have_count(0)
