"""The review point's mail to the clinician who prescribed (rule 2): once for each review and recipient."""

import datetime as dt

from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from clinic.localtime import next_open_instant
from clinic.models import Notice
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, not_wanted
from clinic.notices.outbox import enqueue
from patients.models import Prescription, Review
from patients.notices import clinicians
from patients.reviews import open_due_reviews

KIND = "review_due"


def open_reviews(now: dt.datetime) -> int:
    """A planner: opens what is due. The notices are made by `plan_review_notices`, so this makes none."""
    open_due_reviews(now=now)
    return 0


def plan_review_notices(now: dt.datetime) -> int:
    """A planner: every open, unsigned review of an active prescription has its notice, whoever opened it."""
    key = Concat(
        Value(f"{KIND}:"),
        Cast("pk", CharField()),
        Value(":"),
        Cast(F("prescription__clinician_id"), CharField()),
    )
    unnoticed = (
        Review.objects.filter(signed_at=None, prescription__status=Prescription.Status.ACTIVE)
        .annotate(notice_key=key)
        .filter(~Exists(Notice.objects.filter(dedupe_key=OuterRef("notice_key"))))
        .select_related("prescription__patient__clinic", "prescription__clinician")
    )
    return sum(owe_review_notice(review, now=now) for review in unnoticed)


def owe_review_notice(review: Review, *, now: dt.datetime) -> bool:
    """Owe the clinician the mail, at the clinic's hour on an open day. True if it is new."""
    prescription = review.prescription
    clinic = prescription.patient.clinic
    return enqueue(
        kind=KIND,
        clinic=clinic,
        recipient=prescription.clinician,
        subject=prescription.patient,
        dedupe_key=f"{KIND}:{review.pk}:{prescription.clinician_id}",
        due_at=next_open_instant(clinic, now),
        params={"review": review.pk, "prescription": prescription.pk},
        now=now,
    )


def still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    review = Review.objects.select_related("prescription").filter(pk=notice.params["review"]).first()
    if review is None:
        return not_wanted("gone")
    if review.signed_at is not None:
        return not_wanted("signed")
    if review.prescription.status != Prescription.Status.ACTIVE:
        return not_wanted("ended")
    if notice.recipient_id not in (None, review.prescription.clinician_id):
        return not_wanted("handed_over")  # the colleague has a notice of their own
    return WANTED


def _render(notice: Notice) -> Mail:
    path = reverse("admin:prescription_report", args=[notice.params["prescription"]])
    return clinicians.write(notice, "review_due", path=path)


REVIEW_DUE = NoticeKind(
    name=KIND,
    address=clinicians.address,
    still_wanted=still_wanted,
    render=_render,
    on_failure=clinicians.send_to_clinic,
)
