"""What changed since day 1: the first week beside the last one, and what is asked otherwise. No verdict."""

import pytest
from django.utils import translation

from patients.since_day_one import since_day_one
from patients.versions import lines_of_version
from tests.patients.pages import client_of, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


def since(trial: Scenario, on: int):
    return since_day_one(trial.prescription, trial.report(on=on), on=trial.date(on))


def pains(trial: Scenario, by_day: dict[int, int | None]) -> None:
    for number, pain in by_day.items():
        trial.records(number, done="A", before=pain)


def test_the_first_and_the_last_week_side_by_side():
    """Day 16 at noon: the last seven days that are over are 9 to 15.

    First week: 6, 5 and one day without a number: 11 / 2 = 5.5 of two entries, three of seven days. Last
    week: 4, 3 and 3: 10 / 3 of three entries. Day 8 belongs to neither.
    """
    trial = Scenario("A")
    pains(trial, {1: 6, 2: 5, 4: None, 8: 9, 9: 4, 14: 3, 15: 3})
    first, last = since(trial, 16).weeks
    assert (first.first, first.last) == (trial.date(1), trial.date(7))
    assert (first.pain, first.entries, first.days_practised, first.days_due) == (5.5, 2, 3, 7)
    assert (last.first, last.last) == (trial.date(9), trial.date(15))
    assert last.pain == pytest.approx(3.3333, abs=0.001)
    assert (last.entries, last.days_practised, last.days_due) == (3, 3, 7)


def test_a_day_that_is_not_over_and_paused_days_are_no_part_of_it():
    """Days 3 to 5 are paused: the first seven counted days are 1, 2, 6 to 10; day 11 alone is the last."""
    trial = Scenario("A")
    pains(trial, {1: 4})
    trial.pauses(3, 5)
    assert since(trial, 11).weeks == []
    first, last = since(trial, 12).weeks
    assert (first.last, last.first, last.last) == (trial.date(10), trial.date(11), trial.date(11))
    assert (last.pain, last.entries) == (None, 0)


def test_what_was_left_out_is_not_entered_and_no_zero(time_machine):
    trial = Scenario("A")
    pains(trial, {1: 4})
    time_machine.move_to(trial.at(9, "12:00"), tick=False)
    said = text(client_of(trial).get("/progress/")).split("Since day 1")[1]
    assert "4.0 (from 1 entry)" in said
    assert "not entered" in said


def test_what_the_programme_asks_otherwise():
    trial = Scenario("AB")
    line = lines_of_version(trial.prescription.versions.get())[0]
    trial.changes(5, "AC")
    now = trial.prescription.versions.order_by("-number")[0]
    now.exercises.filter(line=trial.line("A")).update(hold_s=25, reps=4)
    trial.prescription.versions.get(number=1).exercises.filter(line=trial.line("A")).update(hold_s=15, reps=4)
    name = line.exercise.plain_name
    said = since(trial, 5).programme
    assert f"{name}: hold 25 seconds; on day 1 it was 15 seconds" in said
    with translation.override("it"):
        said_in_italian = since(trial, 5).programme
    assert any(one.endswith(": tieni 25 secondi; il giorno 1 erano 15 secondi") for one in said_in_italian)
    assert sum(one.startswith("New since then:") for one in said) == 1
    assert sum(one.startswith("No longer in it:") for one in said) == 1


def test_one_version_says_nothing_and_a_version_to_come_neither():
    trial = Scenario("A")
    trial.records(3, done="A")
    assert since(trial, 3).programme == []
    trial.changes(3, "AB", at="12:00")  # today is recorded: it holds from tomorrow on
    assert since(trial, 3).programme == []
    assert len(since(trial, 4).programme) == 1


def test_the_page_gives_no_verdict(time_machine):
    trial = Scenario("A")
    pains(trial, {1: 6, 8: 2, 9: 2})
    time_machine.move_to(trial.at(10, "12:00"), tick=False)
    said = text(client_of(trial).get("/progress/")).split("Since day 1")[1].split("Day by day")[0]
    assert "These are your own entries, added up." in said
    for word in ("better", "improved", "worse", "success"):
        assert word not in said.lower()
