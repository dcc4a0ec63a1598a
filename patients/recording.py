"""Recording a session: what a patient did, and how it felt. Sent twice, it is one session."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from clinic.notices.outbox import enqueue
from patients.alerts import pain_alerts, skipped_again
from patients.answers import ExerciseAnswer, SessionAnswers, refuse_answers
from patients.going_on import stopped_in, take_back_stops
from patients.locking import locked, locked_current
from patients.models import (
    ExerciseRecord,
    ExerciseStop,
    Patient,
    PracticeSession,
    PrescribedExercise,
    Prescription,
)
from patients.past import with_past
from patients.progressing import reach_steps
from patients.trial import ONE_DAY, begin_count
from patients.vocabulary import Alert, Outcome, SkipReason, Source, WorkKind
from patients.work import open_work

BACK_FILL_DAYS = 3  # a day can be recorded up to three days back


@dataclass(frozen=True)
class Recorded:
    session: PracticeSession
    is_new: bool


class How(NamedTuple):
    """Who says it, when, and which way it came."""

    now: dt.datetime
    by: User | None
    source: Source = Source.WEB
    arrived_late: bool = False


@transaction.atomic
def record_session(
    *,
    prescription: Prescription,
    uid: uuid.UUID,
    practised_on: dt.date,
    answers: SessionAnswers,
    now: dt.datetime,
    by: User | None,
    source: Source = Source.WEB,
    arrived_late: bool = False,
) -> Recorded:
    """Record one session on the local date `practised_on`.

    The same `uid` again is the same session: the first answer stands and is given back. Raises
    ValidationError, by field, for a day that is not begun, in the future or more than three days back,
    an answer outside its range, an exercise that is not prescribed or is off, and for a programme that
    is not running or suspended. Then nothing is saved.
    """
    how = How(now=now, by=by, source=source, arrived_late=arrived_late)
    return _record(locked(prescription), uid, practised_on, answers, how)


@transaction.atomic
def keep_own_session(
    *,
    patient: Patient,
    uid: uuid.UUID,
    practised_on: dt.date,
    answers: SessionAnswers,
    now: dt.datetime,
    by: User,
) -> Recorded:
    """Keep what was tapped so far of a session that goes on; `record_own_session` with its `uid` ends it.

    What was tapped differently since takes the place of what was kept; a stop calls the clinician at once,
    and can be taken back until the end. Raises ValidationError as `record_session` does.
    """
    prescription = locked_current(patient)
    if prescription is None:
        raise ValidationError(_("There is no programme to record a session for."), code="not_running")
    return _record(prescription, uid, practised_on, answers, How(now=now, by=by), is_whole=False)


@transaction.atomic
def record_own_session(
    *,
    patient: Patient,
    uid: uuid.UUID,
    practised_on: dt.date,
    answers: SessionAnswers,
    now: dt.datetime,
    by: User,
) -> Recorded:
    """As `record_session`, for the programme that `patient` has now; finding it costs no query of its own."""
    prescription = locked_current(patient)
    if prescription is None:
        raise ValidationError(_("There is no programme to record a session for."), code="not_running")
    return _record(prescription, uid, practised_on, answers, How(now=now, by=by))


def _record(
    prescription: Prescription,
    uid: uuid.UUID,
    practised_on: dt.date,
    answers: SessionAnswers,
    how: How,
    *,
    is_whole: bool = True,
) -> Recorded:
    exercises, past = with_past(prescription, practised_on, uid)
    before = PracticeSession.objects.get(pk=past.same_uid) if past.same_uid is not None else None
    if before is not None and before.finished_at is not None:
        return Recorded(before, is_new=False)
    stopped = stopped_in(before, exercises) if before else set()
    today = local_date(how.now, prescription.patient.zone)
    _refuse_state(prescription, is_suspended=past.is_suspended)
    refuse_day(prescription, practised_on, today=today)
    refuse_answers(answers, exercises, is_whole=is_whole)
    _begin(prescription, answers, practised_on, has_pauses=past.has_pauses)

    session = before or PracticeSession(
        uid=uid,
        patient=prescription.patient,
        prescription=prescription,
        version_id=exercises[0].version_id,
        practised_on=practised_on,
        recorded_on=today,
        first_recorded_at=how.now,
        recorded_by=how.by,
        source=how.source,
        arrived_late=how.arrived_late,
    )
    session.prescription, session.patient = prescription, prescription.patient
    _fill(session, answers, now=how.now, is_whole=is_whole)
    if before is not None:
        session.records.all().delete()
    _keep_records(session, answers, exercises)
    new_stops = _stopped_lines(answers, exercises)
    if taken_back := stopped - new_stops:
        take_back_stops(session, taken_back, by=how.by, now=how.now)
    alerts = _keep_stops(session, answers, new_stops - stopped, now=how.now)
    work: dict[WorkKind, list[Alert]] = {}
    if is_whole:
        alerts += pain_alerts(
            session,
            clinic=prescription.patient.clinic,
            usual_pain=prescription.usual_pain,
            lowest_site_before=_lower(prescription.usual_lowest_site, past.lowest_site),
        )
        if _skipped_for_pain_again(answers, exercises):
            work[WorkKind.SKIPPED_FOR_PAIN] = [Alert.PAIN_SKIP]
    if alerts:
        work[WorkKind.STOP] = alerts
    if work:
        _call_clinician(session, work, some_open=past.has_open_work, is_new=before is None, now=how.now)
    if is_whole:
        reach_steps(session=session, exercises=exercises, now=how.now)
    if before is None:
        audit.write(
            verb=Verb.RECORDED,
            obj=session,
            actor=how.by,
            clinic=prescription.patient.clinic,
            subject=prescription.patient,
            now=how.now,
        )
    return Recorded(session, is_new=before is None)


def earliest_day(prescription: Prescription, *, today: dt.date) -> dt.date:
    """The first local date that can still be recorded: at most three days back, not before the start."""
    begins = prescription.starts_on or prescription.activated_on or today
    return max(begins, today - BACK_FILL_DAYS * ONE_DAY)


def refuse_day(prescription: Prescription, practised_on: dt.date, *, today: dt.date) -> None:
    """Raise ValidationError at `practised_on` unless that day can be recorded today."""
    begins = prescription.starts_on or prescription.activated_on or today
    if practised_on > today:
        problem = _("This day is still to come.")
    elif practised_on < begins:
        problem = _("Your programme had not begun on this day.")
    elif practised_on < today - BACK_FILL_DAYS * ONE_DAY:
        problem = _("A day can be recorded up to three days back.")
    else:
        return
    raise ValidationError({"practised_on": ValidationError(problem, code="day")})


# --- Before anything is written ---------------------------------------------------------------------


def _refuse_state(prescription: Prescription, *, is_suspended: bool) -> None:
    if prescription.status != Prescription.Status.ACTIVE:
        raise ValidationError(_("This programme is not running, so nothing was saved."), code="not_running")
    if is_suspended:
        raise ValidationError(
            _("Your programme waits until the clinic has spoken to you, so nothing was saved."),
            code="suspended",
        )


# --- What is written --------------------------------------------------------------------------------


def _begin(
    prescription: Prescription, answers: SessionAnswers, practised_on: dt.date, *, has_pauses: bool
) -> None:
    """What the first session settles: day 1, where no date was picked, and what is usual (rule 3)."""
    changed = []
    if prescription.starts_on is None:
        prescription.starts_on = practised_on
        begin_count(prescription, on=practised_on, has_pauses=has_pauses)
        changed += ["starts_on", "counts_from", "next_review_on"]
    if prescription.usual_pain is None and answers.usual_pain is not None:
        prescription.usual_pain = answers.usual_pain
        changed.append("usual_pain")
    if prescription.usual_lowest_site is None and answers.usual_site is not None:
        prescription.usual_lowest_site = answers.usual_site
        changed.append("usual_lowest_site")
    if changed:
        prescription.save(update_fields=changed)


def _fill(session: PracticeSession, answers: SessionAnswers, *, now: dt.datetime, is_whole: bool) -> None:
    """What was said of the session as a whole, saved."""
    session.recorded_at = now
    session.finished_at = now if is_whole else None
    for name in ("pain_before", "pain_during", "pain_after", "during_no_more", "stopped"):
        setattr(session, name, getattr(answers, name))
    session.sites = [int(site) for site in answers.sites]
    session.lowest_site = max(answers.sites, default=None)
    session.words = answers.words.strip()
    session.save()


def _keep_records(session: PracticeSession, answers: SessionAnswers, exercises: Iterable[Any]) -> None:
    by_line = {exercise.line: exercise for exercise in exercises}
    ExerciseRecord.objects.bulk_create(
        ExerciseRecord(
            session=session,
            prescribed=by_line[answer.line],
            line=answer.line,
            outcome=answer.outcome,
            skip_reason=answer.skip_reason or "",
            rung_done=_rung_done(answer, by_line[answer.line]),
            dose_asked=by_line[answer.line].dose(),
        )
        for answer in answers.exercises
    )


def _rung_done(answer: ExerciseAnswer, exercise: PrescribedExercise) -> int:
    easier = exercise.easier_rung()
    return easier if answer.easier and easier is not None else exercise.rung


def _stopped_lines(answers: SessionAnswers, exercises: Iterable[Any]) -> set[uuid.UUID]:
    """What was stopped: a whole session turns all off."""
    if answers.stopped:
        return {exercise.line for exercise in exercises if not exercise.is_off}
    return {answer.line for answer in answers.exercises if answer.outcome == Outcome.STOPPED}


def _keep_stops(
    session: PracticeSession, answers: SessionAnswers, stopped: Collection[uuid.UUID], *, now: dt.datetime
) -> list[Alert]:
    """Turn off what was stopped just now. Gives the alerts that follow."""
    ExerciseStop.objects.bulk_create(
        ExerciseStop(prescription=session.prescription, line=line, session=session, stopped_at=now)
        for line in sorted(stopped)
    )
    if not stopped:
        return []
    return [Alert.SESSION_STOP] if answers.stopped else [Alert.STOP]


def _call_clinician(
    session: PracticeSession,
    alerts: Mapping[WorkKind, Sequence[Alert]],
    *,
    some_open: bool,
    is_new: bool,
    now: dt.datetime,
) -> None:
    """Work for the clinician and, after a stop or a pain alert, a message the same minute."""
    prescription = session.prescription
    patient = prescription.patient
    items = open_work(
        patient=patient,
        prescription=prescription,
        owner=prescription.clinician,
        alerts=alerts,
        about=session,
        now=now,
        some_open=some_open,
    )
    if WorkKind.STOP in items:
        recipient = items[WorkKind.STOP].owner or prescription.clinician
        enqueue(
            kind="stop_alert",
            clinic=patient.clinic,
            recipient=recipient,
            subject=patient,
            dedupe_key=f"stop_alert:session:{session.pk}:{recipient.pk}",
            params={"work_item": items[WorkKind.STOP].pk},
            due_at=now,
            about_new_row=is_new,
            now=now,
        )


# --- What the past says -----------------------------------------------------------------------------


def _lower(one: int | None, other: int | None) -> int | None:
    """The lower down of two places, a missing one aside: a higher number is lower in the body."""
    return max((site for site in (one, other) if site is not None), default=None)


def _skipped_for_pain_again(answers: SessionAnswers, exercises: Iterable[Any]) -> bool:
    skipped = {answer.line for answer in answers.exercises if answer.skip_reason == SkipReason.PAIN}
    return skipped_again(skipped, {exercise.line for exercise in exercises if exercise.skipped_beside})
