"""Adding events to the worklist where nobody holds the patient: from a worker, or of many at once.

`patients.work.open_work` wants a lock on the patient or the prescription. A worker that says what became of
a mail has neither, and must not wait for one while it holds the notice. Here the database's own constraint
(one open item per patient and kind) decides who makes the item; the other one adds to it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Max

from clinic.localtime import local_date, next_open_day
from clinic.models import Clinic
from patients.models import (
    Message,
    Patient,
    Prescription,
    PrescriptionVersion,
    Review,
    WorkItem,
    WorkItemEntry,
)
from patients.vocabulary import Alert, WorkKind

About = Message | PrescriptionVersion | Review
FIELDS: dict[type, str] = {Message: "message", PrescriptionVersion: "version", Review: "review"}


@dataclass(frozen=True)
class Event:
    """What happened to whom. The item is of `prescription` and its clinician's.

    It is about an object, or a silence since the local date `quiet_since`, or neither.
    """

    patient: Patient
    prescription: Prescription | None
    about: About | None = None
    quiet_since: dt.date | None = None

    def fields(self) -> dict[str, Any]:
        """What its entry says of it."""
        about = {} if self.about is None else {FIELDS[type(self.about)]: self.about}
        return {**about, "quiet_since": self.quiet_since}


@transaction.atomic
def add_lines(*, kind: WorkKind, what: Alert, events: Iterable[Event], now: dt.datetime) -> int:
    """Add each event to the open item of its patient, or make one; gives how many events were new.

    An event of the same `what` about the same object, or the same silence, is added once, ever. A new one
    asks for attention again where the item was acknowledged. As many statements for each clinic, however many
    patients there are.
    """
    new = sorted(_unknown(what, list(events)), key=lambda one: (one.patient.clinic_id, one.patient.pk))
    added = 0
    for _clinic_id, group in groupby(new, key=lambda one: one.patient.clinic_id):
        added += _add(kind, what, list(group), now=now)
    return added


def _add(kind: WorkKind, what: Alert, events: list[Event], *, now: dt.datetime) -> int:
    clinic: Clinic = events[0].patient.clinic
    due_on = next_open_day(clinic, local_date(now, clinic.time_zone))
    items = _open_items(kind, events, due_on=due_on, now=now)
    new = _unknown(what, events)
    taken = {items[one.patient.pk].pk for one in new if items[one.patient.pk].acknowledged_at is not None}
    if taken:
        WorkItem.objects.filter(pk__in=taken).update(
            acknowledged_at=None, acknowledged_by=None, due_on=due_on, waits_since=now
        )
    WorkItemEntry.objects.bulk_create(
        WorkItemEntry(item=items[one.patient.pk], at=now, what=what, due_on=due_on, **one.fields())
        for one in new
    )
    return len(new)


def _open_items(
    kind: WorkKind, events: list[Event], *, due_on: dt.date, now: dt.datetime
) -> dict[int, WorkItem]:
    """The open item of each patient, locked; made where there is none."""
    items: dict[int, WorkItem] = {}
    while waiting := {one.patient.pk: one for one in events if one.patient.pk not in items}:
        open_items = WorkItem.objects.open().filter(kind=kind, patient__in=waiting)
        there = set(open_items.values_list("patient", flat=True))
        made = [_item(kind, one, due_on=due_on, now=now) for pk, one in waiting.items() if pk not in there]
        # A second one that makes the same waits here until the first is through, and then adds to it.
        WorkItem.objects.bulk_create(made, ignore_conflicts=True)
        # One that a colleague closed while we waited for it is not among them: then there is a new one.
        rows = open_items.select_for_update(of=("self",), no_key=True).order_by("patient")
        items |= {item.patient_id: item for item in rows}
    return items


def _item(kind: WorkKind, event: Event, *, due_on: dt.date, now: dt.datetime) -> WorkItem:
    prescription = event.prescription
    return WorkItem(
        patient=event.patient,
        prescription=prescription,
        kind=kind,
        owner=prescription.clinician if prescription else None,
        opened_at=now,
        waits_since=now,
        due_on=due_on,
    )


def _unknown(what: Alert, events: Sequence[Event]) -> list[Event]:
    """Those of which no item, open or closed, has an entry yet; what is about no object is always new."""
    abouts = [one.about for one in events if one.about is not None]
    known: set[tuple[type, int]] = set()
    for model in {type(about) for about in abouts}:
        field = FIELDS[model]
        entries = WorkItemEntry.objects.filter(
            what=what, **{f"{field}__in": [about.pk for about in abouts if type(about) is model]}
        )
        known |= {(model, pk) for pk in entries.values_list(field, flat=True)}
    told = _silences_told(what, [one for one in events if one.quiet_since is not None])
    return [
        one
        for one in events
        if (one.about is None or (type(one.about), one.about.pk) not in known)
        and (one.quiet_since is None or one.patient.pk not in told or one.quiet_since > told[one.patient.pk])
    ]


def _silences_told(what: Alert, events: Sequence[Event]) -> dict[int, dt.date]:
    """The latest silence that stood on the list, by patient. Not the same date alone: a day that was excused
    is not heard of any more where staff pause it later, and the silence was told all the same."""
    if not events:
        return {}
    entries = WorkItemEntry.objects.filter(what=what, item__patient__in=[one.patient.pk for one in events])
    rows = entries.order_by().values("item__patient").annotate(latest=Max("quiet_since"))
    return dict(rows.values_list("item__patient", "latest"))
