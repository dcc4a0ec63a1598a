"""Recording a session: what a patient did, and how it felt. Sent twice, it is one session."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.alerts import pain_alerts, skipped_again, stop_alerts
from patients.answers import SessionAnswers, answers_of, refuse_answers, says_the_same
from patients.going_on import stopped_in, take_back_stops
from patients.keeping import (
    call_clinician,
    fill,
    keep_records,
    keep_stops,
    lower,
    skipped_for_pain,
    stopped_lines,
)
from patients.locking import locked, locked_current
from patients.models import Patient, PracticeSession, Prescription
from patients.past import skipped_beside, with_past
from patients.prescribed import prescribed_on
from patients.progressing import reach_steps
from patients.settling import keep_settled
from patients.trial import ONE_DAY, begin_count
from patients.usual import say_usual
from patients.vocabulary import Alert, Source, WorkKind

BACK_FILL_DAYS = 3  # a day can be recorded up to three days back


@dataclass(frozen=True)
class Recorded:
    """`differs`: the session was there already, and other things were said of it now: they are not kept."""

    session: PracticeSession
    is_new: bool
    differs: bool = False


class How(NamedTuple):
    """Who says it, when, which way it came, and by which version.

    `done_at` is when it was done, where it waited on a device without a network: the day is judged by that.
    `shown` is the number of the version that was before their eyes: where the clinician has made a newer one
    meanwhile, what was done is told of the one that it was done by.
    """

    now: dt.datetime
    by: User | None
    source: Source = Source.WEB
    arrived_late: bool = False
    done_at: dt.datetime | None = None
    shown: int | None = None

    @property
    def at(self) -> dt.datetime:
        return self.done_at or self.now


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
    how: How,
) -> Recorded:
    """Keep what was tapped so far of a session that goes on; `record_own_session` with its `uid` ends it.

    What was tapped differently since takes the place of what was kept; a stop calls the clinician at once,
    and can be taken back until the end. Raises ValidationError as `record_session` does.
    """
    return _record(_current(patient), uid, practised_on, answers, how, is_whole=False)


@transaction.atomic
def record_own_session(
    *,
    patient: Patient,
    uid: uuid.UUID,
    practised_on: dt.date,
    answers: SessionAnswers,
    how: How,
) -> Recorded:
    """As `record_session`, for the programme that `patient` has now; finding it costs no query of its own."""
    return _record(_current(patient), uid, practised_on, answers, how)


def _current(patient: Patient) -> Prescription:
    prescription = locked_current(patient)
    if prescription is None:
        raise ValidationError(_("There is no programme to record a session for."), code="not_running")
    return prescription


def _record(
    prescription: Prescription,
    uid: uuid.UUID,
    practised_on: dt.date,
    answers: SessionAnswers,
    how: How,
    *,
    is_whole: bool = True,
) -> Recorded:
    rows = prescribed_on(prescription, practised_on, shown=how.shown, at=how.at)
    exercises, past = with_past(prescription, rows, on=practised_on, at=how.at, uid=uid, answers=answers)
    before = PracticeSession.objects.get(pk=past.same_uid) if past.same_uid is not None else None
    if before is not None and before.finished_at is not None:
        return Recorded(before, is_new=False, differs=is_whole and not _was_said(before, answers))
    if before is not None and not is_whole and before.told_at is not None and how.at < before.told_at:
        return Recorded(before, is_new=False)  # an older tap that comes second takes nothing back
    stopped_before = stopped_in(before, exercises) if before else set()
    today = local_date(how.at, prescription.patient.zone)
    _refuse_state(prescription, is_suspended=past.is_suspended)
    refuse_day(prescription, practised_on, today=today, source=how.source)
    refuse_answers(answers, exercises, is_whole=is_whole)
    _begin(prescription, answers, practised_on, has_pauses=past.has_pauses)

    session = before or PracticeSession(
        uid=uid,
        patient=prescription.patient,
        prescription=prescription,
        version_id=exercises[0].version_id,
        practised_on=practised_on,
        recorded_on=today,
        first_recorded_at=how.at,
        recorded_by=how.by,
        source=how.source,
        arrived_late=how.arrived_late,
    )
    session.prescription, session.patient = prescription, prescription.patient
    session.told_at = how.at
    fill(session, answers, now=how.now, is_whole=is_whole)
    if before is not None:
        session.records.all().delete()  # what was tapped differently since takes its place
    keep_records(session, answers, exercises)
    stopped = stopped_lines(answers, exercises)
    if taken_back := stopped_before - stopped:
        take_back_stops(session, taken_back, by=how.by, now=how.now)
    new_stops = stopped - stopped_before
    keep_stops(session, new_stops, now=how.now)
    keep_settled(past.settles, answers, now=how.now)
    alerts = stop_alerts(answers.stopped and bool(new_stops or not before), new_stops)
    work: dict[WorkKind, list[Alert]] = {}
    if is_whole:
        alerts += pain_alerts(
            session,
            clinic=prescription.patient.clinic,
            usual_pain=prescription.usual_pain,
            lowest_site_before=lower(prescription.usual_lowest_site, past.lowest_site),
        )
        if skipped_again(skipped_for_pain(answers), skipped_beside(exercises)):
            work[WorkKind.SKIPPED_FOR_PAIN] = [Alert.PAIN_SKIP]
    if alerts:
        work[WorkKind.STOP] = alerts
    if work:
        call_clinician(
            session,
            prescription,
            work,
            some_open=past.has_open_work,
            some_away=past.some_away,
            is_new=before is None,
            now=how.now,
        )
    if is_whole:
        reach_steps(session=session, exercises=exercises, now=how.now)
    events = [(Verb.RECORDED, session)] if before is None else []
    if past.settles is not None:
        events.append((Verb.SETTLED, PracticeSession(pk=past.settles)))
    if events:
        patient = prescription.patient
        audit.write_each(events=events, actor=how.by, clinic=patient.clinic, subject=patient, now=how.now)
    return Recorded(session, is_new=before is None)


def earliest_day(prescription: Prescription, *, today: dt.date) -> dt.date:
    """The first local date that can still be recorded: at most three days back, not before the start."""
    begins = prescription.starts_on or prescription.activated_on or today
    return max(begins, today - BACK_FILL_DAYS * ONE_DAY)


def refuse_day(
    prescription: Prescription, practised_on: dt.date, *, today: dt.date, source: Source = Source.WEB
) -> None:
    """Raise ValidationError at `practised_on` unless that day can be recorded today.

    A sheet of paper is returned when it is full: what stands on it is taken however old it is.
    """
    begins = prescription.starts_on or prescription.activated_on or today
    if practised_on > today:
        problem = _("This day is still to come.")
    elif practised_on < begins:
        problem = _("Your programme had not begun on this day.")
    elif source != Source.PAPER and practised_on < today - BACK_FILL_DAYS * ONE_DAY:
        problem = _("A day can be recorded up to three days back.")
    else:
        return
    raise ValidationError({"practised_on": ValidationError(problem, code="day")})


# --- Before anything is written ---------------------------------------------------------------------


def _refuse_state(prescription: Prescription, *, is_suspended: bool) -> None:
    if prescription.status != Prescription.Status.ACTIVE:
        raise ValidationError(_("This programme is not running, so nothing was saved."), code="not_running")
    refuse_suspended(is_suspended=is_suspended)


def refuse_suspended(*, is_suspended: bool) -> None:
    if is_suspended:
        raise ValidationError(
            _("Your programme waits until the clinic has spoken to you, so nothing was saved."),
            code="suspended",
        )


def _was_said(session: PracticeSession, answers: SessionAnswers) -> bool:
    """Whether a revision of `session` says what `answers` say."""
    revisions = PracticeSession.objects.filter(patient=session.patient_id, uid=session.uid)
    return any(
        says_the_same(answers_of(one), answers)
        for one in revisions.prefetch_related("records__prescribed").order_by("revision")
    )


# --- What is written --------------------------------------------------------------------------------


def _begin(
    prescription: Prescription, answers: SessionAnswers, practised_on: dt.date, *, has_pauses: bool
) -> None:
    """What the first session settles: day 1, where no date was picked, and what is usual (rule 3).

    Pain that was said before the first exercise is no session yet, and begins nothing.
    """
    changed = []
    if prescription.starts_on is None and (answers.exercises or answers.stopped):
        prescription.starts_on = practised_on
        begin_count(prescription, on=practised_on, has_pauses=has_pauses)
        changed += ["starts_on", "counts_from", "next_review_on"]
    changed += say_usual(prescription, pain=answers.usual_pain, site=answers.usual_site)
    if changed:
        prescription.save(update_fields=changed)
