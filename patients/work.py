"""The worklist's life: opened by events, acknowledged, handed over, closed with an outcome."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, F, Min, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date, next_open_day
from clinic.models import Clinic, Membership, User
from clinic.scoping import HEALTH_ROLES
from patients.models import (
    EmergencyReport,
    Message,
    Patient,
    PracticeSession,
    Prescription,
    Review,
    SetAside,
    WorkItem,
    WorkItemEntry,
)
from patients.vocabulary import Alert, WorkKind


def open_work(
    *,
    patient: Patient,
    prescription: Prescription | None,
    owner: User | None,
    alerts: Mapping[WorkKind, Sequence[Alert]],
    about: PracticeSession | Review | EmergencyReport | Message | SetAside,
    now: dt.datetime,
    due_on: dt.date | None = None,
    some_open: bool = True,
) -> dict[WorkKind, WorkItem]:
    """Add what happened to the patient's open items, one of each kind in `alerts`; make what is missing.

    The caller holds a lock on the prescription or the patient. The items themselves are locked against a
    colleague who closes them meanwhile: then there are new ones. A new event on an item that was
    acknowledged asks for attention again, by its own due date; the entries keep who took what when.
    Three statements however many kinds, four where some are new and some were acknowledged;
    `due_on` is the clinic's next open day unless given.
    `some_open=False` saves one, where the caller has seen under that lock that the patient has no open item.
    """
    rows = WorkItem.objects.open().select_for_update(of=("self",), no_key=True).select_related("owner")
    found = rows.filter(patient=patient, kind__in=alerts) if some_open else ()
    items = {WorkKind(item.kind): item for item in found}
    due_on = due_on or next_open_day(patient.clinic, local_date(now, patient.clinic.time_zone))
    taken = [item for item in items.values() if item.acknowledged_at is not None]
    if taken:
        WorkItem.objects.filter(pk__in=[item.pk for item in taken]).update(
            acknowledged_at=None, acknowledged_by=None, due_on=due_on, waits_since=now
        )
    missing = [kind for kind in alerts if kind not in items]
    made = WorkItem.objects.bulk_create(
        WorkItem(
            patient=patient,
            prescription=prescription,
            kind=kind,
            owner=owner,
            opened_at=now,
            waits_since=now,
            due_on=due_on,
        )
        for kind in missing
    )
    items |= dict(zip(missing, made, strict=True))
    WorkItemEntry.objects.bulk_create(
        WorkItemEntry(
            item=items[kind],
            at=now,
            what=what,
            due_on=due_on,
            session=about if isinstance(about, PracticeSession) else None,
            review=about if isinstance(about, Review) else None,
            emergency=about if isinstance(about, EmergencyReport) else None,
            message=about if isinstance(about, Message) else None,
            set_aside=about if isinstance(about, SetAside) else None,
        )
        for kind, whats in alerts.items()
        for what in whats
    )
    return items


@transaction.atomic
def acknowledge(*, item: WorkItem, by: User, now: dt.datetime, seen: int | None = None) -> bool:
    """`by` has seen it and takes care; the first one counts.

    `seen` is the id of the last entry that stood on their page: what has come since, or after `now`, is not
    taken and goes on asking. Gives whether all of it is taken.
    """
    rows = WorkItem.objects.open().select_for_update(of=("self",), no_key=True)
    if not list(rows.filter(pk=item.pk, acknowledged_at__isnull=True).values_list("pk")):
        return True
    entries = item.entries.filter(acknowledged_at__isnull=True)
    unseen = Q(at__gt=now) if seen is None else Q(at__gt=now) | Q(pk__gt=seen)
    since = entries.filter(unseen).aggregate(since=Min("at"))["since"]
    entries.exclude(unseen).update(acknowledged_at=now, acknowledged_by=by)
    found = WorkItem.objects.filter(pk=item.pk)
    if since is None:
        found.update(acknowledged_at=now, acknowledged_by=by)
    else:
        found.update(waits_since=since)
    audit.write(
        verb=Verb.ACKNOWLEDGED, obj=item, actor=by, clinic=item.patient.clinic, subject=item.patient, now=now
    )
    return since is None


@transaction.atomic
def hand_over_work(*, item: WorkItem, to: User, by: User, now: dt.datetime) -> None:
    """Give an item to a colleague, who has not seen it yet. What nobody had taken waits as long as before.

    Raises ValidationError if `to` does not treat in this clinic.
    """
    refuse_outsider(to, item.patient.clinic)
    if ask_anew(WorkItem.objects.open().filter(pk=item.pk), now=now, owner=to):
        audit.write(
            verb=Verb.HANDED_OVER,
            obj=item,
            actor=by,
            clinic=item.patient.clinic,
            subject=item.patient,
            now=now,
        )


def ask_anew(items: QuerySet[WorkItem], *, now: dt.datetime, **to: User) -> int:
    """Nobody has taken `items` any more, which go to `owner` where one is given: what was taken waits from
    now on, what nobody had taken as long as before. Gives how many there were; the caller writes the audit
    trail."""
    taken = When(acknowledged_at__isnull=False, then=Value(now))
    return items.update(
        acknowledged_at=None, acknowledged_by=None, waits_since=Case(taken, default=F("waits_since")), **to
    )


@transaction.atomic
def close_work(*, item: WorkItem, by: User, outcome: str, now: dt.datetime) -> None:
    """Close an item with what came of it. Raises ValidationError without an outcome."""
    outcome = outcome.strip()
    if not outcome:
        raise ValidationError({"outcome": ValidationError(_("Write what came of it."), code="required")})
    closed = WorkItem.objects.open().filter(pk=item.pk).update(closed_at=now, closed_by=by, outcome=outcome)
    if not closed:
        raise ValidationError(_("Somebody else has closed this already."), code="closed")
    audit.write(
        verb=Verb.CLOSED, obj=item, actor=by, clinic=item.patient.clinic, subject=item.patient, now=now
    )


def refuse_outsider(user: User, clinic: Clinic) -> None:
    """Raise ValidationError unless `user` treats or manages in `clinic`."""
    roles = Membership.objects.active().filter(user=user, clinic=clinic, role__in=HEALTH_ROLES)
    if not user.is_active or not roles.exists():
        raise ValidationError(_("Choose a physiotherapist of this clinic."), code="outsider")
