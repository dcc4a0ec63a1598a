"""Sessions that a phone sends, at once or when it has a network again: recorded, or kept for the clinic.

A session that arrives late is judged by when it was done. What became impossible meanwhile is set aside, on
the worklist, with what calls a clinician in it: nothing that a patient told is dropped.
"""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import uuid
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.alerts import pain_alerts, stop_alerts
from patients.answers import SessionAnswers
from patients.keeping import call_clinician, said
from patients.locking import locked_current
from patients.models import Patient, PracticeSession, Prescription, SetAside
from patients.prescribed import prescribed_on
from patients.recording import How, Recorded, keep_own_session, record_own_session
from patients.vocabulary import Alert, Outcome, WhyAside, WorkKind

# A network that hiccups is no delay worth a mark.
LATE_AFTER = dt.timedelta(minutes=15)


class Became(StrEnum):
    GOES_ON = "goes_on"  # kept so far
    SAVED = "saved"
    SET_ASIDE = "set_aside"


@dataclasses.dataclass(frozen=True)
class Sent:
    """What a phone sends of one session.

    `done_at` is by its own clock; `shown` is the number of the version that it had shown.
    """

    uid: uuid.UUID
    practised_on: dt.date
    answers: SessionAnswers
    done_at: dt.datetime | None = None
    shown: int | None = None


@dataclasses.dataclass(frozen=True)
class Arrival:
    became: Became
    why: WhyAside | None = None


def take_in(*, patient: Patient, sent: Sent, is_whole: bool, by: User, now: dt.datetime) -> Arrival:
    """Record what a phone sent, a whole session or what was tapped of it so far.

    A whole one that the programme does not take any more, and one that was sent before with other answers, is
    set aside for the clinic; where only some of its exercises are not taken, the others are recorded all the
    same. Raises ValidationError, by field, for answers that could never be recorded, for an unfinished one
    that is refused (the phone keeps it, and a stop in it is set aside at once), and where there is no
    programme.
    """
    how = how_it_came(sent, patient, by=by, now=now)
    try:
        recorded = _record(patient, sent, how, is_whole=is_whole)
    except ValidationError as refused:
        why = why_aside(refused)
        if why is None:
            raise
        if not is_whole:
            if _has_stop(sent.answers) and not SetAside.objects.of(patient).filter(uid=sent.uid).exists():
                set_aside(patient, sent, why, how, by=by)
            raise
        if why == WhyAside.EXERCISE:
            _record_rest(patient, sent, how)
        kept = set_aside(patient, sent, why, how, by=by)
        if kept is None:
            raise
        return Arrival(Became.SET_ASIDE, why)
    if recorded.differs:
        kept = set_aside(patient, sent, WhyAside.OTHER_ANSWERS, how, by=by)
        return Arrival(Became.SET_ASIDE, WhyAside(kept.why) if kept else WhyAside.OTHER_ANSWERS)
    return Arrival(Became.GOES_ON if recorded.session.finished_at is None else Became.SAVED)


def _record(patient: Patient, sent: Sent, how: How, *, is_whole: bool) -> Recorded:
    record = record_own_session if is_whole else keep_own_session
    return record(
        patient=patient, uid=sent.uid, practised_on=sent.practised_on, answers=sent.answers, how=how
    )


def _record_rest(patient: Patient, sent: Sent, how: How) -> None:
    """Record what was told of exercises that were prescribed and on; a stop among them holds."""
    prescription = Prescription.objects.of(patient).latest_first().first()
    if prescription is None:
        return
    rows: list[Any] = list(prescribed_on(prescription, sent.practised_on, shown=how.shown, at=how.at))
    on = {exercise.line for exercise in rows if not exercise.is_off}
    rest = [answer for answer in sent.answers.exercises if answer.line in on]
    answers = dataclasses.replace(sent.answers, exercises=rest)
    if rest or answers.stopped:
        with contextlib.suppress(ValidationError):  # then all of it is for the clinic alone
            _record(patient, dataclasses.replace(sent, answers=answers), how, is_whole=True)


def record_form(*, patient: Patient, sent: Sent, is_whole: bool, by: User, now: dt.datetime) -> bool:
    """Record a form that the patient sent by hand; True where it was sent before, with other answers.

    One that is not whole is kept so far: the patient comes back to it. What was sent the second time is set
    aside. Raises ValidationError as `recording.record_session` does: the form is shown again, with what was
    typed.
    """
    how = how_it_came(sent, patient, by=by, now=now)
    recorded = _record(patient, sent, how, is_whole=is_whole)
    if recorded.differs:
        set_aside(patient, sent, WhyAside.OTHER_ANSWERS, how, by=by)
    return recorded.differs


def how_it_came(sent: Sent, patient: Patient, *, by: User, now: dt.datetime) -> How:
    """A phone whose clock is ahead, or was before the day that it names, has done it just now."""
    done_at = min(sent.done_at or now, now)
    if local_date(done_at, patient.zone) < sent.practised_on:
        done_at = now
    return How(now=now, by=by, done_at=done_at, arrived_late=now - done_at > LATE_AFTER, shown=sent.shown)


def why_aside(refused: ValidationError) -> WhyAside | None:
    """Why it can be kept for the clinic alone; None for answers that nobody could record."""
    by_field = refused.error_dict.values() if hasattr(refused, "error_dict") else [refused.error_list]
    codes = {error.code for errors in by_field for error in errors}
    return next((why for why in WhyAside if why in codes), None) if codes <= set(WhyAside) else None


def _has_stop(answers: SessionAnswers) -> bool:
    return answers.stopped or any(answer.outcome == Outcome.STOPPED for answer in answers.exercises)


@transaction.atomic
def set_aside(patient: Patient, sent: Sent, why: WhyAside, how: How, *, by: User) -> SetAside | None:
    """Keep it for the clinic, once however often it is sent, and call who would be called by a session.

    It belongs to the programme that its exercises are of, else to the running one or the one that ended last;
    None where there is none.
    """
    current = locked_current(patient)
    if current is None:
        return None
    prescription = _of_its_exercises(patient, sent) or current
    told = json.loads(json.dumps(dataclasses.asdict(sent.answers), cls=DjangoJSONEncoder))
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    kept, is_new = SetAside.objects.get_or_create(
        prescription=prescription,
        uid=sent.uid,
        digest=digest,
        defaults={
            "practised_on": sent.practised_on,
            "done_at": how.at,
            "arrived_at": how.now,
            "sent_by": by,
            "why": why,
            "said": told,
        },
    )
    if is_new:
        work = {WorkKind.SET_ASIDE: [Alert.SET_ASIDE]}
        if alerts := _alerts(prescription, sent):
            work[WorkKind.STOP] = alerts
        call_clinician(kept, prescription, work, now=how.now)
        audit.write(
            verb=Verb.SET_ASIDE,
            obj=kept,
            actor=by,
            clinic=prescription.patient.clinic,
            subject=prescription.patient,
            now=how.now,
        )
    return kept


def _of_its_exercises(patient: Patient, sent: Sent) -> Prescription | None:
    lines = [answer.line for answer in sent.answers.exercises]
    rows = Prescription.objects.of(patient).filter(versions__exercises__line__in=lines)
    return rows.select_related("patient__clinic", "clinician").latest_first().first()


def _alerts(prescription: Prescription, sent: Sent) -> list[Alert]:
    """What in it would call a clinician, had it been recorded; where it hurts is compared with the usual."""
    stopped = [answer.line for answer in sent.answers.exercises if answer.outcome == Outcome.STOPPED]
    as_session = PracticeSession(prescription=prescription, **said(sent.answers))
    return stop_alerts(sent.answers.stopped, stopped) + pain_alerts(
        as_session,
        clinic=prescription.patient.clinic,
        usual_pain=prescription.usual_pain,
        lowest_site_before=prescription.usual_lowest_site,
    )
