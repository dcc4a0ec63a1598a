#!/usr/bin/env python3
"""Takes the README's pictures from a demo of its own: .venv/bin/python scripts/pictures.py

Needs a Chromium (`make test` installs one). The pictures go to docs/pictures/ and are of the day they are
taken on.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from servers import free_port

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
COLOURS = 128  # plain areas and text: nobody sees the difference, and the file is a third


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo() as address, sync_playwright() as playwright:
        flags = [*FLAGS, "--no-sandbox"] if os.getuid() == 0 else FLAGS
        found = next(filter(None, map(shutil.which, CHROMIUM)), None)
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        take_today(browser, address)
        take_report(browser, address)
        take_figures(browser, address)
        browser.close()


@contextmanager
def demo() -> Iterator[str]:
    """A demo in a temporary folder, on a free port; gives its address."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="homestretch-pictures-") as folder:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        variables = kept | {"DEMO": "1", "PORT": str(port), "HOMESTRETCH_VAR": folder}
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"], cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True
        )
        try:
            for line in process.stdout or ():
                if "Homestretch is at" in line:
                    break
            else:
                sys.exit("The demo did not start.")
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(timeout=60)


def take_today(browser: Browser, address: str) -> None:
    """The patient's Today on a phone, in the middle of her programme."""
    page = entered(browser, address, "Helen Marsh", width=360, height=1230, scale=2)
    page.goto(f"{address}/")
    save(page, "today.png")


def take_report(browser: Browser, address: str) -> None:
    """The report of a patient whose review is due, as her clinician sees it."""
    page = entered(browser, address, "Davide Monti", width=1280, height=1240, scale=1)
    page.goto(f"{address}/admin/patients/patient/?q=Fontana")
    page.get_by_role("link", name="Fontana").click()
    page.locator("a[href^='/admin/prescriptions/']").first.click()
    page.mouse.move(0, 0)
    save(page, "report.png")


def take_figures(browser: Browser, address: str) -> None:
    """All figures, as staff see them."""
    page = entered(browser, address, "Davide Monti", width=2400, height=1600, scale=0.5)
    page.goto(f"{address}/admin/figures/")
    page.set_viewport_size({"width": 2400, "height": page.evaluate("document.documentElement.scrollHeight")})
    save(page, "figures.png")


def entered(browser: Browser, address: str, name: str, *, width: int, height: int, scale: float) -> Page:
    """A page of a new browser, in English, in which `name` has entered by the demo's click."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=scale, locale="en-GB"
    )
    page = context.new_page()
    page.goto(f"{address}/demo/")
    page.get_by_role("button", name=f"Enter as {name}").click()
    page.wait_for_load_state()
    return page


def save(page: Page, name: str) -> None:
    """What is in the window now, as a small PNG."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / name
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {picture.width} x {picture.height}, {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
