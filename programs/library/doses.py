"""The dose of a library file, as units that are loaded, and kept when edited, together with their sources.

A unit is what must agree: the two ends of a range, a hold and how it grows. To load one end of a range
beside another that a clinic has edited could ask for "20 to 15 seconds".
"""

from typing import Any

from programs.library.nodes import Node
from programs.models import Dose

UNITS: dict[str, tuple[str, ...]] = {
    "dose.sets": ("sets",),
    "dose.reps": ("reps", "reps_most"),
    "dose.hold": ("hold_s", "hold_most_s", "hold_step_s", "hold_until_s"),
    "dose.rest": ("rest_s",),
}
# What a file may name, and the column of the upper end where it can be a range.
FIGURES = {
    "sets": "",
    "reps": "reps_most",
    "hold_s": "hold_most_s",
    "rest_s": "",
    "hold_step_s": "",
    "hold_until_s": "",
}
SOURCES = ("text", "default")  # a clinician's figure never comes from a file

Unit = dict[str, list[Any]]  # figure: [value, source]


def read_dose(node: Node) -> dict[str, Unit]:
    """Every unit with the figures that the file gives; what is not given is not in it, and never zero."""
    figures: Unit = {}
    for name, figure in node.fields(maybe=tuple(FIGURES)).items():
        most = FIGURES[name]
        given = figure.fields("least", "source", maybe=("most", "most_source") if most else ())
        figures[name] = [given["least"].whole(), _source(given["source"])]
        if "most" in given or "most_source" in given:
            given = figure.fields("least", "source", "most", "most_source")
            figures[most] = [given["most"].whole(), _source(given["most_source"])]
    if ("hold_step_s" in figures) != ("hold_until_s" in figures):
        node.fail("hold_step_s and hold_until_s belong together")
    return {unit: {name: figures[name] for name in names if name in figures} for unit, names in UNITS.items()}


def _source(node: Node) -> str:
    source = node.text()
    if source not in SOURCES:
        node.fail(f"expected one of {', '.join(SOURCES)}")
    return source


def to_columns(values: dict[str, Any]) -> dict[str, Any]:
    """`values` with the units spread into the columns of a Dose."""
    columns: dict[str, Any] = {name: value for name, value in values.items() if name not in UNITS}
    figures = {name: pair for unit in UNITS for name, pair in values.get(unit, {}).items()}
    columns |= {name: value for name, (value, _) in figures.items()}
    return columns | {"dose_sources": {name: source for name, (_, source) in figures.items()}}


def unit_of(row: Dose, unit: str) -> Unit:
    """What `row` says now."""
    given = ((name, getattr(row, name)) for name in UNITS[unit])
    return {name: [value, row.dose_sources.get(name)] for name, value in given if value is not None}


def set_unit(row: Dose, unit: str, wanted: Unit) -> None:
    """Write `wanted` and its sources; figures of the unit that it does not give become "not given"."""
    sources = {name: source for name, source in row.dose_sources.items() if name not in UNITS[unit]}
    for name in UNITS[unit]:
        setattr(row, name, wanted[name][0] if name in wanted else None)
    row.dose_sources = sources | {name: source for name, (_, source) in wanted.items()}
