"""A programme in one paragraph, in both languages; cases worked out by hand."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from patients.in_short import Stop, in_short
from patients.our_questions import ours
from patients.vocabulary import Helped

NOW = dt.datetime(2026, 3, 23, 9, 0, tzinfo=dt.UTC)


def seen(practised: int, due: int) -> Any:
    too_little = due > 0 and 2 * practised < due
    return SimpleNamespace(days_practised=practised, days_due=due, too_little_to_judge=too_little)


def review(helped: str = "", *, signed: bool = False) -> Any:
    return SimpleNamespace(helped=helped, signed_at=NOW if signed else None)


def number(value: int | None) -> dict[str, Any] | None:
    return None if value is None else {"number": value, "words": "", "chosen_en": "", "chosen_it": ""}


def scale(key: str, start: int | None, now: int | None, *, name: str = "") -> dict[str, Any]:
    question = next(one for one in ours() if one.code == key)
    return {
        "key": key,
        "kind": question.kind,
        "name_en": name or question.short_en,
        "name_it": name or question.short_it,
        "start": number(start),
        "now": number(now),
        "compares": True,
    }


def change(step: int) -> dict[str, Any]:
    question = next(one for one in ours() if one.code == "change")
    _number, english, italian = question.choices()[step - 1]
    chosen = {"number": step, "words": "", "chosen_en": english, "chosen_it": italian}
    return {"key": "change", "kind": question.kind, "start": None, "now": chosen, "compares": False}


def told(**given: Any) -> str:
    known: dict[str, Any] = {"seen": seen(14, 20), "review": None, "answers": {}, "stops": []}
    return " ".join(in_short(**(known | given)))


WHOLE: dict[str, Any] = {
    "review": review(Helped.PARTLY),
    "answers": {
        "reviewed": True,
        "lines": [change(2), scale("average_pain", 6, 4), scale("activity", 3, 6, name="Gardening")],
    },
    "stops": [Stop(5, is_off=True)],
}


def test_all_of_it():
    assert told(**WHOLE) == (
        "Practised on 14 of 20 days. Says: partly useful, much improved. Average pain, last 7 days: 6 to 4. "
        "Gardening: 3 to 6. One stop for pain (day 5), still off."
    )


def test_all_of_it_in_italian():
    with translation.override("it"):
        assert told(**WHOLE) == (
            "Giorni di pratica: 14 su 20. Dice: in parte utile, molto migliorato. "
            "Dolore medio, ultimi 7 giorni: da 6 a 4. Gardening: da 3 a 6. "
            "Uno stop per dolore (giorno 5), esercizio ancora sospeso."
        )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"seen": seen(0, 0)}, "No day was due yet."),
        ({"seen": seen(1, 1)}, "Practised on 1 of 1 day."),
        ({"seen": seen(3, 20)}, "Too little to judge. Practised on 3 of 20 days."),
        ({"review": review()}, "Has not said yet whether it helped."),
        ({"review": review(signed=True)}, "Did not say whether it helped."),
        ({"review": review(Helped.NOT)}, "Says: not useful."),
        ({"stops": [Stop(5, is_off=False)]}, "One stop for pain (day 5), resumed since."),
        ({"stops": [Stop(None, is_off=True)]}, "One stop for pain (before day 1), still off."),
        (
            {"stops": [Stop(9, is_off=False), Stop(5, is_off=True), Stop(9, is_off=True)]},
            "3 stops for pain (days 5 and 9), 2 still off.",
        ),
        (
            {"stops": [Stop(2, is_off=True), Stop(2, is_off=True)]},
            "2 stops for pain (day 2), all still off.",
        ),
        (
            {"stops": [Stop(1, is_off=False), Stop(2, is_off=False), Stop(7, is_off=False)]},
            "3 stops for pain (days 1, 2 and 7), all resumed since.",
        ),
        (
            {"answers": {"reviewed": False, "lines": [scale("average_pain", 6, None)]}},
            "Average pain, last 7 days: 6 at the start.",
        ),
        (
            {"answers": {"reviewed": True, "lines": [scale("average_pain", 6, None)]}},
            "Average pain, last 7 days: 6 at the start, not said now.",
        ),
        (
            {"answers": {"reviewed": True, "lines": [scale("average_pain", None, 0)]}},
            "Average pain, last 7 days: not said at the start, now 0.",
        ),
    ],
)
def test_what_there_is(given: dict[str, Any], expected: str):
    said = told(**given)
    assert said.removeprefix("Practised on 14 of 20 days. ") == expected


def test_stops_on_many_days_are_told_by_the_last_of_them():
    """Six are named, of seven the last."""
    some, many = ([Stop(day, False) for day in range(1, last + 1)] for last in (6, 7))
    assert "6 stops for pain (days 1, 2, 3, 4, 5 and 6), all resumed since." in told(stops=some)
    assert "7 stops for pain (the last on day 7), all resumed since." in told(stops=many)
