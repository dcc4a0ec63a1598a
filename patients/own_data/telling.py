"""One fact of a copy: a stable key and a plain value for machines, a label and words for people."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

Record = Sequence["Fact"]


@dataclass(frozen=True)
class Fact:
    """`value` is text, number, truth, date, instant (UTC), time or list of these; or there are `records`."""

    key: str
    label: Any
    value: Any = None
    words: Any = ""
    records: Sequence[Record] | None = None


@dataclass(frozen=True)
class Section:
    """Rows of one kind. `is_one`: there is exactly one, as of the person."""

    key: str
    title: Any
    records: Sequence[Record]
    is_one: bool = False


def record(*facts: Fact) -> Record:
    return facts


class Teller:
    """Makes facts in the active language; instants are said in the patient's time zone."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)

    def __call__(self, key: str, label: Any, value: Any, words: Any = None) -> Fact:
        return Fact(key, label, value, self.said(value) if words is None else words)

    def said(self, value: Any) -> str:
        if value is None or value in ("", []):
            return "–"
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, dt.datetime):
            return date_format(value.astimezone(self.zone), "j F Y, H:i")
        if isinstance(value, dt.date):
            return date_format(value, "j F Y")
        if isinstance(value, dt.time):
            return time_format(value, "H:i")
        if isinstance(value, list | tuple):
            return ", ".join(self.said(one) for one in value)
        return str(value)


def weekdays_in_words(digits: str) -> str:
    """E.g. "13" as "Monday, Wednesday"."""
    return ", ".join(str(WEEKDAYS[int(day) - 1]) for day in digits) or "–"


def as_json(sections: Iterable[Section]) -> dict[str, Any]:
    """The same for machines: dates and instants as ISO 8601, codes as the database has them."""
    return {
        section.key: _plain_record(section.records[0]) if section.is_one else _plain(section.records)
        for section in sections
    }


def _plain(records: Sequence[Record]) -> list[dict[str, Any]]:
    return [_plain_record(one) for one in records]


def _plain_record(facts: Record) -> dict[str, Any]:
    return {
        fact.key: _plain_value(fact.value) if fact.records is None else _plain(fact.records) for fact in facts
    }


def _plain_value(value: Any) -> Any:
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, dt.date):  # an instant is one, too
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain_value(one) for one in value]
    return value
