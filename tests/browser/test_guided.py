"""The guided session in Chromium: its taps, its timer, what is kept, and what can be taken back."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from patients.models import ExerciseRecord, ExerciseStop, Patient, PracticeSession, WorkItem
from tests.browser.guided import Taps, heading, kept, who_practises


@pytest.fixture
def patient(aurora) -> Patient:
    return who_practises(aurora, given_name="Nina", email="nina@post.example")


@pytest.fixture
def page(patient: Patient, watched_page: Page, enter_as_patient) -> Page:
    """A phone, on the page of today."""
    enter_as_patient(patient)
    watched_page.set_viewport_size({"width": 360, "height": 740})
    watched_page.goto("/")
    return watched_page


def test_six_exercises_in_ten_taps(page: Page, patient: Patient):
    tap = Taps(page)
    tap(page.get_by_role("link", name="Start").first)
    tap.pain("before", 3)
    for number in range(1, 7):
        expect(page.locator(".is-here .guided-count")).to_have_text(f"Exercise {number} of 6")
        tap(page.locator(".is-here").get_by_role("button", name="Done", exact=True))
    tap.pain("after", 2)
    tap(page.get_by_role("button", name="No more than before"))
    expect(page.get_by_text("Saved. Thank you.")).to_be_visible()
    assert tap.count == 10
    session = PracticeSession.objects.get(patient=patient)
    assert (session.pain_before, session.pain_during, session.pain_after) == (3, None, 2)
    assert (session.during_no_more, session.finished_at is not None) == (True, True)
    assert list(session.records.values_list("outcome", flat=True)) == ["done"] * 6


def test_who_leaves_comes_back_to_the_same_screen(page: Page, patient: Patient):
    tap = Taps(page)
    tap(page.get_by_role("link", name="Start").first)
    tap.pain("before", 5)
    for _number in range(5):
        tap(page.locator(".is-here").get_by_role("button", name="Done", exact=True))
    sixth = heading(page).inner_text()
    page.get_by_role("link", name="Leave, and go on later").click()
    expect(page.get_by_text("5 of 6 exercises are kept.")).to_be_visible()
    assert ExerciseRecord.objects.filter(session__patient=patient).count() == 5
    page.get_by_role("link", name="Go on").first.click()
    expect(heading(page)).to_have_text(sixth)
    page.locator(".is-here").get_by_role("button", name="Done", exact=True).click()
    tap.pain("after", 4)
    page.get_by_role("button", name="No more than before").click()
    expect(page.get_by_text("Saved. Thank you.")).to_be_visible()
    assert PracticeSession.objects.filter(patient=patient).count() == 1


def test_stop_undo_stop(page: Page, patient: Patient):
    page.goto("/session/")
    page.locator(".is-here").get_by_role("button", name="Go on without saying").click()
    stop = page.locator(".is-here").get_by_role("button", name="Stop: it hurts more")
    stop.click()
    expect(page.get_by_text("The clinic is told now.")).to_be_visible()
    kept(page)
    assert WorkItem.objects.open().filter(patient=patient).count() == 1
    page.get_by_role("button", name="That was a slip: undo").click()
    expect(stop).to_be_visible()
    kept(page)
    assert not ExerciseStop.objects.exists()
    stop.click()
    expect(page.get_by_text("The clinic is told now.")).to_be_visible()
    kept(page)
    assert ExerciseStop.objects.filter(prescription__patient=patient).count() == 1
    page.get_by_role("button", name="Go on with the rest").click()
    expect(page.locator(".is-here .guided-count")).to_have_text("Exercise 2 of 6")


def test_the_whole_session_is_stopped_left_and_taken_back(page: Page, patient: Patient):
    page.goto("/session/")
    page.locator(".is-here").get_by_role("button", name="Go on without saying").click()
    page.locator(".is-here").get_by_role("button", name="Done", exact=True).click()
    page.locator(".is-here").get_by_role("button", name="Stop: it hurts more").click()
    page.get_by_role("button", name="Stop the whole session").click()
    expect(page.get_by_text("You stopped the whole session.")).to_be_visible()
    kept(page)
    assert ExerciseStop.objects.filter(prescription__patient=patient).count() == 6
    page.goto("/session/")  # who left comes back to how it was, and not to an exercise
    expect(page.locator(".is-here[data-screen=after]")).to_be_visible()
    expect(page.locator("[data-do=back]")).to_be_disabled()
    page.get_by_role("button", name="That was a slip: undo").click()
    expect(page.locator(".is-here .guided-count")).to_have_text("Exercise 3 of 6")
    kept(page)
    assert ExerciseStop.objects.filter(prescription__patient=patient).count() == 1


def test_the_second_of_two_quick_taps_is_not_the_next_exercise(page: Page, patient: Patient):
    page.goto("/session/")
    page.locator(".is-here").get_by_role("button", name="Go on without saying").click()
    page.locator(".is-here").get_by_role("button", name="Done", exact=True).dblclick()
    expect(page.locator(".is-here .guided-count")).to_have_text("Exercise 2 of 6")
    kept(page)
    assert ExerciseRecord.objects.filter(session__patient=patient).count() == 1


def test_something_else_and_more_pain(page: Page, patient: Patient):
    page.goto("/session/")
    page.locator(".is-here").get_by_role("button", name="Go on without saying").click()
    for choice in ("No time", "Easier today", "Partly done"):
        page.locator(".is-here summary", has_text="Something else").click()
        page.locator(".is-here").get_by_role("button", name=choice).click()
        if choice == "Easier today":  # it is shown first
            expect(page.locator(".is-here .easier-form")).to_be_visible()
            page.locator(".is-here").get_by_role("button", name="Done, the easier way").click()
    for _number in range(3):
        page.locator(".is-here").get_by_role("button", name="Done", exact=True).click()
    tap = Taps(page)
    tap.pain("after", 5)
    tap.pain("during", 6)
    page.get_by_label("Back", exact=True).check()
    page.locator(".is-here summary", has_text="Words, or a question").click()
    page.get_by_label("In your own words").fill("At the end.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Thank you.")).to_be_visible()
    session = PracticeSession.objects.get(patient=patient)
    assert (session.pain_before, session.pain_during, session.pain_after) == (None, 6, 5)
    assert (session.sites, session.words) == ([1], "At the end.")
    told = session.records.order_by("prescribed__position").values_list("outcome", "skip_reason", "rung_done")
    assert list(told)[:3] == [("skipped", "no_time", 0), ("done", "", -1), ("partly", "", 0)]


def test_the_timer_begins_and_changes_sides_by_itself(page: Page):
    """Back-of-thigh stretch: three times 30 seconds, one side first, then the other."""
    page.clock.install()
    page.goto("/session/")
    page.locator(".is-here").get_by_role("button", name="Go on without saying").click()
    phase, seconds = page.locator(".is-here .timer-phase"), page.locator(".is-here .timer-seconds")
    expect(phase).to_have_text("Get ready")
    page.clock.run_for(5_000)
    expect(phase).to_have_text("Hold, right")
    page.clock.run_for(10_000)
    expect(seconds).to_have_text("20")
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(10_000)
    expect(seconds).to_have_text("20")
    page.get_by_role("button", name="+10 s").click()
    expect(seconds).to_have_text("30")
    page.locator(".is-here [data-timer=pause]").click()
    page.clock.run_for((30 + 4 + 30 + 4 + 30) * 1000)
    expect(phase).to_have_text("Change sides, left")
    assert page.locator(".is-here input[id$='-left']").is_checked()
    page.clock.run_for((4 + 30 + 4 + 30 + 4 + 30) * 1000)
    expect(phase).to_have_text("Well done")
    # It is over: nothing is left that could be made longer, and nothing breaks (watched_page would tell).
    page.locator(".is-here [data-timer=more]").click()
    expect(seconds).to_have_text("")


# A browser's wake lock, as it behaves: gone as soon as the page is hidden.
LOCKS = """
window.held = 0;
Object.defineProperty(navigator, "wakeLock", { value: { request: async () => {
    let is_held = true;
    window.held += 1;
    const release = async () => { if (is_held) { is_held = false; window.held -= 1; } };
    document.addEventListener("visibilitychange", () => { if (document.hidden) release(); });
    return { release };
} } });
"""
HIDE = """(is_hidden) => {
    Object.defineProperty(document, "hidden", { value: is_hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def held(page: Page, locks: int) -> None:
    """Wait until so many locks are held; the policy of the page lets nothing wait inside of it."""
    for _try in range(50):
        if page.evaluate("window.held") == locks:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{page.evaluate('window.held')} are held, not {locks}")


def test_the_screen_stays_awake_again_after_the_page_was_hidden(page: Page):
    page.add_init_script(LOCKS)
    page.goto("/session/")
    page.locator(".is-here").get_by_role("button", name="Go on without saying").click()
    held(page, 1)
    page.evaluate(HIDE, True)
    held(page, 0)
    page.evaluate(HIDE, False)
    held(page, 1)
    page.locator("[data-do=back]").click()  # no timer runs there
    held(page, 0)
    page.evaluate(HIDE, True)
    page.evaluate(HIDE, False)
    page.wait_for_timeout(100)
    assert page.evaluate("window.held") == 0


def loads_when_looked_at_again(page: Page, *, days: int) -> int:
    """How often the page is loaded after it was put away and the phone's clock is `days` on."""
    loads: list[Page] = []
    page.on("load", lambda loaded: loads.append(loaded))
    page.clock.set_fixed_time(timezone.now() + dt.timedelta(days=days))
    page.evaluate(HIDE, True)
    page.evaluate(HIDE, False)
    page.wait_for_timeout(1_500)
    return len(loads)


@pytest.mark.parametrize(("days", "loads"), [(0, 0), (1, 1)])
def test_left_open_overnight_it_is_read_anew(page: Page, days: int, loads: int):
    page.goto("/session/")
    first = page.locator(".is-here").get_by_role("button", name="Go on without saying")
    expect(first).to_be_visible()
    assert loads_when_looked_at_again(page, days=days) == loads
    expect(first).to_be_visible()


def test_left_open_overnight_what_was_told_stays(page: Page):
    page.goto("/session/")
    Taps(page).pain("before", 3)
    kept(page)
    assert loads_when_looked_at_again(page, days=1) == 0
    assert page.locator("[name=pain_before]:checked").get_attribute("value") == "3"


def test_by_keyboard_alone(page: Page, patient: Patient):
    page.goto("/session/")
    page.locator("[data-screen=before] input").nth(1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".is-here[data-screen=before]")).to_be_visible()  # arrows pass over the numbers
    page.keyboard.press("Enter")
    for number in range(1, 7):
        expect(page.locator(".is-here .guided-count")).to_have_text(f"Exercise {number} of 6")
        done = page.locator(".is-here").get_by_role("button", name="Done", exact=True)
        for _press in range(40):
            if done.evaluate("one => one === document.activeElement"):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    expect(page.locator(".is-here[data-screen=after]")).to_be_visible()
    kept(page)


def test_the_pages_of_the_session_are_accessible(page: Page, axe):
    page.goto("/session/")
    assert axe(page) == []
    page.locator(".is-here").get_by_role("button", name="Go on without saying").click()
    assert axe(page) == []
    page.locator(".is-here").get_by_role("button", name="Stop: it hurts more").click()
    assert axe(page) == []
    kept(page)
