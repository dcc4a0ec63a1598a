"""A refused request is logged with its path: without the token that is still good."""

import datetime as dt
import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from gunicorn.config import Config

from clinic.signin.staff import invite_staff
from clinic.web_logs import Logger
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


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/calendar/s3cret.ics", "/calendar/..."),
        ("/come-in/s3cret/", "/come-in/.../"),
        ("/paper/s3cret/?from=qr", "/paper/.../?..."),
        ("/admin/patients/?q=Vedova", "/admin/patients/?..."),
        ("/account/password/reset/key/1-s3cret/", "/account/password/reset/key/.../"),
        ("/progress/2026-03-06/", "/progress/2026-03-06/"),
    ],
)
def test_gunicorns_access_log_holds_no_token(capfd, path, written):
    """Its line as it comes by default: the request, and the page from which it came."""
    config = Config()
    config.set("accesslog", "-")
    logger = Logger(config)
    environ = {
        "REMOTE_ADDR": "192.0.2.7",
        "REQUEST_METHOD": "GET",
        "RAW_URI": path,
        "PATH_INFO": path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://clinic.example{path}",
        "HTTP_USER_AGENT": "Calendar",
    }
    answer = SimpleNamespace(status="200 OK", sent=12, headers=[])
    logger.access(answer, SimpleNamespace(headers=[]), environ, dt.timedelta(0))
    line = capfd.readouterr().out
    assert line.endswith(f'"GET {written} HTTP/1.1" 200 12 "https://clinic.example{written}" "Calendar"\n')


def test_gunicorns_errors_hold_no_token(capfd):
    Logger(Config()).error("Error handling request %s", "/calendar/s3cret.ics")
    assert "Error handling request /calendar/...\n" in capfd.readouterr().err
