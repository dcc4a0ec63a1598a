"""Questions and wishes: a patient asks, the clinic answers or says what came of it.

Both are lines of the worklist, due on the day that the patient was told. No mail goes to the clinic: what
cannot wait is for the emergency page, and the page of questions says so.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import next_open_day
from clinic.models import Clinic, User
from clinic.weekdays import EVERY_DAY
from patients.locking import locked_patient
from patients.models import Message, Patient, Prescription, WorkItem
from patients.notices.answered import owe_answer_notice
from patients.vocabulary import WISHES, Alert, MessageKind, MessageOutcome, TimeOfDay, WorkKind
from patients.work import close_work, open_work

MOST_WAITING = 5  # per patient: more than that is better said on the phone
ALERTS = {
    MessageKind.QUESTION: Alert.ASKED,
    MessageKind.APPOINTMENT: Alert.WISHED_APPOINTMENT,
    MessageKind.CALL_BACK: Alert.WISHED_CALL,
}


def read_by(clinic: Clinic, now: dt.datetime) -> dt.date:
    """Until when the clinic reads what is asked at `now`: a whole open day lies before the end of it.

    That is the first open day that has not begun yet: today only before the clinic opens.
    """
    local = now.astimezone(ZoneInfo(clinic.time_zone))
    first = local.date() if local.time() < clinic.opens_at else local.date() + dt.timedelta(days=1)
    return next_open_day(clinic, first)


def work_kind(kind: str) -> WorkKind:
    """The line of the worklist on which a message of `kind` stands."""
    return WorkKind.WISH if kind in WISHES else WorkKind.QUESTION


def kinds_on(work: str) -> list[MessageKind]:
    """The kinds of message that stand on that line of the worklist."""
    return [kind for kind in MessageKind if work_kind(kind) == work]


@transaction.atomic
def ask(
    *,
    patient: Patient,
    uid: uuid.UUID,
    kind: MessageKind,
    words: str = "",
    days: Collection[int] = (),
    times: Collection[TimeOfDay] = (),
    by: User | None,
    now: dt.datetime,
) -> Message:
    """Keep what the patient asks, and put it on the worklist. The same `uid` again: what was kept then.

    `days` are ISO weekdays; days and times are kept of wishes alone. Raises ValidationError at `words` for a
    question without any, and where five are waiting already.
    """
    words = words.strip()
    is_wish = kind in WISHES
    if not is_wish and not words:
        raise ValidationError({"words": ValidationError(_("Write your question."), code="required")})
    if not {str(day) for day in days} <= set(EVERY_DAY) or not set(times) <= set(TimeOfDay):
        raise ValidationError(_("Choose from the list."), code="choice")
    patient = locked_patient(patient)  # two forms at once: one work item, and no sixth question
    earlier = patient.messages.filter(uid=uid).first()
    if earlier is not None:
        return earlier
    if patient.messages.waiting().count() >= MOST_WAITING:
        problem = _("%(most)s of your questions are still with the clinic. If there is more, please call.")
        raise ValidationError(problem, code="too_many", params={"most": MOST_WAITING})
    return keep_message(
        patient=patient,
        uid=uid,
        kind=kind,
        words=words,
        days=sorted(set(days)) if is_wish else [],
        times=[time.value for time in TimeOfDay if time in times] if is_wish else [],
        by=by,
        now=now,
    )


def keep_message(
    *,
    patient: Patient,
    uid: uuid.UUID,
    kind: MessageKind,
    words: str = "",
    days: Sequence[int] = (),
    times: Sequence[str] = (),
    by: User | None,
    now: dt.datetime,
) -> Message:
    """Make the message and its line on the worklist. The caller holds the patient's lock, and has checked."""
    message: Message = patient.messages.create(
        uid=uid,
        kind=kind,
        words=words,
        days=list(days),
        times=list(times),
        asked_at=now,
        asked_by=by,
        read_by_on=read_by(patient.clinic, now),
    )
    prescription = Prescription.objects.of(patient).select_related("clinician").latest_first().first()
    open_work(
        patient=patient,
        prescription=prescription,
        owner=prescription.clinician if prescription else None,
        alerts={work_kind(kind): [ALERTS[kind]]},
        about=message,
        due_on=message.read_by_on,
        now=now,
    )
    audit.write(verb=Verb.ASKED, obj=message, actor=by, clinic=patient.clinic, subject=patient, now=now)
    return message


@transaction.atomic
def answer(*, message: Message, words: str, by: User, now: dt.datetime) -> None:
    """Answer in words; the patient gets a mail that says that there is an answer, and not what.

    Raises ValidationError at `answer` without words, and where it is closed already.
    """
    words = words.strip()
    if not words:
        raise ValidationError({"answer": ValidationError(_("Write an answer."), code="required")})
    message = _close(message, outcome=MessageOutcome.ANSWERED, answer=words, by=by, now=now)
    owe_answer_notice(message, now=now)
    _write(Verb.ANSWERED, message, by=by, now=now)
    _close_work_if_done(message, by=by, now=now)


@transaction.atomic
def settle(*, message: Message, outcome: MessageOutcome, by: User, now: dt.datetime) -> None:
    """Close without an answer in words: an appointment was made, or somebody has spoken to the patient.

    Raises ValidationError at `outcome` for another one, and where it is closed already.
    """
    if outcome not in {MessageOutcome.BOOKED, MessageOutcome.SPOKEN}:
        raise ValidationError({"outcome": ValidationError(_("Choose from the list."), code="choice")})
    message = _close(message, outcome=outcome, answer="", by=by, now=now)
    _write(Verb.CLOSED, message, by=by, now=now)
    _close_work_if_done(message, by=by, now=now)


def _close(message: Message, *, outcome: str, answer: str, by: User, now: dt.datetime) -> Message:
    """The patient's row is the lock: of two who answer at once the second one is told."""
    patient = locked_patient(message.patient)
    waiting = Message.objects.waiting().filter(pk=message.pk, patient=patient)
    if not waiting.update(outcome=outcome, answer=answer, closed_by=by, closed_at=now):
        raise ValidationError(_("Somebody else has closed this already."), code="closed")
    return Message.objects.select_related("patient__clinic").get(pk=message.pk)


def _close_work_if_done(message: Message, *, by: User, now: dt.datetime) -> None:
    """The line of the worklist is closed with the last of what stands on it."""
    kind = work_kind(message.kind)
    if message.patient.messages.waiting().filter(kind__in=kinds_on(kind)).exists():
        return
    for item in WorkItem.objects.open().filter(patient=message.patient, kind=kind):
        close_work(item=item, by=by, outcome=str(MessageOutcome(message.outcome).label), now=now)


def _write(verb: Verb, message: Message, *, by: User, now: dt.datetime) -> None:
    patient = message.patient
    audit.write(verb=verb, obj=message, actor=by, clinic=patient.clinic, subject=patient, now=now)
