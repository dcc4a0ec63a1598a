"""Prescribing: a program becomes a patient's prescription, is started, ended or thrown away."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.locking import locked, locked_patient
from patients.models import (
    Patient,
    Prescription,
    Screening,
)
from patients.plans import Plan, plan_of
from patients.preferences import set_reminders
from patients.reviews import open_review
from patients.screening import ScreeningAnswers, conflicts, precautions_of, refuse_screening
from patients.silent_work import close_silences
from patients.stepping import drop_requests
from patients.trial import begin_count
from patients.versions import add_version, refuse_foreign
from patients.vocabulary import EndReason
from patients.work import refuse_outsider
from programs.models import Program

MOST_DAYS_AHEAD = 366  # days are counted one by one, and a date of a far year is a typing error


@transaction.atomic
def prescribe(
    *,
    patient: Patient,
    by: User,
    program: Program | None = None,
    plan: Plan | None = None,
    screening: ScreeningAnswers,
    now: dt.datetime,
    starts_on: dt.date | None = None,
    reminders: Sequence[dt.time] = (),
    usual_pain: int | None = None,
    usual_lowest_site: int | None = None,
) -> Prescription:
    """Copy `program`, or the `plan` that was built, into a draft for `patient`: copies from here on.

    `starts_on` is a local date, None for "the day of the first session"; `reminders` are local times, one
    for each session of a day; none given: the patient's own stay. Raises ValidationError for a start in the
    past, a program that is empty, not published or another clinic's, a screening that is not complete
    (rule 6), and a clinician who does not treat in this clinic.
    """
    refuse_outsider(by, patient.clinic)
    if plan is None:
        plan = _plan_of(program, patient)
    today = local_date(now, patient.zone)
    refuse_start(starts_on, today=today)
    lines = plan.lines
    if not lines:
        raise ValidationError(
            {"program": ValidationError(_("This programme has no exercises."), code="empty")}
        )
    refuse_foreign(lines, patient.clinic)
    flags = precautions_of(patient)
    has_conflicts = bool(conflicts(flags, [line.exercise for line in lines]))
    refuse_screening(screening, has_conflicts=has_conflicts, today=today)

    prescription = Prescription.objects.create(
        patient=patient,
        program=plan.program,
        name_en=plan.name_en,
        name_it=plan.name_it,
        clinician=by,
        starts_on=starts_on,
        usual_pain=usual_pain,
        usual_lowest_site=usual_lowest_site,
        review_after_days=plan.review_after_days,
        phase=plan.program.phase if plan.program else "",
        created_at=now,
    )
    add_version(
        prescription,
        lines,
        sessions_a_day=plan.sessions_a_day,
        weekdays=plan.weekdays,
        starts_on=starts_on or today,
        flags=flags,
        precautions_reason=screening.precautions_reason,
        by=by,
        now=now,
    )
    Screening.objects.create(prescription=prescription, asked_by=by, asked_at=now, **screening.as_fields())
    if reminders:
        set_reminders(patient=patient, times=reminders, now=now)
    audit.write(
        verb=Verb.PRESCRIBED, obj=prescription, actor=by, clinic=patient.clinic, subject=patient, now=now
    )
    return prescription


def refuse_start(starts_on: dt.date | None, *, today: dt.date) -> None:
    """Raise ValidationError at `starts_on` for a local date that lies in the past, or too far ahead."""
    if starts_on is not None and starts_on < today:
        raise ValidationError(
            {"starts_on": ValidationError(_("The start cannot lie in the past."), code="past")}
        )
    if starts_on is not None and (starts_on - today).days > MOST_DAYS_AHEAD:
        raise ValidationError(
            {"starts_on": ValidationError(_("Choose a day within a year from now."), code="far")}
        )


def _plan_of(program: Program | None, patient: Patient) -> Plan:
    offered = Program.objects.available_to(patient.clinic).published()
    if program is None or not offered.filter(pk=program.pk).exists():
        problem = _("Choose a programme that your clinic may prescribe.")
        raise ValidationError({"program": ValidationError(problem, code="program")})
    return plan_of(program)


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
    outcome = str(_("The programme has ended."))
    drop_requests(prescription.step_requests.all(), prescription, by=by, outcome=outcome, now=now)
    close_silences(prescription=prescription, reason=reason, by=by, now=now)
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
