"""A review that nobody signs: again after 3 and after 7 days to each who was told, then to the managers.

Days are counted from the first mail that each of them was owed, and the mail comes at the clinic's hour on an
open day. After an outage the latest step alone is made, so that nobody gets two at once.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from clinic.absences import StandIns, stand_ins
from clinic.localtime import instant_at, local_date, next_open_day, open_morning
from clinic.models import Clinic, Notice, User
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, not_wanted
from clinic.notices.outbox import enqueue_many
from patients.notices import clinicians
from patients.notices.managers import managers_of
from patients.notices.reviews import KIND as FIRST
from patients.notices.reviews import PRESCRIBES, RECIPIENTS, open_for, still_open, still_treats

KIND = "review_again"
AFTER = (3, 7)  # days
MANAGER = "manager"


@dataclass(frozen=True)
class Owed:
    """One step for one recipient; None: the clinic's own address."""

    review: Any
    step: int | str
    recipient: User | None
    due_at: dt.datetime

    @property
    def key(self) -> str:
        who = self.recipient.pk if self.recipient else "clinic"
        return f"{KIND}:{self.review.pk}:{self.step}:{who}"


def plan_reviews_again(now: dt.datetime) -> int:
    """A planner: as many queries however many reviews wait."""
    told = [review for recipient in RECIPIENTS for review in _told(recipient, now)]
    late = list(_unsigned_for_a_week(now))
    if not told and not late:
        return 0
    people = User.objects.in_bulk({review.recipient_id for review in told})
    owed = [*_again(told, people, stand_ins(now=now), now=now), *_to_managers(late, now=now)]
    return enqueue_many((_notice(one) for one in owed), now=now)


def morning_after(clinic: Clinic, first: dt.datetime, *, days: int) -> dt.datetime:
    """The clinic's hour on the first open day that lies at least `days` days after the date of `first`."""
    day = local_date(first, clinic.time_zone) + dt.timedelta(days=days)
    return instant_at(next_open_day(clinic, day), clinic.notices_at, clinic.time_zone)


def _told(recipient: str, now: dt.datetime) -> Any:
    """Open reviews with those who have their first mail and not the last one; `first_at`: when it was due."""
    first = Notice.objects.filter(dedupe_key=OuterRef("notice_key"))
    last = Notice.objects.filter(dedupe_key=OuterRef("last_key"))
    last_key = Concat(
        Value(f"{KIND}:"), Cast("pk", CharField()), Value(f":{AFTER[-1]}:"), Cast(recipient, CharField())
    )
    return (
        open_for(recipient)
        .annotate(first_at=Subquery(first.values("due_at")), last_key=last_key)
        # Days are counted in the clinic's zone: one less leaves out nobody.
        .filter(~Exists(last), first_at__lte=now - dt.timedelta(days=AFTER[0] - 1))
    )


def _again(told: list[Any], people: dict[int, User], away: StandIns, *, now: dt.datetime) -> Iterator[Owed]:
    for review in told:
        clinic = review.prescription.patient.clinic
        come = [
            (days, due_at)
            for days in AFTER
            if (due_at := morning_after(clinic, review.first_at, days=days)) <= now
        ]
        if not come:
            continue
        days, due_at = come[-1]
        yield Owed(review, days, people[review.recipient_id], due_at)
        deputy = away.of_ids(review.recipient_id, clinic.pk)
        if deputy is not None:
            yield Owed(review, days, deputy, due_at)


def _unsigned_for_a_week(now: dt.datetime) -> Any:
    """Open reviews of which no manager was told; `first_at`: when the first of all mails was due."""
    of_patient = Notice.objects.filter(subject_id=OuterRef("prescription__patient"))
    first = of_patient.filter(dedupe_key__startswith=OuterRef("firsts")).order_by("due_at")
    to_manager = of_patient.filter(dedupe_key__startswith=OuterRef("to_manager"))
    number = Cast("pk", CharField())
    return (
        open_for(PRESCRIBES)
        .filter(opened_at__lte=now - dt.timedelta(days=AFTER[-1] - 1))
        .annotate(
            firsts=Concat(Value(f"{FIRST}:"), number, Value(":")),
            to_manager=Concat(Value(f"{KIND}:"), number, Value(f":{MANAGER}:")),
            first_at=Subquery(first.values("due_at")[:1]),
        )
        .filter(~Exists(to_manager), first_at__isnull=False)
    )


def _to_managers(late: list[Any], *, now: dt.datetime) -> Iterator[Owed]:
    managers = managers_of({review.prescription.patient.clinic_id for review in late})
    for review in late:
        clinic = review.prescription.patient.clinic
        due_at = open_morning(clinic, morning_after(clinic, review.first_at, days=AFTER[-1]))
        if due_at <= now:
            for manager in managers[clinic.pk]:
                yield Owed(review, MANAGER, manager, due_at)


def _notice(one: Owed) -> Notice:
    prescription = one.review.prescription
    return Notice(
        kind=KIND,
        clinic=prescription.patient.clinic,
        recipient=one.recipient,
        subject_id=prescription.patient_id,
        dedupe_key=one.key,
        due_at=one.due_at,
        params={"review": one.review.pk, "prescription": prescription.pk, "step": one.step},
    )


def still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    """Until it is signed; the earlier step not any more where the later one is there."""
    answer = still_open(notice)
    if not answer.wanted or notice.params["step"] == MANAGER:
        return answer
    later = Notice.objects.filter(
        kind=KIND,
        subject_id=notice.subject_id,
        recipient=notice.recipient_id,
        params__review=notice.params["review"],
        params__step=AFTER[-1],
    )
    if notice.params["step"] != AFTER[-1] and notice.recipient_id is not None and later.exists():
        return not_wanted("overtaken")
    return still_treats(notice, now) if notice.recipient_id is not None else WANTED


def _render(notice: Notice) -> Mail:
    path = reverse("admin:prescription_report", args=[notice.params["prescription"]])
    return clinicians.write(notice, KIND, path=path, to_manager=notice.params["step"] == MANAGER)


REVIEW_AGAIN = NoticeKind(
    name=KIND,
    address=clinicians.address,
    still_wanted=still_wanted,
    render=_render,
    on_failure=clinicians.send_to_clinic,
)
