"""Rows of tables before they are written: ids given here, one value for each column in the table's order.

A value is what the model would hold, but a JSON column holds its text, so that what many rows share is
turned into text once.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db.models import Field, JSONField, Model

Table = type[Model]


class Shape:
    """The columns of a table: where each stands, and what it holds where nothing is said."""

    def __init__(self, model: Table) -> None:
        self.fields: list[Field[Any, Any]] = list(model._meta.concrete_fields)
        self.columns = [str(field.column) for field in self.fields]
        self.place = {field.attname: place for place, field in enumerate(self.fields)}
        self.json = frozenset(
            place for place, field in enumerate(self.fields) if isinstance(field, JSONField)
        )
        self.key = self.place[str(model._meta.pk and model._meta.pk.attname)]
        self._defaults: list[Any] = [field.get_default() for field in self.fields]
        for place in self.json:
            self._defaults[place] = json.dumps(self._defaults[place])

    def row(self, values: dict[str, Any]) -> list[Any]:
        row, place, is_json = self._defaults.copy(), self.place, self.json
        for name, value in values.items():
            where = place[name]
            row[where] = value if where not in is_json or isinstance(value, str) else json.dumps(value)
        return row


class Rows:
    """What is to be written, by table. Ids count from 1: the tables are empty (year.refuse_foreign)."""

    def __init__(self) -> None:
        self.waiting: dict[Table, list[list[Any]]] = defaultdict(list)
        self.counts: dict[Table, int] = defaultdict(int)
        self.shapes: dict[Table, Shape] = {}

    def shape(self, model: Table) -> Shape:
        if model not in self.shapes:
            self.shapes[model] = Shape(model)
        return self.shapes[model]

    def add(self, model: Table, **values: Any) -> int:
        """One row by the names of its attributes (`clinic_id=1`); gives its id."""
        shape = self.shapes.get(model) or self.shape(model)
        self.counts[model] += 1
        row = shape.row(values)
        row[shape.key] = self.counts[model]
        self.waiting[model].append(row)
        return self.counts[model]

    def reserve(self, model: Table) -> int:
        """An id for a row that `put` brings later: others point at it, and not all of it is known yet."""
        self.counts[model] += 1
        return self.counts[model]

    def put(self, model: Table, pk: int, **values: Any) -> None:
        shape = self.shape(model)
        row = shape.row(values)
        row[shape.key] = pk
        self.waiting[model].append(row)

    def hand_over(self, write: Callable[[Table, Shape, list[list[Any]]], None], order: list[Table]) -> None:
        """Write what waits, table after table in `order`, and forget it. Each table must be in `order`."""
        for model in order:
            if rows := self.waiting.pop(model, []):
                write(model, self.shape(model), rows)
        if self.waiting:
            raise AssertionError(f"No place in the order for {sorted(one.__name__ for one in self.waiting)}.")
