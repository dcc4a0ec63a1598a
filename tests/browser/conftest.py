"""Chromium against a live server: any breach of the page's own rules fails the test."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.cache import cache
from django.core.handlers import wsgi
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, expect

from clinic.models import User
from patients.models import Patient
from tests.clients import signed_in

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = ["color-contrast", "link-in-text-block"]  # the rules of those that a colour scheme decides
PARTS = {"stylesheet", "script", "image", "font"}
# Runs before any script of the page, and tells of breaches that the console would only hint at.
TELL_OF_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (breach) => console.error(
    `securitypolicyviolation: ${breach.effectiveDirective} blocked ${breach.blockedURI}`
    + ` at ${breach.sourceFile}:${breach.lineNumber} ${breach.sample}`));
"""


# What a page is expected to become it may become late, where two browsers and two servers share two cores.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium where there is one, else Playwright's own."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    args = [*QUIET, "--no-sandbox"] if os.getuid() == 0 else QUIET
    return browser_type_launch_args | {"args": args} | ({"executable_path": found} if found else {})


@pytest.fixture(scope="session")
def base_url(live_server) -> str:
    """`page.goto("/learn/")` goes to the live server."""
    return str(live_server.url)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A phone's width, as most patients have. Without a service worker, which would ask for pages by itself:
    a test that is about it says so with `@pytest.mark.browser_context_args(service_workers="allow")`."""
    phone = {"width": 360, "height": 740}
    return browser_context_args | {"viewport": phone, "locale": "en-GB", "service_workers": "block"}


@pytest.fixture(autouse=True)
def _no_memory_of_earlier_tests(transactional_db) -> Iterator[None]:
    """Rate limits live in the cache's table, which the flush between tests does not know. The flush would
    also wait for a request that the server still works on, and the request for the flush."""
    yield
    _wait_for_the_last_request()
    cache.clear()


def _wait_for_the_last_request(seconds: float = 10) -> None:
    """The browser is closed by now; the live server may still answer what it asked for last."""
    ends = time.monotonic() + seconds
    while any(map(_is_answering, sys._current_frames().values())):
        assert time.monotonic() < ends, "the live server still works on a request"
        time.sleep(0.02)


def _is_answering(frame: FrameType | None) -> bool:
    """Whether a thread is in Django just now; one that waits for a next request on its connection is not."""
    while frame is not None:
        if frame.f_code.co_filename == wsgi.__file__:
            return True
        frame = frame.f_back
    return False


@dataclass
class Watch:
    """What a watched page did that it must not. `allow` names part of a message that a test expects."""

    origin: str
    problems: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        if "securitypolicyviolation" in message.text or "Content Security Policy" in message.text:
            self.problems.append(f"policy, on {message.page and message.page.url}: {message.text}")

    def request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.problems.append(f"another host: {request.url}")

    def response(self, response: Response) -> None:
        # A page may be a 403 or 404 on purpose; what a page is made of must be there.
        if response.status >= 400 and response.request.resource_type in PARTS:
            self.problems.append(f"{response.status}: {response.url}")

    def page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"script, on {page.url}: {error}"))

    def check(self) -> None:
        """Fail now where there was a problem; it is also done at the end of the test."""
        found, self.problems = self.problems, []
        assert not found, "\n".join(found)


@pytest.fixture
def watch(context: BrowserContext, live_server) -> Iterator[Watch]:
    """Watches every page of this test's browser."""
    watch = Watch(origin=live_server.url)
    context.add_init_script(TELL_OF_VIOLATIONS)
    context.on("console", watch.console)
    context.on("request", watch.request)
    context.on("response", watch.response)
    context.on("page", watch.page)
    yield watch
    watch.check()


@pytest.fixture
def watched_page(watch: Watch, context: BrowserContext) -> Page:
    """A page on which any breach of the Content-Security-Policy, any request to another host, any script
    error and any missing file fails the test."""
    return context.new_page()


def _let_in(context: BrowserContext, url: str, user: User, method: str) -> None:
    client = signed_in(user, method=method)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])


@pytest.fixture
def enter_as_staff(context: BrowserContext, live_server) -> Callable[[User], None]:
    """`enter_as_staff(user)`: from now on the browser is signed in as `user`, with MFA."""
    return lambda user: _let_in(context, live_server.url, user, "mfa")


@pytest.fixture
def enter_as_patient(context: BrowserContext, live_server) -> Callable[[Patient], None]:
    """`enter_as_patient(patient)`: from now on the browser is signed in as the patient's user."""

    def enter(patient: Patient) -> None:
        assert patient.user is not None, "this patient has no sign-in"
        _let_in(context, live_server.url, patient.user, "code")

    return enter


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """`axe(page)`: what it finds against WCAG 2.2 A and AA, one line each; an empty list is good.

    `colours=True`: of a page that it has looked at in the other colour scheme already.
    """
    script = Axe().axe_script

    def violations(page: Page, *, colours: bool = False) -> list[str]:
        chosen = {"type": "rule", "values": COLOURS} if colours else {"type": "tag", "values": WCAG}
        # Preloading would put copies of our style sheets into the page, against its policy. What passed is
        # neither described nor brought here, which takes as long again as a third of the looking.
        options = {"runOnly": chosen, "preload": False, "resultTypes": ["violations"]}
        if page.evaluate("typeof axe") == "undefined":  # once a page, however often it is looked at
            page.evaluate(script)
        found = page.evaluate("options => axe.run(options).then(({violations}) => violations)", options)
        return [f"{rule['id']}: {rule['help']}: {node['html']}" for rule in found for node in rule["nodes"]]

    return violations
