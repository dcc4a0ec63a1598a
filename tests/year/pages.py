"""What the clinic's reports show, read as a user does: the one place that knows how they are made."""

import csv
import datetime as dt
import html
import io
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import tablib
from django.test import Client
from django.urls import reverse

REPORTS, OUTCOMES = "admin:reports", "admin:outcomes"
# What of a file is compared with the slow way, by the names of its columns.
COLUMNS = (
    *("Surname", "First name", "Date of birth", "Programme", "Phase", "Physiotherapist", "Clinic", "Day"),
    *("Sessions done", "Sessions due", "Sessions (%)", "Band"),
    *("Exercises done", "Exercises due", "Exercises (%)", "Too little to judge"),
    *("Last session", "Last pain after", "Open"),
)
FileRow = dict[str, str]
Spread = tuple[int, Fraction | None, Fraction | None, Fraction | None]  # how many, median, quartiles


@dataclass(frozen=True)
class Shown:
    """One page of the adherence report. `rows` are its programmes in order, with what stands beside them."""

    total: int
    bands: dict[str, int]
    pages: int
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class OutcomesShown:
    """Counts by key; median, quartiles and number of each spread; the tables by id. `levels` is how often
    each level of pain was said, where the page shows it."""

    counts: dict[str, int]
    levels: dict[str, int]
    spreads: dict[str, Spread]
    programs: list[dict[str, Any]]
    exercises: list[dict[str, Any]]


def report(client: Client, **asked: Any) -> Shown:
    answer = _get(client, reverse(REPORTS), asked)
    context = answer.context
    page = context["rows"]
    cells = _cells(answer.content.decode()) if page.object_list else []
    return Shown(
        total=context["total"],
        bands={str(band): count for band, _name, count in context["with_bands"]},
        pages=page.paginator.num_pages,
        rows=[_row(row) | {"cells": read} for row, read in zip(page.object_list, cells, strict=True)],
    )


def _cells(source: str) -> list[dict[str, str]]:
    """The words of each row of the table, by the labels that its cells have on a phone."""
    body = source.split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    return [
        {"Patient": _words(re.search(r"<th\b.*?</th>", row, re.DOTALL))}
        | {
            label: _words(cell)
            for cell in re.finditer(r"<td\b[^>]*>.*?</td>", row, re.DOTALL)
            for label in re.findall(r'data-label="([^"]*)"', cell[0])
        }
        for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL)
    ]


def _words(found: re.Match[str] | None) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", found[0])).split()) if found else ""


def _row(row: Any) -> dict[str, Any]:
    sessions, doses = row.sessions_rate, row.doses_rate
    return {
        "pk": row.prescription.pk,
        "sessions": (Fraction(str(sessions.done)), sessions.due, sessions.percent, str(sessions.band or "")),
        "doses": (Fraction(str(doses.done)), doses.due, doses.percent),
        "last_session_on": row.last_session_on,
        "trend": _percentages(row.trend.words) if row.trend else (),
    }


def _percentages(words: str) -> tuple[int | None, ...]:
    """ "100 %, –, 83 %"."""
    return tuple(int(one.removesuffix("%")) if "%" in one else None for one in words.split(", "))


def csv_rows(client: Client, **asked: Any) -> list[FileRow]:
    text = _file(client, "csv", asked).decode("utf-8-sig")
    return _until_the_gap([dict(row) for row in csv.DictReader(io.StringIO(text, newline=""))])


def xlsx_rows(client: Client, **asked: Any) -> list[FileRow]:
    table = tablib.Dataset().load(_file(client, "xlsx", asked), format="xlsx")
    rows = [dict(zip(table.headers, row, strict=True)) for row in table]
    return _until_the_gap(
        [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in rows]
    )


def _file(client: Client, kind: str, asked: dict[str, Any]) -> bytes:
    answer = _get(client, reverse("admin:reports_file", args=[kind]), asked)
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def _until_the_gap(rows: list[FileRow]) -> list[FileRow]:
    """Without the definitions, which stand below an empty row."""
    kept = []
    for row in rows:
        if not any(row.values()):
            break
        kept.append({name: row[name] for name in COLUMNS})
    return kept


def outcomes(client: Client, **asked: Any) -> OutcomesShown:
    context = _get(client, reverse(OUTCOMES), asked).context
    found = context["found"]
    return OutcomesShown(
        counts=dict(found.counts),
        spreads={
            name: _spread(getattr(found, name)) for name in ("days_to_sign", "adherence", "pain_change")
        },
        levels=dict(getattr(found, "levels", {})),
        programs=[_with_spreads(row) for row in context["programs"]],
        exercises=list(context["exercises"]),
    )


def _with_spreads(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "spreads": {one.name: _spread(one.spread) for one in row.get("medians", [])}}


def _spread(shown: Any) -> Spread:
    exact = [None if one is None else Fraction(one) for one in (shown.median, shown.low, shown.high)]
    return (shown.count, exact[0], exact[1], exact[2])


def behind(client: Client, key: str, **asked: Any) -> list[tuple[int, int]]:
    """Who is in a figure's list, over all its pages: the programme and its review's number (an end: 0)."""
    address, found, page, pages = reverse("admin:outcomes_behind", args=[key]), [], 1, 1
    while page <= pages:
        context = _get(client, address, {**asked, "page": page}).context
        pages = context["rows"].paginator.num_pages
        found += [_who(row) for row in context["rows"].object_list]
        page += 1
    return found


def _who(row: Any) -> tuple[int, int]:
    return (row.prescription_id, row.number) if hasattr(row, "reached_on") else (row.pk, 0)


def _get(client: Client, address: str, asked: dict[str, Any]) -> Any:
    given = {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in asked.items()
        if value is not None
    }
    answer = client.get(address, given)
    assert answer.status_code == 200, f"{address} {given}: {answer.status_code}"
    return answer
