"""The mail to the patient that the clinician has written them a word after a review; not what it says."""

import datetime as dt

from django.urls import reverse

from clinic.models import Notice
from clinic.notices import writing
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, SendAgain, not_wanted
from clinic.notices.outbox import enqueue
from patients.calls import owe_call
from patients.models import Patient, Review
from patients.notices import unreached
from patients.notices.changed import AFTER
from patients.review_words import WORD_STAYS
from patients.vocabulary import Alert

KIND = "review_word"


def owe_word_notice(review: Review, *, patient: Patient, now: dt.datetime) -> None:
    """A little later, when what was decided may be on the patient's page too; as long as the word is there.

    Where the patient has no address somebody is to call. The caller has just signed, which happens once.
    """
    if not patient.email:
        owe_call(patient=patient, what=Alert.CALL_WORD, about=review, now=now)
        return
    enqueue(
        kind=KIND,
        clinic=patient.clinic,
        subject=patient,
        dedupe_key=f"{KIND}:{review.pk}",
        due_at=now + AFTER,
        expires_at=now + WORD_STAYS,
        params={"review": review.pk},
        about_new_row=True,
        now=now,
    )


def _patient(notice: Notice) -> Patient | None:
    found: Patient | None = Patient.objects.filter(prescriptions__reviews=notice.params["review"]).first()
    return found


def still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    return WANTED if _patient(notice) else not_wanted("gone")


def _address(notice: Notice) -> str | None:
    patient = _patient(notice)
    return patient.email or None if patient else None


def _render(notice: Notice) -> Mail:
    patient = Patient.objects.get(prescriptions__reviews=notice.params["review"])
    return writing.write(
        notice,
        KIND,
        language=patient.language,
        name=patient.given_name,
        path=reverse("today"),
    )


def _on_failure(notice: Notice, now: dt.datetime) -> None:
    review = (
        Review.objects.select_related("prescription__clinician").filter(pk=notice.params["review"]).first()
    )
    unreached.tell_clinic(notice, patient=_patient(notice), what=Alert.CALL_WORD, about=review, now=now)


REVIEW_WORD = NoticeKind(
    name=KIND,
    address=_address,
    still_wanted=still_wanted,
    render=_render,
    on_failure=_on_failure,
    is_care=True,
    send_again_when_uncertain=SendAgain.ONCE,
)
