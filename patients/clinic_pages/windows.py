"""What of a long programme is drawn at a time: some of its days, one page of each of its lists.

Figures always count the whole. Older rows are a link away, by the address, in which several lists of one page
keep their places beside each other, e.g. `?until=2026-03-01&alerts=2`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.dateparse import parse_date

from patients.adherence import Day
from patients.trial import ONE_DAY

LEAST_DAYS = 28  # four whole weeks, also where the count has just begun
MOST_DAYS = 56  # eight: more is too small to be read on a phone
NO_DAYS: list[Day] = []


@dataclass(frozen=True)
class Asked:
    """The address of a page, and what stands behind its question mark. Links lead to `path`, as the page is
    also shown where a form was refused, at an address of its own."""

    path: str
    query: QueryDict = field(default_factory=QueryDict)

    def to(self, name: str, value: object) -> str:
        """The same page with `name` set to `value`, without it where that is None; all else stays."""
        changed = self.query.copy()
        changed.pop(name, None)
        if value is not None:
            changed[name] = str(value)
        return f"{self.path}?{changed.urlencode()}" if changed else self.path


@dataclass(frozen=True)
class Window:
    """Consecutive days that are drawn, of all those of a programme; with the addresses that lead on."""

    days: Sequence[Day]
    earlier: str = ""
    later: str = ""

    @property
    def is_all(self) -> bool:
        return not (self.earlier or self.later)

    @property
    def first(self) -> dt.date:
        return self.days[0].on

    @property
    def last(self) -> dt.date:
        return self.days[-1].on


def window(days: Sequence[Day], *, counts_from: dt.date | None, asked: Asked) -> Window:
    """Of `days`, those of the running count, which began on `counts_from`: four weeks to eight.

    `until` in `asked` is the last day of an earlier window, of eight weeks; other words are ignored.
    """
    if not days:
        return Window(NO_DAYS)
    newest = days[-1].on
    until = _day(asked.query.get("until"))
    if until is None or not days[0].on <= until < newest:
        until = newest
        first = until - (LEAST_DAYS - 1) * ONE_DAY
        first = max(min(first, counts_from or first), until - (MOST_DAYS - 1) * ONE_DAY)
    else:
        first = until - (MOST_DAYS - 1) * ONE_DAY
    shown = [day for day in days if first <= day.on <= until]
    later = until + MOST_DAYS * ONE_DAY
    return Window(
        shown,
        earlier=asked.to("until", shown[0].on - ONE_DAY) if shown[0] is not days[0] else "",
        later="" if until == newest else asked.to("until", later if later < newest else None),
    )


@dataclass(frozen=True)
class Part:
    """One page of a list, the newest first; with the addresses that lead on."""

    rows: Any
    number: int
    of: int
    earlier: str
    later: str
    count: int  # of the whole list
    is_asked: bool  # somebody turned its pages

    def of_rows(self, rows: Sequence[Any]) -> "Part":
        """The same page, its rows made ready to be shown."""
        return replace(self, rows=rows)

    def __bool__(self) -> bool:
        return self.count > 0


def part(rows: Any, *, name: str, size: int, asked: Asked) -> Part:
    """The page of `rows` that `name` in `asked` says, the first unless it is one: at most two queries."""
    page: Page[Any] = Paginator(rows, size).get_page(asked.query.get(name))
    return Part(
        rows=page.object_list,
        number=page.number,
        of=page.paginator.num_pages,
        earlier=asked.to(name, page.next_page_number()) if page.has_next() else "",
        later=asked.to(name, page.previous_page_number()) if page.has_previous() else "",
        count=page.paginator.count,
        is_asked=name in asked.query,
    )


def _day(text: str | None) -> dt.date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None
