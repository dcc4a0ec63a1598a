"""When a patient wants no reminder: one list of reasons, asked of everybody at once or of one patient.

It is the same for the reminders of each session of the day (ReminderTime) and for the one more reminder of a
day on which nothing is recorded (Nudge), which counts as one of the day's first session.

Planning leaves out whom one of them holds for; just before sending the first that holds is what the
delivery log says.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    PositiveSmallIntegerField,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from patients.models import (
    EmergencyReport,
    ExerciseStop,
    Nudge,
    Pause,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
    ReminderTime,
    SkippedDay,
)
from patients.zones import zone_of


def first_reminders() -> QuerySet[ReminderTime]:
    return ReminderTime.objects.all()


def nudges() -> Any:
    return Nudge.objects.annotate(slot=Value(1, output_field=PositiveSmallIntegerField()))


NO_TIME_CHOSEN = "turned_off"
ACTIVE = Q(patient__prescriptions__status=Prescription.Status.ACTIVE)


def reminder_times(rows: Any, *, on: dt.date) -> Any:
    """`rows` (of one of the two above) with the patient's active prescription, and how things stand on `on`.

    Everything that is asked about it is an annotation: asked through the relation, each question would
    join the prescription once more.
    """
    version = PrescriptionVersion.objects.filter(prescription=OuterRef("prescription_id")).in_force(on)
    sessions = (
        PracticeSession.objects.current()
        .told()
        .filter(prescription=OuterRef("prescription_id"), practised_on=on)
    )
    return (
        rows.annotate(given=FilteredRelation("patient__prescriptions", condition=ACTIVE))
        .annotate(
            prescription_id=F("given__pk"),
            activated_at=F("given__activated_at"),
            # Where the first session starts the programme, reminders begin when it was activated.
            starts_on=Coalesce("given__starts_on", "given__activated_on"),
        )
        .annotate(
            version_in_force=Subquery(version.values("pk")),
            recorded=Coalesce(
                Subquery(sessions.order_by().values("prescription").annotate(n=Count("pk")).values("n")), 0
            ),
        )
    )


def in_zone(zone: str) -> Q:
    """The reminder times of patients whose days are counted in `zone` (patients.models.Patient.zone)."""
    return Q(patient__time_zone=zone) | Q(patient__time_zone="", patient__clinic__time_zone=zone)


def chosen_times(rows: Any) -> Iterable[tuple[str, dt.time]]:
    """Every zone and local time that some patient has chosen: few, however many patients there are."""
    times = rows.annotate(zone=zone_of("patient")).order_by().values_list("zone", "at")
    return times.distinct()


def unwanted(*, on: dt.date) -> dict[str, Any]:
    """Why a reminder for the local date `on` is not wanted: conditions on `reminder_times(...)`."""
    due = PrescriptionVersion.objects.filter(
        pk=OuterRef("version_in_force"),
        weekdays__contains=str(on.isoweekday()),
        sessions_a_day__gte=OuterRef("slot"),
    )
    off = ExerciseStop.objects.standing().filter(
        prescription=OuterRef(OuterRef("prescription_id")), line=OuterRef("line")
    )
    exercises = PrescribedExercise.objects.filter(~Exists(off), version=OuterRef("version_in_force"))
    pauses = Pause.objects.filter(
        prescription=OuterRef("prescription_id"), starts_on__lte=on, ends_on__gte=on
    )
    reports = EmergencyReport.objects.uncleared().filter(patient=OuterRef("patient"))
    skipped = SkippedDay.objects.filter(prescription=OuterRef("prescription_id"), skipped_on=on)
    return {
        "turned_off": Q(patient__reminders_stopped_at__isnull=False),
        "not_active": Q(prescription_id__isnull=True),
        "not_started": Q(starts_on__gt=on),
        "suspended": Exists(reports),
        "paused": Exists(pauses),
        "not_due": ~Exists(due),
        "all_stopped": ~Exists(exercises),
        "day_off": Q(patient__reminder_days_off__contains=str(on.isoweekday())),
        "recorded": Q(recorded__gte=F("slot")),
        "skipped": Q(recorded=0) & Q(Exists(skipped)),
    }


def wanted(rows: Any, *, on: dt.date) -> Any:
    """Those of `rows` whose patients want to be reminded on `on`."""
    return reminder_times(rows, on=on).filter(*(~condition for condition in unwanted(on=on).values()))


def why_not(rows: Any, *, patient_id: int, slot: int, on: dt.date) -> str:
    """Why this patient wants no reminder for this session of `on` any more; "" if they do."""
    return reasons(rows, patient_ids=[patient_id], on=on).get((patient_id, slot), NO_TIME_CHOSEN)


def reasons(rows: Any, *, patient_ids: Collection[int], on: dt.date) -> dict[tuple[int, int], str]:
    """The same of all sessions of these patients, by patient and slot: one query. Who is missing has chosen
    no time any more."""
    reason = Case(
        *(When(condition, then=Value(reason)) for reason, condition in unwanted(on=on).items()),
        default=Value(""),
        output_field=CharField(),
    )
    times = reminder_times(rows, on=on).filter(patient__in=patient_ids).annotate(why_not=reason)
    return {(patient, slot): why for patient, slot, why in times.values_list("patient", "slot", "why_not")}
