"""The days that a sheet has lines for, worked out by hand. 2 March 2026 is a Monday."""

import datetime as dt

import pytest

from clinic.weekdays import MONDAY_TO_FRIDAY
from patients.tick_days import TickDay, TickSheet, tick_sheet
from tests.factories import PrescriptionFactory, PrescriptionVersionFactory
from tests.patients.scenario import Scenario, day

pytestmark = pytest.mark.django_db


def sheet(trial: Scenario, on: int) -> TickSheet:
    prescription = trial.prescription
    return tick_sheet(prescription, prescription.versions.order_by("-number")[0], today=trial.date(on))


def undated(**schedule) -> TickSheet:
    """Of a programme that begins with the first session."""
    trial = Scenario("A", start=None, **schedule)
    return sheet(trial, 1)


def dates(found: TickSheet) -> list[str]:
    return [f"{line.number} {line.on:%d.%m.}" for line in found.days]


def test_twenty_days_have_twenty_lines_with_their_dates():
    found = sheet(Scenario("A"), 1)
    assert dates(found)[:2] == ["1 02.03.", "2 03.03."]
    assert dates(found)[-1] == "20 21.03."
    assert len(found.days) == 20
    assert found.review_on == day("2026-03-22")
    assert not found.goes_on


def test_only_the_weekdays_asked_have_a_line_and_days_are_counted_all_the_same():
    found = sheet(Scenario("A", weekdays="135"), 1)
    assert dates(found) == [
        "1 02.03.",
        "3 04.03.",
        "5 06.03.",
        "8 09.03.",
        "10 11.03.",
        "12 13.03.",
        "15 16.03.",
        "17 18.03.",
        "19 20.03.",
    ]


def test_a_later_sheet_begins_today_and_ends_at_the_same_review():
    found = sheet(Scenario("A"), 18)
    assert dates(found) == ["18 19.03.", "19 20.03.", "20 21.03."]
    assert found.review_on == day("2026-03-22")


def test_a_start_to_come_begins_there():
    found = sheet(Scenario("A", start="2026-03-09", activated="2026-03-02"), -4)
    assert dates(found)[0] == "1 09.03."
    assert len(found.days) == 20


def test_paused_days_have_no_line_and_the_review_moves():
    trial = Scenario("A")
    trial.pauses(3, 5, told_on=1)
    found = sheet(trial, 1)
    assert dates(found)[:4] == ["1 02.03.", "2 03.03.", "3 07.03.", "4 08.03."]
    assert len(found.days) == 20
    assert found.review_on == day("2026-03-25")


def test_what_was_adjusted_begins_when_it_holds():
    trial = Scenario("A")
    trial.records(2, done="A")
    trial.changes(2, "AB", at="10:00")  # today was recorded: it holds from tomorrow
    assert dates(sheet(trial, 2))[0] == "3 04.03."


def test_while_a_review_waits_the_lines_have_dates_and_no_number():
    trial = Scenario("A")
    trial.scheduler_runs(21)
    found = sheet(trial, 22)
    assert found.days[0] == TickDay(None, day("2026-03-23"))
    assert len(found.days) == 20
    assert found.review_on is None


def test_after_a_signed_review_the_new_count_is_on_it():
    trial = Scenario("A")
    trial.scheduler_runs(21)
    trial.signs(trial.prescription.reviews.get(), 21)
    found = sheet(trial, 21)
    assert found.days[0] == TickDay(1, day("2026-03-22"))
    assert len(found.days) == 20


def test_without_a_start_the_patient_writes_the_dates():
    found = undated()
    assert found.days == [TickDay(number) for number in range(1, 21)]
    assert found.review_on is None


@pytest.mark.parametrize(
    ("weekdays", "days", "lines"),
    [
        ("135", 20, 9),  # Monday to Monday: 6 in two weeks, and 3 in the six days that remain
        ("135", 21, 9),
        ("135", 14, 6),
        (MONDAY_TO_FRIDAY, 20, 15),  # 10, and the 5 of a week's first six days
        ("7", 20, 3),
        ("67", 9, 4),  # a weekend, and both days of the next where it begins on a Saturday
        ("2", 1, 1),
    ],
)
def test_without_a_start_there_are_as_many_lines_as_there_can_be_days(weekdays, days, lines):
    found = undated(weekdays=weekdays, review_after_days=days)
    assert found.days == [TickDay()] * lines


def test_a_long_programme_gets_what_fits_on_a_page():
    once = sheet(Scenario("A", review_after_days=60), 1)
    assert len(once.days) == 40
    assert once.goes_on
    assert once.review_on == day("2026-05-01")
    thrice = sheet(Scenario("A", review_after_days=60, sessions_a_day=3), 1)
    assert len(thrice.days) == 24
    assert undated(review_after_days=365).goes_on


def test_a_draft_counts_from_its_day_and_one_that_waited_too_long_has_no_dates():
    starts_on = dt.date(2026, 3, 2)
    draft = PrescriptionFactory(status="draft", starts_on=starts_on, counts_from=None, next_review_on=None)
    version = draft.versions.get()
    found = tick_sheet(draft, version, today=starts_on)
    assert found.days[0] == TickDay(1, starts_on)
    assert (len(found.days), found.review_on) == (20, day("2026-03-22"))
    late = tick_sheet(draft, version, today=day("2026-03-03"))
    assert late.days[0] == TickDay(1)
    assert late.review_on is None


def test_the_newest_version_says_which_days():
    prescription = PrescriptionFactory(starts_on=dt.date(2026, 3, 2))
    newest = PrescriptionVersionFactory(
        prescription=prescription, starts_on=dt.date(2026, 3, 4), weekdays="24", exercises=1
    )
    found = tick_sheet(prescription, newest, today=day("2026-03-02"))
    assert dates(found)[:2] == ["4 05.03.", "9 10.03."]
