"""What a first visit costs an old phone: requests and bytes, held by counts."""

import gzip
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Response

from clinic.localtime import local_date
from patients.drafts import prescribe_in_one_go
from patients.models import Patient
from patients.plans import plan_of
from patients.screening import ScreeningAnswers
from programs.models import Program
from tests.browser.library import load_library
from tests.factories import PatientFactory

MOST_REQUESTS = 8
MOST_BYTES = 60_000  # compressed as a clinic's server sends them
MOST_HTML = 30_000  # as it is
ICONS = ("/static/img/favicon.svg", "/static/img/icon-192.png", "/static/img/icon-512.png")


@pytest.fixture
def patient(aurora) -> Patient:
    """On the first day of the six exercises of the source text."""
    load_library()
    made: Patient = PatientFactory(clinic=aurora.clinic, email="nina@post.example")
    now = timezone.now()
    prescribe_in_one_go(
        patient=made,
        plan=plan_of(Program.objects.get(key="first-20-days", clinic=None)),
        precautions=[],
        screening=ScreeningAnswers(none_of_these=True),
        start=True,
        starts_on=local_date(now, made.zone),
        by=aurora.clinician,
        now=now,
    )
    return made


def loaded(page: Page, path: str) -> dict[str, bytes]:
    """What a page asks for, icons apart, with each body."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(path, wait_until="networkidle")
    asked = {urlsplit(answer.url).path: answer for answer in answers}
    assert len(asked) == len(answers), "something is asked for twice"
    return {name: answer.body() for name, answer in asked.items() if name not in ICONS}


def test_the_first_visit(watched_page: Page, enter_as_patient: Callable[[Patient], None], patient: Patient):
    """Today, with nothing stored. What the service worker stores beforehand is apart: nothing waits for it.
    A request to another host fails the test by itself."""
    enter_as_patient(patient)
    bodies = loaded(watched_page, "/")
    assert len(bodies) <= MOST_REQUESTS, sorted(bodies)
    sizes = {name: len(gzip.compress(body)) for name, body in bodies.items()}
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    assert len(bodies["/"]) <= MOST_HTML


def test_the_door_and_the_emergency_page(watched_page: Page):
    for path in ("/sign-in/", "/help-now/"):
        bodies = loaded(watched_page.context.new_page(), path)
        assert len(bodies) <= MOST_REQUESTS, sorted(bodies)
        assert sum(len(gzip.compress(body)) for body in bodies.values()) <= MOST_BYTES
