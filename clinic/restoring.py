"""Bringing a backup back: all of it and the hold on mail in one transaction, so that no worker, however
early, sends what was sent before (clinic.notices.holding)."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from clinic.models import Hold

_HOLD = (
    f"INSERT INTO {Hold._meta.db_table} (why, began_at) "  # noqa: S608 our own names
    f"VALUES ('{Hold.Why.RESTORED.value}', CURRENT_TIMESTAMP)"
)


class RestoreError(Exception):
    """Nothing was restored; the message says why."""


def restore(backup: BinaryIO) -> None:
    """Fill the empty database of this installation from `backup`, and hold mail back.

    On PostgreSQL an archive of `pg_dump --format custom`; else a SQLite file. Raises RestoreError where the
    database is not empty or the backup cannot be read: then nothing has changed.
    """
    if connection.introspection.table_names():
        raise RestoreError("The database is not empty. A backup is restored into an empty one.")
    # Not the system's folder for such things: in a container that is memory, and a backup may be large.
    with tempfile.TemporaryDirectory(dir=settings.VAR, prefix="restore-") as folder:
        copy = Path(folder) / "backup"
        with copy.open("wb") as file:
            shutil.copyfileobj(backup, file)
        if connection.vendor == "postgresql":
            _into_postgres(copy)
        else:
            _into_sqlite(copy)


def _into_postgres(copy: Path) -> None:
    """The archive as SQL, and the hold after it, in one transaction of psql."""
    script = copy.with_suffix(".sql")
    arguments, secret = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    _run("pg_restore", "--no-owner", "--no-privileges", "--file", script, copy)
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1"]
    # The script leaves no search path behind, by which our own table would be found.
    after = f"RESET search_path; {_HOLD}"
    _run(*arguments[:-1], *options, "--file", script, "--command", after, arguments[-1], **(secret or {}))


def _run(*command: str | Path, **variables: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 programs by name, the operator's own settings
            command, env=os.environ | variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
    except FileNotFoundError:
        raise RestoreError(f"{command[0]} is missing: install PostgreSQL's client programs.") from None
    if done.returncode:
        raise RestoreError(f"{command[0]}: {done.stderr.strip()}")


def _into_sqlite(copy: Path) -> None:
    """The hold goes into the copy; then SQLite brings the copy over, all or nothing."""
    try:
        with contextlib.closing(sqlite3.connect(copy)) as source:
            source.execute("PRAGMA journal_mode=DELETE")  # whole in one file, also from one in WAL mode
            with source:
                source.execute(_HOLD)
            connection.ensure_connection()
            source.backup(connection.connection)
    except sqlite3.Error as trouble:
        raise RestoreError(f"SQLite: {trouble}") from trouble
