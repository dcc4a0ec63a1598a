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
from clinic.models import Clinic, User
from patients.locking import locked, locked_patient
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
from patients.reviews import open_review
from patients.screening import ScreeningAnswers, against, conflicts, precautions_of, refuse_screening
from patients.trial import ONE_DAY, begin_count
from patients.vocabulary import EndReason
from patients.work import refuse_outsider
from programs.models import Exercise, Program

MOST_REMINDERS = 4  # as many as there are sessions on a day at most


@dataclass(frozen=True)
class Line:
    """One exercise to prescribe. `dose` holds the fields of Dose; a change keeps `line`."""

    exercise: Exercise
    dose: dict[str, Any]
    rung: int = 0
    note_en: str = ""
    note_it: str = ""
    line: uuid.UUID = field(default_factory=uuid.uuid4)
    # A line that goes on keeps the words, ladder and reason of this one, whatever the library says by now.
    copy_of: PrescribedExercise | None = None


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
    for each session of a day; none given: the patient's own stay. Raises ValidationError for a start in the
    past, a program that is empty, not published or another clinic's, a screening that is not complete
    (rule 6), and a clinician who does not treat in this clinic.
    """
    refuse_outsider(by, patient.clinic)
    if not Program.objects.available_to(patient.clinic).published().filter(pk=program.pk).exists():
        problem = _("Choose a programme that your clinic may prescribe.")
        raise ValidationError({"program": ValidationError(problem, code="program")})
    today = local_date(now, patient.zone)
    if starts_on is not None and starts_on < today:
        raise ValidationError(
            {"starts_on": ValidationError(_("The start cannot lie in the past."), code="past")}
        )
    lines = lines_of_program(program)
    if not lines:
        raise ValidationError(
            {"program": ValidationError(_("This programme has no exercises."), code="empty")}
        )
    _refuse_foreign(lines, patient.clinic)
    flags = precautions_of(patient)
    has_conflicts = bool(conflicts(flags, [line.exercise for line in lines]))
    refuse_screening(screening, has_conflicts=has_conflicts, today=today)

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
        flags=flags,
        precautions_reason=screening.precautions_reason,
        by=by,
        now=now,
    )
    Screening.objects.create(prescription=prescription, asked_by=by, asked_at=now, **screening.as_fields())
    if reminders:
        set_reminders(patient=patient, times=reminders)
    audit.write(
        verb=Verb.PRESCRIBED, obj=prescription, actor=by, clinic=patient.clinic, subject=patient, now=now
    )
    return prescription


@transaction.atomic
def activate(*, prescription: Prescription, by: User, now: dt.datetime) -> Prescription:
    """Start a draft. A patient has one running programme: end the other one first.

    Raises ValidationError where the clinic has no emergency numbers (rule 5), the prescription is no
    draft, its start lies in the past by now, or another one is running.
    """
    patient = locked_patient(prescription.patient)  # two drafts of one patient are not started at once
    prescription = locked(prescription)
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
    if prescription.starts_on is not None:
        begin_count(prescription, on=prescription.starts_on)
    prescription.save()
    prescription.versions.update(starts_on=prescription.starts_on or today)
    audit.write(
        verb=Verb.ACTIVATED, obj=prescription, actor=by, clinic=patient.clinic, subject=patient, now=now
    )
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
    based_on: int | None = None,
) -> PrescriptionVersion:
    """Make the next version, which holds from `next_version_on`. Past days keep their denominator.

    `based_on` is the number of the version that was looked at. Raises ValidationError where a colleague
    has made another one since, for a programme that has ended, no exercises, and a precaution of the
    patient that speaks against an exercise without a reason.
    """
    prescription = locked(prescription)
    patient = prescription.patient
    if based_on is not None and based_on != _last_number(prescription):
        raise ValidationError(
            _("A colleague has adjusted this programme meanwhile: look at it again."), code="stale"
        )
    if prescription.status == Prescription.Status.ENDED:
        raise ValidationError(_("This programme has ended."), code="ended")
    if not lines:
        raise ValidationError(_("Leave at least one exercise, or end the programme."), code="empty")
    added = [line for line in lines if line.copy_of is None]
    _refuse_foreign(added, patient.clinic)
    flags = precautions_of(patient)
    if any(_needs_reason(line, flags) for line in lines) and not precautions_reason.strip():
        problem = _("Say why, in spite of the precautions.")
        raise ValidationError({"precautions_reason": ValidationError(problem, code="required")})
    version = _add_version(
        prescription,
        lines,
        sessions_a_day=sessions_a_day,
        weekdays=weekdays,
        starts_on=next_version_on(prescription, today=local_date(now, patient.zone)),
        flags=flags,
        precautions_reason=precautions_reason,
        by=by,
        now=now,
    )
    audit.write(verb=Verb.ADJUSTED, obj=version, actor=by, clinic=patient.clinic, subject=patient, now=now)
    return version


def next_version_on(prescription: Prescription, *, today: dt.date) -> dt.date:
    """The local date from which a change made `today` holds: tomorrow where today was recorded already.

    Before a start that was picked, it holds from that start.
    """
    recorded_today = PracticeSession.objects.filter(prescription=prescription, practised_on=today).exists()
    first = today + ONE_DAY if recorded_today else today
    return max(first, prescription.starts_on or first)


def lines_of_version(version: PrescriptionVersion) -> list[Line]:
    """The lines of a version, to be changed into the next one; each keeps its `line`."""
    return [
        Line(one.exercise, one.dose(), one.rung, one.note_en, one.note_it, one.line, copy_of=one)
        for one in version.exercises.select_related("exercise").prefetch_related("exercise__forms")
    ]


@transaction.atomic
def end(*, prescription: Prescription, reason: EndReason, by: User, now: dt.datetime) -> Prescription:
    """End a prescription today, for a reason: stopped is not failed.

    A review point that is reached by today keeps its review: it is never withdrawn (rule 2). Raises
    ValidationError if it has ended, and for a draft, which is discarded instead.
    """
    prescription = locked(prescription)
    if prescription.status == Prescription.Status.ENDED:
        raise ValidationError(_("This programme has ended already."), code="ended")
    if prescription.status == Prescription.Status.DRAFT:
        raise ValidationError(_("This programme was never started: throw the draft away."), code="draft")
    today = local_date(now, prescription.patient.zone)
    open_review(prescription=prescription, now=now)
    if prescription.starts_on is not None and prescription.starts_on > today:
        prescription.starts_on = None  # it never began
    prescription.status, prescription.end_reason = Prescription.Status.ENDED, reason
    prescription.ended_on = today
    prescription.next_review_on = None
    prescription.save()
    audit.write(
        verb=Verb.ENDED,
        obj=prescription,
        actor=by,
        clinic=prescription.patient.clinic,
        subject=prescription.patient,
        now=now,
    )
    return prescription


@transaction.atomic
def discard(*, prescription: Prescription, by: User, now: dt.datetime) -> None:
    """Throw a draft away: it never was anybody's programme. Raises ValidationError for anything else."""
    prescription = locked(prescription)
    if prescription.status != Prescription.Status.DRAFT:
        raise ValidationError(_("This prescription was started already."), code="not_draft")
    patient = prescription.patient
    audit.write(
        verb=Verb.REMOVED, obj=prescription, actor=by, clinic=patient.clinic, subject=patient, now=now
    )
    prescription.delete()


def set_reminders(*, patient: Patient, times: Sequence[dt.time]) -> None:
    """Remind `patient` at these local times, one for each session of the day; none: no reminders.

    Times that are given also end what a link in a mail turned off. Raises ValidationError for a time
    outside 07:00 to 21:00, and for more than four.
    """
    if len(set(times)) > MOST_REMINDERS:
        raise ValidationError({"reminders": ValidationError(_("At most four times a day."), code="many")})
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
        if rows and patient.reminders_stopped_at is not None:
            patient.reminders_stopped_at = None
            patient.save(update_fields=["reminders_stopped_at"])


def validate_reminder_time(at: dt.time) -> None:
    """Raise ValidationError for a time outside 07:00 to 21:00: nobody is to be woken."""
    if not EARLIEST_REMINDER <= at <= LATEST_REMINDER:
        raise ValidationError(_("Reminders are sent between 07:00 and 21:00."), code="daytime")


def _refuse_foreign(lines: Iterable[Line], clinic: Clinic) -> None:
    """Raise ValidationError at `exercises` for one that is another clinic's, or not published."""
    wanted = {line.exercise.pk for line in lines}
    if Exercise.objects.available_to(clinic).published().filter(pk__in=wanted).count() != len(wanted):
        problem = _(
            "One of these exercises cannot be prescribed: it is retired, a draft, or another clinic's."
        )
        raise ValidationError({"exercises": ValidationError(problem, code="exercise")})


def _needs_reason(line: Line, flags: list[str]) -> bool:
    """Whether a precaution speaks against the exercise that was not answered for this line before."""
    answered = line.copy_of.against if line.copy_of else []
    return bool(set(against(line.exercise, flags)) - set(answered))


def _add_version(
    prescription: Prescription,
    lines: Iterable[Line],
    *,
    sessions_a_day: int,
    weekdays: str,
    starts_on: dt.date,
    flags: list[str],
    precautions_reason: str,
    by: User,
    now: dt.datetime,
) -> PrescriptionVersion:
    version = PrescriptionVersion.objects.create(
        prescription=prescription,
        number=_last_number(prescription) + 1,
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
            note_en=line.note_en,
            note_it=line.note_it,
            **line.dose,
            **_copied(line),
            **_answered(line, flags, precautions_reason),
        )
        for position, line in enumerate(lines, start=1)
    )
    return version


def _last_number(prescription: Prescription) -> int:
    """The number of the newest version; 0 where there is none yet."""
    return prescription.versions.order_by("-number").values_list("number", flat=True).first() or 0


def _copied(line: Line) -> dict[str, Any]:
    """What is copied beside the dose: from the line that goes on, else from the library."""
    if line.copy_of is not None:
        old = line.copy_of
        own = {"ladder": old.ladder, "starting_position": old.starting_position, "equipment": old.equipment}
        return own | old.wording()
    new = line.exercise
    own = {"ladder": new.ladder(), "starting_position": new.starting_position, "equipment": new.equipment}
    return own | new.wording()


def _answered(line: Line, flags: list[str], reason: str) -> dict[str, Any]:
    """The precautions against this line and why it is prescribed all the same; an old answer stays."""
    if line.copy_of is not None and not _needs_reason(line, flags):
        return {"against": line.copy_of.against, "precautions_reason": line.copy_of.precautions_reason}
    codes = against(line.exercise, flags)
    return {"against": codes, "precautions_reason": reason.strip() if codes else ""}
