"""The clinic's outcomes: every figure worked out by hand, and the people behind it (four_reviewed.py)."""

import datetime as dt

import pytest

from patients import measured, outcomes
from patients.outcome_scope import Scope
from patients.spreads import Spread, spread
from tests.patients.four_reviewed import TODAY, four_reviewed, scope
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(time_machine) -> list[Scenario]:
    return four_reviewed(time_machine)


def test_every_figure(house):
    found = outcomes.outcomes(scope(house), today=TODAY)
    assert {key: count for key, count in found.counts.items() if count} == {
        "reviews.reached": 4,
        "reviews.signed": 3,
        "reviews.open": 1,
        "reviews.overdue": 1,  # reached on 22 March, and it is 2 April
        "helped.useful": 1,
        "helped.partly": 1,
        "helped.not": 1,
        "helped.unsaid": 1,
        "pain.less": 1,
        "pain.same": 1,
        "pain.more": 1,
        "pain.unsaid": 1,
        "ended.improved": 1,
    }
    # Reached on the 22nd (day 21), signed on day 22, 24 and 22: after 1, 3 and 1 days.
    assert found.days_to_sign == Spread(3, 1, 1, 2)
    # -3, 0 and +2 points; the quartiles of three numbers lie halfway between them.
    assert found.pain_change == Spread(3, 0, -1.5, 1.0)
    assert found.adherence.count == 3


def test_the_people_behind_each_figure_are_as_many_as_it_says(house):
    whole = scope(house)
    for key, count in outcomes.outcomes(whole, today=TODAY).counts.items():
        assert outcomes.behind(whole, key, today=TODAY).count() == count, key
    (only,) = outcomes.behind(whole, "helped.useful", today=TODAY)
    assert only.prescription == house[0].prescription
    with pytest.raises(KeyError):
        outcomes.behind(whole, "helped.very", today=TODAY)


def test_a_period_a_clinician_and_a_program(house):
    before = outcomes.outcomes(scope(house, last=dt.date(2026, 3, 21)), today=TODAY)
    assert not any(before.counts.values())
    assert before.days_to_sign == Spread(0, None, None, None)
    another = outcomes.outcomes(scope(house, clinician=house[0].clinician.pk + 999), today=TODAY)
    assert not any(another.counts.values())
    one = scope(house, program=house[0].prescription.program_id)
    assert outcomes.outcomes(one, today=TODAY).counts["reviews.reached"] == 1


def test_by_program_and_by_exercise(house):
    programs = outcomes.by_program(scope(house))
    assert sum(row["reviews"] for row in programs) == 4
    assert sum(row["helped_useful"] for row in programs) == 1
    exercises = outcomes.by_exercise(scope(house))
    assert (exercises[0]["stopped"], sum(row["stopped"] for row in exercises)) == (1, 1)
    assert sum(row["skipped"] for row in exercises) == 2


def test_nobody_else_sees_it(house, a_stranger):
    theirs = Scope(a_stranger, dt.date(2026, 3, 1), TODAY)
    assert not any(outcomes.outcomes(theirs, today=TODAY).counts.values())
    assert outcomes.by_exercise(theirs) == outcomes.by_program(theirs) == []


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], Spread(0, None, None, None)),
        ([7], Spread(1, 7, 7, 7)),
        ([1, 2, 3, 4, 5], Spread(5, 3, 2, 4)),
        ([1, 3], Spread(2, 2, 1.5, 2.5)),
    ],
)
def test_the_middle_half(numbers, expected):
    assert spread(numbers) == expected


def test_the_reviews_behind_a_median_with_their_numbers_and_those_without(house):
    whole = scope(house)
    pks = [one.prescription.reviews.get().pk for one in house]

    def behind(name: str) -> list[tuple[int, int]]:
        rows = measured.behind_measure(whole, name)
        return [(pks.index(one.review), getattr(one, name)) for one in rows]

    def without(name: str) -> list[int]:
        return [pks.index(one.review) for one in measured.without_measure(whole, name)]

    # Waited longest first, hurts more first, practised least first.
    first, *others = behind("days_to_sign")
    assert (first, sorted(others)) == ((1, 3), [(0, 1), (2, 1)])
    assert behind("pain_change") == [(3, 2), (1, 0), (0, -3)]
    # Of days 1 to 21, signed on day 22: 4; 10 and a skipped day; 21 (the last with a stop, which counts).
    # Signed on day 24, two days more are over for the second: 10 of 23 is 43 %.
    assert behind("adherence") == [(2, 19), (1, 43), (0, 100)]
    assert (without("days_to_sign"), without("pain_change"), without("adherence")) == ([3], [2], [3])
    for unknown in (measured.behind_measure, measured.without_measure):
        with pytest.raises(KeyError):
            unknown(whole, "luck")


def test_how_many_said_which_level_and_who(house):
    found = outcomes.outcomes(scope(house), today=TODAY)
    # The third said nothing at the review, so what they said at the start is not in it either.
    assert {key: count for key, count in found.levels.items() if count} == {
        "start.2": 1,
        "start.5": 1,
        "start.6": 1,
        "now.3": 1,
        "now.4": 1,
        "now.5": 1,
    }
    for key, count in found.levels.items():
        assert outcomes.behind(scope(house), key, today=TODAY).count() == count, key
    (only,) = outcomes.behind(scope(house), "now.3", today=TODAY)
    assert only.prescription == house[0].prescription
