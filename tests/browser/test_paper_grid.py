"""A paper sheet typed in with the keyboard alone, as into a spreadsheet."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from clinic.models import User
from patients.models import PracticeSession
from tests.cast import House


def test_tab_goes_on_and_the_arrows_go_up_and_down(
    aurora: House, watched_page: Page, enter_as_staff: Callable[[User], None]
):
    enter_as_staff(aurora.front_desk)
    page = watched_page
    page.goto(reverse("admin:patient_paper_grid", args=[aurora.patient.pk]))
    page.locator("[data-grid] input").first.focus()
    press = page.keyboard.press
    press("Space")
    press("Tab")
    page.keyboard.type("2")
    press("Tab")
    page.keyboard.type("3")
    press("ArrowDown")  # the pain after of the next day
    page.keyboard.type("4")
    press("Shift+Tab")
    press("Shift+Tab")
    press("Space")  # and its tick
    press("ArrowUp")
    focused = page.evaluate("document.activeElement.name")
    assert focused.endswith("-done-1")
    press("Enter")  # down once more: it does not send
    press("Tab")
    page.keyboard.type("5")
    press("ArrowUp")
    page.keyboard.type("1")  # in the place of the 2
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("2 days are saved, from paper.")).to_be_visible()
    kept = PracticeSession.objects.filter(prescription=aurora.prescription).order_by("practised_on")
    assert [(one.pain_before, one.pain_after) for one in kept] == [(1, 3), (5, 4)]
