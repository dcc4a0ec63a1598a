"""The worklist's life: opened by events, acknowledged, handed over, closed with an outcome."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date, next_open_day
from clinic.models import Clinic, Membership, User
from clinic.scoping import HEALTH_ROLES
from patients.models import Patient, Prescription, WorkItem, WorkItemEntry
from patients.vocabulary import Alert, WorkKind


def open_work(
    *,
    kind: WorkKind,
    patient: Patient,
    prescription: Prescription | None,
    owner: User | None,
    entries: Iterable[tuple[Alert, Any]],
    now: dt.datetime,
) -> WorkItem:
    """Add `entries` (what happened, to which object) to the patient's open item of `kind`; make it if none.

    The caller holds a lock on the prescription, or is the only one who opens this kind for the patient.
    A new event on an acknowledged item asks for attention again.
    """
    item = WorkItem.objects.open().filter(patient=patient, kind=kind).first()
    if item is None:
        item = WorkItem.objects.create(
            patient=patient,
            prescription=prescription,
            kind=kind,
            owner=owner,
            opened_at=now,
            due_on=next_open_day(patient.clinic, local_date(now, patient.clinic.time_zone)),
        )
    elif item.acknowledged_at is not None:
        item.acknowledged_at = item.acknowledged_by = None
        item.save(update_fields=["acknowledged_at", "acknowledged_by"])
    WorkItemEntry.objects.bulk_create(
        WorkItemEntry(item=item, at=now, what=what, object_id=str(subject.pk)) for what, subject in entries
    )
    return item


@transaction.atomic
def acknowledge(*, item: WorkItem, by: User, now: dt.datetime) -> None:
    """`by` has seen it and takes care; the first one counts."""
    taken = WorkItem.objects.open().filter(pk=item.pk, acknowledged_at__isnull=True)
    if taken.update(acknowledged_at=now, acknowledged_by=by):
        audit.write(verb=Verb.ACKNOWLEDGED, obj=item, actor=by, clinic=item.patient.clinic, now=now)


@transaction.atomic
def hand_over_work(*, item: WorkItem, to: User, by: User, now: dt.datetime) -> None:
    """Give an item to a colleague. Raises ValidationError if `to` does not treat in this clinic."""
    refuse_outsider(to, item.patient.clinic)
    if WorkItem.objects.open().filter(pk=item.pk).update(owner=to):
        audit.write(verb=Verb.HANDED_OVER, obj=item, actor=by, clinic=item.patient.clinic, now=now)


@transaction.atomic
def close_work(*, item: WorkItem, by: User, outcome: str, now: dt.datetime) -> None:
    """Close an item with what came of it. Raises ValidationError without an outcome."""
    outcome = outcome.strip()
    if not outcome:
        raise ValidationError({"outcome": _("Write what came of it.")})
    closed = WorkItem.objects.open().filter(pk=item.pk).update(closed_at=now, closed_by=by, outcome=outcome)
    if not closed:
        raise ValidationError(_("Somebody else has closed this already."), code="closed")
    audit.write(verb=Verb.CLOSED, obj=item, actor=by, clinic=item.patient.clinic, now=now)


def refuse_outsider(user: User, clinic: Clinic) -> None:
    """Raise ValidationError unless `user` treats or manages in `clinic`."""
    roles = Membership.objects.active().filter(user=user, clinic=clinic, role__in=HEALTH_ROLES)
    if not user.is_active or not roles.exists():
        raise ValidationError(_("Choose a physiotherapist of this clinic."), code="outsider")
