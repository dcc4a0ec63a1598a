"""What the browser tests of the builder share: the programme of the source text, and ways to work."""

from playwright.sync_api import Locator, Page, expect

# As clinicians read it, and as patients do.
FIRST_20_DAYS = {
    "Supine hamstring stretch": "Back-of-thigh stretch",
    "Single knee to chest": "One knee to the chest",
    "Supine spinal twist": "Lying twist",
    "Piriformis stretch": "Knee to the opposite shoulder",
    "Glute bridge": "Bridge",
    "Cat-cow": "Cat and cow",
}
NAMES = list(FIRST_20_DAYS)


def rows(page: Page) -> list[str]:
    return page.locator(".builder-row[data-row] .builder-head > strong").all_inner_texts()


def wait_for_rows(page: Page, count: int) -> None:
    expect(page.locator(".builder-row[data-row]")).to_have_count(count)


def add_by_mouse(page: Page, name: str) -> None:
    before = len(rows(page))
    page.fill("#words", name)
    expect(page.locator(".builder-add")).to_have_count(1)
    page.locator(".builder-add:not(:disabled)", has_text=name).click()
    wait_for_rows(page, before + 1)


def add_by_keys(page: Page, name: str) -> None:
    before = len(rows(page))
    page.locator("#words").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(name)
    expect(page.locator(".builder-add")).to_have_count(1)
    tab_to(page, page.locator(".builder-add"))
    page.keyboard.press("Enter")
    wait_for_rows(page, before + 1)


def tab_to(page: Page, wanted: Locator, *, back: bool = False) -> None:
    """Press Tab until it is there: a keyboard has no other way."""
    expect(wanted).to_be_attached()
    for _ in range(240):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError("the keyboard does not get there")


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
