"""The review point's mail to the care team (rule 2), each their own: once for each review and recipient."""

import datetime as dt
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from clinic.absences import stand_ins
from clinic.localtime import next_open_instant
from clinic.models import Notice, User
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, not_wanted
from clinic.notices.outbox import enqueue_many
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
    one for who prescribes, one for each other of the care team, and one for who stands in for any of them.

    As many queries however many reviews there are.
    """
    owed = [(review, review.recipient_id) for recipient in RECIPIENTS for review in _unnoticed(recipient)]
    owed += [(review, deputy.pk) for review, deputy in _deputies(now)]
    return enqueue_many((_notice(review, to_id=user_id, now=now) for review, user_id in owed), now=now)


def _notice(review: Review, *, to_id: int, now: dt.datetime) -> Notice:
    """The mail to a clinician, at the clinic's hour on an open day."""
    prescription = review.prescription
    clinic = prescription.patient.clinic
    return Notice(
        kind=KIND,
        clinic=clinic,
        recipient_id=to_id,
        subject_id=prescription.patient_id,
        dedupe_key=f"{KIND}:{review.pk}:{to_id}",
        due_at=next_open_instant(clinic, now),
        params={"review": review.pk, "prescription": prescription.pk},
    )


def open_for(recipient: str) -> QuerySet[Any]:
    """The open reviews with those whom `recipient` leads to: `recipient_id` is theirs, `notice_key` the key
    of their notice."""
    rows = (
        Review.objects.filter(signed_at=None, prescription__status=Prescription.Status.ACTIVE)
        .annotate(recipient_id=F(recipient), notice_key=_key(recipient))
        .select_related("prescription__patient__clinic")
    )
    if recipient == PRESCRIBES:
        return rows
    team = CareTeamMember.objects.treating().filter(
        patient=OuterRef("prescription__patient"), user=OuterRef("recipient_id")
    )
    return rows.filter(Exists(team))


def _key(recipient: str) -> Concat:
    return Concat(Value(f"{KIND}:"), Cast("pk", CharField()), Value(":"), Cast(F(recipient), CharField()))


def _unnoticed(recipient: str) -> QuerySet[Any]:
    return open_for(recipient).filter(~Exists(Notice.objects.filter(dedupe_key=OuterRef("notice_key"))))


def _deputies(now: dt.datetime) -> list[tuple[Any, User]]:
    """The open reviews of those who are away, with who stands in and has no notice yet: four queries."""
    away = stand_ins(now=now)
    if not away.away:
        return []
    ids = {user_id for _clinic_id, user_id in away.away}
    found = {}
    for recipient in RECIPIENTS:
        for review in open_for(recipient).filter(recipient_id__in=ids):
            deputy = away.of_ids(review.recipient_id, review.prescription.patient.clinic_id)
            if deputy is not None:
                found[f"{KIND}:{review.pk}:{deputy.pk}"] = (review, deputy)
    made = Notice.objects.filter(dedupe_key__in=found).values_list("dedupe_key", flat=True)
    for key in made:
        del found[key]
    return list(found.values())


def still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    """Until it is signed, as long as the recipient treats the patient or stands in for who does."""
    answer = still_open(notice)
    if not answer.wanted:
        return answer
    again = Notice.objects.filter(
        kind="review_again",
        subject_id=notice.subject_id,
        recipient=notice.recipient_id,
        params__review=notice.params["review"],
    )
    if notice.recipient_id is not None and again.exists():
        return not_wanted("overtaken")  # it waited so long that its second mail is there: one is enough
    return still_treats(notice, now)


def still_open(notice: Notice) -> Answer:
    review = Review.objects.select_related("prescription").filter(pk=notice.params["review"]).first()
    if review is None:
        return not_wanted("gone")
    if review.signed_at is not None:
        return not_wanted("signed")
    if review.prescription.status != Prescription.Status.ACTIVE:
        return not_wanted("ended")
    return WANTED


def still_treats(notice: Notice, now: dt.datetime) -> Answer:
    review = Review.objects.select_related("prescription__patient__clinic").get(pk=notice.params["review"])
    prescription = review.prescription
    if notice.recipient_id in {None, prescription.clinician_id}:
        return WANTED
    team = CareTeamMember.objects.treating().filter(patient=prescription.patient_id)
    treating = {prescription.clinician_id, *team.values_list("user", flat=True)}
    if notice.recipient_id in treating:
        return WANTED
    clinic = prescription.patient.clinic
    away = stand_ins([clinic], now=now)
    if any(away.of_ids(user_id, clinic.pk) == notice.recipient for user_id in treating):
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
