"""A backup that is brought back: whole, into an empty database alone, with mail held from the beginning."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from clinic.models import Clinic, Notice
from tests.factories import ClinicFactory, NoticeFactory
from tests.processes import ROOT, database_url, environment


def manage(
    variables: dict[str, str], *arguments: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=variables, input=stdin, capture_output=True)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def embedded(tmp_path: Path) -> dict[str, str]:
    """An installation on SQLite, with tables and nothing in them."""
    variables = environment_on_sqlite(tmp_path / "first")
    assert manage(variables, "migrate", "--noinput").returncode == 0
    return variables


def environment_on_sqlite(var: Path) -> dict[str, str]:
    var.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "HOMESTRETCH_VAR": str(var),
        "SECRET_KEY": "of-a-test" * 8,
        "ALLOWED_HOSTS": "localhost",
    }


def test_on_sqlite(embedded: dict[str, str], tmp_path: Path) -> None:
    names = ["--name", "Aurora", "--slug", "aurora", "--manager-name", "Mara Testa"]
    made = manage(embedded, "create_clinic", *names, "--manager-email", "mara@clinic.example")
    assert made.returncode == 0, made.stderr
    file = Path(embedded["HOMESTRETCH_VAR"]) / "homestretch.sqlite3"
    backup = tmp_path / "backup.sqlite3"
    with sqlite3.connect(file) as source, sqlite3.connect(backup) as copy:
        source.backup(copy)

    other = environment_on_sqlite(tmp_path / "second")
    done = manage(other, "restore", str(backup))
    assert (done.returncode, done.stderr) == (0, "")
    assert "until you lift the hold" in done.stdout
    status = manage(other, "notices", "status").stdout
    assert status.startswith("held back: since ")
    assert "due: staff_invitation: 1" in status
    assert manage(other, "notices", "drain").stdout == "held back: nothing is sent until `notices lift`\n"
    assert "lifted" in manage(other, "notices", "lift").stdout
    assert manage(other, "notices", "drain").stdout == "sent: 1\n"

    again = manage(other, "restore", str(backup))
    assert again.returncode == 1
    assert "The database is not empty" in again.stderr


def test_what_is_no_backup_changes_nothing_on_sqlite(tmp_path: Path) -> None:
    variables = environment_on_sqlite(tmp_path / "empty")
    for stdin in (b"no database at all", b""):
        done = manage(variables, "restore", "-", stdin=stdin)
        assert done.returncode == 1, done.stdout
        assert done.stderr.startswith("CommandError: Nothing was restored. SQLite: ")
    missing = manage(variables, "restore", str(tmp_path / "nowhere"))
    assert "No such file" in missing.stderr
    with sqlite3.connect(tmp_path / "empty" / "homestretch.sqlite3") as file:
        assert file.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    assert [path.name for path in (tmp_path / "empty").glob("restore-*")] == []


@pytest.fixture
def second_database(transactional_db) -> Iterator[dict[str, str]]:
    """The environment of an installation with an empty PostgreSQL database."""
    name = f"{connection.settings_dict['NAME']}_second"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    yield environment(DATABASE_URL=database_url().rpartition("/")[0] + f"/{name}", REDIS_URL="")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def dumped() -> bytes:
    """As docs/deployment.md has it."""
    command = ["pg_dump", "--format", "custom", database_url()]
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.mark.postgres
def test_on_postgresql(second_database: dict[str, str]) -> None:
    clinic = ClinicFactory(name="Aurora")
    NoticeFactory(clinic=clinic, kind="stop_alert")
    backup = dumped()
    done = manage(second_database, "restore", "-", stdin=backup)
    assert (done.returncode, done.stderr) == (0, "")
    assert manage(second_database, "migrate", "--check").returncode == 0
    status = manage(second_database, "notices", "status").stdout
    assert status.startswith("held back: since ")
    assert "due: stop_alert: 1" in status
    assert "goes out also with --leave-out" in status
    again = manage(second_database, "restore", "-", stdin=backup)
    assert (again.returncode, "The database is not empty" in again.stderr) == (1, True)
    assert (Clinic.objects.get().name, Notice.objects.get().state) == ("Aurora", "queued")


@pytest.mark.postgres
def test_a_backup_that_breaks_off_leaves_the_database_empty(second_database: dict[str, str]) -> None:
    ClinicFactory(name="Aurora")
    whole = dumped()
    for backup in (whole[: len(whole) * 3 // 4], b"no archive"):
        done = manage(second_database, "restore", "-", stdin=backup)
        assert done.returncode == 1
        assert done.stderr.startswith("CommandError: Nothing was restored. pg_restore")
    assert manage(second_database, "restore", "-", stdin=whole).returncode == 0


@pytest.mark.postgres
def test_a_backup_of_before_holds_is_not_brought_back_without_one(second_database: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinic_hold RENAME TO clinic_hold_away")
    try:
        backup = dumped()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE clinic_hold_away RENAME TO clinic_hold")
    done = manage(second_database, "restore", "-", stdin=backup)
    assert done.returncode == 1
    assert "clinic_hold" in done.stderr
