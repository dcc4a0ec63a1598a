"""What the tests of the guided session share: who practises, and how they press."""

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from patients.models import Patient
from patients.plans import plan_of
from patients.prescribing import activate, prescribe
from programs.models import Program
from tests.browser.library import load_library
from tests.cast import House
from tests.factories import PatientFactory
from tests.patients.scenario import NONE_OF_THESE


def who_practises(house: House, **fields: object) -> Patient:
    """Who has the six exercises of the source text from today on, and has said already what is usual."""
    if not Program.objects.filter(key="first-20-days", clinic=None).exists():
        load_library()
    made: Patient = PatientFactory(clinic=house.clinic, **fields)
    now = timezone.now()
    prescription = prescribe(
        patient=made,
        plan=plan_of(Program.objects.get(key="first-20-days", clinic=None)),
        by=house.clinician,
        screening=NONE_OF_THESE,
        usual_pain=4,
        now=now,
    )
    activate(prescription=prescription, by=house.clinician, now=now)
    return made


class Taps:
    """Presses as a finger does, and counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def __call__(self, target: Locator) -> None:
        target.click()
        self.count += 1

    def pain(self, screen: str, level: int) -> None:
        """A number on the scale; 0 is "No pain"."""
        self(self.page.locator(f"[data-screen={screen}] .scale-step").nth(level + 1))


def kept(page: Page) -> None:
    """Wait for what was tapped last: no request is left behind when a test ends."""
    expect(page.locator("#session-form")).to_have_attribute("data-pending", "0")
    expect(page.get_by_role("status").filter(has_text="Kept so far")).to_be_visible()


def heading(page: Page) -> Locator:
    return page.locator(".is-here h2").first
