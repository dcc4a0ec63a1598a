"""Answers in words, the start beside the review: "Average pain, last 7 days: 6 to 4". No verdict."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.bilingual import localized_data
from patients.models import Prescription
from patients.start_and_now import Data, answers_data
from programs.vocabulary import QuestionKind


@dataclass(frozen=True)
class Line:
    """One line of a report, in the active language: "Average pain": "6 to 4"; `day` is the counted day."""

    name: str
    said: str
    note: str = ""
    day: int | None = None


def lines(data: Data) -> list[Line]:
    """`answers_data`, fresh or frozen, in the active language."""
    reviewed = data.get("reviewed", False)
    return [
        Line(localized_data(one, "name"), said_of(one, reviewed=reviewed), _note(one))
        for one in data.get("lines", [])
    ] + [
        Line(localized_data(one, "name"), _shown(one, one["said"]), _note(one), one["day"])
        for one in data.get("days", [])
    ]


def said_of(line: Data, *, reviewed: bool) -> str:
    """One line of `answers_data`, the start beside the review."""
    start, now = line["start"], line["now"]
    value = now or start
    if value is None:
        return _("not said")
    if not line["compares"]:
        return _shown(line, value)
    if now is None and not reviewed:
        return _("%(start)s at the start") % {"start": _shown(line, start)}
    if now is None:
        return _("%(start)s at the start, not said now") % {"start": _shown(line, start)}
    if start is None:
        return _("not said at the start, now %(now)s") % {"now": _shown(line, now)}
    words = {"start": _shown(line, start), "now": _shown(line, now)}
    if line["kind"] == QuestionKind.SCALE:
        return _("%(start)s to %(now)s") % words
    return _("%(start)s; now: %(now)s") % words


def _shown(line: Data, value: Data) -> str:
    kind = line["kind"]
    if kind == QuestionKind.YES_NO:
        return _("Yes") if value["number"] else _("No")
    if kind == QuestionKind.CHOICE:
        return localized_data(value, "chosen")
    return value["words"] if kind == QuestionKind.WORDS else str(value["number"])


def _note(line: Data) -> str:
    """What the ends of a scale mean."""
    if line["kind"] != QuestionKind.SCALE:
        return ""
    ends = (localized_data(line, "low"), localized_data(line, "high"))
    return ", ".join(f"{number}: {end}" for number, end in zip((0, 10), ends, strict=True) if end)


def report_lines(prescription: Prescription) -> list[Line]:
    """Of a running programme: the start beside the latest review, open or signed."""
    latest = prescription.reviews.order_by("-number").values_list("number", flat=True).first()
    return lines(answers_data(prescription, review=latest))
