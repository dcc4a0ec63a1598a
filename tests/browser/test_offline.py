"""Without a network, in Chromium with its service worker: what opens, what waits, that it arrives once."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Route, expect

from patients.models import Patient, PracticeSession, SetAside
from patients.prescribing import end
from patients.vocabulary import EndReason
from tests.browser.guided import who_practises

pytestmark = pytest.mark.browser_context_args(service_workers="allow")


@pytest.fixture
def patient(aurora) -> Patient:
    return who_practises(aurora, given_name="Nina", email="nina@post.example")


@pytest.fixture
def page(patient: Patient, watched_page: Page, enter_as_patient) -> Page:
    """A phone that has opened Today once, and has what it needs for the next time."""
    enter_as_patient(patient)
    watched_page.goto("/")
    stored(watched_page)
    return watched_page


def stored(page: Page) -> None:
    """Wait until the copies of today's pages are there."""
    page.evaluate("""async () => {
        const isThere = (path) => caches.match(path, { ignoreVary: true, cacheName: "pages" });
        const isReady = async () => navigator.serviceWorker.controller
            && await isThere("/") && await isThere("/session/") && await isThere("/help-now/");
        while (!await isReady()) await new Promise((go) => setTimeout(go, 50));
    }""")


def practise(page: Page, exercises: int = 6) -> None:
    """The guided session to its end, but for the last tap."""
    page.locator("[data-screen=before] .scale-step").nth(4).click()
    done(page, 1, exercises)
    page.locator("[data-screen=after] .scale-step").nth(3).click()


def done(page: Page, first: int, last: int) -> None:
    for number in range(first, last + 1):
        expect(page.locator(".is-here .guided-count")).to_have_text(f"Exercise {number} of 6")
        page.locator(".is-here").get_by_role("button", name="Done", exact=True).click()


def last_tap(page: Page) -> None:
    page.get_by_role("button", name="No more than before").click()


def sessions(patient: Patient) -> list[PracticeSession]:
    return list(PracticeSession.objects.filter(patient=patient))


def test_after_one_visit_today_and_the_session_open_without_a_network(
    page: Page, context: BrowserContext, patient: Patient
):
    context.set_offline(True)
    page.goto("/")
    expect(page.get_by_text("You can practise all the same")).to_be_visible()
    page.get_by_role("link", name="Help now").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/progress/")
    expect(page.get_by_role("heading", name="No connection just now")).to_be_visible()
    page.get_by_role("link", name="To today").click()
    page.get_by_role("link", name="Start").first.click()
    practise(page)
    last_tap(page)
    expect(page.get_by_role("heading", name="Kept on this phone")).to_be_visible()
    assert sessions(patient) == []
    page.get_by_role("link", name="To today").click()
    expect(page.get_by_text("A session is kept on this phone.")).to_be_visible()
    context.set_offline(False)
    expect(page.get_by_text("Sent: your clinic has what was kept on this phone.")).to_be_visible()
    (session,) = sessions(patient)
    assert (session.pain_before, session.pain_after, session.records.count()) == (3, 2, 6)


def test_the_network_goes_before_the_last_tap_and_comes_back(
    page: Page, context: BrowserContext, patient: Patient
):
    page.goto("/session/")
    practise(page)
    expect(page.get_by_text("Kept so far")).to_be_visible()
    context.set_offline(True)
    last_tap(page)
    expect(page.get_by_role("heading", name="Kept on this phone")).to_be_visible()
    context.set_offline(False)  # and by itself it goes on to Today
    expect(page.get_by_text("Sent: your clinic has what was kept on this phone.")).to_be_visible()
    (session,) = sessions(patient)
    assert (session.finished_at is not None, session.during_no_more) == (True, True)
    page.reload()
    expect(page.get_by_text("Done for today.")).to_be_visible()
    assert (len(sessions(patient)), SetAside.objects.count()) == (1, 0)


def test_the_reply_is_lost_and_it_is_sent_again(page: Page, patient: Patient):
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.goto("/session/")
    practise(page)
    expect(page.get_by_text("Kept so far")).to_be_visible()
    page.route("**/session/send/", lose)
    last_tap(page)
    expect(page.get_by_role("heading", name="Kept on this phone")).to_be_visible()
    assert sessions(patient)[0].finished_at is not None  # it was there all the same
    page.unroute("**/session/send/")
    page.get_by_role("link", name="To today").click()
    expect(page.get_by_text("Sent: your clinic has what was kept on this phone.")).to_be_visible()
    assert (len(sessions(patient)), SetAside.objects.count()) == (1, 0)


def test_left_in_the_middle_without_a_network_and_gone_on_with(
    page: Page, context: BrowserContext, patient: Patient
):
    context.set_offline(True)
    page.goto("/session/")
    page.locator("[data-screen=before] .scale-step").nth(4).click()
    done(page, 1, 3)
    expect(page.locator(".guided-kept").filter(has_text="Kept on this phone")).to_be_visible()
    page.get_by_role("link", name="Leave, and go on later").click()
    expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()
    page.goto("/session/")
    expect(page.locator(".is-here .guided-count")).to_have_text("Exercise 4 of 6")
    context.set_offline(False)
    page.goto("/session/")
    expect(page.locator(".is-here .guided-count")).to_have_text("Exercise 4 of 6")
    done(page, 4, 6)
    page.locator("[data-screen=after] .scale-step").nth(3).click()
    last_tap(page)
    expect(page.get_by_text("Saved. Thank you.")).to_be_visible()
    (session,) = sessions(patient)
    assert (session.pain_before, session.records.count()) == (3, 6)


def test_two_sessions_from_one_copy_of_the_page_are_two(
    page: Page, context: BrowserContext, patient: Patient
):
    context.set_offline(True)
    for _time in range(2):
        page.goto("/session/")
        practise(page)
        last_tap(page)
        expect(page.get_by_role("heading", name="Kept on this phone")).to_be_visible()
    context.set_offline(False)  # and by itself it goes on to Today
    expect(page.get_by_text("Sent: your clinic has what was kept on this phone.")).to_be_visible()
    assert len({session.uid for session in sessions(patient)}) == 2


def test_the_programme_ended_meanwhile(page: Page, context: BrowserContext, patient: Patient, aurora):
    context.set_offline(True)
    page.goto("/session/")
    practise(page)
    last_tap(page)
    expect(page.get_by_role("heading", name="Kept on this phone")).to_be_visible()
    end(
        prescription=patient.prescriptions.get(),
        reason=EndReason.IMPROVED,
        by=aurora.clinician,
        now=timezone.now(),
    )
    context.set_offline(False)  # and by itself it goes on to Today
    expect(page.get_by_text("What you entered is with your clinic.")).to_be_visible()
    assert (sessions(patient), SetAside.objects.get().why) == ([], "not_running")


def test_signed_out_elsewhere_nothing_is_lost(
    page: Page, context: BrowserContext, patient: Patient, enter_as_patient
):
    page.goto("/session/")
    practise(page)
    context.clear_cookies()
    last_tap(page)
    expect(page.get_by_text("Please sign in again: then it is sent.")).to_be_visible()
    page.goto("/")
    expect(page.get_by_text("A session is kept on this phone. Sign in, and it is sent.")).to_be_visible()
    enter_as_patient(patient)
    page.goto("/")
    expect(page.get_by_text("Sent: your clinic has what was kept on this phone.")).to_be_visible()
    assert [session.finished_at is not None for session in sessions(patient)] == [True]


def test_signing_out_asks_before_what_waits_would_be_gone(
    page: Page, context: BrowserContext, patient: Patient
):
    context.set_offline(True)
    page.goto("/session/")
    practise(page)
    last_tap(page)
    expect(page.get_by_role("heading", name="Kept on this phone")).to_be_visible()
    page.route("**/session/send/", lambda route: route.abort())
    context.set_offline(False)
    page.goto("/settings/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Stay signed in").click()
    page.unroute("**/session/send/")
    page.get_by_role("button", name="Sign out", exact=True).click()  # it is sent first
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    assert len(sessions(patient)) == 1
    assert page.evaluate("caches.keys()") == []


def test_a_form_that_the_network_did_not_take_costs_no_copy(page: Page, context: BrowserContext):
    page.goto("/help-now/")
    context.set_offline(True)
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Tell the clinic").click()
    expect(page.get_by_text("No connection: this was not sent.")).to_be_visible()
    expect(page.get_by_role("checkbox").first).to_be_checked()
    page.evaluate("document.querySelector('form').submit()")  # as without a script of the page
    expect(page.get_by_role("heading", name="No connection just now")).to_be_visible()
    page.goto("/help-now/")
    expect(page.get_by_role("checkbox").first).to_be_visible()


def test_what_was_stopped_without_a_network_is_not_offered_again(
    page: Page, context: BrowserContext, patient: Patient
):
    context.set_offline(True)
    page.goto("/session/")
    page.locator("[data-screen=before] .scale-step").nth(4).click()
    page.locator(".is-here").get_by_role("button", name="Stop: it hurts more").click()
    expect(page.get_by_text("the clinic is told as soon as there is one")).to_be_visible()
    page.get_by_role("button", name="Go on with the rest").click()
    done(page, 2, 6)
    page.locator("[data-screen=after] .scale-step").nth(3).click()
    last_tap(page)
    page.get_by_role("link", name="To today").click()
    expect(page.get_by_role("link", name="Record one more session").first).to_be_visible()
    page.goto("/session/")
    page.locator("[data-screen=before] .scale-step").nth(4).click()
    expect(page.locator(".is-here .guided-count")).to_have_text("Exercise 1 of 5")


def test_another_day_without_a_network_is_a_session_of_that_day(
    page: Page, context: BrowserContext, patient: Patient
):
    """The copy of the page is of today; practised tomorrow with it, it is tomorrow's session."""
    context.set_offline(True)
    tomorrow = timezone.now() + dt.timedelta(days=1)
    page.clock.install(time=tomorrow)
    page.goto("/session/")
    practise(page)
    last_tap(page)
    kept = page.evaluate("""() => new Promise((resolve) => {
        const asked = indexedDB.open("homestretch", 1);
        asked.onsuccess = () => {
            const all = asked.result.transaction("sessions").objectStore("sessions").getAll();
            all.onsuccess = () => resolve(all.result.map((entry) => entry.day));
        };
    })""")
    zone = ZoneInfo(patient.zone)
    assert kept == [tomorrow.astimezone(zone).date().isoformat()]
