"""The review point (rule 2): a review opens when it is reached, and the patient answers. Signing it is in
patients.signing.

What is due and has no row is made, by "not later than", never by equality of dates: a scheduler that
was down for days changes nothing but the hour.
"""

import datetime as dt
import logging
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.keeping_answers import Told, keep_answers
from patients.locking import locked
from patients.models import Prescription, Review
from patients.our_questions import ours_kept
from patients.questionnaire import Asked, asked_at_review
from patients.vocabulary import Alert, Helped, Occasion, WorkKind
from patients.work import open_work
from programs.models import Question

logger = logging.getLogger(__name__)


def due_reviews(*, now: dt.datetime) -> list[Prescription]:
    """The active prescriptions whose review point is reached in their patient's zone: one query."""
    latest = (now + dt.timedelta(hours=14)).date()  # no zone is further ahead of UTC
    candidates = (
        Prescription.objects.active().filter(next_review_on__lte=latest).select_related("patient__clinic")
    )
    return [one for one in candidates if one.next_review_on <= local_date(now, one.patient.zone)]


def open_due_reviews(*, now: dt.datetime) -> int:
    """Open every review that is due and has no row; gives how many were opened.

    A fault in one does not hold up the others: all of them are raised together at the end.
    """
    opened, faults = 0, []
    for prescription in due_reviews(now=now):
        try:
            opened += open_review(prescription=prescription, now=now) is not None
        except Exception as fault:  # noqa: BLE001 whatever it is, the next patient's review is owed too
            logger.error("The review of prescription %s could not be opened.", prescription.pk)  # noqa: TRY400
            faults.append(fault)
    if faults:
        raise ExceptionGroup("Some reviews could not be opened.", faults)
    return opened


@transaction.atomic
def open_review(*, prescription: Prescription, now: dt.datetime) -> Review | None:
    """Open the next review of `prescription` if its point is reached; None if it is not, or no more."""
    prescription = locked(prescription)
    today = local_date(now, prescription.patient.zone)
    reached_on, counts_from = prescription.next_review_on, prescription.counts_from
    running = prescription.status == Prescription.Status.ACTIVE
    if not running or reached_on is None or counts_from is None or reached_on > today:
        return None
    last = prescription.reviews.aggregate(last=Max("number"))["last"] or 0
    review = Review.objects.create(
        prescription=prescription,
        number=last + 1,
        counts_from=counts_from,
        after_days=prescription.review_after_days,
        reached_on=reached_on,
        opened_at=now,
    )
    # No further point is owed until this one is signed.
    prescription.next_review_on = None
    prescription.save(update_fields=["next_review_on"])
    open_work(
        patient=prescription.patient,
        prescription=prescription,
        owner=prescription.clinician,
        alerts={WorkKind.REVIEW: [Alert.REVIEW_REACHED]},
        about=review,
        now=now,
    )
    audit.write(
        verb=Verb.OPENED,
        obj=review,
        actor=None,
        clinic=prescription.patient.clinic,
        subject=prescription.patient,
        now=now,
    )
    return review


def asked_at(review: Review, ours: Iterable[Question]) -> list[Asked]:
    """The questions of this review; `ours` are those of Homestretch, kept or not."""
    prescription = review.prescription
    own = Question.objects.asked_with(prescription.program_id, prescription.patient.clinic_id)
    start = prescription.answers.on(Occasion.START).select_related("question")
    return asked_at_review(ours, own, start)


@transaction.atomic
def answer_review(
    *,
    review: Review,
    helped: Helped | None = None,
    words: str | None = None,
    told: Told | None = None,
    by: User | None,
    now: dt.datetime,
) -> None:
    """The patient says whether it was useful, and answers the questions of the review, as far as they like.

    What is not said (None, not in `told`) stays as it is. All of it can be changed until the review is
    signed; then it raises ValidationError.
    """
    prescription = locked(review.prescription)
    review = Review.objects.get(pk=review.pk)
    if review.signed_at is not None:
        raise ValidationError(_("This review is closed already."), code="signed")
    review.prescription = prescription
    if helped is not None:
        review.helped = helped
    if words is not None:
        review.patient_words = words.strip()
    answered = helped is not None or words is not None
    if told:
        asked = asked_at(review, ours_kept())
        keep_answers(prescription, Occasion.REVIEW, review.number, asked=asked, told=told, by=by, now=now)
        answered = True
    if not answered:
        return
    review.answered_at = now
    review.save(update_fields=["helped", "patient_words", "answered_at"])
    audit.write(
        verb=Verb.ANSWERED,
        obj=review,
        actor=by,
        clinic=prescription.patient.clinic,
        subject=prescription.patient,
        now=now,
    )
