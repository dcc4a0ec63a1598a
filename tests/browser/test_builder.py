"""The builder in Chromium: with the mouse, with the keyboard alone, and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from clinic.models import User
from programs.models import Exercise, Program

NEW = "/admin/programmes/build/"
FIRST_20_DAYS = [
    "Supine hamstring stretch",
    "Single knee to chest",
    "Supine spinal twist",
    "Piriformis stretch",
    "Glute bridge",
    "Cat-cow",
]


@pytest.fixture
def page(aurora, watched_page: Page, enter_as_staff: Callable[[User], None]) -> Page:
    """At an empty builder, with the real library."""
    call_command("load_library", verbosity=0)
    enter_as_staff(aurora.clinician)
    watched_page.set_viewport_size({"width": 1280, "height": 900})
    watched_page.goto(NEW)
    return watched_page


def rows(page: Page) -> list[str]:
    return page.locator(".builder-row[data-row] .builder-head > strong").all_inner_texts()


def wait_for_rows(page: Page, count: int) -> None:
    expect(page.locator(".builder-row[data-row]")).to_have_count(count)


def built(name: str) -> list[str]:
    program = Program.objects.get(name_en=name)
    return [item.exercise.name_en for item in program.items.select_related("exercise")]


def test_the_first_20_days_with_the_mouse(page: Page):
    for count, name in enumerate(reversed(FIRST_20_DAYS), start=1):
        page.fill("#words", name)
        add = page.locator(".builder-add:not(:disabled)", has_text=name)
        expect(page.locator(".builder-add")).to_have_count(1)
        add.click()
        wait_for_rows(page, count)
    expect(page.locator("#burden")).to_contain_text("6 exercises, about")
    expect(page.locator("#burden")).to_contain_text("Fewer exercises are done more often.")
    # By dragging and by buttons into the order of the programme.
    assert rows(page) == FIRST_20_DAYS[::-1]
    for name in FIRST_20_DAYS[:5]:
        drag_to_the_end(page, name)
    drag_to_the_end(page, FIRST_20_DAYS[5])
    assert rows(page) == FIRST_20_DAYS
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
    assert built("Our first days") == FIRST_20_DAYS
    item = Program.objects.get(name_en="Our first days").items.get(exercise__key="glute-bridge")
    assert (item.reps, item.rest_s, item.dose_sources["reps"]) == (6, 10, "clinician")


def drag_to_the_end(page: Page, name: str) -> None:
    """By its grip, below the last row."""
    grip = page.locator(".builder-row", has_text=name).locator("[data-grip]")
    grip.scroll_into_view_if_needed()
    grip.hover()
    page.mouse.down()
    for _ in range(12):  # a page that scrolls is followed in steps
        last = page.locator(".builder-row[data-row]").last
        last.scroll_into_view_if_needed()
        box = last.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 4, steps=4)
        if rows(page)[-1] == name:
            break
    page.mouse.up()


def test_with_the_keyboard_alone(page: Page):
    """Only keys from here on: Tab to find the way, letters, Space and Enter."""
    for name in ("glute bridge", "cat-cow"):
        page.locator("#words").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type(name)
        expect(page.locator(".builder-add")).to_have_count(1)
        tab_to(page, lambda focused: focused.startswith("add-"))
        page.keyboard.press("Enter")
        expect(page.locator(".builder-add:disabled")).to_have_count(1)
    assert rows(page) == ["Glute bridge", "Cat-cow"]
    cat = Exercise.objects.get(key="cat-cow").pk
    tab_to(page, lambda focused: focused == f"up-{cat}")
    page.keyboard.press("Space")
    expect(page.locator(f"#up-{cat}")).to_be_disabled()
    assert rows(page) == ["Cat-cow", "Glute bridge"]
    page.locator("#words").focus()
    tab_to(page, lambda focused: focused == "id_name_en")
    page.keyboard.type("By keys")
    page.keyboard.press("Enter")  # in a field: finds, and saves nothing
    assert not Program.objects.filter(name_en="By keys").exists()
    tab_to(page, lambda focused: focused == "save")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved: By keys.")).to_be_visible()
    assert built("By keys") == ["Cat-cow", "Glute bridge"]


def tab_to(page: Page, wanted: Callable[[str], bool]) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.id || document.activeElement.value || ''")
        if wanted(focused):
            return
    raise AssertionError("the keyboard does not get there")


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
