"""Statements written by hand, as one would without this program: what it is measured against."""

import datetime as dt
from pathlib import Path

from django.db import connection

from clinic.models import Clinic
from patients.totals import Totals

ADHERENCE = Path(__file__).with_name("adherence.sql")


def adherence(clinic: Clinic, *, now: dt.datetime) -> dict[int, Totals]:
    """The totals of the clinic's running programmes by their primary keys, from what was told. PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute(ADHERENCE.read_text(), {"now": now, "clinic": clinic.pk})
        return {pk: Totals(*(int(one) for one in figures)) for pk, *figures in cursor.fetchall()}
