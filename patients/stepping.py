"""Taking a step of a progression: the next version, in which one exercise or several went a step on or back.

A week's gap takes every exercise one step back, once (rule 7).
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import DateField, Exists, ExpressionWrapper, F, OuterRef, Subquery
from django.utils.translation import gettext as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.locking import locked
from patients.models import (
    ExerciseRecord,
    ExerciseStop,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
    StepRequest,
    WorkItem,
)
from patients.notices.changed import owe_change_notice
from patients.versions import Line, add_version, lines_of_version, next_version_on
from patients.vocabulary import Outcome, WorkKind
from patients.work import close_work
from programs.progression import dose_at

GAP = dt.timedelta(days=7)  # whole days without practice (rule 7); paused days are days without practice too
Cause = PrescriptionVersion.Cause


def take_steps(
    last: PrescriptionVersion,
    lines: Sequence[Line],
    moves: Mapping[uuid.UUID, int],
    *,
    cause: str,
    now: dt.datetime,
    by: User | None = None,
) -> PrescriptionVersion:
    """The version after `last`, the newest one, with `lines` of it moved by so many steps.

    `by` is who said so, None where it was authored to go on its own. The caller holds the lock.
    """
    prescription = last.prescription
    patient = prescription.patient
    version = add_version(
        prescription,
        [_moved(line, moves.get(line.line, 0)) for line in lines],
        sessions_a_day=last.sessions_a_day,
        weekdays=last.weekdays,
        starts_on=next_version_on(prescription, today=local_date(now, patient.zone)),
        flags=[],  # no exercise is new: what was answered for each of them stays
        precautions_reason="",
        by=by or last.prescribed_by,
        now=now,
        cause=cause,
    )
    verb = Verb.STEPPED_BACK if cause == Cause.STEP_BACK else Verb.STEPPED
    audit.write(verb=verb, obj=version, actor=by, clinic=patient.clinic, subject=patient, now=now)
    return version


def take_back(
    last: PrescriptionVersion,
    lines: Sequence[Line],
    begun: Mapping[uuid.UUID, dt.datetime | None],
    *,
    starts_on: dt.date,
    now: dt.datetime,
) -> PrescriptionVersion:
    """The version after `last` in which each line of `begun` is one step back, where it had stood since then:
    as if the step had not been taken, so that its sessions are counted on. The caller holds the lock."""
    prescription = last.prescription
    patient = prescription.patient
    version = add_version(
        prescription,
        [replace(_moved(line, -1), since=begun[line.line]) if line.line in begun else line for line in lines],
        sessions_a_day=last.sessions_a_day,
        weekdays=last.weekdays,
        starts_on=starts_on,
        flags=[],
        precautions_reason="",
        by=last.prescribed_by,
        now=now,
        cause=Cause.CORRECTED,
    )
    audit.write(
        verb=Verb.STEPPED_BACK, obj=version, actor=None, clinic=patient.clinic, subject=patient, now=now
    )
    return version


def _moved(line: Line, by_steps: int) -> Line:
    """The line as it is at another of its steps; one that cannot go there stays where it is."""
    old = line.copy_of
    if old is None or not by_steps or not 0 <= old.step + by_steps < len(old.growth):
        return line
    step = old.step_at(old.step + by_steps)
    return replace(line, dose=dose_at(step, line.dose), rung=step.rung, step=old.step + by_steps)


# --- A clinician's word -------------------------------------------------------------------------------


@transaction.atomic
def answer_step(
    *, request: StepRequest, approve: bool, by: User, now: dt.datetime
) -> PrescriptionVersion | None:
    """Go on to the step that was asked for, or leave it as it is: then the sessions are counted anew.

    The work item closes with the last of them. Raises ValidationError where it was answered already, the
    programme has ended, or an exercise that is off for pain is to go on.
    """
    prescription = locked(request.prescription)
    waiting = StepRequest.objects.waiting().filter(pk=request.pk)
    if prescription.status != Prescription.Status.ACTIVE:
        raise ValidationError(_("This programme is not running."), code="not_running")
    stops = ExerciseStop.objects.standing().filter(prescription=prescription, line=request.line)
    if approve and stops.exists():
        problem = _(
            "This exercise was stopped for pain: resume it first. Then its sessions are counted anew."
        )
        raise ValidationError(problem, code="off")
    if not waiting.update(answered_at=now, answered_by=by, approved=approve):
        raise ValidationError(_("Somebody has answered this already."), code="answered")
    version = None
    if approve:
        last = prescription.versions.order_by("-number")[0]
        moves = {request.line: +1}
        version = take_steps(last, lines_of_version(last), moves, cause=Cause.STEP, now=now, by=by)
        owe_change_notice(version, now=now)
    else:
        patient = prescription.patient
        audit.write(
            verb=Verb.DECLINED, obj=request, actor=by, clinic=patient.clinic, subject=patient, now=now
        )
    _close_if_done(
        prescription, by=by, outcome=_("Next step: yes") if approve else _("Next step: not yet"), now=now
    )
    return version


def drop_changed(version: PrescriptionVersion, *, by: User, now: dt.datetime) -> None:
    """Close the steps whose exercise `by` changed by hand in `version`, or left out.

    The caller holds the lock.
    """
    prescription = version.prescription
    untouched = version.exercises.exclude(step_since=version.created_at)
    overtaken = prescription.step_requests.exclude(line__in=untouched.values("line"))
    drop_requests(overtaken, prescription, by=by, outcome=_("The programme was changed by hand."), now=now)


def drop_requests(
    overtaken: Any, prescription: Prescription, *, by: User, outcome: str, now: dt.datetime
) -> None:
    """Close those of `overtaken`, steps asked for in `prescription`, that `by` overtook while they waited.

    The caller holds the lock.
    """
    if overtaken.waiting().update(answered_at=now, answered_by=by):
        _close_if_done(prescription, by=by, outcome=outcome, now=now)


def _close_if_done(prescription: Prescription, *, by: User, outcome: str, now: dt.datetime) -> None:
    patient = prescription.patient
    if StepRequest.objects.waiting().filter(prescription__patient=patient).exists():
        return
    for item in WorkItem.objects.open().filter(patient=patient, kind=WorkKind.PROGRESSION):
        close_work(item=item, by=by, outcome=outcome, now=now)


# --- A week's gap -------------------------------------------------------------------------------------


def step_back_after_gaps(now: dt.datetime) -> int:
    """One step back for everybody who has not practised for a week; gives how many programmes changed.

    Once a gap: after that, somebody has to practise first. One query where there is nobody.
    """
    latest = (now + dt.timedelta(hours=14)).date()  # no zone is further ahead of UTC
    found = 0
    for candidate in _candidates(latest):
        found += _step_back(candidate, now=now)
    return found


def _candidates(on: dt.date) -> Any:
    """Running programmes with something to take back, whose last practice is a week before `on`.

    A step that was taken when the gap was over already is a clinician's word, who knew of it: it stands.
    """
    practised = ExerciseRecord.objects.filter(
        session__prescription=OuterRef("pk"), session__superseded_at=None
    ).exclude(outcome=Outcome.SKIPPED)
    versions = PrescriptionVersion.objects.filter(prescription=OuterRef("pk"))
    rows = Prescription.objects.active().annotate(
        practised_on=Subquery(
            practised.order_by("-session__practised_on").values("session__practised_on")[:1]
        ),
        newest=Subquery(versions.order_by("-number").values("pk")[:1]),
        gap_until=ExpressionWrapper(F("practised_on") + GAP, output_field=DateField()),
    )
    went_back = versions.filter(cause=Cause.STEP_BACK, starts_on__gt=OuterRef("practised_on"))
    said_since = versions.filter(cause=Cause.STEP, starts_on__gt=OuterRef("gap_until"))
    grown = PrescribedExercise.objects.filter(version=OuterRef("newest"), step__gt=0)
    return rows.filter(
        Exists(grown),
        ~Exists(went_back),
        ~Exists(said_since),
        practised_on__lt=on - GAP,
    ).select_related("patient__clinic")


@transaction.atomic
def _step_back(candidate: Prescription, *, now: dt.datetime) -> bool:
    """Looked at again under the lock: somebody may have practised meanwhile, or another worker was first."""
    prescription = locked(candidate)
    today = local_date(now, prescription.patient.zone)
    if not _candidates(today).filter(pk=prescription.pk).exists():
        return False
    last = prescription.versions.order_by("-number")[0]
    lines = lines_of_version(last)
    moves = {line.line: -1 for line in lines if line.copy_of and line.copy_of.step > 0}
    take_steps(last, lines, moves, cause=Cause.STEP_BACK, now=now)
    return True
