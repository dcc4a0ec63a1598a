"""What is logged: the path of a refused request without the token that is still good, a failure without the
words that led to it."""

import datetime as dt
import logging
from collections.abc import Iterator
from smtplib import SMTPDataError
from types import SimpleNamespace
from zoneinfo import ZoneInfoNotFoundError

import psycopg
import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone
from gunicorn.config import Config

from clinic.notices import planning
from clinic.signin.staff import invite_staff
from clinic.tasks import plan
from clinic.web_logs import Logger
from patients.signin.invitations import invite_patient

pytestmark = pytest.mark.django_db


class Lines(logging.Handler):
    """What a handler with the installation's filters would write; `formatted` with its exceptions, too."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []
        self.formatted = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(record.getMessage())
        self.formatted += self.format(record)


@pytest.fixture
def handler() -> Iterator[Lines]:
    handler = Lines()
    (console,) = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    for name in console.filters:
        handler.addFilter(name)
    handler.setFormatter(console.formatter)
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def lines(handler: Lines) -> list[str]:
    return handler.written


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


# --- Failures ---------------------------------------------------------------------------------------
NAME = "Vedova"  # a traceback repeats lines of code, and they are not to hold it


def fails_with(failure: Exception, cause: Exception | None = None) -> None:
    try:
        raise failure from cause
    except Exception:
        logging.getLogger("clinic.test").exception("It failed")


def test_a_failure_tells_where_it_happened_and_not_whose_words_it_held(handler):
    fails_with(ValueError(NAME), KeyError(NAME))
    assert NAME not in handler.formatted
    for said in (
        "It failed\n",
        "KeyError\n",
        "That led to:",
        "in fails_with",
        "ValueError",
    ):
        assert said in handler.formatted


def test_what_the_database_would_not_take_is_not_repeated(handler):
    refused = f'new row violates "never"\nDETAIL:  Failing row contains (1, {NAME}).'
    fails_with(IntegrityError(refused), psycopg.errors.CheckViolation(refused))
    assert NAME not in handler.formatted
    assert handler.formatted.endswith('django.db.utils.IntegrityError: new row violates "never"')


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (OSError(111, "Connection refused"), "ConnectionRefusedError: Connection refused"),
        (FileNotFoundError(2, "No such file", NAME), "FileNotFoundError: No such file"),
        (ZoneInfoNotFoundError(NAME), "zoneinfo._common.ZoneInfoNotFoundError"),
        (SMTPDataError(550, NAME.encode()), "smtplib.SMTPDataError"),
    ],
)
def test_of_a_failure_only_what_speaks_of_machines_is_said(handler, failure, said):
    fails_with(failure)
    assert handler.formatted.endswith(said)


def test_a_circle_of_failures_ends(handler):
    one, other = ValueError(NAME), KeyError(NAME)
    one.__cause__, other.__cause__ = other, one
    fails_with(one, other)
    assert NAME not in handler.formatted


def test_a_task_that_fails_says_no_more(handler, monkeypatch):
    def planner(now):
        raise ValueError(NAME)

    monkeypatch.setattr(planning, "_planners", [planner])
    assert plan.apply().failed()
    assert NAME not in handler.formatted
    assert "Task clinic.tasks.plan[" in handler.formatted
    assert "raised unexpected: as follows" in handler.formatted
    assert "ExceptionGroup" in handler.formatted


def test_a_refused_form_does_not_tell_what_was_searched_before(lines):
    browser = Client(enforce_csrf_checks=True, headers={"referer": f"https://elsewhere.example/x/?q={NAME}"})
    assert browser.post("/sign-in/", secure=True).status_code == 403
    [line] = lines
    assert "https://elsewhere.example/x/?..." in line
    assert NAME not in line


def test_gunicorns_errors_hold_no_words(capfd):
    try:
        raise ValueError(NAME)
    except ValueError:
        Logger(Config()).exception("Error handling request %s", f"/admin/?q={NAME}")
    said = capfd.readouterr().err
    assert "Error handling request /admin/?...\n" in said
    assert "ValueError" in said
    assert NAME not in said


def test_no_log_is_mailed():
    """Django's own handler would send a request with all that was filled in."""
    for name in ("django", "django.request", "django.security"):
        assert logging.getLogger(name).handlers == []


def test_of_failures_that_come_together_each_is_told(handler):
    fails_with(ExceptionGroup(NAME, [KeyError(NAME), OSError(111, "Connection refused")]))
    assert NAME not in handler.formatted
    for said in ("KeyError\n", "ConnectionRefusedError: Connection refused", "is one of:", "ExceptionGroup"):
        assert said in handler.formatted
