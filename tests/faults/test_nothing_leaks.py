"""A word of its own is planted into every text of the database. Real processes then serve pages, plan, send
and fail, and none of the words is in any mail (but for first names, clinics' names and addresses), in any
log, in any task's arguments or anywhere in Redis.
"""

import base64
import binascii
import datetime as dt
import json
import os
import re
import socket
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.db import connection
from django.urls import reverse
from redis import Redis
from servers import free_port

from clinic.models import Clinic, Notice, NoticeAttempt, StaffInvitation, User
from clinic.weekdays import EVERY_DAY
from patients.models import Patient, Prescription
from tests import addresses
from tests.addresses import path_of, patterns
from tests.cast import AURORA, house
from tests.clients import signed_in
from tests.factories import InvitationFactory, NoticeFactory, PatientFactory
from tests.furnished import Furnished, furnish
from tests.mailing import Mail, Mailbox
from tests.patients.every_mail import Concerned, concerned, notices_for
from tests.planting import PLANTED, Rows, all_rows, not_to_be_said, plant, with_first_names
from tests.processes import Running, beat, environment, forget_messages, running, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.redis]

PATIENTS = "/admin/patients/patient/"
LEAVING = {"sign_out", "sign_out_everywhere", "account_logout", "admin:logout"}
# A clinic's short name stands in the addresses of its pages for staff, and so in the log of requests.
IN_LOGS = {"clinic.Clinic.slug"}


@dataclass(frozen=True)
class World:
    """A furnished clinic, whom its mails are about, and where each planted word stands."""

    aurora: Furnished
    of: Concerned
    rows: Rows
    words: dict[str, str]

    def lines_with_words(self, log: str) -> list[str]:
        """The lines of a log that hold a planted word; names and addresses count too."""
        return [line for line in log.splitlines() if {*map(self.words.get, PLANTED.findall(line))} - IN_LOGS]


@pytest.fixture
def world(transactional_db) -> World:
    forget_messages()
    aurora = furnish(house("Aurora", AURORA))
    # Open at every hour: what the planner owes its staff is due at once, also where this runs at night.
    Clinic.objects.update(open_days=EVERY_DAY, notices_at=dt.time(0, 0))
    of = concerned(aurora.clinic)
    rows = all_rows()
    words = plant(rows)
    with_first_names([User, StaffInvitation])
    for row in (aurora.house.patient, *(getattr(of, field.name) for field in fields(of))):
        row.refresh_from_db()
    return World(aurora, of, rows, words)


@pytest.fixture
def variables(mailbox: Mailbox) -> dict[str, str]:
    more = {"EMAIL_URL": mailbox.url, "NOTICE_TICK_SECONDS": "1", "BASE_URL": "http://localhost"}
    return environment(**more)


# --- What runs --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Web:
    """gunicorn with the flags of docker-compose.yml, and somebody's browser."""

    process: Running
    port: int

    def ask(self, user: User | None, method: str, path: str, **fields: Any) -> int:
        """The status of the answer to `user`, who is signed in as well as can be."""
        token = "t" * 32
        cookies = {"csrftoken": token}
        if user is not None:
            cookies["sessionid"] = signed_in(user, method="mfa").cookies["sessionid"].value
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": token,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            line.request(method, path, body=urlencode(fields, doseq=True), headers=headers)
            answer = line.getresponse()
            answer.read()
            return answer.status


@pytest.fixture
def web(world: World, variables: dict[str, str], tmp_path: Path) -> Iterator[Web]:
    port = free_port()
    command = ["gunicorn", "clinic.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    command += ["--threads", "4", "--access-logfile", "-", "--logger-class", "clinic.web_logs.Logger"]
    # The tests' settings are an installation's, with static files that need not be collected first.
    variables = variables | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    variables |= {name: os.environ[name] for name in ("PYTEST_XDIST_WORKER",) if name in os.environ}
    with running(command, variables, tmp_path / "web.log") as process:
        process.wait_until_it_says("Booting worker")
        yield Web(process, port)


class Overheard:
    """Every command that reaches Redis, as it says itself (MONITOR)."""

    def __init__(self) -> None:
        address = urlsplit(os.environ["REDIS_URL"])
        self._line = socket.create_connection((address.hostname, address.port))
        self._line.sendall(b"MONITOR\r\n")
        self._heard = bytearray()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while more := self._line.recv(65536):
            self._heard += more

    @property
    def text(self) -> str:
        return opened(self._heard.decode(errors="replace"))

    def close(self) -> None:
        self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()


@pytest.fixture
def overheard() -> Iterator[Overheard]:
    heard = Overheard()
    yield heard
    heard.close()


def opened(text: str) -> str:
    """`text`, and beside it whatever of it is in base64: Celery packs the bodies of its messages."""
    unpacked = []
    for packed in re.findall(r"[A-Za-z0-9+/]{12,}={0,2}", text):
        try:
            unpacked.append(base64.b64decode(packed, validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            continue
    return "\n".join([text, *unpacked])


def all_of_redis() -> dict[str, str]:
    """Every key with its value."""
    found = {}
    with Redis.from_url(os.environ["REDIS_URL"], decode_responses=True) as redis:
        readers: dict[str, Any] = {
            "string": redis.get,
            "list": lambda key: redis.lrange(key, 0, -1),
            "set": redis.smembers,
            "hash": redis.hgetall,
            "zset": lambda key: redis.zrange(key, 0, -1),
        }
        for key in redis.scan_iter():
            found[key] = repr(readers[redis.type(key)](key))
    return found


def queued_messages() -> list[dict[str, Any]]:
    with Redis.from_url(os.environ["REDIS_URL"], decode_responses=True) as redis:
        return [json.loads(message) for message in redis.lrange("celery", 0, -1)]


def whole(mail: Mail) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in mail.message.items())
    return f"{headers}\n{mail.text}\n{mail.html}"


# --- Redis ------------------------------------------------------------------------------------------
def test_redis_holds_no_word_and_tasks_no_argument(
    world: World, web: Web, overheard: Overheard, variables: dict[str, str], mailbox: Mailbox, tmp_path: Path
) -> None:
    """What is owed at once nudges the worker; nobody is there yet to take the messages away."""
    of, clinician = world.of, world.of.clinician
    answers = reverse("admin:message_answer", args=[of.asked.pk])
    assert web.ask(clinician, "POST", answers, answer="quarzo0z, gently") == 302
    invites = reverse("admin:patient_invite", args=[of.patient.pk])
    assert web.ask(clinician, "POST", invites) == 302
    notices_for(of)

    messages = queued_messages()
    assert len(messages) >= 2
    for message in messages:
        arguments, named, _ = json.loads(base64.b64decode(message["body"]))
        assert (arguments, named) == ([], {})
        assert (message["headers"]["argsrepr"], message["headers"]["kwargsrepr"]) == ("()", "{}")
    assert PLANTED.findall(opened(repr(all_of_redis()))) == []

    with worker(variables, tmp_path), beat(variables, tmp_path):
        wait_until_sent(of.clinic)
        assert PLANTED.findall(opened(repr(all_of_redis()))) == []
    assert "clinic.tasks.drain" in overheard.text
    assert PLANTED.findall(overheard.text) == []


def wait_until_sent(clinic: Clinic, *, seconds: float = 60) -> None:
    """Until no notice waits, but for those that are put off."""
    waits = Notice.objects.filter(clinic=clinic, state__in=["queued", "sending"])
    end = time.monotonic() + seconds
    while waits.exists():
        assert time.monotonic() < end, list(waits.values_list("kind", "state"))
        time.sleep(0.1)


# --- Mails and logs ---------------------------------------------------------------------------------
def test_no_log_holds_a_word_and_mails_hold_what_they_may(
    world: World, web: Web, variables: dict[str, str], mailbox: Mailbox, tmp_path: Path
) -> None:
    misled = a_patient_in_no_time_zone(world)
    refused, put_off = world.of.manager, world.of.deputy
    mailbox.refuse[str(refused.email)] = f"550 5.1.1 <{refused.email}> is no mailbox here"
    mailbox.refuse[str(put_off.email)] = f"450 4.2.1 <{put_off.email}> is busy"
    notices_for(world.of)
    look_at_every_page(web, world)
    ask_what_cannot_be_answered(web, world)
    with worker(variables, tmp_path) as working, beat(variables, tmp_path) as beating:
        wait_until_sent(world.of.clinic)
        working.wait_until_it_says("could not be written.")
        working.wait_until_it_says("Task clinic.tasks.drain")
    by_hand = {}
    for step in ("plan", "drain"):
        with running([sys.executable, "manage.py", "notices", step], variables, tmp_path / step) as command:
            command.process.wait(timeout=60)
        by_hand[step] = command.said

    # Not wanted, so not tried: a morning's mail without news, one more to an address refused by then.
    tried = Notice.objects.filter(recipient__in=[refused, put_off]).exclude(state="suppressed")
    states = set(tried.values_list("recipient", "state"))
    assert states == {(refused.pk, "failed"), (put_off.pk, "retry")}
    assert Notice.objects.filter(params__invitation=str(misled)).values_list("state", flat=True)[0] == "retry"
    logs = {"web": web.process.said, "worker": working.said, "beat": beating.said, **by_hand}
    assert {name: world.lines_with_words(log) for name, log in logs.items()} == dict.fromkeys(logs, [])
    # What was to be logged was, so that a word in it would have been seen.
    assert "zoneinfo._common.ZoneInfoNotFoundError\n" in working.said
    for said in (
        '"GET /admin/patients/patient/?... HTTP/1.1" 200',
        '"POST /ask/ HTTP/1.1" 500',
        "Bad Request: /ask/",
        "A mail of signing in could not be sent",
    ):
        assert said in web.process.said
    assert "django.db.utils.IntegrityError: new row for relation" in web.process.said

    new = NoticeAttempt.objects.exclude(pk__in=world.rows[NoticeAttempt])
    answers = "\n".join(new.values_list("answer", flat=True))
    assert "is no mailbox here" in answers
    assert not_to_be_said(world.words, answers) == set()  # a server's words may repeat an address

    assert len(mailbox.mails) > 12
    for mail in mailbox.mails:
        assert PLANTED.search(whole(mail))
        assert not_to_be_said(world.words, whole(mail)) == set(), mail.subject


def a_patient_in_no_time_zone(world: World) -> uuid.UUID:
    """Writing this patient's invitation fails, with a word of the database in what Python says."""
    [word] = [word for word, place in world.words.items() if place == "patients.TreatmentNote.words"][:1]
    patient = PatientFactory(clinic=world.of.clinic)
    invitation = InvitationFactory(patient=patient, invited_by=world.of.clinician)
    NoticeFactory(kind="invitation", clinic=world.of.clinic, params={"invitation": str(invitation.pk)})
    Patient.objects.filter(pk=patient.pk).update(time_zone=word)
    invited: uuid.UUID = invitation.pk
    return invited


def look_at_every_page(web: Web, world: World) -> None:
    """Every address of the installation, by staff and by a patient."""
    given, staff = addresses.arguments(world.aurora, world.rows), world.aurora.house
    for pattern in patterns():
        if pattern.name in LEAVING:
            continue
        arguments = given[pattern.name][0] if pattern.parameters else {}
        if set(arguments) == pattern.parameters:
            path = quote(path_of(pattern, arguments))
            of_staff = path.startswith("/admin/")
            for user in (staff.clinician, staff.manager) if of_staff else (staff.patient.user,):
                web.ask(user, "GET", path)


def ask_what_cannot_be_answered(web: Web, world: World) -> None:
    """What somebody searches for, a page that is not there, a form that does not hold, and a failure."""
    clinician, patient = world.aurora.house.clinician, world.aurora.house.patient
    found = urlencode({"q": patient.family_name})
    assert web.ask(clinician, "GET", f"{PATIENTS}?{found}") == 200
    assert web.ask(None, "GET", f"/no/such/page/?{found}") == 404
    words = Prescription.objects.filter(patient=patient).values_list("name_en", flat=True)[0]
    form = {"uid": uuid.uuid4(), "kind": "question", "words": words}
    assert web.ask(patient.user, "POST", "/ask/", **form | {"kind": words}) == 400
    assert web.ask(None, "POST", "/sign-in/", email=world.of.manager.email) == 503
    with nothing_can_be_asked():
        assert web.ask(patient.user, "POST", "/ask/", **form) == 500


@contextmanager
def nothing_can_be_asked() -> Iterator[None]:
    """PostgreSQL refuses every new question, and repeats the whole row when it says so."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE patients_message ADD CONSTRAINT never CHECK (false) NOT VALID")
        yield
        cursor.execute("ALTER TABLE patients_message DROP CONSTRAINT never")
