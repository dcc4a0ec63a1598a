"""Recording a session: what a patient did, and how it felt. Sent twice, it is one session."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from clinic.notices.outbox import enqueue
from patients.alerts import pain_alerts, skipped_again
from patients.locking import locked
from patients.models import (
    EmergencyReport,
    ExerciseRecord,
    ExerciseStop,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
)
from patients.trial import ONE_DAY, begin_count
from patients.vocabulary import PAIN_RANGE, Alert, Outcome, Site, SkipReason, Source, WorkKind
from patients.work import open_work

BACK_FILL_DAYS = 3  # a day can be recorded up to three days back


@dataclass(frozen=True)
class ExerciseAnswer:
    """What became of one exercise. `easier`: done in the clinician's easier form."""

    line: uuid.UUID
    outcome: Outcome
    skip_reason: SkipReason | None = None
    easier: bool = False


@dataclass(frozen=True)
class SessionAnswers:
    """What a patient says of a session. Pain is 0-10; None is "left out", never 0.

    `usual_pain` and `usual_site` (the lowest one) are asked once, at the start: kept where nothing was
    said yet, else ignored.
    """

    exercises: Sequence[ExerciseAnswer]
    pain_before: int | None = None
    pain_during: int | None = None
    pain_after: int | None = None
    sites: Sequence[Site] = ()
    words: str = ""
    stopped: bool = False
    usual_pain: int | None = None
    usual_site: Site | None = None


@dataclass(frozen=True)
class Recorded:
    session: PracticeSession
    is_new: bool


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
    prescription = locked(prescription)
    past = _past(prescription, uid)
    if past["same_uid"] is not None:
        return Recorded(PracticeSession.objects.get(pk=past["same_uid"]), is_new=False)
    today = local_date(now, prescription.patient.zone)
    _refuse_state(prescription, is_suspended=past["is_suspended"])
    refuse_day(prescription, practised_on, today=today)
    exercises = exercises_on(prescription, practised_on)
    _refuse_answers(answers, exercises)
    _begin(prescription, answers, practised_on)

    session = PracticeSession.objects.create(
        uid=uid,
        patient=prescription.patient,
        prescription=prescription,
        version_id=exercises[0].version_id,
        practised_on=practised_on,
        recorded_on=today,
        first_recorded_at=now,
        recorded_at=now,
        recorded_by=by,
        source=source,
        arrived_late=arrived_late,
        pain_before=answers.pain_before,
        pain_during=answers.pain_during,
        pain_after=answers.pain_after,
        sites=[int(site) for site in answers.sites],
        lowest_site=max(answers.sites, default=None),
        words=answers.words.strip(),
        stopped=answers.stopped,
    )
    _keep_records(session, answers, exercises)
    alerts = _keep_stops(session, answers, exercises, now=now)
    alerts += pain_alerts(
        session,
        clinic=prescription.patient.clinic,
        usual_pain=prescription.usual_pain,
        lowest_site_before=_lower(prescription.usual_lowest_site, past["lowest_site"]),
    )
    if alerts:
        call_clinician(session, alerts, kind=WorkKind.STOP, notice="stop_alert", now=now)
    if _skipped_for_pain_again(session, answers):
        call_clinician(session, [Alert.PAIN_SKIP], kind=WorkKind.SKIPPED_FOR_PAIN, notice=None, now=now)
    audit.write(
        verb=Verb.RECORDED,
        obj=session,
        actor=by,
        clinic=prescription.patient.clinic,
        subject=prescription.patient,
        now=now,
    )
    return Recorded(session, is_new=True)


def exercises_on(prescription: Prescription, on: dt.date) -> list[Any]:
    """What the version in force on `on` prescribes, in order; `is_off`: it is off for pain on that day."""
    in_force = PrescriptionVersion.objects.filter(prescription=prescription).in_force(on)
    off = ExerciseStop.objects.filter(
        prescription=prescription, line=OuterRef("line"), session__practised_on__lte=on
    ).filter(Q(resumed_on__isnull=True) | Q(resumed_on__gt=on))
    return list(
        PrescribedExercise.objects.filter(version=Subquery(in_force.values("pk")))
        .select_related("version")
        .annotate(is_off=Exists(off))
        .order_by("position")
    )


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


def _past(prescription: Prescription, uid: uuid.UUID) -> dict[str, Any]:
    """What of the past the rules ask for, in one query; read after the lock, so that nothing is missed."""
    sessions = PracticeSession.objects.current().filter(patient=OuterRef("patient"))
    lowest = sessions.order_by().values("patient").annotate(lowest=Max("lowest_site")).values("lowest")
    return (
        Prescription.objects.filter(pk=prescription.pk)
        .values(
            same_uid=Subquery(sessions.filter(uid=uid).values("pk")[:1]),
            lowest_site=Subquery(lowest),
            is_suspended=Exists(EmergencyReport.objects.uncleared().filter(patient=OuterRef("patient"))),
        )
        .get()
    )


def _refuse_state(prescription: Prescription, *, is_suspended: bool) -> None:
    if prescription.status != Prescription.Status.ACTIVE:
        raise ValidationError(_("This programme is not running, so nothing was saved."), code="not_running")
    if is_suspended:
        raise ValidationError(
            _("Your programme waits until the clinic has spoken to you, so nothing was saved."),
            code="suspended",
        )


def _refuse_answers(answers: SessionAnswers, exercises: list[Any]) -> None:
    errors: dict[str, ValidationError] = {}
    for name in ("pain_before", "pain_during", "pain_after", "usual_pain"):
        pain = getattr(answers, name)
        if pain is not None and not PAIN_RANGE[0] <= pain <= PAIN_RANGE[1]:
            errors[name] = ValidationError(_("Pain is a number from 0 to 10."), code="range")
    if not set(answers.sites) <= set(Site):
        errors["sites"] = ValidationError(_("Choose from the list."), code="choice")
    if answers.usual_site is not None and answers.usual_site not in set(Site):
        errors["usual_site"] = ValidationError(_("Choose from the list."), code="choice")
    known = {exercise.line: exercise for exercise in exercises if not exercise.is_off}
    lines = [answer.line for answer in answers.exercises]
    if len(lines) != len(set(lines)) or not set(lines) <= set(known):
        problem = _("An exercise in this form is not part of your programme on that day.")
        errors["exercises"] = ValidationError(problem, code="exercise")
    elif not lines and not answers.stopped:
        errors["exercises"] = ValidationError(_("Say at least of one exercise how it went."), code="empty")
    for answer in answers.exercises:
        if (answer.outcome == Outcome.SKIPPED) != (answer.skip_reason is not None):
            errors["exercises"] = ValidationError(_("Say why you skipped the exercise."), code="reason")
        if answer.easier and answer.line in known and known[answer.line].easier_rung() is None:
            errors["exercises"] = ValidationError(_("This exercise has no easier form."), code="easier")
    if not exercises:
        errors["practised_on"] = ValidationError(_("Nothing was prescribed for this day."), code="day")
    if errors:
        raise ValidationError(errors)


# --- What is written --------------------------------------------------------------------------------


def _begin(prescription: Prescription, answers: SessionAnswers, practised_on: dt.date) -> None:
    """What the first session settles: day 1, where no date was picked, and what is usual (rule 3)."""
    changed = []
    if prescription.starts_on is None:
        prescription.starts_on = practised_on
        begin_count(prescription, on=practised_on)
        changed += ["starts_on", "counts_from", "next_review_on"]
    if prescription.usual_pain is None and answers.usual_pain is not None:
        prescription.usual_pain = answers.usual_pain
        changed.append("usual_pain")
    if prescription.usual_lowest_site is None and answers.usual_site is not None:
        prescription.usual_lowest_site = answers.usual_site
        changed.append("usual_lowest_site")
    if changed:
        prescription.save(update_fields=changed)


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


def _keep_stops(
    session: PracticeSession, answers: SessionAnswers, exercises: Iterable[Any], *, now: dt.datetime
) -> list[Alert]:
    """Turn off what was stopped: a whole session turns all off. Gives the alerts that follow."""
    stopped = {answer.line for answer in answers.exercises if answer.outcome == Outcome.STOPPED}
    if answers.stopped:
        stopped = {exercise.line for exercise in exercises if not exercise.is_off}
    ExerciseStop.objects.bulk_create(
        ExerciseStop(prescription=session.prescription, line=line, session=session, stopped_at=now)
        for line in sorted(stopped)
    )
    if answers.stopped:
        return [Alert.SESSION_STOP]
    return [Alert.STOP] if stopped else []


def call_clinician(
    session: PracticeSession, alerts: list[Alert], *, kind: WorkKind, notice: str | None, now: dt.datetime
) -> None:
    """A work item for the clinician and, where `notice` is given, a message the same minute."""
    prescription = session.prescription
    item = open_work(
        kind=kind,
        patient=prescription.patient,
        prescription=prescription,
        owner=prescription.clinician,
        alerts=alerts,
        about=session,
        now=now,
    )
    if notice is not None:
        recipient = item.owner or prescription.clinician
        enqueue(
            kind=notice,
            clinic=prescription.patient.clinic,
            recipient=recipient,
            subject=prescription.patient,
            dedupe_key=f"{notice}:session:{session.pk}:{recipient.pk}",
            params={"work_item": item.pk},
            due_at=now,
            now=now,
        )


# --- What the past says -----------------------------------------------------------------------------


def _lower(one: int | None, other: int | None) -> int | None:
    """The lower down of two places, a missing one aside: a higher number is lower in the body."""
    return max((site for site in (one, other) if site is not None), default=None)


def _skipped_for_pain_again(session: PracticeSession, answers: SessionAnswers) -> bool:
    """Whether the session before this one or, where it is told afterwards, the next one skipped the same."""
    skipped = {answer.line for answer in answers.exercises if answer.skip_reason == SkipReason.PAIN}
    if not skipped:
        return False
    others = PracticeSession.objects.current().filter(prescription=session.prescription)
    before = others.filter(practised_on__lte=session.practised_on).exclude(pk=session.pk)
    before = before.order_by("-practised_on", "-first_recorded_at")
    after = others.filter(practised_on__gt=session.practised_on).order_by("practised_on", "first_recorded_at")
    records = ExerciseRecord.objects.filter(
        Q(session__in=before.values("pk")[:1]) | Q(session__in=after.values("pk")[:1]),
        skip_reason=SkipReason.PAIN,
    )
    return skipped_again(skipped, records.values_list("line", flat=True))
