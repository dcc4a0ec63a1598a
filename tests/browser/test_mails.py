"""Mails as a mail program shows them: on a phone and on a desk, light and dark, in both languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.targets import too_small
from tests.patients.every_mail import concerned
from tests.patients.test_mails_html import as_sent, in_envelopes, notices_for

# The longest, the one with most small print, and one to staff; the others are made of the same parts.
LOOKED_AT = {"invitation", "helped", "staff_invitation"}


@pytest.mark.parametrize("width", [360, 800])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "it"])
def test_mails_can_be_read_and_pressed(
    watched_page: Page, axe: Callable[[Page], list[str]], settings, language: str, scheme: str, width: int
):
    settings.BASE_URL = "https://exercises.a-clinic-with-a-long-name.example"
    watched_page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    watched_page.set_viewport_size({"width": width, "height": 740})
    seen = set()
    for kind, message in in_envelopes(notices_for(concerned(language=language))):
        if kind not in LOOKED_AT or kind in seen:
            continue
        seen.add(kind)
        watched_page.set_content(as_sent(message)[1])
        assert watched_page.evaluate("document.documentElement.scrollWidth") <= width, kind
        assert (too_small(watched_page), axe(watched_page)) == ([], []), kind
        ground = watched_page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
        assert ground == ("rgb(24, 35, 31)" if scheme == "dark" else "rgb(255, 254, 250)")
    assert seen == LOOKED_AT
