"""The review point (rule 2): a review opens when it is reached, and ends with a clinician's signature.

What is due and has no row is made, by "not later than", never by equality of dates: a scheduler that
was down for days changes nothing but the hour.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.adherence import Report, report
from patients.bands import percent
from patients.keeping_answers import Told, keep_answers
from patients.locking import locked
from patients.models import Patient, Prescription, Review
from patients.our_questions import ours_kept
from patients.questionnaire import Asked, asked_at_review
from patients.start_and_now import answers_data
from patients.trial import begin_count
from patients.vocabulary import Alert, Decision, Helped, Occasion, WorkKind
from patients.work import open_work
from programs.models import Question

# After every decision but "end" the programme may go on, so the next review is counted.
GOES_ON = frozenset(Decision) - {Decision.END}


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
            fault.add_note(f"while opening a review of prescription {prescription.pk}")
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


@transaction.atomic
def sign_review(*, review: Review, decision: Decision, note: str, by: User, now: dt.datetime) -> Review:
    """Sign a review: the decision, and what was seen, are kept as they are now.

    Where the programme goes on, the next count begins today, or with the maintenance that begins tomorrow.
    Raises ValidationError if a colleague has signed already.
    """
    prescription = locked(review.prescription)
    review = Review.objects.get(pk=review.pk)
    if review.signed_at is not None:
        raise ValidationError(
            _("%(name)s has signed this review already.") % {"name": review.signed_by}, code="signed"
        )
    today = local_date(now, prescription.patient.zone)
    review.decision, review.decision_note = decision, note.strip()
    review.signed_by, review.signed_at = by, now
    answers = answers_data(prescription, review=review.number)
    review.snapshot = snapshot(report(prescription, on=today), on=today, answers=answers)
    review.save()
    if decision in GOES_ON and prescription.status == Prescription.Status.ACTIVE:
        begin_count(prescription, on=max(today, prescription.maintenance_from or today))
        prescription.save(update_fields=["counts_from", "next_review_on"])
    _close_work(prescription.patient, decision, by=by, now=now)
    audit.write(
        verb=Verb.SIGNED,
        obj=review,
        actor=by,
        clinic=prescription.patient.clinic,
        subject=prescription.patient,
        now=now,
    )
    return review


def _close_work(patient: Patient, decision: Decision, *, by: User, now: dt.datetime) -> None:
    """The patient's item is done when no review waits any more, one of an earlier programme included."""
    if not Review.objects.unsigned().filter(prescription__patient=patient).exists():
        patient.work_items.open().filter(kind=WorkKind.REVIEW).update(
            closed_at=now, closed_by=by, outcome=Decision(decision).label
        )


def snapshot(seen: Report, *, on: dt.date, answers: dict[str, Any] | None = None) -> dict[str, Any]:
    """The figures and answers that the clinician saw, frozen with the signature."""
    return {
        "on": on.isoformat(),
        "day_number": seen.day_number,
        "sessions": {"done": seen.sessions_done, "due": seen.sessions_due},
        "doses": {"done": seen.doses_done, "due": seen.doses_due},
        "session_percent": percent(seen.sessions_done, seen.sessions_due),
        "dose_percent": percent(seen.doses_done, seen.doses_due),
        "days": [{"on": day.on.isoformat(), "state": day.state} for day in seen.days],
        "answers": answers or {},
    }
