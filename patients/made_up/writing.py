"""Rows into the database: COPY on PostgreSQL, INSERT elsewhere. Both write the same rows."""

from typing import Any

from django.core.management.color import no_style
from django.db import connection

from clinic.models import Clinic, Hold, Membership, User
from patients.made_up.rows import Shape, Table
from patients.models import (
    Answer,
    CareTeamMember,
    EmergencyReport,
    ExerciseRecord,
    ExerciseStop,
    Message,
    Patient,
    Pause,
    PracticeSession,
    Precautions,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
    ReminderTime,
    Review,
    Screening,
    SkippedDay,
    WorkItem,
    WorkItemEntry,
)
from programs.models import Exercise, LadderForm, Program, ProgramItem, Question

# What is pointed at comes first.
ORDER: list[Table] = [
    Clinic,
    User,
    Membership,
    Hold,
    Patient,
    Precautions,
    ReminderTime,
    CareTeamMember,
    Prescription,
    Screening,
    PrescriptionVersion,
    PrescribedExercise,
    Pause,
    PracticeSession,
    ExerciseRecord,
    ExerciseStop,
    SkippedDay,
    EmergencyReport,
    Message,
    Review,
    Answer,
    WorkItem,
    WorkItemEntry,
]
LIBRARY: list[Table] = [Exercise, LadderForm, Program, ProgramItem, Question]


def begin() -> None:
    """In the transaction, before the first row: each batch is checked when it is in, not all at the end.

    What Django makes itself gets the same ids after a load that was undone: a sequence is not undone with it.
    """
    _set_sequences()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def write(model: Table, shape: Shape, rows: list[list[Any]]) -> None:
    names = ", ".join(connection.ops.quote_name(column) for column in shape.columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django's own wrapper of the cursor has no `copy`; what lies below it does.
            raw: Any = cursor.cursor
            with raw.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(shape.columns))
            statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 names of our own tables
            cursor.executemany(statement, _prepared(shape, rows))


def _prepared(shape: Shape, rows: list[list[Any]]) -> list[list[Any]]:
    """As Django's own INSERT would hand them over; JSON is text already."""
    fields: list[Any] = shape.fields
    return [
        [
            value if place in shape.json else fields[place].get_db_prep_save(value, connection)
            for place, value in enumerate(row)
        ]
        for row in rows
    ]


def finish() -> None:
    """In the transaction, after the last row: who is added by hand gets the next id."""
    _set_sequences()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # as they are by themselves


def _set_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [*LIBRARY, *ORDER]):
            cursor.execute(statement)


def analyze() -> None:
    """Tell the planner what is there; outside a transaction PostgreSQL notes what is visible to all, too."""
    clean = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if clean else "ANALYZE")
