"""A dose in words: units, ranges, sides, and nothing that was not given."""

import re

import pytest
from django.utils import translation

from programs.dose_figures import in_short
from programs.dose_words import dose_parts, dose_words
from programs.models import Exercise, ProgramItem
from programs.vocabulary import SideOrder


def words(**dose) -> str:
    return dose_words(Exercise(**dose))


@pytest.mark.parametrize(
    ("dose", "said"),
    [
        ({"reps": 3, "hold_s": 30}, "3 times, hold 30 seconds"),
        ({"reps": 1, "hold_s": 1}, "1 time, hold 1 second"),
        ({"reps": 3, "hold_s": 30, "each_side": True}, "3 times on each side, hold 30 seconds"),
        (
            {"reps": 2, "reps_most": 4, "hold_s": 15, "hold_most_s": 20, "each_side": True},
            "2 to 4 times on each side, hold 15 to 20 seconds",
        ),
        ({"reps": 6, "reps_most": 8}, "6 to 8 times"),
        ({"reps": 3, "reps_most": 3}, "3 times"),
        ({"hold_s": 20}, "Hold 20 seconds"),
        ({"hold_s": 20, "each_side": True}, "Hold 20 seconds on each side"),
        ({"hold_s": 20, "hold_most_s": 30, "each_side": True}, "Hold 20 to 30 seconds on each side"),
        ({"reps": 8, "sets": 2, "rest_s": 30}, "8 times, 2 rounds, rest 30 seconds in between"),
        ({"reps": 8, "sets": 1}, "8 times"),
        (
            {"reps": 3, "each_side": True, "side_order": SideOrder.FINISH},
            "3 times on each side, one side first, then the other",
        ),
        (
            {"reps": 8, "each_side": True, "side_order": SideOrder.ALTERNATE},
            "8 times on each side, change sides each time",
        ),
        # An order of sides means nothing where there are no sides.
        ({"reps": 8, "side_order": SideOrder.ALTERNATE}, "8 times"),
    ],
)
def test_a_dose_is_said_with_its_units_ranges_and_sides(dose, said):
    assert words(**dose) == said


def test_every_figure_is_there_in_italian_too():
    with translation.override("it"):
        said = words(reps=2, reps_most=4, hold_s=15, hold_most_s=20, sets=3, rest_s=30, each_side=True)
    assert re.findall("[0-9]+", said) == ["2", "4", "15", "20", "3", "30"]


def test_what_is_not_given_is_not_said():
    assert dose_parts(Exercise()) == []
    assert words() == ""


def test_the_growth_of_a_hold_is_not_what_is_due_today():
    assert words(hold_s=5, hold_step_s=5, hold_until_s=30) == "Hold 5 seconds"


def test_in_short_growth_is_said_where_somebody_said_when_and_proposed_by_an_exercise():
    grows = {"hold_s": 5, "hold_step_s": 5, "hold_until_s": 30}
    assert in_short(Exercise(**grows)) == "hold 5 s (may grow by 5 s a step, up to 30 s)"
    assert in_short(ProgramItem(**grows)) == "hold 5 s"
    assert in_short(ProgramItem(**grows, next_after=3)) == "hold 5 s (+5 s a step, up to 30 s)"
