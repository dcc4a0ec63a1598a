"""What one must see without scrolling, on a small phone, upright and across, up to the largest text."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.guided import who_practises
from tests.browser.targets import too_small

WINDOWS = {"tall": (360, 740), "low": (360, 640), "across": (740, 360)}


@pytest.fixture(params=["normal", "largest"])
def text(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=WINDOWS)
def page(request: pytest.FixtureRequest, aurora, watched_page: Page, enter_as_patient, text: str) -> Page:
    """Somebody whose words are the longer ones: Italian."""
    patient = who_practises(
        aurora, given_name="Nina", email="nina@post.example", language="it", text_size=text
    )
    enter_as_patient(patient)
    width, height = WINDOWS[request.param]
    watched_page.set_viewport_size({"width": width, "height": height})
    return watched_page


def edges(part: Locator) -> tuple[float, float]:
    """Its upper and its lower edge, in px from the top of the window."""
    box = part.bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


def height(page: Page) -> int:
    assert page.viewport_size is not None
    return page.viewport_size["height"]


def wider(page: Page) -> int:
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found


def test_what_counts_and_the_two_buttons_are_in_sight(
    page: Page, text: str, axe: Callable[[Page], list[str]]
):
    page.goto("/session/")
    page.locator(".is-here [data-do=next]").click()
    bar, seconds = page.locator(".is-here .guided-main"), page.locator(".is-here .timer-seconds")
    assert edges(bar)[1] <= height(page)
    assert edges(seconds)[1] <= edges(bar)[0]
    if text == "normal":
        assert edges(page.locator(".is-here [data-timer=pause]"))[1] <= edges(bar)[0]
    assert (wider(page), too_small(page), axe(page)) == (0, [], [])
    # The last thing of the page comes out from under the bar, and so does what the keyboard reaches.
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    assert edges(page.locator(".foot form"))[1] <= edges(bar)[0]
    page.evaluate("window.scrollTo(0, 0)")
    unfold = page.locator(".is-here .guided-else > summary")
    unfold.focus()
    assert edges(unfold)[1] <= edges(bar)[0]


def test_start_and_the_emergency_number_are_in_sight(page: Page):
    page.goto("/help-now/")
    assert edges(page.locator("a[href='tel:112']"))[1] <= height(page)
    if height(page) > 360:  # across there is no bar that stays
        page.goto("/")
        assert edges(page.locator(".hero .btn-sun"))[1] <= edges(page.locator(".bar"))[0]


def test_no_page_is_wider_than_the_window(page: Page):
    for path in ("/", "/session/", "/progress/", "/learn/", "/settings/", "/help-now/", "/ask/", "/pause/"):
        page.goto(path)
        assert wider(page) == 0, path


def test_the_name_of_the_house_is_on_one_line(page: Page):
    page.goto("/no-network/")
    upper, lower = edges(page.locator(".brand > span"))
    assert lower - upper < 2 * page.locator(".brand > span").evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize)"
    )
