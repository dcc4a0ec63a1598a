"""A patient who wants to be reminded, and what the planners make of it."""

import datetime as dt
from typing import Any

from clinic.localtime import instant_at
from clinic.models import Clinic, Notice
from patients.models import Patient, Prescription
from patients.notices import reminders
from tests.factories import ClinicFactory, PatientFactory, PrescriptionFactory, ReminderTimeFactory

MONDAY = dt.date(2026, 3, 2)
NINE = dt.time(9, 0)


def at(time: str, on: dt.date = MONDAY, zone: str = "Europe/Rome") -> dt.datetime:
    """The instant at which clocks in `zone` show `time`."""
    return instant_at(on, dt.time.fromisoformat(time), zone)


def clinic(**fields: Any) -> Clinic:
    """In Rome, open on weekdays from eight."""
    made: Clinic = ClinicFactory(**{"time_zone": "Europe/Rome", **fields})
    return made


def patient(*times: dt.time, on_prescription: dict[str, Any] | None = None, **fields: Any) -> Patient:
    """Prescribed since the Monday before, reminded at `times` (nine unless said)."""
    fields.setdefault("clinic", None)
    made: Patient = PatientFactory(**{**fields, "clinic": fields["clinic"] or clinic()})
    starts_on = MONDAY - dt.timedelta(days=7)
    PrescriptionFactory(patient=made, **{"starts_on": starts_on, **(on_prescription or {})})
    for slot, time in enumerate(times or [NINE], start=1):
        ReminderTimeFactory(patient=made, slot=slot, at=time)
    return made


def prescription_of(patient: Patient) -> Prescription:
    found: Prescription = patient.prescriptions.get()
    return found


def planned(now: dt.datetime) -> list[tuple[int, str, int]]:
    """Plan at `now`; what it made: patient, local date, slot."""
    before = set(Notice.objects.values_list("pk", flat=True))
    made = reminders.plan_reminders(now)
    new = Notice.objects.filter(kind="reminder").exclude(pk__in=before)
    assert made == new.count()
    return sorted((one.params["patient"], one.params["on"], one.params["slot"]) for one in new)
