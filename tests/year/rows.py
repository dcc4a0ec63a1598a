"""The raw rows of programmes, read plainly into dictionaries: no join, no aggregate, no QuerySet of ours.

What is wanted of them is worked out elsewhere here, in loops. Read in lots, as a year has millions of rows.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model

from clinic.models import Clinic, User
from patients.models import (
    EmergencyReport,
    ExerciseRecord,
    ExerciseStop,
    Patient,
    Pause,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
    SkippedDay,
    WorkItem,
)
from programs.models import Program

Row = dict[str, Any]
LOT = 250  # programmes at a time


@dataclass(frozen=True)
class Life:
    """One programme with every row that belongs to it. `sessions` are all revisions, each with its `records`
    in it; `versions` have their `lines`; `emergencies` and `work` are the patient's."""

    prescription: Row
    patient: Row
    clinic: Row
    clinician: Row
    program: Row | None
    versions: list[Row]
    pauses: list[Row]
    skipped_days: list[Row]
    stops: list[Row]
    sessions: list[Row]
    emergencies: list[Row]
    work: list[Row]

    @property
    def pk(self) -> int:
        return int(self.prescription["id"])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.patient["time_zone"] or self.clinic["time_zone"])

    def today(self, now: dt.datetime) -> dt.date:
        """The date that the patient's calendar shows."""
        return now.astimezone(self.zone).date()


def lives(*, clinic: int, lot: int = LOT, only: Collection[int] | None = None) -> Iterator[Life]:
    """Every programme of a clinic, drafts left out, in the order in which they were made; or `only` some."""
    patients = by_id(Patient, clinic_id=clinic)
    prescriptions = [
        row
        for row in Prescription.objects.order_by("pk").values()
        if row["patient_id"] in patients and row["status"] != "draft" and (only is None or row["id"] in only)
    ]
    once = _Once(clinic=Clinic.objects.filter(pk=clinic).values().get(), patients=patients)
    for first in range(0, len(prescriptions), lot):
        yield from _lot(prescriptions[first : first + lot], once)


class _Once:
    """What is few enough to be read once for all lots."""

    def __init__(self, *, clinic: Row, patients: dict[int, Row]) -> None:
        self.clinic, self.patients = clinic, patients
        self.people, self.programs = by_id(User), by_id(Program)
        self.emergencies = grouped(EmergencyReport, "patient_id")
        self.work = grouped(WorkItem, "patient_id")


def _lot(prescriptions: list[Row], once: _Once) -> Iterator[Life]:
    of_these = {"prescription_id__in": [row["id"] for row in prescriptions]}
    versions = grouped(PrescriptionVersion, "prescription_id", **of_these)
    _put_into(
        versions, PrescribedExercise, "version_id", "lines", ("version_id", "id", "line", "exercise_id")
    )
    sessions = grouped(PracticeSession, "prescription_id", **of_these)
    fields = ("session_id", "prescribed_id", "line", "outcome", "skip_reason")
    _put_into(sessions, ExerciseRecord, "session_id", "records", fields)
    pauses = grouped(Pause, "prescription_id", **of_these)
    skipped_days = grouped(SkippedDay, "prescription_id", **of_these)
    stops = grouped(ExerciseStop, "prescription_id", **of_these)
    for row in prescriptions:
        patient, pk = row["patient_id"], row["id"]
        yield Life(
            prescription=row,
            patient=once.patients[patient],
            clinic=once.clinic,
            clinician=once.people[row["clinician_id"]],
            program=once.programs[row["program_id"]] if row["program_id"] else None,
            versions=versions[pk],
            pauses=pauses[pk],
            skipped_days=skipped_days[pk],
            stops=stops[pk],
            sessions=sessions[pk],
            emergencies=once.emergencies[patient],
            work=once.work[patient],
        )


def by_id(model: type[Model], **chosen: Any) -> dict[int, Row]:
    return {row["id"]: row for row in model._default_manager.filter(**chosen).order_by().values()}


def grouped(model: type[Model], by: str, **chosen: Any) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in model._default_manager.filter(**chosen).order_by("pk").values():
        found[row[by]].append(row)
    return found


def _put_into(
    parents: dict[int, list[Row]], model: type[Model], by: str, name: str, fields: Iterable[str]
) -> None:
    """Give each row of `parents` the list of its children under `name`."""
    rows = {row["id"]: row for group in parents.values() for row in group}
    for row in rows.values():
        row[name] = []
    for child in model._default_manager.filter(**{f"{by}__in": list(rows)}).order_by("pk").values(*fields):
        rows[child[by]][name].append(child)
