"""Day N and the review point (rules 1 and 2) as plain sums of dates. Day 1 is Monday 2 March 2026."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.trial import Span, day_number, review_point
from tests.patients.scenario import ONE_DAY, Scenario, day

START = day("2026-03-02")
THREE_DAYS = [Span(day("2026-03-07"), day("2026-03-09"))]


def number(on: str, pauses=()) -> int | None:
    return day_number(starts_on=START, on=day(on), pauses=pauses)


# --- Day N ---------------------------------------------------------------------------------------------
def test_the_start_is_day_1_and_every_calendar_day_counts():
    assert [number(on) for on in ("2026-03-02", "2026-03-03", "2026-03-21", "2026-03-28")] == [1, 2, 20, 27]


def test_before_the_start_there_is_no_day():
    assert number("2026-03-01") is None
    assert day_number(starts_on=None, on=START, pauses=[]) is None


def test_paused_days_do_not_count():
    # 7, 8 and 9 March stand still at day 5; the 10th is day 6, and the 24th (23 days, 3 paused) is day 20.
    on = ["2026-03-06", "2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10", "2026-03-24"]
    assert [number(one, THREE_DAYS) for one in on] == [5, 5, 5, 5, 6, 20]


def test_a_pause_from_the_start_leaves_no_day_until_it_is_over():
    first_days = [Span(START, day("2026-03-04"))]
    assert [number(on, first_days) for on in ("2026-03-02", "2026-03-04", "2026-03-05")] == [None, None, 1]


def test_the_report_says_the_same_day(db):
    trial = Scenario("A")
    trial.pauses(6, 8)
    assert [trial.report(on=on).day_number for on in (1, 5, 6, 8, 9, 23, 30)] == [1, 5, 5, 5, 6, 20, 27]


# --- The review point ------------------------------------------------------------------------------------
def point(*pauses: Span, after_days: int = 20) -> dt.date:
    return review_point(counts_from=START, after_days=after_days, pauses=pauses)


def test_it_is_reached_on_the_morning_after_day_20():
    assert point() == day("2026-03-22")
    assert point(after_days=1) == day("2026-03-03")


def test_a_pause_moves_it_by_its_days():
    assert point(*THREE_DAYS) == day("2026-03-25")


def test_a_pause_of_day_20_moves_it_and_one_of_the_day_after_does_not():
    assert point(Span(day("2026-03-21"), day("2026-03-21"))) == day("2026-03-23")
    assert point(Span(day("2026-03-22"), day("2026-03-31"))) == day("2026-03-22")


def test_a_pause_that_reaches_over_the_point_stretches_it_to_its_own_end():
    # Day 19 is 20 March; the pause takes the 21st to the 30th; day 20 is the 31st.
    assert point(Span(day("2026-03-21"), day("2026-03-30"))) == day("2026-04-01")


def test_days_paused_twice_count_once():
    overlapping = Span(day("2026-03-08"), day("2026-03-10"))
    assert point(*THREE_DAYS, overlapping) == day("2026-03-26")


# --- What holds always -----------------------------------------------------------------------------------
offsets = st.integers(min_value=-5, max_value=60)
pauses = st.lists(
    st.builds(
        lambda first, length: Span(START + first * ONE_DAY, START + (first + length) * ONE_DAY),
        offsets,
        st.integers(min_value=0, max_value=13),
    ),
    max_size=4,
)


@given(pauses=pauses, after_days=st.integers(min_value=1, max_value=60))
def test_at_the_review_point_as_many_days_are_over_as_were_asked(pauses, after_days):
    """The day before the point is day N = after_days, and not a paused one: never early, never late."""
    reached_on = review_point(counts_from=START, after_days=after_days, pauses=pauses)
    last = reached_on - ONE_DAY
    assert day_number(starts_on=START, on=last, pauses=pauses) == after_days
    assert not any(pause.holds(last) for pause in pauses)


@given(pauses=pauses, on=offsets)
def test_day_n_grows_by_one_a_day_and_stands_still_on_paused_days(pauses, on):
    today = START + on * ONE_DAY
    before = day_number(starts_on=START, on=today - ONE_DAY, pauses=pauses) or 0
    counts = today >= START and not any(pause.holds(today) for pause in pauses)
    assert (day_number(starts_on=START, on=today, pauses=pauses) or 0) == before + counts


@given(pauses=pauses, more=pauses, after_days=st.integers(min_value=1, max_value=40))
def test_another_pause_never_brings_the_point_forward(pauses, more, after_days):
    alone = review_point(counts_from=START, after_days=after_days, pauses=pauses)
    assert review_point(counts_from=START, after_days=after_days, pauses=[*pauses, *more]) >= alone


@pytest.mark.parametrize("zone", ["Europe/Rome", "Pacific/Apia", "America/Santiago"])
def test_dates_are_counted_whatever_the_clocks_do(db, zone):
    # Clocks change in each of these zones within 50 days of 2 March 2026, or have in other years.
    trial = Scenario("A", zone=zone)
    assert trial.report(on=50).day_number == 50
