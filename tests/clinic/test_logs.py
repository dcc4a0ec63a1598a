"""A refused request is logged with its path: without the token that is still good."""

import logging
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from clinic.signin.staff import invite_staff
from patients.signin.invitations import invite_patient

pytestmark = pytest.mark.django_db


class Lines(logging.Handler):
    """What a handler with the installation's filters would write."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(record.getMessage())


@pytest.fixture
def lines() -> Iterator[list[str]]:
    handler = Lines()
    (console,) = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    for name in console.filters:
        handler.addFilter(name)
    logging.getLogger().addHandler(handler)
    yield handler.written
    logging.getLogger().removeHandler(handler)


def test_a_password_that_is_too_short_leaves_no_token(aurora, client, lines):
    now = timezone.now()
    link = invite_staff(
        clinic=aurora.clinic,
        email="new@post.example",
        name="Nina",
        role="clinician",
        by=aurora.manager,
        now=now,
    )
    assert client.post(f"/staff/invitation/{link.token()}/", {"password": "short"}).status_code == 400
    assert lines == ["Bad Request: /staff/invitation/.../"]


def test_a_browser_without_cookies_leaves_no_token(aurora, lines):
    link = invite_patient(patient=aurora.newcomer, by=aurora.manager, now=timezone.now())
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(f"/come-in/{link.token()}/").status_code == 403
    assert lines
    assert not [line for line in lines if link.token() in line]


def test_other_paths_stay_readable(client, lines):
    client.get("/no/such/page/")
    assert lines == ["Not Found: /no/such/page/"]
