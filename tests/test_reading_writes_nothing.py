"""Looking at a page changes nothing: no GET writes, but for the audit of reading and the session itself.

Mail scanners, prefetching browsers and somebody who only looks must leave no trace in the data.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import Notice, User
from clinic.notices import unsubscribing
from clinic.signin import links
from patients.models import Patient
from tests import addresses
from tests.addresses import path_of, patterns
from tests.clients import signed_in
from tests.furnished import Furnished, furnish
from tests.planting import Rows, added, all_rows

WRITING = re.compile(r'^\s*(INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|TRUNCATE)\s+"?(\w+)"?', re.IGNORECASE)
# Who read whose record; when the session was used last.
MAY_BE_WRITTEN = {
    ("INSERT INTO", "clinic_event"),
    *((verb, "django_session") for verb in ("INSERT INTO", "UPDATE")),
}
STAFF = ("clinician", "manager", "front_desk")
PATIENTS = ("patient", "couple", "newcomer", "reviewed", "suspended")


class Room:
    """A furnished house, and the ids of all that stands in it."""

    def __init__(self, furnished: Furnished, rows: Rows, operator: User) -> None:
        self.furnished, self.rows, self.operator = furnished, rows, operator

    def client(self, someone: str) -> Client:
        house = self.furnished.house
        patients: dict[str, Patient] = {
            "patient": house.patient,
            "couple": house.couple[0],
            "newcomer": house.newcomer,
            "reviewed": self.furnished.reviewed,
            "suspended": self.furnished.suspended,
        }
        if someone == "nobody":
            return Client()
        if someone == "operator":
            return signed_in(self.operator, method="mfa")
        if someone in STAFF:
            return signed_in(getattr(house, someone), method="mfa")
        return signed_in(patients[someone].user, method="code")  # type: ignore[arg-type]


@pytest.fixture
def room(cast) -> Room:
    before: Rows = {model: set() for model in all_rows()}
    furnished = furnish(cast.aurora)
    return Room(furnished, added(before), cast.operator)


@contextmanager
def writes() -> Iterator[list[tuple[str, str]]]:
    """What is written meanwhile: verb and table."""
    found: list[tuple[str, str]] = []

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = sql if isinstance(sql, str) else sql.as_string(None)
        match = WRITING.match(text)
        if match:
            found.append((match[1].upper(), match[2]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


def paths(room: Room, *, staff: bool) -> Iterator[str]:
    """Every address with ids of the house; of the staff's side only for those who may enter it."""
    given = addresses.arguments(room.furnished, room.rows)
    for pattern in patterns():
        if not staff and pattern.route.startswith("admin/"):
            continue
        for arguments in given[pattern.name] if pattern.parameters else [{}]:
            if set(arguments) == pattern.parameters:
                yield path_of(pattern, arguments)


@pytest.mark.parametrize("someone", [*STAFF, *PATIENTS, "operator", "nobody"])
def test_reading_writes_nothing(room: Room, someone: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level("CRITICAL", "django.request")
    found, opened, client = {}, 0, room.client(someone)
    for path in paths(room, staff=someone not in PATIENTS):
        with writes() as written:
            answer = client.get(path)
        opened += answer.status_code == 200
        if set(written) - MAY_BE_WRITTEN:
            found[path] = sorted(set(written) - MAY_BE_WRITTEN)
    assert found == {}
    assert opened > 10, "this walk has seen nothing"
    assert "_auth_user_id" in client.session or someone == "nobody", "one of these has signed out"


def test_looking_at_a_link_writes_nothing(room: Room):
    """Before the button is pressed: a scanner that opens every link of a mail uses none of them up."""
    notice = Notice(kind="reminder", params={"patient": room.furnished.house.patient.pk})
    for path in (
        links.path("come_in", room.furnished.invitation),
        links.path("staff_invitation", room.furnished.staff_invitation),
        unsubscribing.path(notice),
        reverse("paper", args=[room.furnished.paper_code]),
    ):
        with writes() as written:
            assert Client().get(path).status_code == 200, path
        assert written == [], path


def test_the_watch_sees_a_page_that_writes(room: Room):
    house = room.furnished.house
    with writes() as written:
        signed_in(house.clinician, method="mfa").post(
            reverse("admin:patient_invite", args=[house.patient.pk])
        )
    assert ("INSERT INTO", "patients_invitation") in written
    with writes() as written:
        signed_in(house.clinician, method="mfa").get(reverse("admin:patient", args=[house.patient.pk]))
    assert ("INSERT INTO", "clinic_event") in written, "reading a record is written down"
    with writes() as written:
        Patient.objects.filter(pk=house.patient.pk).update(created_at=timezone.now())
    assert written == [("UPDATE", "patients_patient")]
