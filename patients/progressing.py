"""Progression (rule 7): what a clinician authored goes a step on after comfortable sessions.

Comfortable is a session in which the exercise was done in the form that was asked, nothing was stopped for
pain, and pain right after was at most one above before. Where one of the two was not said, that is not
known, and the session does not count.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F

from clinic.localtime import local_date
from patients.models import (
    ExerciseRecord,
    ExerciseStop,
    PracticeSession,
    Prescription,
    PrescriptionVersion,
    StepRequest,
)
from patients.stepping import take_back, take_steps
from patients.versions import Line, lines_of_version
from patients.vocabulary import Alert, Outcome, WorkKind
from patients.work import open_work

MOST_RISE = 1  # on the scale of 0 to 10, from before to right after (rule 7)


def reach_steps(*, session: PracticeSession, exercises: Iterable[Any], now: dt.datetime) -> None:
    """After `session` was recorded: take the steps that are reached, or ask for a clinician's word.

    `exercises` are those of the session. The caller holds the lock on the prescription.
    """
    if not any(exercise.has_next_step for exercise in exercises):
        return
    prescription = session.prescription
    newest = prescription.versions.order_by("-number")[0]
    lines = lines_of_version(newest)
    reached = _reached(prescription, lines, session)
    alone = [line for line in reached if line.progression.next_alone]
    if alone:
        take_steps(
            newest, lines, {line.line: +1 for line in alone}, cause=PrescriptionVersion.Cause.STEP, now=now
        )
    _ask(prescription, [line for line in reached if not line.progression.next_alone], session, now=now)


def undo_steps(*, session: PracticeSession, now: dt.datetime) -> None:
    """After `session` was corrected: take back the steps that it brought, where they are not earned any more.

    Only those that have not begun yet: what the patient practises already stays, and the clinician adjusts. A
    question that waits for the clinician stays too: they see how many sessions were comfortable when they
    answer it. The caller holds the lock on the prescription.
    """
    prescription = session.prescription
    today = local_date(now, prescription.patient.zone)
    brought = list(_steps_of(session).filter(starts_on__gt=today).order_by("number"))
    if not brought:
        return
    newest = prescription.versions.order_by("-number")[0]
    lines = lines_of_version(newest)
    begun: dict[uuid.UUID, dt.datetime | None] = {}
    for version in brought:
        taken = {
            line.line for line in lines if line.copy_of and line.copy_of.step_since == version.created_at
        }
        begun |= _not_earned(version, taken)
    if begun:
        starts_on = max(version.starts_on for version in (newest, *brought))
        take_back(newest, lines, begun, starts_on=starts_on, now=now)


def _not_earned(version: PrescriptionVersion, taken: set[uuid.UUID]) -> dict[uuid.UUID, dt.datetime | None]:
    """Of the lines that went a step on in `version`, those without enough comfortable sessions at the step
    before; with when that step had begun."""
    prescription = version.prescription
    before = prescription.versions.filter(number__lt=version.number).order_by("-number")[0]
    old = [line for line in lines_of_version(before) if line.line in taken]
    comfortable = comfortable_sessions(prescription, old)
    return {
        line.line: line.copy_of.step_since
        for line in old
        if line.copy_of and len(comfortable.get(line.line, ())) < (line.progression.next_after or 0)
    }


def _steps_of(session: PracticeSession) -> Any:
    """The versions that were made in the moment in which a revision of `session` was recorded."""
    revisions = PracticeSession.objects.filter(patient=session.patient_id, uid=session.uid)
    versions = PrescriptionVersion.objects.filter(prescription=session.prescription_id)
    return versions.filter(
        cause=PrescriptionVersion.Cause.STEP, created_at__in=revisions.values("recorded_at")
    )


def comfortable_sessions(prescription: Prescription, lines: Sequence[Line]) -> dict[uuid.UUID, list[int]]:
    """By line, the ids of the sessions that were comfortable at the step that it has now.

    Counted from the step's beginning on, or from when it was resumed after a stop, or left as it is by a
    clinician; a session of a day before that, told later, does not count. Three queries.
    """
    zone = prescription.patient.zone
    since = _since(prescription, lines)
    rows = ExerciseRecord.objects.filter(
        session__in=_comfortable(prescription),
        line__in=list(since),
        outcome=Outcome.DONE,
        rung_done=F("prescribed__rung"),
    ).order_by("session__first_recorded_at")
    found: dict[uuid.UUID, list[int]] = defaultdict(list)
    begun = {line.line: line.copy_of.step_since for line in lines if line.copy_of is not None}
    for line, step_since, practised_on, recorded_at, session in rows.values_list(
        "line",
        "prescribed__step_since",
        "session__practised_on",
        "session__first_recorded_at",
        "session",
    ):
        is_since = recorded_at >= since[line] and practised_on >= local_date(since[line], zone)
        if step_since == begun[line] and is_since:
            found[line].append(session)
    return found


def _comfortable(prescription: Prescription) -> Any:
    rows = PracticeSession.objects.current().filter(prescription=prescription, stopped=False)
    return rows.filter(pain_after__lte=F("pain_before") + MOST_RISE)  # one that is missing is not "at most"


def _since(prescription: Prescription, lines: Iterable[Line]) -> dict[uuid.UUID, dt.datetime]:
    growing = {
        line.line: line.copy_of.step_since for line in lines if line.copy_of and line.copy_of.has_next_step
    }
    resumed = ExerciseStop.objects.filter(prescription=prescription, line__in=list(growing))
    answered = StepRequest.objects.filter(prescription=prescription, line__in=list(growing))
    moments = [
        *resumed.exclude(resumed_at=None).values_list("line", "resumed_at"),
        *answered.exclude(answered_at=None).values_list("line", "answered_at"),
    ]
    since = {line: begun for line, begun in growing.items() if begun is not None}
    for line, moment in moments:
        if line in since:
            since[line] = max(since[line], moment)
    return since


def _reached(prescription: Prescription, lines: Sequence[Line], session: PracticeSession) -> list[Line]:
    """Those that this session, a comfortable one, brought to their next step."""
    found = comfortable_sessions(prescription, lines)
    reached = [
        line
        for line in lines
        if session.pk in found.get(line.line, ())
        and len(found[line.line]) >= (line.progression.next_after or 0)
    ]
    if not reached:
        return []
    off = set(
        ExerciseStop.objects.standing().filter(prescription=prescription).values_list("line", flat=True)
    )
    return [line for line in reached if line.line not in off]


def _ask(
    prescription: Prescription, lines: Sequence[Line], session: PracticeSession, *, now: dt.datetime
) -> None:
    """Put the steps on the clinician's list, each once while it waits. No mail: nothing is wrong."""
    if not lines:
        return
    waiting = set(
        StepRequest.objects.waiting().filter(prescription=prescription).values_list("line", flat=True)
    )
    asked = [
        StepRequest(prescription=prescription, line=line.line, session=session, asked_at=now)
        for line in lines
        if line.line not in waiting
    ]
    if not asked:
        return
    StepRequest.objects.bulk_create(asked)
    open_work(
        patient=prescription.patient,
        prescription=prescription,
        owner=prescription.clinician,
        alerts={WorkKind.PROGRESSION: [Alert.STEP_REACHED]},
        about=session,
        now=now,
    )
