"""What a patient can answer now, apart from a review."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from clinic.localtime import local_date
from patients.models import Answer, EmergencyReport, Prescription
from patients.questionnaire import Asked, asked_at_start, asked_on_days, start_is_open
from patients.trial import day_number, spans
from programs.models import Question


@dataclass(frozen=True)
class OpenQuestions:
    """What can be answered now. `start` is empty where it is too late for it."""

    start: list[Asked] = field(default_factory=list)
    days: dict[int, list[Asked]] = field(default_factory=dict)
    told: list[Answer] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.start or self.days)


def open_questions(
    prescription: Prescription, ours: Iterable[Question], *, now: dt.datetime
) -> OpenQuestions:
    """`ours` are the questions of Homestretch, kept or not."""
    patient = prescription.patient
    waits = EmergencyReport.objects.uncleared().of(patient).exists()
    if prescription.status != Prescription.Status.ACTIVE or waits:
        return OpenQuestions()
    today = local_date(now, patient.zone)
    day = day_number(starts_on=prescription.starts_on, on=today, pauses=spans(prescription))
    own = list(Question.objects.asked_with(prescription.program_id, patient.clinic_id))
    told = list(prescription.answers.select_related("question"))
    return OpenQuestions(
        start=asked_at_start(ours, own) if start_is_open(day) else [],
        days=asked_on_days(prescription, own, told, day=day, now=now),
        told=told,
    )
