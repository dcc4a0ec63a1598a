"""Every page of both sides in Chromium, with content: the policy holds, nothing fails, nothing overflows a
phone; and axe on every page of the patient's side, in both languages, light and dark."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page

from clinic.models import User
from patients.models import Patient, PracticeSession
from tests.addresses import SAME_FOR_ALL, Pattern, arguments, is_nobodys, path_of, patterns
from tests.browser.conftest import Watch
from tests.clients import signed_in
from tests.furnished import Furnished, furnish
from tests.planting import all_rows

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
# These end the session, or give a file to keep instead of a page.
NO_PAGES = {
    "sign_out",
    "sign_out_everywhere",
    "account_logout",
    "admin:logout",
    "mfa_download_recovery_codes",
    "admin:jsi18n",
}


@pytest.fixture
def furnished(aurora) -> Furnished:
    return furnish(aurora)


def _overflow(page: Page) -> int:
    """By how many pixels the page is wider than a phone."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


def _staff_addresses(furnished: Furnished) -> list[str]:
    given = arguments(furnished, all_rows())

    def wanted(pattern: Pattern) -> bool:
        return pattern.name not in NO_PAGES | set(SAME_FOR_ALL) and not is_nobodys(pattern)

    paths = {
        path_of(pattern, filled)
        for pattern in patterns()
        if wanted(pattern) and pattern.route.startswith("admin/")
        for filled in (given[pattern.name][:1] if pattern.parameters else [{}])
    }
    return sorted(paths)


def _is_page(path: str, user: User) -> bool:
    """Whether `user` gets a page there: the browser need not be asked what only takes a POST."""
    answer = signed_in(user, method="mfa").get(path)
    assert answer.status_code < 500, path
    return answer.status_code == 200 and "text/html" in answer.headers["Content-Type"]


@pytest.mark.parametrize("role", ["clinician", "manager", "front_desk"])
def test_every_page_of_the_staff(
    furnished: Furnished, watched_page: Page, watch: Watch, enter_as_staff: Callable[[User], None], role: str
):
    user = getattr(furnished.house, role)
    enter_as_staff(user)
    paths = [path for path in _staff_addresses(furnished) if _is_page(path, user)]
    wide = {}
    for path in paths:
        watched_page.set_viewport_size(DESK)  # type: ignore[arg-type]
        watched_page.goto(path)
        over = _overflow(watched_page)
        if over > 0:
            wide[path] = over
    watch.check()
    assert wide == {}
    assert len(paths) >= {"clinician": 15, "manager": 15, "front_desk": 3}[role]


def _patient_paths(patient: Patient) -> list[str]:
    days = PracticeSession.objects.filter(patient=patient).values_list("practised_on", flat=True)
    dated = [
        reverse(name, args=[day])
        for day in sorted(set(days))[-2:]
        for name in ("progress_day", "session_saved")
    ]
    plain = ("today", "session", "progress", "settings", "learn", "help_now", "help_told", "review")
    return [reverse(name) for name in plain] + dated


def _findings(page: Page, axe: Callable[[Page], list[str]], path: str) -> list[str]:
    """What axe says of a page, light and dark, in a window as high as the page: nothing covers anything."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status < 500, path
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": 360, "height": max(740, height)})
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found += [f"{page.url} ({scheme}) {line}" for line in axe(page)]
    over = _overflow(page)
    return found + ([f"{page.url} is {over} px too wide"] if over > 0 else [])


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_page_of_the_patient(
    furnished: Furnished,
    watched_page: Page,
    axe: Callable[[Page], list[str]],
    enter_as_patient: Callable[[Patient], None],
    base_url: str,
    language: str,
):
    house, found = furnished.house, []
    spoken: Any = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": base_url}
    watched_page.context.add_cookies([spoken])
    link = furnished.invitation.token()
    outside = [
        "/sign-in/",
        "/paper/",
        f"/come-in/{link}/",
        "/come-in/unknown/",
        "/help-now/",
        "/account/login/",
    ]
    for path in outside:
        found += _findings(watched_page, axe, path)
    for patient in (house.patient, furnished.reviewed, furnished.suspended, house.couple[0]):
        watched_page.context.clear_cookies()
        watched_page.context.add_cookies([spoken])
        enter_as_patient(patient)
        for path in _patient_paths(patient):
            found += _findings(watched_page, axe, path)
    assert found == []
