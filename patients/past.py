"""What of the past the rules of recording ask for."""

import datetime as dt
import uuid
from typing import Any, NamedTuple

from django.db.models import Exists, Max, OuterRef, Q, Subquery

from patients.models import EmergencyReport, ExerciseRecord, Pause, PracticeSession, Prescription, WorkItem
from patients.prescribed import prescribed_on
from patients.vocabulary import SkipReason


class Past(NamedTuple):
    """What of the past the rules ask for. `same_uid`: the session that was recorded under this id already."""

    same_uid: int | None
    lowest_site: int | None
    is_suspended: bool
    has_pauses: bool
    has_open_work: bool


def with_past(prescription: Prescription, on: dt.date, uid: uuid.UUID) -> tuple[list[Any], Past]:
    """What is prescribed on `on`, and what of the past the rules ask for: one query.

    It is made after the lock, so that nothing is missed. `skipped_beside` says of an exercise that it
    was skipped for pain in the session before or, where this one is told afterwards, the one after.
    """
    sessions = PracticeSession.objects.current().filter(patient=prescription.patient_id)
    lowest = sessions.order_by().values("patient").annotate(lowest=Max("lowest_site")).values("lowest")
    reports = EmergencyReport.objects.uncleared().filter(patient=prescription.patient_id)
    past = {
        "same_uid": Subquery(sessions.filter(uid=uid).values("pk")[:1]),
        "lowest_site": Subquery(lowest),
        "is_suspended": Exists(reports),
        "has_pauses": Exists(Pause.objects.filter(prescription=prescription)),
        "has_open_work": Exists(WorkItem.objects.open().filter(patient=prescription.patient_id)),
    }
    ours = sessions.filter(prescription=prescription).exclude(uid=uid)  # it may be going on
    before = ours.filter(practised_on__lte=on).order_by("-practised_on", "-first_recorded_at")
    after = ours.filter(practised_on__gt=on).order_by("practised_on", "first_recorded_at")
    skipped = ExerciseRecord.objects.filter(
        Q(session__in=before.values("pk")[:1]) | Q(session__in=after.values("pk")[:1]),
        line=OuterRef("line"),
        skip_reason=SkipReason.PAIN,
    )
    rows = prescribed_on(prescription, on).annotate(skipped_beside=Exists(skipped), **past)
    exercises: list[Any] = list(rows)
    # Where nothing is prescribed on that day, the past is asked alone.
    found: Any = exercises[0] if exercises else Prescription.objects.annotate(**past).get(pk=prescription.pk)
    return exercises, Past(*(getattr(found, name) for name in Past._fields))
