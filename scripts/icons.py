"""Draws the icons of the installed app from the mark, with Chromium: `python scripts/icons.py`.

A phone may cut an icon to any shape: the ground fills it, and the mark keeps to the middle four fifths.
"""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "static" / "img"
SIZES = (192, 512)
GROUND = "#17604f"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    mark = (IMAGES / "favicon.svg").read_text()
    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, CHROMIUM)), None)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for size in SIZES:
            page = browser.new_page(viewport={"width": size, "height": size})
            ground = f"body {{ margin: 0; background: {GROUND} }}"
            inner = f"svg {{ width: 80%; margin: 10%; display: block }} {ground}"
            page.set_content(f"<style>{inner}</style>{mark}")
            page.screenshot(path=IMAGES / f"icon-{size}.png")
        browser.close()


if __name__ == "__main__":
    main()
