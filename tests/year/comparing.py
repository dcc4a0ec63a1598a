"""Says where two computations of the same figures differ, one line a difference."""

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from tests.year import pages
from tests.year.slow_outcomes import SlowOutcomes, exercise_names, spread
from tests.year.slow_report import SlowRow

PHASES = {
    "": "",
    "acute": "Acute",
    "subacute": "Subacute",
    "persistent": "Persistent",
    "maintenance": "Maintenance",
}
DASH = "–"
Differences = list[str]


def file_row(row: SlowRow, *, clinic: str) -> pages.FileRow:
    """The line of an English file that the slow way expects."""
    cells = (
        *(row.family_name, row.given_name, row.birth_on.isoformat(), row.name_en or row.name_it),
        *(PHASES[row.phase], row.clinician_name, clinic, _said(row.day_number)),
        *(str(row.sessions_done), str(row.sessions_due), _said(row.sessions_percent), row.band.title()),
        *(_halves(row.halves_done), str(row.doses_due), _said(row.doses_percent)),
        "yes" if row.too_little else "",
        *(_said(row.last_session_on), _said(row.last_pain), str(row.open_items)),
    )
    return dict(zip(pages.COLUMNS, cells, strict=True))


def _said(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None else str(value)


def _halves(halves: int) -> str:
    return f"{halves / 2:g}" if halves % 2 else str(halves // 2)


def files(expected: Iterable[pages.FileRow], shown: Iterable[pages.FileRow]) -> Differences:
    """Line by line, whatever order they stand in; the same line twice must be there twice."""
    wanted, seen = _by_person(expected), _by_person(shown)
    found = []
    for person in sorted(wanted.keys() | seen.keys()):
        ours, theirs = wanted.get(person, []), seen.get(person, [])
        if len(ours) != len(theirs):
            found.append(f"{person}: {len(ours)} lines expected, {len(theirs)} in the file")
        for one, other in zip(ours, theirs, strict=False):
            found += mapping(", ".join(person), one, other)
    return found


def _by_person(rows: Iterable[pages.FileRow]) -> dict[tuple[str, ...], list[pages.FileRow]]:
    found: dict[tuple[str, ...], list[pages.FileRow]] = {}
    for row in rows:
        plain = {**row, "Exercises done": _number(row["Exercises done"])}
        found.setdefault((row["Surname"], row["First name"], row["Date of birth"]), []).append(plain)
    for group in found.values():
        group.sort(key=lambda row: list(row.values()))
    return found


def _number(text: str) -> str:
    """ "7.0" and "7" are the same number."""
    return str(Fraction(text)) if text else ""


def mapping(where: str, expected: Mapping[str, Any], shown: Mapping[str, Any]) -> Differences:
    """Of everything that is expected; what is shown besides is no difference."""
    found = []
    for name, wanted in expected.items():
        if isinstance(wanted, Mapping):
            found += mapping(f"{where}, {name}", wanted, shown.get(name, {}))
        elif shown.get(name) != wanted:
            found.append(f"{where}, {name} is {shown.get(name)!r}, and {wanted!r} by the slow way")
    return found


def page_row(row: SlowRow) -> dict[str, Any]:
    """What `pages.report` must give for it. A line is drawn from two weeks on that say something."""
    said = [one for one in row.trend if one is not None]
    return {
        "sessions": (Fraction(row.sessions_done), row.sessions_due, row.sessions_percent, row.band),
        "doses": (Fraction(row.halves_done, 2), row.doses_due, row.doses_percent),
        "last_session_on": row.last_session_on,
        "trend": row.trend if len(said) > 1 else (),
        "cells": _cells(row),
    }


def _cells(row: SlowRow) -> dict[str, str]:
    """The words that stand in its cells; a dash where there is nothing to say."""
    sessions = _rate(str(row.sessions_done), row.sessions_due, row.sessions_percent)
    if row.band:
        sessions += f" {row.band.title()}"
    if row.too_little:
        sessions += " too little to judge"
    last = row.last_session_on
    return {
        "Patient": f"{row.family_name}, {row.given_name}",
        "Programme": row.name_en or row.name_it,
        "Day": str(row.day_number or DASH),
        "Sessions": sessions,
        "Last session": f"{last:%a} {last.day} {last:%b}" if last else DASH,
        "Last pain after": DASH if row.last_pain is None else str(row.last_pain),
        "Open": str(row.open_items or DASH),
    }


def _rate(done: str, due: int, percent: int | None) -> str:
    return DASH if percent is None else f"{done} of {due} ({percent} %)"


def outcomes(expected: SlowOutcomes, shown: pages.OutcomesShown, *, where: str = "") -> Differences:
    found = mapping(f"{where}counts", expected.counts, shown.counts)
    if shown.levels:
        found += mapping(f"{where}levels", expected.levels, shown.levels)
        if sum(shown.levels.values()) != expected.levels.total():
            found.append(f"{where}levels: {shown.levels}")
    spreads = {name: _quartiles(numbers) for name, numbers in expected.spreads.items()}
    found += mapping(f"{where}medians", spreads, shown.spreads)
    programs = {row["pk_of"]: row for row in shown.programs}
    if programs.keys() != expected.programs.keys():
        found.append(f"{where}programmes: {list(programs)}, and {list(expected.programs)} by the slow way")
    for pk, tally in expected.programs.items():
        row = programs.get(pk, {})
        columns: dict[str, Any] = {name: tally[name.removeprefix("helped_")] for name in PROGRAM_COLUMNS}
        medians = {name: _quartiles(expected.of_program[pk, name]) for name in row.get("spreads", {})}
        found += mapping(f"{where}programme {pk}", columns | {"spreads": medians}, row)
    return found + _exercises(expected, shown, where)


def _quartiles(numbers: list[int]) -> pages.Spread:
    slow = spread(numbers)
    return (slow.count, slow.median, slow.low, slow.high)


PROGRAM_COLUMNS = ("reviews", "helped_useful", "helped_partly", "helped_not", "helped_unsaid")
EXERCISE_COLUMNS = ("told", "stopped", "skipped")
REASONS = {"no_time", "unsure", "feels_well", "pain", "other"}  # why it was skipped, where that is shown


def _exercises(expected: SlowOutcomes, shown: pages.OutcomesShown, where: str) -> Differences:
    """Shown are some: those that were stopped most, of these those that were skipped most."""
    found: Differences = []
    names = exercise_names(expected.exercises)
    for row in shown.exercises:
        tally = expected.exercises[row["pk_of"]]
        columns = {name: tally[name] for name in (*EXERCISE_COLUMNS, *(REASONS & row.keys()))}
        found += mapping(f"{where}exercise {row['pk_of']}", columns, row)
        if row["name"] != names.get(row["pk_of"]):
            found.append(f"{where}exercise {row['pk_of']} is called {row['name']}")
    ranks = [(row["stopped"], row["skipped"]) for row in shown.exercises]
    if ranks != sorted(ranks, reverse=True):
        found.append(f"{where}exercises stand in another order: {ranks}")
    seen = {row["pk_of"] for row in shown.exercises}
    left_out = [
        (tally["stopped"], tally["skipped"]) for pk, tally in expected.exercises.items() if pk not in seen
    ]
    if any(rank > min(ranks, default=(0, 0)) for rank in left_out):
        found.append(f"{where}an exercise is left out that was stopped or skipped more: {max(left_out)}")
    return found
