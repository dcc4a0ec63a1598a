"""Prescribing: a program becomes a patient's prescription, is activated, changed by versions, ended."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.locking import locked
from patients.models import (
    Patient,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
    ReminderTime,
    Screening,
)
from patients.models.patient import EARLIEST_REMINDER, LATEST_REMINDER
from patients.screening import ScreeningAnswers, conflicts, refuse_screening
from patients.trial import ONE_DAY, reschedule_review
from patients.vocabulary import EndReason
from patients.work import refuse_outsider
from programs.models import Exercise, Program


@dataclass(frozen=True)
class Line:
    """One exercise to prescribe. `dose` holds the fields of programs.models.Dose; `line` is kept in a change."""

    exercise: Exercise
    dose: dict[str, Any]
    rung: int = 0
    note_en: str = ""
    note_it: str = ""
    line: uuid.UUID = field(default_factory=uuid.uuid4)


def lines_of_program(program: Program) -> list[Line]:
    """The program's exercises in order, as lines to prescribe: two queries, however long it is."""
    items = program.items.select_related("exercise").prefetch_related("exercise__forms")
    return [
        Line(item.exercise, item.dose(), item.rung, item.note_en, item.note_it)
        for item in items.order_by("position", "pk")
    ]


@transaction.atomic
def prescribe(
    *,
    patient: Patient,
    program: Program,
    by: User,
    screening: ScreeningAnswers,
    now: dt.datetime,
    starts_on: dt.date | None = None,
    reminders: Sequence[dt.time] = (),
    usual_pain: int | None = None,
    usual_lowest_site: int | None = None,
) -> Prescription:
    """Copy `program` into a draft for `patient`; words and doses are copies from here on.

    `starts_on` is a local date, None for "the day of the first session"; `reminders` are local times, one
    for each session of a day. Raises ValidationError for a start in the past, an empty program, a
    screening that is not complete (rule 6), and a clinician who does not treat in this clinic.
    """
    refuse_outsider(by, patient.clinic)
    today = local_date(now, patient.zone)
    if starts_on is not None and starts_on < today:
        raise ValidationError({"starts_on": ValidationError(_("The start cannot lie in the past."), code="past")})
    lines = lines_of_program(program)
    if not lines:
        raise ValidationError({"program": ValidationError(_("This programme has no exercises."), code="empty")})
    against = conflicts(patient.precautions, [line.exercise for line in lines])
    refuse_screening(screening, against=against, today=today)

    prescription = Prescription.objects.create(
        patient=patient,
        program=program,
        name_en=program.name_en,
        name_it=program.name_it,
        clinician=by,
        starts_on=starts_on,
        usual_pain=usual_pain,
        usual_lowest_site=usual_lowest_site,
        review_after_days=program.review_after_days,
        created_at=now,
    )
    _add_version(
        prescription,
        lines,
        sessions_a_day=program.sessions_a_day,
        weekdays=program.weekdays,
        starts_on=starts_on or today,
        by=by,
        now=now,
    )
    Screening.objects.create(prescription=prescription, asked_by=by, asked_at=now, **screening.as_fields())
    set_reminders(patient=patient, times=reminders)
    audit.write(verb=Verb.PRESCRIBED, obj=prescription, actor=by, clinic=patient.clinic, now=now)
    return prescription


@transaction.atomic
def activate(*, prescription: Prescription, by: User, now: dt.datetime) -> Prescription:
    """Start a draft. A patient has one running programme: end the other one first.

    Raises ValidationError where the clinic has no emergency numbers (rule 5), the prescription is no
    draft, its start lies in the past by now, or another one is running.
    """
    prescription = locked(prescription)
    patient = prescription.patient
    today = local_date(now, patient.zone)
    if prescription.status != Prescription.Status.DRAFT:
        raise ValidationError(_("This prescription was started already."), code="not_draft")
    if not patient.clinic.has_emergency_numbers:
        raise ValidationError(
            _("Enter the clinic's emergency number and doctor out of hours first (Clinic, Settings)."),
            code="numbers",
        )
    if prescription.starts_on is not None and prescription.starts_on < today:
        raise ValidationError(_("The start lies in the past by now: choose another date."), code="past")
    if Prescription.objects.active().filter(patient=patient).exists():
        raise ValidationError(_("Another programme of this patient is running: end it first."), code="active")
    prescription.status = Prescription.Status.ACTIVE
    prescription.activated_at, prescription.activated_on = now, today
    prescription.counts_from = prescription.starts_on
    reschedule_review(prescription, on=today)
    prescription.save()
    prescription.versions.update(starts_on=prescription.starts_on or today)
    audit.write(verb=Verb.ACTIVATED, obj=prescription, actor=by, clinic=patient.clinic, now=now)
    return prescription


@transaction.atomic
def adjust(
    *,
    prescription: Prescription,
    lines: Sequence[Line],
    sessions_a_day: int,
    weekdays: str,
    by: User,
    now: dt.datetime,
    precautions_reason: str = "",
) -> PrescriptionVersion:
    """Make the next version: from today if nothing was recorded today, else from tomorrow.

    Before a start that was picked, it holds from that start. Past days keep their denominator. Raises
    ValidationError for a programme that has ended, no exercises, and a precaution of the patient that
    speaks against an exercise without a reason.
    """
    prescription = locked(prescription)
    patient = prescription.patient
    if prescription.status == Prescription.Status.ENDED:
        raise ValidationError(_("This programme has ended."), code="ended")
    if not lines:
        raise ValidationError(_("Leave at least one exercise, or end the programme."), code="empty")
    if conflicts(patient.precautions, [line.exercise for line in lines]) and not precautions_reason.strip():
        raise ValidationError({"precautions_reason": _("Say why, in spite of the precautions.")})
    today = local_date(now, patient.zone)
    recorded_today = PracticeSession.objects.filter(prescription=prescription, practised_on=today).exists()
    first = today + ONE_DAY if recorded_today else today
    version = _add_version(
        prescription,
        lines,
        sessions_a_day=sessions_a_day,
        weekdays=weekdays,
        starts_on=max(first, prescription.starts_on or first),
        by=by,
        now=now,
    )
    audit.write(verb=Verb.ADJUSTED, obj=version, actor=by, clinic=patient.clinic, now=now)
    return version


def lines_of_version(version: PrescriptionVersion) -> list[Line]:
    """The lines of a version, to be changed into the next one; each keeps its `line`."""
    return [
        Line(one.exercise, one.dose(), one.rung, one.note_en, one.note_it, one.line)
        for one in version.exercises.select_related("exercise").prefetch_related("exercise__forms")
    ]


@transaction.atomic
def end(
    *, prescription: Prescription, reason: EndReason, by: User, now: dt.datetime
) -> Prescription:
    """End a prescription today, for a reason: stopped is not failed. Raises ValidationError if it has ended."""
    prescription = locked(prescription)
    if prescription.status == Prescription.Status.ENDED:
        raise ValidationError(_("This programme has ended already."), code="ended")
    today = local_date(now, prescription.patient.zone)
    if prescription.starts_on is not None and prescription.starts_on > today:
        prescription.starts_on = None  # it never began
    prescription.status, prescription.end_reason = Prescription.Status.ENDED, reason
    prescription.ended_on = today
    prescription.activated_on = prescription.activated_on or today
    prescription.next_review_on = None
    prescription.save()
    audit.write(verb=Verb.ENDED, obj=prescription, actor=by, clinic=prescription.patient.clinic, now=now)
    return prescription


def set_reminders(*, patient: Patient, times: Sequence[dt.time]) -> None:
    """Remind `patient` at these local times, one for each session of the day; none: no reminders.

    Raises ValidationError for a time outside 07:00 to 21:00.
    """
    try:
        for at in times:
            validate_reminder_time(at)
    except ValidationError as error:
        raise ValidationError({"reminders": error.error_list}) from error
    rows = [
        ReminderTime(patient=patient, slot=slot, at=at) for slot, at in enumerate(sorted(set(times)), start=1)
    ]
    with transaction.atomic():
        patient.reminder_times.all().delete()
        ReminderTime.objects.bulk_create(rows)


def validate_reminder_time(at: dt.time) -> None:
    """Raise ValidationError for a time outside 07:00 to 21:00: nobody is to be woken."""
    if not EARLIEST_REMINDER <= at <= LATEST_REMINDER:
        raise ValidationError(_("Reminders are sent between 07:00 and 21:00."), code="daytime")


def _add_version(
    prescription: Prescription,
    lines: Iterable[Line],
    *,
    sessions_a_day: int,
    weekdays: str,
    starts_on: dt.date,
    by: User,
    now: dt.datetime,
) -> PrescriptionVersion:
    last = prescription.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = PrescriptionVersion.objects.create(
        prescription=prescription,
        number=last + 1,
        starts_on=starts_on,
        sessions_a_day=sessions_a_day,
        weekdays=weekdays,
        prescribed_by=by,
        created_at=now,
    )
    PrescribedExercise.objects.bulk_create(
        PrescribedExercise(
            version=version,
            line=line.line,
            position=position,
            exercise=line.exercise,
            rung=line.rung,
            ladder=line.exercise.ladder(),
            note_en=line.note_en,
            note_it=line.note_it,
            **line.dose,
            **line.exercise.wording(),
        )
        for position, line in enumerate(lines, start=1)
    )
    return version
