"""What nobody has taken is passed on (rule 4): a stop, a pain alert or an emergency sign that waits on the
worklist at the next open morning goes to its owner again, on the open morning after that to who stands in for
them, and on the next one to the managers. Where nobody stands in, the managers come a morning earlier.

What is due and was not made is made, however long planning was dead: each step once, and never early.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.urls import reverse

from clinic import audit
from clinic.absences import StandIns, stand_ins
from clinic.audit import Verb
from clinic.localtime import open_morning
from clinic.models import Notice, User
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, not_wanted
from clinic.notices.outbox import enqueue
from patients.models import WorkItem
from patients.notices import clinicians
from patients.notices.managers import managers_of
from patients.vocabulary import WorkKind

KIND = "alert_again"
PASSED_ON = (WorkKind.EMERGENCY, WorkKind.STOP)
HEAD_START = dt.timedelta(hours=1)  # what came just before the morning's hour is still being read


class Step(StrEnum):
    OWNER = "owner"
    STAND_IN = "stand_in"
    MANAGER = "manager"


@dataclass(frozen=True)
class Owed:
    """One step for one recipient; None: the clinic's own address."""

    item: WorkItem
    step: Step
    recipient: User | None
    due_at: dt.datetime

    @property
    def key(self) -> str:
        """Each time that the item waits has its own steps; a new owner of it has theirs."""
        who = self.recipient.pk if self.recipient else "clinic"
        return f"{KIND}:{self.item.pk}:{self.item.waits_since:%Y%m%dT%H%M%S.%f}:{self.step}:{who}"


def plan_escalation(now: dt.datetime) -> int:
    """A planner: as many queries however many items wait, and two for each notice that is new."""
    waiting = WorkItem.objects.open().filter(
        kind__in=PASSED_ON, acknowledged_at__isnull=True, waits_since__lt=now - HEAD_START
    )
    items = list(waiting.select_related("patient__clinic", "owner").order_by("pk"))
    if not items:
        return 0
    away = stand_ins((item.patient.clinic for item in items), now=now)
    managers = managers_of({item.patient.clinic_id for item in items})
    owed = [
        one
        for item in items
        for one in steps(item, away, managers[item.patient.clinic_id])
        if one.due_at <= now
    ]
    keys = [one.key for one in owed]
    made = set(Notice.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    return sum(_owe(one, now=now) for one in owed if one.key not in made)


def steps(item: WorkItem, away: StandIns, managers: Collection[User | None]) -> Iterator[Owed]:
    """The steps of an item that nobody takes, in order."""
    clinic = item.patient.clinic
    deputy = away.of(item.owner, clinic)
    mornings = [open_morning(clinic, item.waits_since + HEAD_START, number=number) for number in range(1, 4)]
    yield Owed(item, Step.OWNER, item.owner, mornings[0])
    if deputy is not None:
        yield Owed(item, Step.STAND_IN, deputy, mornings[1])
    for manager in managers:
        yield Owed(item, Step.MANAGER, manager, mornings[1 if deputy is None else 2])


@transaction.atomic
def _owe(one: Owed, *, now: dt.datetime) -> bool:
    item, clinic = one.item, one.item.patient.clinic
    is_new = enqueue(
        kind=KIND,
        clinic=clinic,
        recipient=one.recipient,
        subject=item.patient,
        dedupe_key=one.key,
        due_at=one.due_at,
        params={"work_item": item.pk, "step": one.step, "since": item.waits_since.isoformat()},
        now=now,
    )
    if is_new:
        audit.write(verb=Verb.ESCALATED, obj=item, actor=None, clinic=clinic, subject=item.patient, now=now)
    return is_new


def still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    """Until somebody takes or closes the item, and as long as it is for this recipient."""
    rows = WorkItem.objects.select_related("patient__clinic", "owner")
    item = rows.filter(pk=notice.params["work_item"]).first()
    if item is None:
        return not_wanted("gone")
    if item.closed_at is not None:
        return not_wanted("closed")
    if item.acknowledged_at is not None:
        return not_wanted("acknowledged")
    if item.waits_since.isoformat() != notice.params["since"]:
        return not_wanted("overtaken")  # taken meanwhile, and called again: that has steps of its own
    step = notice.params["step"]
    if notice.recipient is None or step == Step.MANAGER:
        return WANTED
    deputy = stand_ins([item.patient.clinic], now=now).of(item.owner, item.patient.clinic)
    concerned = item.owner if step == Step.OWNER else deputy
    return WANTED if notice.recipient == concerned else not_wanted("handed_over")


def _render(notice: Notice) -> Mail:
    path = reverse("admin:worklist") + "?who=all"  # it is on the list of whoever owns it
    return clinicians.write(notice, KIND, path=path, step=notice.params["step"])


ALERT_AGAIN = NoticeKind(
    name=KIND,
    address=clinicians.address,
    still_wanted=still_wanted,
    render=_render,
    on_failure=clinicians.send_to_clinic,
    urgent=True,
)
