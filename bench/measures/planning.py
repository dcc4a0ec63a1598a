"""One tick of all planners, beside the INSERT ... SELECT that one would write by hand for the same rows."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection

from bench import rows
from bench.figures import TIMES, Line, timed
from clinic.models import Notice
from clinic.notices import planning

PATIENTS = 118_000  # of whom more than 100,000 are to be reminded

# Knows that there is one zone, one time of day, and one reason each for those who want none.
BY_HAND = """
INSERT INTO clinic_notice (kind, channel, clinic_id, subject_id, params, dedupe_key, due_at, expires_at,
                           state, state_reason, attempt, message_id, created_at)
SELECT 'reminder', 'email', p.clinic_id, p.id,
       jsonb_build_object('patient', p.id, 'slot', r.slot, 'on', %(on)s::text),
       'reminder:' || p.id || ':' || %(on)s || ':' || r.slot,
       %(due_at)s, %(expires_at)s, 'queued', '', 0, '', %(now)s
FROM patients_remindertime r
JOIN patients_patient p ON p.id = r.patient_id AND p.reminders_stopped_at IS NULL AND p.email <> ''
JOIN patients_prescription g ON g.patient_id = p.id AND g.status = 'active'
WHERE r.at = '09:00'
  AND NOT EXISTS (SELECT FROM patients_pause b
                  WHERE b.prescription_id = g.id AND b.starts_on <= %(on)s AND b.ends_on >= %(on)s)
  AND NOT EXISTS (SELECT FROM patients_practicesession s
                  WHERE s.prescription_id = g.id AND s.practised_on = %(on)s)
ON CONFLICT (dedupe_key) DO NOTHING
"""
ARGUMENTS: dict[str, Any] = {
    "on": rows.ON.isoformat(),
    "due_at": rows.NOW,
    "expires_at": rows.NOW + dt.timedelta(hours=4),
    "now": rows.NOW,
}


def measure() -> Iterator[Line]:
    rows.patients(PATIENTS)
    line = Line(f"planning {rows.wanted(PATIENTS):,} reminders in one tick", "s", at_most=3.0)
    made: dict[str, set[Any]] = {}

    def ours() -> float:
        return _timed(made, "ours", lambda: planning.plan(rows.NOW))

    def bare() -> float:
        return _timed(made, "bare", _by_hand)

    for _ in range(TIMES):
        line.round(ours=ours, bare=bare)
        if made["ours"] != made["bare"]:
            raise AssertionError("The two did not make the same rows.")
    yield line


def _timed(made: dict[str, set[Any]], whose: str, plan: Any) -> float:
    rows.clear_outbox()
    with timed() as clock:
        count = plan()
    if count != rows.wanted(PATIENTS):
        raise AssertionError(f"{count} instead of {rows.wanted(PATIENTS)} rows by {whose}.")
    fields = ("dedupe_key", "due_at", "expires_at", "state", "subject_id", "clinic_id", "params__patient")
    made[whose] = set(Notice.objects.values_list(*fields))
    return clock.seconds


def _by_hand() -> int:
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, ARGUMENTS)
        return int(cursor.rowcount)
