"""The steps of a progression, and how they are told."""

import pytest
from django.utils import translation

from programs import progression_words
from programs.models import Progression
from programs.models.progression import Step
from programs.progression import dose_at, holds, steps

NAMES = {-1: "Smaller lift", 0: "Usual form", 1: "One leg"}


def dose(hold=None, by=None, until=None, most=None):
    return {"hold_s": hold, "hold_most_s": most, "hold_step_s": by, "hold_until_s": until, "reps": 8}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (dose(5, 5, 30), [5, 10, 15, 20, 25, 30]),
        (dose(10, 15, 30), [10, 25, 30]),  # the last is the longest
        (dose(30, 5, 30), [30]),
        (dose(10, None, 30), [10]),
        (dose(), [None]),
    ],
)
def test_holds_grow_until_the_longest(given, expected):
    assert holds(given) == expected


def test_without_a_number_of_sessions_nothing_grows():
    assert steps(dose=dose(5, 5, 15), rung=0, rungs=[-1, 1], progression=Progression()) == [Step(0, 5)]


def test_each_harder_form_begins_with_the_first_hold_again():
    found = steps(dose=dose(5, 5, 10), rung=-1, rungs=[-1, 1], progression=Progression(3, True, 1))
    assert found == [Step(-1, 5), Step(-1, 10), Step(0, 5), Step(0, 10), Step(1, 5), Step(1, 10)]


def test_forms_alone_where_nothing_is_held():
    assert steps(dose=dose(), rung=0, rungs=[-1, 1], progression=Progression(3, False, 1)) == [
        Step(0, None),
        Step(1, None),
    ]


def test_a_range_of_the_hold_stays_at_its_first_step_alone():
    found = steps(dose=dose(20, 10, 40, most=30), rung=0, rungs=[], progression=Progression(2))
    assert found == [Step(0, 20, 30), Step(0, 30), Step(0, 40)]


def test_a_step_changes_the_hold_and_says_whose_figure_it_is():
    begun = {**dose(5, 5, 15), "dose_sources": {"hold_s": "text", "reps": "default"}}
    begun |= {"sets": None, "reps_most": None, "rest_s": None}
    reached = dose_at(Step(0, 10), begun)
    assert (reached["hold_s"], reached["reps"]) == (10, 8)
    assert reached["dose_sources"] == {"hold_s": "clinician", "reps": "default"}


@pytest.mark.parametrize(
    ("language", "short", "next_words"),
    [
        (
            "en",
            "5 → 10 s, then One leg: 5 → 10 s",
            "One leg, hold 5 seconds, after 3 sessions that felt comfortable",
        ),
        (
            "it",
            "5 → 10 s, poi One leg: 5 → 10 s",
            "One leg, mantieni 5 secondi, dopo 3 sedute senza fastidi",
        ),
    ],
)
def test_in_words(language, short, next_words):
    progression = Progression(3, True, 1)
    found = steps(dose=dose(5, 5, 10), rung=0, rungs=[1], progression=progression)
    with translation.override(language):
        assert progression_words.in_short(found, NAMES.__getitem__) == short
        said = progression_words.next_for_patient(found[1], found[2], progression, NAMES.__getitem__)
    assert said == next_words


def test_who_wants_to_be_asked_is_named():
    progression = Progression(1, False)
    said = progression_words.next_for_patient(Step(0, 5), Step(0, 10), progression, NAMES.__getitem__)
    wanted = "Hold 10 seconds, after 1 session that felt comfortable and a word from your physiotherapist"
    assert said == wanted
    assert progression_words.when(progression) == "after 1 comfortable session, asks first"
