"""A made-up patient's lines of the worklist, from what called a clinician: one open line of each kind at a
time, later events added to it, as patients.work keeps them."""

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from clinic.localtime import local_date
from patients.made_up.calling import Call
from patients.made_up.house import House
from patients.made_up.people import Person
from patients.made_up.rows import Rows
from patients.models import WorkItem, WorkItemEntry
from patients.vocabulary import WorkKind

OUTCOMES = {
    WorkKind.EMERGENCY: (
        "Seen in the clinic: nothing found.",
        "Sent to the emergency department.",
        "Called.",
    ),
    WorkKind.STOP: ("Called: it has calmed down.", "Resumed in an easier form.", "Seen in the clinic."),
    WorkKind.SKIPPED_FOR_PAIN: ("Spoke about it.", "Left out for a week."),
}


@dataclass
class _Open:
    """A line that is open, with what nobody has taken yet."""

    pk: int
    opened_at: dt.datetime
    prescription: int
    due_on: dt.date
    waits_since: dt.datetime
    taken_at: dt.datetime | None = None  # planned
    closed_at: dt.datetime | None = None
    outcome: str = ""
    closed_by: int | None = None
    untaken: list[tuple[Call, dt.date]] = field(default_factory=list)


class Worklist:
    def __init__(self, rows: Rows, house: House, person: Person) -> None:
        self.rows, self.house, self.person = rows, house, person

    def write(self, calls: Iterable[Call]) -> None:
        by_kind = sorted(calls, key=lambda one: (one.kind, one.at))
        for kind, of_kind in itertools.groupby(by_kind, key=attrgetter("kind")):
            self._write_kind(WorkKind(kind), list(of_kind))

    def _write_kind(self, kind: WorkKind, calls: list[Call]) -> None:
        line: _Open | None = None
        for call in calls:
            due_on = call.due_on or self.house.open_day(local_date(call.at, self.house.clinic.time_zone))
            if line is not None and line.closed_at is not None and line.closed_at <= call.at:
                self._close(kind, line)
                line = None
            if line is None:
                pk = self.rows.reserve(WorkItem)
                line = _Open(pk, call.at, call.prescription, due_on, call.at, closed_at=call.closed_at)
            elif line.taken_at is not None and line.taken_at <= call.at:
                self._take(line)  # and asks for attention again
                line.due_on, line.waits_since = due_on, call.at
            line.untaken.append((call, due_on))
            line.taken_at = min(filter(None, (line.taken_at, call.taken_at)), default=None)
            ends = (line.closed_at, call.closed_at)
            line.closed_at = max(filter(None, ends)) if all(ends) else None
            line.outcome, line.closed_by = call.outcome or line.outcome, call.closed_by or line.closed_by
        if line is not None:
            self._close(kind, line)

    def _take(self, line: _Open) -> None:
        """Whoever takes the line takes all that waits on it."""
        self._write_entries(line, line.taken_at)
        line.taken_at = None

    def _close(self, kind: WorkKind, line: _Open) -> None:
        """Write the line as it stands in the end, closed or open."""
        taken_at = line.taken_at
        if taken_at is not None and line.closed_at is not None and taken_at > line.closed_at:
            taken_at = None
        self._write_entries(line, taken_at)
        random = self.person.random
        is_open = line.closed_at is None
        outcome = line.outcome or random.choice(OUTCOMES.get(kind, ("Done.",)))
        owner = self.person.clinician
        if random.random() < 0.04:
            owner = random.choice(self.house.clinicians)  # handed over
        self.rows.put(
            WorkItem,
            line.pk,
            patient_id=self.person.pk,
            prescription_id=line.prescription,
            kind=kind,
            owner_id=owner,
            opened_at=line.opened_at,
            due_on=line.due_on,
            waits_since=line.waits_since,
            acknowledged_at=taken_at,
            acknowledged_by_id=self.person.clinician if taken_at else None,
            closed_at=line.closed_at,
            closed_by_id=None if is_open else line.closed_by or self.person.clinician,
            outcome="" if is_open else outcome,
        )

    def _write_entries(self, line: _Open, taken_at: dt.datetime | None) -> None:
        for call, due_on in line.untaken:
            for what in call.whats:
                self.rows.add(
                    WorkItemEntry,
                    item_id=line.pk,
                    at=call.at,
                    what=what,
                    due_on=due_on,
                    acknowledged_at=taken_at,
                    acknowledged_by_id=self.person.clinician if taken_at else None,
                    **call.about,
                )
        line.untaken = []
