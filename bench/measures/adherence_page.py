"""The clinic's adherence report over a made-up year, beside the statement that yields the same figures."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import time_machine
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from bench import by_hand
from bench.figures import TIMES, Line, timed
from clinic.models import Clinic, User
from patients import counted
from patients.made_up.year import load_year
from patients.models import Prescription
from patients.totals import Totals
from patients.zones import zone_of
from tests.clients import signed_in
from tests.second_factor import with_app

PAGE = "/admin/reports/"
FEW, MANY = 10, 5_000  # patients with a running programme
SESSIONS_EACH = 200
UNTIL = dt.date(2026, 6, 30)
MOST_QUERIES = 12

ByHand = Callable[..., dict[int, Totals]]


def measure() -> Iterator[Line]:
    # Files are served from where they lie: a release's manifest is no matter of this.
    files = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=settings.STORAGES | files):
        yield from _lines()


def _lines() -> Iterator[Line]:
    queries = []
    for patients in (FEW, MANY):
        call_command("flush", interactive=False, verbosity=0)
        loaded = load_year(patients=patients, sessions=SESSIONS_EACH * patients, seed=1, until=UNTIL)
        with time_machine.travel(loaded.now, tick=False):
            queries.append(_queries())
    if len(set(queries)) > 1 or queries[0] > MOST_QUERIES:
        raise AssertionError(f"{queries} queries for {FEW} and {MANY} patients.")
    clinic = Clinic.objects.get(pk=loaded.clinic)
    words = f"adherence of {MANY:,} patients, {queries[0]} queries; bare from"
    told = Line(f"{words} what was told", "s", at_most=1.5)
    stored = Line(f"{words} what is counted", "s")
    with time_machine.travel(loaded.now, tick=False):
        _compare(by_hand.adherence, clinic, now=loaded.now)
        _compare(by_hand.counted, clinic, now=loaded.now)
        for line, bare in ((told, by_hand.adherence), (stored, by_hand.counted)):
            for _ in range(TIMES):
                line.round(ours=_ours, bare=partial(_seconds, partial(bare, clinic, now=loaded.now)))
            yield line


def _client() -> Client:
    """Somebody who sees the clinic's reports, signed in with both factors."""
    manager = User.objects.get(email="manager@example.org")
    if not is_mfa_enabled(manager):
        with_app(manager)
    return signed_in(manager, method="mfa")


def _queries() -> int:
    client = _client()
    client.get(PAGE, headers={"host": "localhost"})
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(PAGE, headers={"host": "localhost"})
    if answer.status_code != 200:
        raise AssertionError(f"The page answered {answer.status_code}.")
    return len(captured)


def _compare(bare: ByHand, clinic: Clinic, *, now: dt.datetime) -> None:
    """Both yield the same figures, of every programme."""
    running = Prescription.objects.active()
    ours = counted.load(running, zones=running.values_list(zone_of("patient"), flat=True), now=now)
    theirs = bare(clinic, now=now)
    differing = [pk for pk, totals in theirs.items() if pk not in ours or ours[pk].totals != totals]
    if differing or len(ours) != len(theirs):
        raise AssertionError(f"{len(differing)} of {len(theirs)} programmes differ, e.g. {differing[:3]}.")


def _ours() -> float:
    client = _client()
    return _seconds(lambda: client.get(PAGE, headers={"host": "localhost"}))


def _seconds(act: Callable[[], Any]) -> float:
    with timed() as clock:
        act()
    return clock.seconds
