"""/healthz and /readyz."""

import datetime as dt
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from tests.factories import HeartbeatFactory, HoldFactory, NoticeFactory


def test_healthz_asks_nobody(client: Client) -> None:
    """No database here: pytest-django would refuse any query."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "no-store" in answer["Cache-Control"]


def test_readyz_when_all_is_well(db, client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "database": True,
        "migrated": True,
        "held": False,
        "oldest_due_notice_s": None,
        "plan_s": None,
        "drain_s": None,
    }


def test_readyz_says_when_the_engine_last_ran_and_that_mail_is_held(db, client: Client) -> None:
    now = timezone.now()
    HeartbeatFactory(step="plan", beat_at=now - dt.timedelta(minutes=10))
    HeartbeatFactory(step="drain", beat_at=now - dt.timedelta(seconds=20))
    HoldFactory()
    answer = client.get("/readyz")
    assert answer.status_code == 200  # pages work all the same
    state = answer.json()
    assert (600 <= state["plan_s"] < 630, 20 <= state["drain_s"] < 50, state["held"]) == (True, True, True)


def test_readyz_says_how_long_the_oldest_due_notice_waits(db, client: Client) -> None:
    now = timezone.now()
    for state, minutes in {"queued": 10, "retry": 20, "sending": 30, "failed": 50, "expired": 60}.items():
        claimed = {"claim": uuid.uuid4(), "lease_until": now, "next_try_at": now}
        NoticeFactory(state=state, due_at=now - dt.timedelta(minutes=minutes), **claimed)
    NoticeFactory(state="queued", due_at=now + dt.timedelta(hours=1))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert 1800 <= answer.json()["oldest_due_notice_s"] < 1830


def test_readyz_while_a_migration_is_missing(db, client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("clinic", "0001_initial")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrated"] is False


LOOK = """
import django
django.setup()
from django.test import Client
for page in ("/healthz", "/readyz"):
    answer = Client().get(page, headers={"host": "localhost"})
    print(page, answer.status_code, answer.content.decode())
"""


def test_while_the_database_is_away(tmp_path: Path) -> None:
    """A process of its own, with the address of a PostgreSQL that is not there."""
    away = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "DATABASE_POOL": "2",
        "HOMESTRETCH_VAR": str(tmp_path),
    }
    begun = time.monotonic()
    said = subprocess.run([sys.executable, "-c", LOOK], env=away, capture_output=True, text=True, check=True)
    assert time.monotonic() - begun < 20
    healthz, readyz = said.stdout.splitlines()
    assert healthz == "/healthz 200 ok"
    assert readyz.startswith("/readyz 503 ")
    assert '"database": false' in readyz


def test_neither_takes_a_post(client: Client) -> None:
    assert client.post("/healthz").status_code == client.post("/readyz").status_code == 405
