"""Sessions that a phone sends, at once or when it has a network again: recorded, or kept for the clinic.

A session that arrives late is judged by when it was done. What became impossible meanwhile is set aside, on
the worklist, with what calls a clinician in it: nothing that a patient told is dropped.
"""

import dataclasses
import datetime as dt
import hashlib
import json
import uuid
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from clinic import audit
from clinic.audit import Verb
from clinic.models import User
from patients.alerts import pain_alerts, stop_alerts
from patients.answers import SessionAnswers
from patients.keeping import call_clinician, said
from patients.locking import locked_current
from patients.models import Patient, PracticeSession, Prescription, SetAside
from patients.recording import How, keep_own_session, record_own_session
from patients.vocabulary import Alert, Outcome, WhyAside, WorkKind

# A network that hiccups is no delay worth a mark.
LATE_AFTER = dt.timedelta(minutes=15)


class Became(StrEnum):
    GOES_ON = "goes_on"  # kept so far
    SAVED = "saved"
    SET_ASIDE = "set_aside"


@dataclasses.dataclass(frozen=True)
class Sent:
    """What a phone sends of one session. `done_at` is by its own clock; `shown` is the
    number of the version that it had shown."""

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
    set aside for the clinic. Raises ValidationError, by field, for answers that could never be recorded, for
    an unfinished one that is refused (the phone keeps it), and where there is no programme at all.
    """
    how = how_it_came(sent, by=by, now=now)
    keep = record_own_session if is_whole else keep_own_session
    try:
        recorded = keep(
            patient=patient, uid=sent.uid, practised_on=sent.practised_on, answers=sent.answers, how=how
        )
    except ValidationError as refused:
        why = _reason(refused)
        if not is_whole or why is None or not set_aside(patient, sent, why, how, by=by):
            raise
        return Arrival(Became.SET_ASIDE, why)
    if recorded.differs:
        set_aside(patient, sent, WhyAside.OTHER_ANSWERS, how, by=by)
        return Arrival(Became.SET_ASIDE, WhyAside.OTHER_ANSWERS)
    return Arrival(Became.GOES_ON if recorded.session.finished_at is None else Became.SAVED)


def record_form(*, patient: Patient, sent: Sent, is_whole: bool, by: User, now: dt.datetime) -> bool:
    """Record a form that the patient sent by hand; True where it was sent before, with other answers.

    One that is not whole is kept so far: the patient comes back to it. What was sent the second time is set
    aside. Raises ValidationError as `recording.record_session` does: the form is shown again, with what was
    typed.
    """
    how = how_it_came(sent, by=by, now=now)
    record = record_own_session if is_whole else keep_own_session
    recorded = record(
        patient=patient, uid=sent.uid, practised_on=sent.practised_on, answers=sent.answers, how=how
    )
    if recorded.differs:
        set_aside(patient, sent, WhyAside.OTHER_ANSWERS, how, by=by)
    return recorded.differs


def how_it_came(sent: Sent, *, by: User, now: dt.datetime) -> How:
    """A phone whose clock is ahead has done it just now."""
    done_at = min(sent.done_at or now, now)
    return How(now=now, by=by, done_at=done_at, arrived_late=now - done_at > LATE_AFTER, shown=sent.shown)


def _reason(refused: ValidationError) -> WhyAside | None:
    """Why it can be kept for the clinic alone; None for answers that nobody could record."""
    by_field = refused.error_dict.values() if hasattr(refused, "error_dict") else [refused.error_list]
    codes = {error.code or "" for errors in by_field for error in errors}
    return WhyAside(codes.pop()) if len(codes) == 1 and codes <= set(WhyAside) else None


@transaction.atomic
def set_aside(patient: Patient, sent: Sent, why: WhyAside, how: How, *, by: User) -> bool:
    """Keep it for the clinic, once however often it is sent, and call who would be called by a session.

    It belongs to the running programme, else the one that ended last; False where there is none.
    """
    prescription = locked_current(patient)
    if prescription is None:
        return False
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
    return True


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
