"""The builder in Chromium: with the mouse, with the keyboard alone, and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from clinic.models import User
from programs.models import Exercise, Program
from tests.browser.building import (
    NAMES,
    add_by_keys,
    add_by_mouse,
    drag_to_the_end,
    rows,
    tab_to,
    wait_for_rows,
)

NEW = "/admin/programmes/build/"


@pytest.fixture
def page(aurora, watched_page: Page, enter_as_staff: Callable[[User], None]) -> Page:
    """At an empty builder, with the real library."""
    call_command("load_library", verbosity=0)
    enter_as_staff(aurora.clinician)
    watched_page.set_viewport_size({"width": 1280, "height": 900})
    watched_page.goto(NEW)
    return watched_page


def built(name: str) -> list[str]:
    program = Program.objects.get(name_en=name)
    return [item.exercise.name_en for item in program.items.select_related("exercise")]


def test_the_first_20_days_with_the_mouse(page: Page):
    for name in reversed(NAMES):
        add_by_mouse(page, name)
    expect(page.locator("#burden")).to_contain_text("6 exercises, about")
    expect(page.locator("#burden")).to_contain_text("Fewer exercises are done more often.")
    # By dragging and by buttons into the order of the programme.
    assert rows(page) == NAMES[::-1]
    for name in NAMES[:5]:
        drag_to_the_end(page, name)
    drag_to_the_end(page, NAMES[5])
    assert rows(page) == NAMES
    bridge = page.get_by_role("group", name="Glute bridge")
    bridge.get_by_label("Repetitions", exact=True).fill("6")
    bridge.get_by_label("Rest (s)").fill("10")
    bridge.get_by_label("Rest (s)").blur()
    page.get_by_role("button", name="Remove: Cat-cow").click()
    expect(page.get_by_text("Removed: Cat-cow")).to_be_visible()
    page.get_by_role("button", name="Undo: Cat-cow").click()
    wait_for_rows(page, 6)
    page.get_by_label("Name, English").fill("Our first days")
    page.get_by_role("button", name="Save the programme").click()
    expect(page.get_by_text("Saved: Our first days.")).to_be_visible()
    assert built("Our first days") == NAMES
    item = Program.objects.get(name_en="Our first days").items.get(exercise__key="glute-bridge")
    assert (item.reps, item.rest_s, item.dose_sources["reps"]) == (6, 10, "clinician")


def test_with_the_keyboard_alone(page: Page):
    """Only keys from here on: Tab to find the way, letters, Space and Enter."""
    for name in ("glute bridge", "cat-cow"):
        add_by_keys(page, name)
    assert rows(page) == ["Glute bridge", "Cat-cow"]
    cat = Exercise.objects.get(key="cat-cow").pk
    tab_to(page, page.locator(f"#up-{cat}"))
    page.keyboard.press("Space")
    expect(page.locator(f"#up-{cat}")).to_be_disabled()
    assert rows(page) == ["Cat-cow", "Glute bridge"]
    page.locator("#words").focus()
    tab_to(page, page.locator("#id_name_en"))
    page.keyboard.type("By keys")
    page.keyboard.press("Enter")  # in a field: finds, and saves nothing
    assert not Program.objects.filter(name_en="By keys").exists()
    tab_to(page, page.locator("#save"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved: By keys.")).to_be_visible()
    assert built("By keys") == ["Cat-cow", "Glute bridge"]


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_javascript(page: Page):
    page.locator("#words").fill("glute bridge")
    page.get_by_role("button", name="Find").click()
    page.locator(".builder-add").click()
    wait_for_rows(page, 1)
    page.get_by_label("Name, English").fill("Plain")
    page.get_by_role("button", name="Save the programme").click()
    expect(page.get_by_text("Saved: Plain.")).to_be_visible()
    assert built("Plain") == ["Glute bridge"]


def test_the_gallery_finds_as_one_types(page: Page):
    page.goto("/admin/library/")
    expect(page.locator(".gallery-card")).to_have_count(23)
    page.locator("#id_words").press_sequentially("BRIDGÉ")
    expect(page.locator(".gallery-card")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/admin/library/\?words=BRIDG%C3%89"))
    page.get_by_role("button", name="Favourite: Glute bridge").click()
    expect(page.get_by_role("button", name="Favourite: Glute bridge", pressed=True)).to_be_visible()
    page.goto("/admin/library/")
    expect(page.locator(".gallery-card").first).to_contain_text("Glute bridge")


def test_clicks_that_are_faster_than_the_server_are_all_done(page: Page):
    """Each is sent when the one before has come back, with what that one brought."""
    page.evaluate(
        "document.querySelectorAll('.builder-add').forEach((add, place) => place < 4 && add.click())"
    )
    wait_for_rows(page, 4)
    assert len(set(rows(page))) == 4
    page.evaluate(
        """() => {
            for (const tool of ["down", "remove"])
                document.querySelector(`.builder-row [id^=${tool}-]`).click();
            document.getElementById("id_name_en").value = "Quickly";
            document.getElementById("save").click();
        }"""
    )
    expect(page.get_by_text("Saved: Quickly.")).to_be_visible()
    assert len(built("Quickly")) == 3
