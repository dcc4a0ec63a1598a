"""When an exercise was off, which days are paused: what stands in order answers as a look at all would."""

import datetime as dt
import uuid

from hypothesis import given
from hypothesis import strategies as st

from patients.stopped_line import Place, StopFacts, StoppedLine
from patients.trial import Span, SpansInOrder
from tests.patients.scenario import ONE_DAY, day

START = day("2026-03-02")
LINE = uuid.UUID(int=1)
# Few sessions, days and hours, so that they meet.
uids = st.integers(1, 4).map(lambda number: uuid.UUID(int=number))
days = st.integers(0, 6).map(lambda number: START + number * ONE_DAY)
hours = st.integers(8, 10)


def at(on: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(hour), dt.UTC)


@st.composite
def stops(draw) -> StopFacts:
    on, hour = draw(days), draw(hours)
    resumed = draw(st.none() | st.tuples(days, hours))
    if resumed is None:
        return StopFacts(LINE, draw(uids), on, at(on, hour), None, None)
    return StopFacts(LINE, draw(uids), on, at(on, hour), resumed[0], at(*resumed))


def is_off(all_stops: list[StopFacts], uid: uuid.UUID, place: Place, *, from_it: bool) -> bool:
    """By the words of docs/adherence.md, stop by stop."""
    on, first_recorded_at = place
    for stop in all_stops:
        if stop.session_uid == uid:
            if from_it:
                return True
            continue
        later_day = on > stop.on
        later_that_day = on == stop.on and first_recorded_at > stop.first_recorded_at
        resumed = stop.resumed_on is not None and (
            on > stop.resumed_on
            or (
                on == stop.resumed_on and stop.resumed_at is not None and first_recorded_at >= stop.resumed_at
            )
        )
        if (later_day or later_that_day) and not resumed:
            return True
    return False


@given(st.lists(stops(), max_size=6), uids, days, hours, st.booleans())
def test_a_session_is_asked_as_by_a_look_at_every_stop(all_stops, uid, on, hour, from_it):
    place = (on, at(on, hour))
    expected = is_off(all_stops, uid, place, from_it=from_it)
    assert StoppedLine(all_stops).is_off_in(uid, place, from_it=from_it) == expected


@given(st.lists(stops(), max_size=6), days)
def test_the_end_of_a_day_is_asked_as_by_a_look_at_every_stop(all_stops, on):
    expected = any(stop.on <= on and (stop.resumed_on is None or stop.resumed_on > on) for stop in all_stops)
    assert StoppedLine(all_stops).is_off_at_end(on) == expected


@given(st.lists(st.builds(Span, days, days), max_size=6), days, days)
def test_days_of_spans_are_counted_once_each(spans, first, last):
    whole = {START + number * ONE_DAY for number in range(7)}
    held = {on for on in whole if any(span.holds(on) for span in spans)}
    in_order = SpansInOrder(spans)
    assert {on for on in whole if in_order.hold(on)} == held
    assert in_order.days_within(first, last) == sum(first <= on <= last for on in held)


def test_stopped_and_resumed_twice():
    """Off from the second session of 2 March to the morning of the 4th, and again from the 6th on."""
    first = StopFacts(
        LINE, uuid.UUID(int=1), START, at(START, 9), START + 2 * ONE_DAY, at(START + 2 * ONE_DAY, 8)
    )
    again = StopFacts(LINE, uuid.UUID(int=2), START + 4 * ONE_DAY, at(START + 4 * ONE_DAY, 9), None, None)
    line, other = StoppedLine([again, first]), uuid.UUID(int=3)
    asked = [(number, line.is_off_in(other, (on, at(on, 9)), from_it=True)) for number, on in _days()]
    assert asked == [(0, False), (1, True), (2, False), (3, False), (4, False), (5, True)]
    assert [line.is_off_at_end(on) for _number, on in _days()] == [True, True, False, False, True, True]


def _days() -> list[tuple[int, dt.date]]:
    return [(number, START + number * ONE_DAY) for number in range(6)]
