"""The rows of the worklist, each with what one needs to know and to do: a constant number of queries."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.localtime import local_date
from clinic.models import User
from clinic.scoping import clinics_of
from patients.asking import work_kind
from patients.clinic_pages.forms.work import CloseForm, HandOverForm, colleagues
from patients.clinic_pages.message_rows import MessageRow, shown
from patients.clinic_pages.quiet_rows import since_then
from patients.clinic_pages.scope import CLINICIANS
from patients.clinic_pages.told_sessions import ToldSession, told_aside
from patients.models import (
    EmergencyReport,
    ExerciseStop,
    Message,
    PrescribedExercise,
    Review,
    SetAside,
    StepRequest,
    WorkItem,
    WorkItemEntry,
)
from patients.vocabulary import EmergencySign, WorkKind

ENTRIES_SHOWN = 3
LEVELS = {WorkKind.EMERGENCY: "urgent", WorkKind.STOP: "soon"}
ICONS = {
    WorkKind.EMERGENCY: "urgent",
    WorkKind.STOP: "stop",
    WorkKind.REVIEW: "flag",
    WorkKind.SKIPPED_FOR_PAIN: "skipped",
    WorkKind.SILENT: "not_recorded",
    WorkKind.NOT_STARTED: "play",
    WorkKind.QUESTION: "mail",
    WorkKind.WISH: "calendar",
    WorkKind.CALL: "phone",
    WorkKind.ADDRESS: "mail",
    WorkKind.SET_ASIDE: "clock",
    WorkKind.PROGRESSION: "up",
}
TO_CALL = {WorkKind.CALL, WorkKind.ADDRESS, WorkKind.SILENT, WorkKind.NOT_STARTED}
PARTS = {WorkKind.EMERGENCY: "#emergency", WorkKind.REVIEW: "#review", WorkKind.PROGRESSION: "#steps"}


@dataclass(frozen=True)
class Row:
    item: WorkItem
    overdue: bool
    zone: str
    entries: list[WorkItemEntry]
    earlier: int
    seen: str  # the id of the last entry, "" where there is none
    stopped: list[PrescribedExercise]
    signs: list[str]
    link: str
    messages: list[MessageRow]  # what waits for an answer
    aside: list[tuple[SetAside, ToldSession]]  # what arrived and could not be recorded
    since: list[str]  # what has become of a silence
    closes_elsewhere: bool  # a review is signed, an emergency sign cleared, a next step answered
    close: CloseForm
    hand_over: HandOverForm
    opened: str = field(default="")  # which of the two forms was sent and has to be mended

    @property
    def level(self) -> str:
        return LEVELS.get(WorkKind(self.item.kind), "soon" if self.overdue else "")

    @property
    def elsewhere(self) -> str:
        """Where it is closed: a part of the page that `link` leads to."""
        return self.link + PARTS.get(WorkKind(self.item.kind), "")

    @property
    def calls(self) -> bool:
        """Whether somebody is to call: then the number stands there."""
        return self.item.kind in TO_CALL

    @property
    def icon(self) -> str:
        return ICONS[WorkKind(self.item.kind)]


def with_what_a_row_shows(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    joined = items.select_related("patient__clinic", "owner", "acknowledged_by")
    return joined.prefetch_related("entries__session")


def rows_of(
    items: Iterable[WorkItem], *, bound: dict[tuple[int, str], Any], by: User, now: dt.datetime
) -> list[Row]:
    """Rows for `items`, read as `with_what_a_row_shows` says, as `by` sees them; `bound` holds the form that
    was refused, by item and name."""
    chosen: list[Any] = list(items)
    stopped = stopped_exercises({item.prescription_id for item in chosen if item.kind == WorkKind.STOP})
    signs = _signs(_about(chosen, WorkKind.EMERGENCY))
    elsewhere: dict[WorkKind, Collection[int]] = {
        WorkKind.EMERGENCY: signs,
        WorkKind.REVIEW: _unsigned(_about(chosen, WorkKind.REVIEW)),
        WorkKind.PROGRESSION: _unanswered(_about(chosen, WorkKind.PROGRESSION)),
    }
    messages = _messages(chosen, by=by)
    aside = _aside(chosen)
    since = since_then(chosen, now=now)
    takers = colleagues({item.patient.clinic_id for item in chosen})
    rows = []
    for item in chosen:
        entries = sorted(item.entries.all(), key=lambda entry: entry.at, reverse=True)
        sent = next((name for pk, name in bound if pk == item.pk), "")
        others = [user for user in takers[item.patient.clinic_id] if user.pk != item.owner_id]
        rows.append(
            Row(
                item=item,
                overdue=item.due_on < local_date(now, item.patient.clinic.time_zone),
                zone=item.patient.clinic.time_zone,
                entries=entries[:ENTRIES_SHOWN],
                seen=str(max((entry.pk for entry in entries), default="")),
                earlier=max(len(entries) - ENTRIES_SHOWN, 0),
                stopped=stopped.get(item.prescription_id, []) if item.kind == WorkKind.STOP else [],
                signs=signs.get(item.patient_id, []) if item.kind == WorkKind.EMERGENCY else [],
                link=_link(item),
                messages=messages.get((item.patient_id, item.kind), []),
                aside=aside.get(item.pk, []),
                since=since.get(item.pk, []),
                closes_elsewhere=item.patient_id in elsewhere.get(WorkKind(item.kind), ()),
                close=bound.get((item.pk, "close")) or _close(item, since.get(item.pk, [])),
                hand_over=bound.get((item.pk, "hand_over")) or HandOverForm(users=others, item=item),
                opened=sent,
            )
        )
    return rows


def _close(item: WorkItem, since: list[str]) -> CloseForm:
    """What usually comes of a call stands there already, and what has become of a silence."""
    usual = _("Told on the phone.") if item.kind == WorkKind.CALL else " ".join(since)
    return CloseForm(initial={"outcome": usual}, auto_id=f"close-{item.pk}-%s")


def stopped_exercises(prescription_ids: Iterable[int | None]) -> dict[int, list[PrescribedExercise]]:
    """The exercises that are off for pain, as they were prescribed last, by prescription: two queries."""
    standing = ExerciseStop.objects.standing().filter(prescription__in=prescription_ids)
    lines: dict[uuid.UUID, int] = dict(standing.values_list("line", "prescription_id"))
    newest: dict[uuid.UUID, PrescribedExercise] = {}
    prescribed = PrescribedExercise.objects.filter(
        line__in=list(lines), version__prescription__in=set(lines.values())
    )
    for exercise in prescribed.order_by("version__number", "position"):
        newest[exercise.line] = exercise
    found: dict[int, list[PrescribedExercise]] = defaultdict(list)
    for line, exercise in newest.items():
        found[lines[line]].append(exercise)
    return found


def _signs(patient_ids: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for report in EmergencyReport.objects.uncleared().filter(patient__in=patient_ids):
        found[report.patient_id] += [str(EmergencySign(sign).label) for sign in report.signs]
    return found


def _unsigned(patient_ids: Iterable[int]) -> set[int]:
    """Whose review waits for a signature."""
    reviews = Review.objects.unsigned().filter(prescription__patient__in=patient_ids)
    return set(reviews.values_list("prescription__patient", flat=True))


def _unanswered(patient_ids: Iterable[int]) -> set[int]:
    """Whose next step waits for a word."""
    requests = StepRequest.objects.waiting().filter(prescription__patient__in=patient_ids)
    return set(requests.values_list("prescription__patient", flat=True))


def _messages(items: Iterable[Any], *, by: User) -> dict[tuple[int, str], list[MessageRow]]:
    """What waits for an answer, by patient and kind of item: two queries."""
    kinds = (WorkKind.QUESTION, WorkKind.WISH)
    patients = {item.patient_id for item in items if item.kind in kinds}
    treats = set(clinics_of(by, CLINICIANS).values_list("clinic_id", flat=True))
    waiting = Message.objects.visible_to_staff(by).waiting().filter(patient__in=patients)
    found: dict[tuple[int, str], list[MessageRow]] = defaultdict(list)
    for message in waiting.select_related("patient").order_by("asked_at", "pk"):
        row = shown(message, treats=message.patient.clinic_id in treats)
        found[message.patient_id, work_kind(message.kind)].append(row)
    return found


def _aside(items: Iterable[WorkItem]) -> dict[int, list[tuple[SetAside, ToldSession]]]:
    """What arrived and could not be recorded, by item: two queries, none where there is no such item."""
    ids = [item.pk for item in items if item.kind == WorkKind.SET_ASIDE]
    entries = WorkItemEntry.objects.filter(item__in=ids).select_related("set_aside").order_by("at", "pk")
    found: dict[int, list[tuple[SetAside, ToldSession]]] = defaultdict(list)
    if ids:
        rows = [(entry.item_id, entry.set_aside) for entry in entries if entry.set_aside is not None]
        for (item, kept), told in zip(rows, told_aside([kept for _item, kept in rows]), strict=True):
            found[item].append((kept, told))
    return found


def _about(items: Iterable[Any], kind: WorkKind) -> set[int]:
    return {item.patient_id for item in items if item.kind == kind}


def _link(item: WorkItem) -> str:
    """Where one goes to see more: the report of the programme, or the patient."""
    if item.kind in {WorkKind.EMERGENCY, WorkKind.ADDRESS} or item.prescription_id is None:
        return reverse("admin:patient", args=[item.patient_id])
    return reverse("admin:prescription_report", args=[item.prescription_id])
