"""Entries of a free-exercise-db file: their types checked, their texts folded, and those that are wanted."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from programs.importing.reading import NotImportable

# PostgreSQL stores no NUL and neither database half a surrogate; the others are broken text all the same.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Rejected(Exception):
    """Why one entry is not imported, in a few words."""


@dataclass(frozen=True)
class Entry:
    """One entry; `number` is its place in the file, from 1. What it does not say is empty."""

    number: int
    id: str
    name: str
    category: str
    equipment: str
    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    steps: tuple[str, ...]

    @property
    def muscles(self) -> set[str]:
        return {muscle.casefold() for muscle in (*self.primary, *self.secondary)}


def read_entry(number: int, data: Mapping[str, object]) -> Entry:
    """The entry that `data` says. Raises Rejected where a field is of the wrong type."""
    return Entry(
        number=number,
        id=_text(data, "id"),
        name=_text(data, "name"),
        category=_text(data, "category").casefold(),
        equipment=_text(data, "equipment"),
        primary=_texts(data, "primaryMuscles"),
        secondary=_texts(data, "secondaryMuscles"),
        steps=_texts(data, "instructions"),
    )


def chosen(entries: Collection[Entry], *, categories: Iterable[str], muscles: Iterable[str]) -> list[Entry]:
    """Those of one of the `categories` that name one of the `muscles`; none given: of any, capitals ignored.

    Raises NotImportable for a category or muscle that no entry has: a typing error would import nothing.
    """
    wanted = _known("category", categories, {entry.category for entry in entries})
    named = _known("muscle", muscles, {muscle for entry in entries for muscle in entry.muscles})
    return [
        entry
        for entry in entries
        if (not wanted or entry.category in wanted) and (not named or named & entry.muscles)
    ]


def _known(what: str, asked: Iterable[str], found: set[str]) -> set[str]:
    values = {one_line(value).casefold() for value in asked}
    known = sorted(found - {""})
    for value in sorted(values.difference(known)):
        raise NotImportable(f'No entry has the {what} "{value}". Known: {", ".join(known) or "none"}.')
    return values


def one_line(text: str) -> str:
    """`text` with single spaces in the place of line breaks, tabs and double spaces."""
    return " ".join(text.split())


def _text(data: Mapping[str, object], field: str) -> str:
    value = data.get(field)
    return "" if value is None else _folded(value, field)


def _texts(data: Mapping[str, object], field: str) -> tuple[str, ...]:
    values = data.get(field)
    if values is None:
        return ()
    if not isinstance(values, list):
        raise Rejected(f"{field}: must be a list")
    return tuple(filter(None, (_folded(value, field) for value in values)))


def _folded(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise Rejected(f"{field}: must be text")
    line = one_line(value)
    if UNPRINTABLE.search(line):
        raise Rejected(f"{field}: has characters that cannot be shown")
    return line
