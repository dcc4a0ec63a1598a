"""The worked examples of docs/adherence.md, read from the page and played through the program itself."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from patients.bands import band, percent
from patients.day_words import MARK_WORDS, STATE_WORDS
from tests.patients.scenario import Scenario

PAGE = (Path(__file__).parents[2] / "docs" / "adherence.md").read_text(encoding="utf-8")
TIMES = ("08:00", "12:00", "18:00")


class Row(NamedTuple):
    day: str
    clinic: str
    recorded: str
    sessions: str
    exercises: str
    state: str


class Example(NamedTuple):
    title: str
    letters: str
    sessions_a_day: int
    rows: list[Row]
    together: str


def examples() -> list[Example]:
    found = []
    for text in PAGE.split("\n### ")[1:]:
        programme = re.search(r"Programme: ([A-Z, ]+), (\d) sessions? a day", text)
        together = re.search(r"Together: (.*)\.$", text, re.MULTILINE)
        assert programme is not None
        assert together is not None
        found.append(
            Example(
                title=text.splitlines()[0],
                letters=programme[1].replace(", ", ""),
                sessions_a_day=int(programme[2]),
                rows=[
                    Row(*(cell.strip() for cell in line.strip("|").split("|")))
                    for line in re.findall(r"^\|(?: \d+ \|.*)$", text, re.MULTILINE)
                ],
                together=together[1],
            )
        )
    return found


def told(session: str) -> dict[str, Any]:
    """What `Scenario.records` is told for one session, e.g. "A, B; half of C" or "A; all stopped"."""
    answers: dict[str, Any] = {"skipped": {}}
    for phrase in session.split("; "):
        letters = re.sub("[^A-Z]", "", phrase)
        if phrase == "all stopped":
            answers["stopped_all"] = True
        elif phrase.endswith(" stopped"):
            answers["stopped"] = letters
        elif phrase.endswith(" skipped for pain"):
            answers["skipped"] |= dict.fromkeys(letters, "pain")
        elif phrase.endswith(" skipped, no time"):
            answers["skipped"] |= dict.fromkeys(letters, "no_time")
        elif phrase.startswith("half of "):
            answers["partly"] = letters
        else:
            assert re.fullmatch("[A-Z](, [A-Z])*", phrase), f"the test does not understand {phrase!r}"
            answers["done"] = letters
    return answers


def play(example: Example) -> Scenario:
    trial = Scenario(example.letters, sessions_a_day=example.sessions_a_day)
    for row in example.rows:
        number = int(row.day)
        if resumed := re.fullmatch("resumes ([A-Z])", row.clinic):
            trial.resumes(number, resumed[1], at="07:30")
        elif paused := re.fullmatch(r"pauses (\d+) to (\d+)", row.clinic):
            trial.pauses(int(paused[1]), int(paused[2]), told_on=number)
        else:
            assert row.clinic == ""
        for time, session in zip(TIMES, row.recorded.split(" / ") if row.recorded else [], strict=False):
            trial.records(number, at=time, **told(session))
    return trial


@pytest.mark.django_db
@pytest.mark.parametrize("example", examples(), ids=lambda example: example.title)
def test_an_example_comes_out_as_the_page_says(example):
    trial = play(example)
    seen = trial.report(on=len(example.rows) + 1)
    shown = [
        (
            f"{one.sessions_done} of {one.sessions_due}",
            f"{one.dose_halves_done / 2:g} of {one.doses_due}",
            STATE_WORDS[one.state],
        )
        for one in seen.days[:-1]
    ]
    assert shown == [(row.sessions, row.exercises, row.state) for row in example.rows]
    assert example.together == (
        f"{seen.sessions_done} of {seen.sessions_due} sessions "
        f"({percent(seen.sessions_done, seen.sessions_due)} %), "
        f"{seen.doses_done:g} of {seen.doses_due} exercises ({percent(seen.doses_done, seen.doses_due)} %)"
    )


def test_the_page_has_its_three_examples_and_names_every_state_and_mark():
    assert [len(example.rows) for example in examples()] == [6, 8, 6]
    for word in STATE_WORDS.values():
        assert f"| {word} |" in PAGE
    for word in MARK_WORDS.values():
        assert f"*{str(word).lower()}*" in PAGE


@pytest.mark.parametrize(
    ("done", "due", "shown"),
    [(14, 18, 78), (0, 3, 0), (1, 8, 13), (1, 40, 3), (9.5, 18, 53), (1, 3, 33), (2, 3, 67), (5, 5, 100)],
)
def test_the_percentage_is_rounded_halves_upwards(done, due, shown):
    assert percent(done, due) == shown  # 1 of 8 is 12.5, 1 of 40 is 2.5


def test_nothing_due_has_no_percentage_and_no_band():
    assert percent(0, 0) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("done", "due", "name"),
    [
        (80, 100, "good"),
        (159, 200, "good"),
        (79, 100, "fair"),
        (1, 2, "fair"),
        (49, 100, "low"),
        (0, 9, "low"),
    ],
)
def test_bands_go_by_the_integer_shown(aurora, done, due, name):
    # 159 of 200 is 79.5 %, shown as 80: good.
    assert band(percent(done, due), aurora.clinic) == name
    assert band(None, aurora.clinic) is None
