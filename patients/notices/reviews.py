"""The review point's mail to the care team (rule 2), each their own: once for each review and recipient."""

import datetime as dt
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from clinic.localtime import next_open_instant
from clinic.models import Notice, User
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, not_wanted
from clinic.notices.outbox import enqueue
from patients.models import CareTeamMember, Prescription, Review
from patients.notices import clinicians
from patients.reviews import open_due_reviews

KIND = "review_due"
# How a review leads to those who get its mail.
PRESCRIBES, TREATS_TOO = "prescription__clinician_id", "prescription__patient__care_team__user_id"
RECIPIENTS = (PRESCRIBES, TREATS_TOO)


def open_reviews(now: dt.datetime) -> int:
    """A planner: opens what is due. The notices are made by `plan_review_notices`, so this makes none."""
    open_due_reviews(now=now)
    return 0


def plan_review_notices(now: dt.datetime) -> int:
    """A planner: every open, unsigned review of an active prescription has its notices, whoever opened it:
    one for who prescribes, and one for each other of the care team."""
    owed = [review for recipient in RECIPIENTS for review in _unnoticed(recipient)]
    people = User.objects.in_bulk({review.recipient_id for review in owed})
    return sum(owe_review_notice(review, to=people[review.recipient_id], now=now) for review in owed)


def owe_review_notice(review: Review, *, to: User, now: dt.datetime) -> bool:
    """Owe a clinician the mail, at the clinic's hour on an open day. True if it is new."""
    prescription = review.prescription
    clinic = prescription.patient.clinic
    return enqueue(
        kind=KIND,
        clinic=clinic,
        recipient=to,
        subject=prescription.patient,
        dedupe_key=f"{KIND}:{review.pk}:{to.pk}",
        due_at=next_open_instant(clinic, now),
        params={"review": review.pk, "prescription": prescription.pk},
        now=now,
    )


def _unnoticed(recipient: str) -> QuerySet[Any]:
    """The open reviews for which whom `recipient` leads to has no notice yet; `recipient_id` is theirs."""
    key = Concat(Value(f"{KIND}:"), Cast("pk", CharField()), Value(":"), Cast(F(recipient), CharField()))
    rows = (
        Review.objects.filter(signed_at=None, prescription__status=Prescription.Status.ACTIVE)
        .annotate(recipient_id=F(recipient), notice_key=key)
        .filter(~Exists(Notice.objects.filter(dedupe_key=OuterRef("notice_key"))))
        .select_related("prescription__patient__clinic")
    )
    if recipient == PRESCRIBES:
        return rows
    team = CareTeamMember.objects.treating().filter(
        patient=OuterRef("prescription__patient"), user=OuterRef("recipient_id")
    )
    return rows.filter(Exists(team))


def still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    review = Review.objects.select_related("prescription").filter(pk=notice.params["review"]).first()
    if review is None:
        return not_wanted("gone")
    if review.signed_at is not None:
        return not_wanted("signed")
    if review.prescription.status != Prescription.Status.ACTIVE:
        return not_wanted("ended")
    if notice.recipient_id in {None, review.prescription.clinician_id}:
        return WANTED
    team = CareTeamMember.objects.treating().filter(patient=review.prescription.patient_id)
    if team.filter(user=notice.recipient_id).exists():
        return WANTED
    return not_wanted("handed_over")  # whoever treats now has a notice of their own


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
