"""Made-up patients by the hundred thousand, in seconds: one is made by hand, the database copies them.

The same rows on every run. PostgreSQL alone: `generate_series` has no twin in SQLite's Python build.
"""

import datetime as dt

from django.db import connection
from django.db.models import Model

from clinic.models import Clinic, Membership, Notice, User
from clinic.scoping import Role
from patients.models import (
    Patient,
    Pause,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
    ReminderTime,
)
from programs.models import Exercise

ON = dt.date(2026, 3, 2)  # a Monday
NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)  # nine in Rome
NINE = dt.time(9, 0)
A_WEEK_AGO = ON - dt.timedelta(days=7)
THEN = NOW - dt.timedelta(days=7)


def patients(count: int) -> None:
    """`count` patients with a programme and a reminder at nine, all of one clinic in Rome.

    Of 20 of them one is paused, one has practised today and one has turned reminders off.
    """
    everybody = f"generate_series(1, {count - 1})"
    for one in _first():
        _copy(one, everybody)
    every_twentieth = f"generate_series(20, {count - 1 - 10}, 20)"
    for one in _fifth_and_tenth():
        _copy(one, every_twentieth)
    _run("ANALYZE")


def wanted(count: int) -> int:
    """How many of `patients(count)` are to be reminded."""
    return sum(number % 20 not in (5, 10, 15) for number in range(count))


def clear_outbox() -> None:
    _run(f"TRUNCATE {Notice._meta.db_table} RESTART IDENTITY CASCADE")
    _run(f"ANALYZE {Notice._meta.db_table}")


def _first() -> list[Model]:
    """The patient of whom the others are copies, with all that is theirs.

    Their clinic is closed on Mondays: no morning list.
    """
    house = Clinic.objects.create(name="Aurora", slug="aurora", time_zone="Europe/Rome", open_days="23456")
    by = User.objects.create_user(email="alba@clinic.example", name="Alba Rossi", password=None)
    Membership.objects.create(user=by, clinic=house, role=Role.CLINICIAN)
    exercise = Exercise.objects.create(key="a-stretch", name_en="A stretch")
    patient = Patient.objects.create(
        clinic=house, given_name="Anna", family_name="Bianchi", birth_on=A_WEEK_AGO, email="0@x.example"
    )
    given = Prescription.objects.create(
        patient=patient,
        clinician=by,
        name_en="Gentle start",
        status="active",
        starts_on=A_WEEK_AGO,
        activated_on=A_WEEK_AGO,
        activated_at=THEN,
        counts_from=A_WEEK_AGO,
        next_review_on=A_WEEK_AGO + dt.timedelta(days=20),
        created_at=THEN,
    )
    version = PrescriptionVersion.objects.create(
        prescription=given, number=1, starts_on=A_WEEK_AGO, prescribed_by=by, created_at=THEN
    )
    line = PrescribedExercise.objects.create(version=version, exercise=exercise, position=0)
    time = ReminderTime.objects.create(patient=patient, slot=1, at=NINE, set_at=THEN)
    return [patient, given, version, line, time]


def _fifth_and_tenth() -> list[Model]:
    """The pause of the one and the session of the other."""
    fifth, tenth = Prescription.objects.order_by("pk")[5:11:5]
    pause = Pause.objects.create(
        prescription=fifth, starts_on=ON, ends_on=ON, made_by=fifth.clinician, made_at=THEN
    )
    session = PracticeSession.objects.create(
        prescription=tenth,
        patient_id=tenth.patient_id,
        version=tenth.versions.get(),
        practised_on=ON,
        recorded_on=ON,
        first_recorded_at=NOW - dt.timedelta(hours=1),
        recorded_at=NOW - dt.timedelta(hours=1),
        finished_at=NOW - dt.timedelta(hours=1),
        stopped=True,
    )
    return [pause, session]


# What of a copy is its own: an SQL expression over `n`, the number of the copy.
OWN = {
    Patient: {
        "email": "n || '@x.example'",
        "reminders_stopped_at": f"CASE WHEN mod(n, 20) = 15 THEN timestamptz '{THEN}' END",
    },
    Prescription: {"patient_id": "t.patient_id + n"},
    PrescriptionVersion: {"prescription_id": "t.prescription_id + n"},
    PrescribedExercise: {"version_id": "t.version_id + n", "line": "lpad(to_hex(n), 32, '0')::uuid"},
    ReminderTime: {"patient_id": "t.patient_id + n"},
    Pause: {"prescription_id": "t.prescription_id + n"},
    PracticeSession: {
        "patient_id": "t.patient_id + n",
        "prescription_id": "t.prescription_id + n",
        "version_id": "t.version_id + n",
        "uid": "lpad(to_hex(n), 32, '0')::uuid",
    },
}


def _copy(template: Model, numbers: str) -> None:
    table = template._meta.db_table
    own = {"id": "t.id + n", **OWN[type(template)]}
    columns = [field.column for field in template._meta.concrete_fields]
    values = ", ".join(own.get(str(column), f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    copies = f"{table} t, {numbers} n WHERE t.id = {template.pk}"
    _run(f"INSERT INTO {table} ({names}) SELECT {values} FROM {copies}")
    _run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
