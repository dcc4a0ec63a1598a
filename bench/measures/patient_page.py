"""The page of one prescription after 20, 200 and 2,000 sessions: its queries stay; how its time grows.

Bare is the same page after 20 sessions. What is drawn stays the same; what adherence counts over grows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from bench.course import course
from bench.figures import TIMES, Line, timed
from tests.clients import signed_in

FEW, SESSIONS = 20, (20, 200, 2_000)


@dataclass(frozen=True)
class Looking:
    """Somebody who has signed in, and the page that they open."""

    client: Client
    address: str

    def milliseconds(self) -> float:
        with timed() as clock:
            self._open()
        return clock.seconds * 1000

    def queries(self) -> float:
        with CaptureQueriesContext(connection) as counted:
            self._open()
        return float(len(counted))

    def _open(self) -> None:
        answer = self.client.get(self.address, headers={"host": "localhost"})
        if answer.status_code != 200:
            raise AssertionError(f"{self.address}: {answer.status_code}")


def measure() -> Iterator[Line]:
    # Files are served from where they lie: a release's manifest is no matter of this.
    files = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=settings.STORAGES | files):
        yield from _lines({number: _looking(number) for number in {FEW, *SESSIONS}})


def _lines(looking: dict[int, Looking]) -> Iterator[Line]:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for one in looking.values():
        one.milliseconds()  # once for nothing: templates are read, statements are planned
    for number in SESSIONS:
        words = f"the page of one prescription, {number:,} sessions"
        yield _line(f"{words}: queries", "queries", Looking.queries, looking[number], looking[FEW], at_most=1)
        yield _line(f"{words}: time", "ms", Looking.milliseconds, looking[number], looking[FEW])


def _line(
    name: str,
    unit: str,
    figure: Callable[[Looking], float],
    ours: Looking,
    bare: Looking,
    *,
    at_most: float | None = None,
) -> Line:
    line = Line(name, unit, at_most=at_most)
    for _ in range(TIMES):
        line.round(ours=partial(figure, ours), bare=partial(figure, bare))
    return line


def _looking(sessions: int) -> Looking:
    of = course(sessions)
    address = reverse("admin:prescription_report", args=[of.prescription.pk])
    return Looking(signed_in(of.clinician, method="mfa"), address)
