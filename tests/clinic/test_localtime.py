"""clinic.localtime: every case here was worked out by hand from the zones' published changes."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from clinic.localtime import day_bounds, instant_at, local_date, next_open_day, next_open_instant
from clinic.models import Clinic


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("instant", "zone", "date"),
    [
        ("2026-03-01T22:59", "Europe/Rome", "2026-03-01"),
        ("2026-03-01T23:00", "Europe/Rome", "2026-03-02"),
        ("2026-03-01T18:14", "Asia/Kathmandu", "2026-03-01"),  # UTC+5:45
        ("2026-03-01T18:15", "Asia/Kathmandu", "2026-03-02"),
        ("2026-01-01T12:59", "Australia/Lord_Howe", "2026-01-01"),  # summer, UTC+11
        ("2026-01-01T13:00", "Australia/Lord_Howe", "2026-01-02"),
        ("2026-03-01T02:30", "America/Santiago", "2026-02-28"),  # summer, UTC-3
        ("2026-03-01T10:59", "Pacific/Apia", "2026-03-01"),  # UTC+13
        ("2026-03-01T11:00", "Pacific/Apia", "2026-03-02"),
    ],
)
def test_the_day_it_is_somewhere(instant: str, zone: str, date: str) -> None:
    assert local_date(utc(instant), zone) == day(date)


@pytest.mark.parametrize(
    ("on", "at", "zone", "instant"),
    [
        ("2026-01-15", "09:00", "Europe/Rome", "2026-01-15T08:00"),
        ("2026-07-15", "09:00", "Europe/Rome", "2026-07-15T07:00"),
        ("2026-01-15", "09:00", "Asia/Kathmandu", "2026-01-15T03:15"),
        ("2026-03-01", "07:00", "Pacific/Apia", "2026-02-28T18:00"),
    ],
)
def test_a_clock_time_as_an_instant(on: str, at: str, zone: str, instant: str) -> None:
    assert instant_at(day(on), dt.time.fromisoformat(at), zone) == utc(instant)


@pytest.mark.parametrize(
    ("on", "at", "zone", "instant"),
    [
        # Clocks go from 02:00 to 03:00 at 01:00 UTC.
        ("2026-03-29", "01:59", "Europe/Rome", "2026-03-29T00:59"),
        ("2026-03-29", "02:00", "Europe/Rome", "2026-03-29T01:00"),
        ("2026-03-29", "02:30", "Europe/Rome", "2026-03-29T01:00"),
        ("2026-03-29", "02:59", "Europe/Rome", "2026-03-29T01:00"),
        ("2026-03-29", "03:00", "Europe/Rome", "2026-03-29T01:00"),
        ("2026-03-29", "03:01", "Europe/Rome", "2026-03-29T01:01"),
        # Half an hour: 02:00 (UTC+10:30) to 02:30 (UTC+11) at 15:30 UTC the day before.
        ("2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:30"),
        ("2026-10-04", "02:30", "Australia/Lord_Howe", "2026-10-03T15:30"),
        # At midnight: 00:00 (UTC-4) to 01:00 (UTC-3).
        ("2026-09-06", "00:30", "America/Santiago", "2026-09-06T04:00"),
        # A whole day: after the 29th came the 31st, at 10:00 UTC.
        ("2011-12-30", "09:00", "Pacific/Apia", "2011-12-30T10:00"),
    ],
)
def test_a_time_that_does_not_exist_is_the_first_instant_after_it(
    on: str, at: str, zone: str, instant: str
) -> None:
    assert instant_at(day(on), dt.time.fromisoformat(at), zone) == utc(instant)


@pytest.mark.parametrize(
    ("on", "at", "zone", "instant"),
    [
        ("2026-10-25", "02:30", "Europe/Rome", "2026-10-25T00:30"),
        ("2026-10-25", "03:00", "Europe/Rome", "2026-10-25T02:00"),
        ("2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-04T14:45"),  # 02:00 goes back to 01:30
        ("2026-04-04", "23:30", "America/Santiago", "2026-04-05T02:30"),  # 24:00 goes back to 23:00
    ],
)
def test_a_time_that_exists_twice_is_the_first_of_the_two(on: str, at: str, zone: str, instant: str) -> None:
    assert instant_at(day(on), dt.time.fromisoformat(at), zone) == utc(instant)
    assert instant_at(day(on), dt.time.fromisoformat(at).replace(fold=1), zone) == utc(instant)


@pytest.mark.parametrize(
    ("on", "zone", "hours"),
    [
        ("2026-03-28", "Europe/Rome", 24),
        ("2026-03-29", "Europe/Rome", 23),
        ("2026-10-25", "Europe/Rome", 25),
        ("2026-10-04", "Australia/Lord_Howe", 23.5),
        ("2026-04-05", "Australia/Lord_Howe", 24.5),
        ("2026-09-06", "America/Santiago", 23),
        ("2026-04-04", "America/Santiago", 25),
        ("2011-12-30", "Pacific/Apia", 0),
    ],
)
def test_the_length_of_a_day(on: str, zone: str, hours: float) -> None:
    start, end = day_bounds(day(on), zone)
    assert (end - start) / dt.timedelta(hours=1) == hours


@pytest.mark.parametrize(
    "zone", ["Europe/Rome", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu"]
)
def test_two_years_of_days_follow_each_other_and_hold_their_own_instants(zone: str) -> None:
    on = day("2025-12-31")
    for _ in range(730):
        start, end = day_bounds(on, zone)
        assert local_date(start, zone) == on == local_date(end - dt.timedelta(seconds=1), zone)
        assert start == day_bounds(on - dt.timedelta(days=1), zone)[1]
        nine = instant_at(on, dt.time(9), zone).astimezone(ZoneInfo(zone))
        assert (nine.date(), nine.time()) == (on, dt.time(9))
        on += dt.timedelta(days=1)


def clinic(**fields: object) -> Clinic:
    return Clinic(**{"time_zone": "Europe/Rome", "notices_at": dt.time(8), "open_days": "12345", **fields})


@pytest.mark.parametrize(
    ("on", "open_day"),
    [
        ("2026-03-06", "2026-03-06"),  # a Friday
        ("2026-03-07", "2026-03-09"),
        ("2026-03-08", "2026-03-09"),
    ],
)
def test_the_next_open_day(on: str, open_day: str) -> None:
    assert next_open_day(clinic(), day(on)) == day(open_day)


def test_a_clinic_that_opens_once_a_week() -> None:
    assert next_open_day(clinic(open_days="3"), day("2026-03-05")) == day("2026-03-11")


def test_a_clinic_without_open_days_is_an_error() -> None:
    with pytest.raises(ValueError, match="no open day"):
        next_open_day(clinic(open_days=""), day("2026-03-05"))


@pytest.mark.parametrize(
    ("after", "instant"),
    [
        ("2026-03-06T05:30", "2026-03-06T07:00"),  # Friday 06:30 in Rome: at eight
        ("2026-03-06T07:00", "2026-03-06T07:00"),
        ("2026-03-06T12:34", "2026-03-06T12:34"),  # the hour has passed: at once
        ("2026-03-07T12:00", "2026-03-09T07:00"),  # Saturday: Monday at eight
        ("2026-03-06T23:30", "2026-03-09T07:00"),  # already Saturday in Rome
        ("2026-03-28T12:00", "2026-03-30T06:00"),  # clocks changed in between
    ],
)
def test_when_a_clinic_takes_its_notices(after: str, instant: str) -> None:
    assert next_open_instant(clinic(), utc(after)) == utc(instant)
