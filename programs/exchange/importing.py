"""A table of exercises in: first what would become of each row, then, if somebody wants it so, for good."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import tablib
from django.db import transaction
from django.utils.text import capfirst

from clinic import audit
from clinic.models import Clinic, User
from programs.exchange.ownership import not_ours
from programs.exchange.resource import COLUMNS, TABLE_COLUMNS, ExerciseResource
from programs.models import Exercise
from programs.vocabulary import Status

NEW, CHANGED, SAME, WRONG, NOT_OURS = "new", "changed", "same", "wrong", "not_ours"
FATES = {"new": NEW, "update": CHANGED, "skip": SAME, "invalid": WRONG, "error": WRONG}


@dataclass(frozen=True)
class Fate:
    """What becomes of one row; `line` as a spreadsheet counts it, with the names of the columns as line 1."""

    line: int
    kind: str
    name: str
    changes: list[str]
    problems: list[str]


@dataclass(frozen=True)
class Plan:
    """What an import would do. Nobody reads the columns that are `unknown`; `drafts` were added as such."""

    fates: list[Fate]
    unknown: list[str]
    drafts: int = 0

    def of(self, kind: str) -> list[Fate]:
        return [fate for fate in self.fates if fate.kind == kind]


def plan_import(*, table: tablib.Dataset, clinic: Clinic | None) -> Plan:
    """What would become of every row of `table` among the exercises of `clinic`; nothing is written."""
    theirs = not_ours(table=table, clinic=clinic)
    result: Any = ExerciseResource(clinic).import_data(_without(table, theirs), dry_run=True)
    rows = iter(result.rows)
    fates = [
        Fate(number + 2, NOT_OURS, theirs[number].name_en, [], [])
        if number in theirs
        else _fate(number + 2, next(rows), table)
        for number in range(len(table))
    ]
    return Plan(fates, [header for header in table.headers or [] if header not in TABLE_COLUMNS])


@transaction.atomic
def import_table(*, table: tablib.Dataset, clinic: Clinic | None, by: User, now: dt.datetime) -> Plan:
    """Write the rows that are good, and leave out those that are not; all of them or, on a fault, none."""
    if clinic is not None:
        # Of two imports at once the second waits here, and then sees what the first has added.
        Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    plan = plan_import(table=table, clinic=clinic)
    good = tablib.Dataset(headers=table.headers)
    for fate, row in zip(plan.fates, table, strict=True):
        if fate.kind in (NEW, CHANGED):
            good.append(row)
    result: Any = ExerciseResource(clinic).import_data(good, raise_errors=True)
    for kind, verb in (("new", audit.Verb.ADDED), ("update", audit.Verb.CHANGED)):
        objs = [row.instance for row in result.rows if row.import_type == kind]
        if objs:
            audit.write_many(verb=verb, objs=objs, actor=by, clinic=clinic, now=now)
    added = [row.instance for row in result.rows if row.import_type == "new"]
    return replace(plan, drafts=sum(one.status == Status.DRAFT for one in added))


def _without(table: tablib.Dataset, left_out: Collection[int]) -> tablib.Dataset:
    """A copy, since the import adds a column of its own."""
    rows = [row for number, row in enumerate(table) if number not in left_out]
    return tablib.Dataset(*rows, headers=list(table.headers or []))


def _fate(line: int, row: Any, table: tablib.Dataset) -> Fate:
    kind = FATES[row.import_type]
    given = dict(zip(table.headers or [], table[line - 2], strict=True))
    name = str(given.get("name_en") or given.get("name_it") or given.get("key") or "")
    if kind == SAME or (kind == CHANGED and not name):
        name = row.instance.name_en
    changes = _changes(row.original, row.instance) if kind == CHANGED else []
    return Fate(line, kind, name, changes, _problems(row) if kind == WRONG else [])


def _changes(before: Exercise, after: Exercise) -> list[str]:
    return [_label(name) for name in COLUMNS if getattr(before, name) != getattr(after, name)]


def _problems(row: Any) -> list[str]:
    if row.validation_error is None:
        return [str(fault.error) for fault in row.errors]
    if not hasattr(row.validation_error, "error_dict"):
        return [str(message) for message in row.validation_error.messages]
    return [
        f"{_label(field)}: {message}" if field in COLUMNS else str(message)
        for field, messages in row.validation_error.message_dict.items()
        for message in messages
    ]


def _label(column: str) -> str:
    field: Any = Exercise._meta.get_field(column)
    return capfirst(str(field.verbose_name))
