"""The whole comparison for one clinic: the slow way once, then every page and file against it."""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from tests.year import comparing, pages
from tests.year.comparing import Differences
from tests.year.rows import lives
from tests.year.slow_outcomes import KEYS, Asked, Reviews, SlowOutcomes, count
from tests.year.slow_report import EVERY_DATE, SORTS, Dates, SlowRow, bands, rows_of

ROWS_A_PAGE = 50


@dataclass
class Slow:
    """What the slow way says of one clinic, and how many seconds it took."""

    clinic: str
    rows: dict[Dates, list[SlowRow]]
    outcomes: dict[Asked, SlowOutcomes]
    programmes: int = 0
    sessions: int = 0
    seconds: float = 0.0


@dataclass
class Compared:
    """Where they differ, and how many figures of which kind were compared."""

    differences: Differences = field(default_factory=list)
    figures: Counter = field(default_factory=Counter)

    def add(self, what: str, figures: int, differences: Iterable[str]) -> None:
        self.figures[what] += figures
        self.differences += [f"{what}: {words}" for words in differences]

    def same(self, what: str, where: str, expected: Any, shown: Any) -> None:
        wrong = [f"{where} is {shown!r}, and {expected!r} by the slow way"] if expected != shown else []
        self.add(what, 1, wrong)


def work_out(
    *,
    clinic: int,
    name: str,
    now: dt.datetime,
    dates: Iterable[Dates],
    asked: Iterable[Asked],
    today: dt.date,
) -> Slow:
    """One pass over all rows. `today` is the clinic's date."""
    began = time.monotonic()
    found = Slow(name, {one: [] for one in dates}, {one: SlowOutcomes() for one in asked})
    reviews = Reviews()
    for life in lives(clinic=clinic):
        found.programmes += 1
        found.sessions += len(life.sessions)
        if life.prescription["status"] == "active":
            for narrowed, row in zip(found.rows, rows_of(life, now=now, dates=found.rows), strict=True):
                found.rows[narrowed].append(row)
        for one, outcomes in found.outcomes.items():
            count(outcomes, life, one, reviews, today=today)
    found.seconds = time.monotonic() - began
    return found


# --- Adherence --------------------------------------------------------------------------------------
def compare_report(
    compared: Compared,
    slow: Slow,
    client: Client,
    *,
    dates: Dates = EVERY_DATE,
    kind: str = "csv",
    chosen: dict[str, Any] | None = None,
) -> None:
    """The file, and the totals above the first page, with `chosen` filters."""
    asked = {"first": dates[0], "last": dates[1], **(chosen or {})}
    rows = [row for row in slow.rows[dates] if _is_chosen(row, chosen or {})]
    what = "file" if kind == "csv" else kind
    read = pages.csv_rows if kind == "csv" else pages.xlsx_rows
    wanted = [comparing.file_row(row, clinic=slow.clinic) for row in rows]
    wrong = comparing.files(wanted, read(client, **asked))
    compared.add(what, len(rows) * len(pages.COLUMNS), [f"{_words(asked)}{words}" for words in wrong])
    shown = pages.report(client, **asked) if rows else None
    if shown is not None:
        where = _words(asked)
        compared.same("totals", f"{where}total", len(rows), shown.total)
        compared.same("totals", f"{where}bands", bands(rows), shown.bands)
        compared.same("totals", f"{where}pages", -(-len(rows) // ROWS_A_PAGE), shown.pages)


def compare_pages(
    compared: Compared,
    slow: Slow,
    client: Client,
    *,
    sort: str,
    numbers: Callable[[int], Iterable[int]] = lambda most: range(1, most + 1),
    dates: Dates = EVERY_DATE,
) -> None:
    """The pages with `numbers` (of so many), row by row, in the order that was asked for."""
    rows = sorted(slow.rows[dates], key=SORTS[sort])
    for number in numbers(-(-len(rows) // ROWS_A_PAGE)):
        shown = pages.report(client, sort=sort, page=number, first=dates[0], last=dates[1]).rows
        expected = rows[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
        where = f"sorted by {sort}, page {number}"
        compared.same("order", where, [row.pk for row in expected], [row["pk"] for row in shown])
        for row, seen in zip(expected, shown, strict=False):
            wanted = comparing.page_row(row)
            compared.add("page", 11, comparing.mapping(f"{where}, programme {row.pk}", wanted, seen))


def filters_of(rows: Iterable[SlowRow]) -> list[dict[str, Any]]:
    """Each filter that finds somebody, alone; then two together."""
    found: list[dict[str, Any]] = []
    for name in ("clinician", "program", "phase", "band"):
        values = {getattr(row, name) for row in rows} - {None, ""}
        found += [{name: value} for value in sorted(values)]
    some = next(row for row in rows if row.band and row.program)
    return [*found, {"clinician": some.clinician, "program": some.program, "band": some.band}]


def _is_chosen(row: SlowRow, chosen: dict[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in chosen.items())


def _words(asked: dict[str, Any]) -> str:
    said = [f"{name}={value}" for name, value in asked.items() if value is not None]
    return f"{' '.join(said)}: " if said else ""


# --- Outcomes ---------------------------------------------------------------------------------------
def compare_outcomes(compared: Compared, slow: Slow, client: Client, asked: Asked) -> None:
    expected = slow.outcomes[asked]
    given = {"first": asked.first, "last": asked.last, "clinician": asked.clinician, "program": asked.program}
    shown = pages.outcomes(client, **given)
    wrong = comparing.outcomes(expected, shown, where=_words(given))
    tables = 5 * len(expected.programs) + 4 * len(shown.exercises)
    compared.add("outcomes", len(KEYS) + 12 + tables, wrong)


def compare_lists(
    compared: Compared, slow: Slow, client: Client, asked: Asked, keys: Iterable[str] = KEYS
) -> None:
    """Who stands behind each figure, everybody once."""
    given = {"first": asked.first, "last": asked.last, "clinician": asked.clinician, "program": asked.program}
    for key in keys:
        expected = sorted(slow.outcomes[asked].behind[key])
        listed = sorted(pages.behind(client, key, **given))
        wrong = [] if expected == listed else [f"{_words(given)}{key}: {_difference(expected, listed)}"]
        compared.add("lists", len(expected), wrong)


def _difference(expected: list[Any], listed: list[Any]) -> str:
    missing = sorted((Counter(expected) - Counter(listed)).elements())
    more = sorted((Counter(listed) - Counter(expected)).elements())
    return f"not in the list {missing[:5]}, in it without reason {more[:5]}"
