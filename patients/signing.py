"""The signature under a review: what the clinician decided and saw is frozen, and what follows is done.

What is added later stands beside it with a name and a time (`add_to_review`); a late entry of the patient
changes live figures only.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.bilingual import LANGUAGES
from clinic.localtime import local_date
from clinic.models import User
from patients.adherence import Report, report
from patients.asking import keep_message
from patients.bands import percent
from patients.in_short import Stop, in_short, stops_of
from patients.locking import locked, locked_patient
from patients.models import Message, Patient, Prescription, Review, ReviewAddition
from patients.notices.worded import owe_word_notice
from patients.prescribing import end
from patients.start_and_now import Data, answers_data
from patients.trial import begin_count
from patients.vocabulary import Decision, EndReason, MessageKind, WorkKind
from patients.work import refuse_outsider

# After every decision but "end" the programme may go on, so the next review is counted.
GOES_ON = frozenset(Decision) - {Decision.END}
NAMESPACE = uuid.UUID("6f9b0d1e-7a52-4f0c-9c55-0f6a3c1e8b27")  # of the wishes that a signature makes


@transaction.atomic
def sign_review(
    *,
    review: Review,
    decision: Decision,
    note: str = "",
    word: str = "",
    next_after_days: int | None = None,
    end_reason: EndReason | None = None,
    refer_to: str = "",
    refer_why: str = "",
    by: User,
    now: dt.datetime,
) -> Review:
    """Sign a review: the decision, and what was seen, are kept as they are now.

    `note` is for colleagues; `word` is for the patient, who is told by mail that there is one. Where the
    programme goes on, the next count begins today, or with the maintenance that begins tomorrow, and is
    over after `next_after_days` (as before, unless given). The decision to end it ends it, for `end_reason`;
    to see the patient in the clinic is a wish for an appointment on the worklist; of the decision to refer,
    to whom and why are kept, for the letter.
    Raises ValidationError if a colleague has signed already, and without a reason for the end.
    """
    if decision == Decision.SEE_IN_CLINIC:
        locked_patient(review.prescription.patient)  # before the prescription, as everywhere
    prescription = locked(review.prescription)
    review = Review.objects.get(pk=review.pk)
    if review.signed_at is not None:
        raise ValidationError(
            _("%(name)s has signed this review already.") % {"name": review.signed_by}, code="signed"
        )
    is_running = prescription.status == Prescription.Status.ACTIVE
    if decision == Decision.END and is_running and end_reason is None:
        raise ValidationError({"end_reason": ValidationError(_("Say why it ends."), code="required")})
    today = local_date(now, prescription.patient.zone)
    review.decision, review.decision_note, review.word_to_patient = decision, note.strip(), word.strip()
    review.signed_by, review.signed_at = by, now
    review.snapshot = snapshot(
        report(prescription, on=today),
        on=today,
        review=review,
        answers=answers_data(prescription, review=review.number),
        stops=stops_of(prescription),
    )
    if decision == Decision.REFER:
        review.snapshot["referral"] = {"to": refer_to.strip(), "why": refer_why.strip()}
    review.save()
    if is_running:
        _go_on(prescription, review, next_after_days=next_after_days, today=today)
        if decision == Decision.END and end_reason is not None:
            end(prescription=prescription, reason=end_reason, by=by, now=now)
    if decision == Decision.SEE_IN_CLINIC:
        _wish_to_see(review, prescription.patient, by=by, now=now)
    _close_work(prescription.patient, decision, by=by, now=now)
    if review.word_to_patient:
        owe_word_notice(review, patient=prescription.patient, now=now)
    _write(Verb.SIGNED, review, prescription.patient, by=by, now=now)
    return review


def _go_on(
    prescription: Prescription, review: Review, *, next_after_days: int | None, today: dt.date
) -> None:
    if review.decision not in GOES_ON:
        return
    if next_after_days is not None:
        prescription.review_after_days = next_after_days
    begin_count(prescription, on=max(today, prescription.maintenance_from or today))
    prescription.save(update_fields=["review_after_days", "counts_from", "next_review_on"])


def _wish_to_see(review: Review, patient: Patient, *, by: User, now: dt.datetime) -> None:
    """For the front desk, as any wish for an appointment; none where one waits already."""
    waiting = Message.objects.waiting().filter(patient=patient, kind=MessageKind.APPOINTMENT)
    if not waiting.exists():
        uid = uuid.uuid5(NAMESPACE, str(review.pk))
        keep_message(patient=patient, uid=uid, kind=MessageKind.APPOINTMENT, by=by, now=now)


def _close_work(patient: Patient, decision: Decision, *, by: User, now: dt.datetime) -> None:
    """The patient's item is done when no review waits any more, one of an earlier programme included."""
    if not Review.objects.unsigned().filter(prescription__patient=patient).exists():
        patient.work_items.open().filter(kind=WorkKind.REVIEW).update(
            closed_at=now, closed_by=by, outcome=Decision(decision).label
        )


@transaction.atomic
def add_to_review(*, review: Review, words: str, by: User, now: dt.datetime) -> ReviewAddition:
    """Put something right, or add to it, after the signature: what was signed stays as it is.

    Raises ValidationError at `words` without any, before the signature, and if `by` does not treat here.
    """
    words = words.strip()
    if not words:
        raise ValidationError({"words": ValidationError(_("Write what is to be added."), code="required")})
    if review.signed_at is None:
        raise ValidationError(_("This review is not signed yet."), code="unsigned")
    patient = review.prescription.patient
    refuse_outsider(by, patient.clinic)
    made: ReviewAddition = review.additions.create(words=words, added_by=by, added_at=now)
    _write(Verb.ADDED, made, patient, by=by, now=now)
    return made


def _write(verb: Verb, obj: Any, patient: Patient, *, by: User, now: dt.datetime) -> None:
    audit.write(verb=verb, obj=obj, actor=by, clinic=patient.clinic, subject=patient, now=now)


def snapshot(
    seen: Report,
    *,
    on: dt.date,
    review: Review | None = None,
    answers: Data | None = None,
    stops: Sequence[Stop] = (),
) -> dict[str, Any]:
    """What the clinician saw, frozen with the signature: figures, answers, and the paragraph in both
    languages."""
    kept = answers or {}
    short = {}
    for language in LANGUAGES:
        with translation.override(language):
            short[language] = in_short(seen=seen, review=review, answers=kept, stops=stops)
    return {
        "on": on.isoformat(),
        "day_number": seen.day_number,
        "sessions": {"done": seen.sessions_done, "due": seen.sessions_due},
        "doses": {"done": seen.doses_done, "due": seen.doses_due},
        "session_percent": percent(seen.sessions_done, seen.sessions_due),
        "dose_percent": percent(seen.doses_done, seen.doses_due),
        "practised": {"done": seen.days_practised, "due": seen.days_due},
        "days": [{"on": day.on.isoformat(), "state": day.state} for day in seen.days],
        "answers": kept,
        "in_short": short,
    }
