"""Settings in a browser: large text on a narrow phone, the timer's sound, pages that hold WCAG."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from patients.models import Patient
from tests.patients.scenario import Scenario

PAGES = ("/", "/settings/", "/settings/data/", "/pause/", "/progress/", "/learn/", "/help-now/")

OPEN_ALL = "document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
IS_LOUD = "import('/static/js/timer.js').then((timer) => timer.isLoud())"


@pytest.fixture
def trial(transactional_db) -> Scenario:
    today = timezone.localdate()
    return Scenario("AB", start=today.isoformat(), activated=today.isoformat())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_largest_text_fits_a_narrow_phone(watched_page: Page, trial, enter_as_patient, axe, scheme):
    Patient.objects.filter(pk=trial.patient.pk).update(text_size="largest")
    watched_page.emulate_media(color_scheme=scheme)
    enter_as_patient(trial.patient)
    skip = reverse("day_skip", args=[trial.day_one])
    for path in (*PAGES, skip):
        watched_page.set_viewport_size({"width": 360, "height": 740})
        watched_page.goto(path)
        watched_page.evaluate(OPEN_ALL)
        assert not watched_page.evaluate(TOO_WIDE), path
        whole = watched_page.evaluate("document.documentElement.scrollHeight")
        watched_page.set_viewport_size({"width": 360, "height": whole})  # the bar lies over nothing then
        assert axe(watched_page) == [], path


def test_what_the_timer_begins_with_and_what_is_pressed(page: Page, trial, enter_as_patient):
    """The setting holds until the button of this device is pressed; a new setting holds again."""

    def is_loud() -> bool:
        page.goto("/session/")
        return bool(page.evaluate(IS_LOUD))

    enter_as_patient(trial.patient)
    assert not is_loud()
    Patient.objects.filter(pk=trial.patient.pk).update(timer_sound=True)
    assert is_loud()
    page.evaluate("localStorage.setItem('homestretch-sound', 'on:')")
    assert not is_loud()
    Patient.objects.filter(pk=trial.patient.pk).update(timer_sound=False)
    assert not is_loud()
    Patient.objects.filter(pk=trial.patient.pk).update(timer_sound=True)
    page.evaluate("localStorage.setItem('homestretch-sound', ':on')")
    assert is_loud()


def test_a_calendar_address_is_made_and_renewed(watched_page: Page, trial, enter_as_patient):
    enter_as_patient(trial.patient)
    watched_page.goto("/settings/")
    watched_page.get_by_text("Calendar", exact=True).click()
    watched_page.get_by_role("button", name="Make a calendar address").click()
    field = watched_page.get_by_label("Your calendar address")
    expect(field).to_be_visible()
    first = field.input_value()
    watched_page.get_by_role("button", name="New address").click()
    expect(field).not_to_have_value(first)
