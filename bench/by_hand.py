"""Statements written by hand, as one would without this program: what it is measured against. PostgreSQL."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from clinic.models import Clinic
from patients.totals import Totals

HERE = Path(__file__).parent
ADHERENCE, COUNTED = HERE / "adherence.sql", HERE / "counted.sql"


def adherence(clinic: Clinic, *, now: dt.datetime) -> dict[int, Totals]:
    """The totals of the clinic's running programmes by their primary keys, from what was told."""
    with transaction.atomic(), connection.cursor() as cursor:
        # It joins what it has worked out itself, of which the planner knows no numbers: without this it takes
        # a hundred times as long.
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL jit = off")
        return _totals(cursor, ADHERENCE, clinic, now)


def counted(clinic: Clinic, *, now: dt.datetime) -> dict[int, Totals]:
    """The same from what is counted beforehand."""
    with connection.cursor() as cursor:
        return _totals(cursor, COUNTED, clinic, now)


def _totals(cursor: Any, statement: Path, clinic: Clinic, now: dt.datetime) -> dict[int, Totals]:
    cursor.execute(statement.read_text(), {"now": now, "clinic": clinic.pk})
    return {pk: Totals(*(int(one) for one in figures)) for pk, *figures in cursor.fetchall()}
