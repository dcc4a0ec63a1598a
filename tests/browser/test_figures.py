"""The figures in Chromium: seen, set in motion and halted without a script, mirrored, still on request."""

import gzip
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Response, expect

from clinic.models import User
from patients.models import Patient, PrescribedExercise
from programs.models import Exercise
from tests.browser.library import load_library

STATES = "[...new Set(document.getAnimations().map((one) => one.playState))]"


@pytest.fixture
def patient(aurora) -> Patient:
    """Whose programme has two exercises of the library: one on each side, one for both sides at once."""
    load_library()
    lines = PrescribedExercise.objects.filter(version__prescription=aurora.prescription)
    keys = ("supine-hamstring-stretch", "cat-cow")
    for line, key in zip(lines.order_by("position"), keys, strict=False):
        exercise = Exercise.objects.get(key=key)
        PrescribedExercise.objects.filter(pk=line.pk).update(
            exercise=exercise, **exercise.wording(), figure=exercise.figure, ladder=exercise.ladder()
        )
    return aurora.patient


def player(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True).locator(".exercise-picture .poses")


def states(page: Page) -> list[str]:
    found: list[str] = page.evaluate(STATES)
    return found


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_a_movement_is_shown_halted_and_mirrored(
    patient: Patient, watched_page: Page, enter_as_patient: Callable[[Patient], None]
):
    page = watched_page
    enter_as_patient(patient)
    page.goto("/session/")
    here = player(page, "Back-of-thigh stretch")
    expect(here.get_by_role("img", name="Back-of-thigh stretch: Start")).to_be_visible()
    expect(here.get_by_role("img", name="Back-of-thigh stretch: Hold")).to_have_accessible_description(
        "The long leg points straight up. Both hands hold it behind the thigh; the hips stay on the floor."
    )
    assert states(page) == ["paused"]

    here.get_by_text("Show the movement").click()
    expect(here.get_by_text("Pause")).to_be_visible()
    assert set(states(page)) == {"running", "paused"}  # this one alone
    here.get_by_text("Pause").click()
    assert states(page) == ["paused"]

    assert not is_mirrored(here)
    here.get_by_text("Left", exact=True).click()
    assert is_mirrored(here)
    here.get_by_text("Right", exact=True).click()
    assert not is_mirrored(here)
    expect(player(page, "Cat and cow").get_by_text("Left", exact=True)).to_have_count(0)


def is_mirrored(here: Locator) -> bool:
    transforms = [
        one.evaluate("(one) => getComputedStyle(one).transform")
        for one in (here.locator(".sideways"), here.locator(".still use"))
    ]
    assert len(set(transforms)) == 1  # start and end agree
    return transforms[0] == "matrix(-1, 0, 0, 1, 480, 0)"


def to_the_first_exercise(page: Page) -> None:
    """Past what the guided session asks before it."""
    page.goto("/session/")
    while not page.locator(".is-here.exercise").count():
        page.locator(".is-here").get_by_role("button", name="Go on without saying").click()


def test_by_keyboard(patient: Patient, watched_page: Page, enter_as_patient: Callable[[Patient], None]):
    enter_as_patient(patient)
    to_the_first_exercise(watched_page)
    here = player(watched_page, "Back-of-thigh stretch")
    here.get_by_role("checkbox", name="Show the movement").focus()
    watched_page.keyboard.press("Space")
    assert "running" in states(watched_page)
    watched_page.keyboard.press("Tab")
    watched_page.keyboard.press("ArrowRight")
    assert is_mirrored(here)


def test_who_asks_for_less_motion_gets_none(
    patient: Patient, watched_page: Page, enter_as_patient: Callable[[Patient], None]
):
    enter_as_patient(patient)
    watched_page.emulate_media(reduced_motion="reduce")
    to_the_first_exercise(watched_page)
    here = player(watched_page, "Back-of-thigh stretch")
    expect(here.get_by_text("Show the movement")).to_be_hidden()
    assert states(watched_page) == []
    expect(here.locator(".fig-arrow")).to_be_visible()  # and the way is shown by an arrow


def test_what_is_played_is_not_sent(
    patient: Patient, watched_page: Page, enter_as_patient: Callable[[Patient], None]
):
    """Play and side belong to no form: nothing of them is recorded."""
    enter_as_patient(patient)
    watched_page.goto("/session/")
    names = watched_page.evaluate("[...document.querySelector('main form').elements].map((one) => one.id)")
    assert [name for name in names if name.endswith(("-play", "-left", "-right"))] == []


def test_colours_follow_light_dark_and_paper(
    patient: Patient, watched_page: Page, enter_as_patient: Callable[[Patient], None]
):
    enter_as_patient(patient)
    watched_page.goto("/session/")
    seen = set()
    for look in ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"media": "print"}):
        watched_page.emulate_media(**{"media": "screen", "color_scheme": "light"} | look)
        seen.add(
            watched_page.evaluate(
                "getComputedStyle(document.querySelector('.fig-moving path[stroke*=leg]')).stroke"
            )
        )
    assert len(seen) == 3


def test_a_first_visit_is_light(
    patient: Patient, watch, context: BrowserContext, enter_as_patient: Callable[[Patient], None]
):
    """At most 8 requests and 60 kB on the way, icons apart."""
    enter_as_patient(patient)
    answers: list[Response] = []
    page = context.new_page()
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/", wait_until="networkidle")
    counted = [answer for answer in answers if "icons.svg" not in answer.url and "favicon" not in answer.url]
    assert [answer for answer in counted if "figures.svg" in answer.url]
    assert len(counted) <= 8
    assert sum(len(gzip.compress(answer.body())) for answer in counted) <= 60_000


def test_the_contact_sheet_has_every_figure(
    aurora, watched_page: Page, enter_as_staff: Callable[[User], None]
):
    enter_as_staff(aurora.clinician)
    watched_page.set_viewport_size({"width": 1280, "height": 900})
    watched_page.goto("/admin/figures/")
    expect(watched_page.get_by_role("region")).to_have_count(35)
    empty = watched_page.evaluate(
        "[...document.querySelectorAll('use[href*=figures]')].filter((one) => !one.getBBox().width).length"
    )
    assert empty == 0
