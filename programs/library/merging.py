"""What a file says against what the row says: a field that was edited here is never overwritten.

A row's `loaded` keeps every value as it was last loaded. A field that still has that value belongs to the
files and follows them; one that differs was edited and stays.
"""

from dataclasses import dataclass, field
from typing import Any

from programs.library.doses import UNITS, set_unit, unit_of
from programs.models import Exercise, LadderForm, Program, ProgramItem

Row = Exercise | LadderForm | Program | ProgramItem

# In a parent's `loaded`: the forms or items that it was last loaded with. One that is on this list and has
# no row any more was removed here.
CHILDREN = "children"


@dataclass
class Merge:
    """What one merge did: names of fields that were updated, and of those kept as edited here."""

    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    noted: bool = False  # `loaded` has to be written, even where no field has

    def columns(self) -> set[str]:
        """The columns to be written."""
        written = {column for name in self.changed for column in UNITS.get(name, (name,))}
        if any(name in UNITS for name in self.changed):
            written.add("dose_sources")
        return written | {"loaded"} if written or self.noted else written


def merge(row: Row, wanted: dict[str, Any]) -> Merge:
    """Bring `wanted` into `row`, unsaved. A field never loaded before is free while it is at its default."""
    result = Merge()
    for name, value in wanted.items():
        if name == CHILDREN:
            result.noted |= row.loaded.get(name) != value
            row.loaded[name] = value
            continue
        current = _value(row, name)
        last = row.loaded.get(name, _default(row, name))
        if current != value and current != last:
            result.kept.append(name)
            continue
        if current != value:
            _set(row, name, value)
            result.changed.append(name)
        if name not in row.loaded or last != value:
            row.loaded[name] = value
            result.noted = True
    return result


def _value(row: Row, name: str) -> Any:
    return unit_of(row, name) if name in UNITS else getattr(row, name)  # type: ignore[arg-type]


def _set(row: Row, name: str, value: Any) -> None:
    if name in UNITS:
        set_unit(row, name, value)  # type: ignore[arg-type]
    else:
        setattr(row, name, value)


def _default(row: Row, name: str) -> Any:
    return {} if name in UNITS else row._meta.get_field(name).get_default()  # type: ignore[union-attr]
