"""The mail to the patient that there is an answer: not what was asked, nor what was answered."""

import datetime as dt

from django.urls import reverse

from clinic.models import Notice
from clinic.notices import writing
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, SendAgain, not_wanted
from clinic.notices.outbox import enqueue
from patients.calls import owe_call
from patients.models import Message
from patients.notices import unreached
from patients.vocabulary import Alert

KIND = "question_answered"


def owe_answer_notice(message: Message, *, now: dt.datetime) -> None:
    """At once; where the patient has no address somebody is to call.

    The caller has just closed `message`, which happens once.
    """
    patient = message.patient
    if not patient.email:
        owe_call(patient=patient, what=Alert.CALL_ANSWERED, about=message, now=now)
        return
    enqueue(
        kind=KIND,
        clinic=patient.clinic,
        subject=patient,
        dedupe_key=f"{KIND}:{message.pk}",
        due_at=now,
        params={"message": message.pk},
        about_new_row=True,
        now=now,
    )


def _message(notice: Notice) -> Message | None:
    rows = Message.objects.select_related("patient__clinic").filter(pk=notice.params["message"])
    found: Message | None = rows.first()
    return found


def still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    return WANTED if _message(notice) else not_wanted("gone")


def _address(notice: Notice) -> str | None:
    message = _message(notice)
    return message.patient.email or None if message else None


def _render(notice: Notice) -> Mail:
    patient = Message.objects.select_related("patient").get(pk=notice.params["message"]).patient
    return writing.write(
        notice,
        KIND,
        language=patient.language,
        name=patient.given_name,
        path=reverse("ask"),
    )


def _on_failure(notice: Notice, now: dt.datetime) -> None:
    message = _message(notice)
    patient = message.patient if message else None
    unreached.tell_clinic(notice, patient=patient, what=Alert.CALL_ANSWERED, about=message, now=now)


QUESTION_ANSWERED = NoticeKind(
    name=KIND,
    address=_address,
    still_wanted=still_wanted,
    render=_render,
    on_failure=_on_failure,
    send_again_when_uncertain=SendAgain.ONCE,
    is_care=True,
)
