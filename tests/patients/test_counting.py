"""What is counted beforehand is what counting anew says: whatever happens, on that date and on later ones."""

import datetime as dt

import pytest

from patients import counted, counting, skipping
from patients.counting import AHEAD, RENEWED, count_changed, count_stale
from patients.models import CountedDay, Prescription, SkippedDay
from patients.totals import NAMES, Totals
from tests.patients.scenario import ONE_DAY, Scenario

pytestmark = pytest.mark.django_db


def stored(trial: Scenario, now: dt.datetime, *, first=None, last=None):
    ours = Prescription.objects.filter(pk=trial.pk)
    zones = [trial.prescription.patient.zone]
    return counted.load(ours, zones=zones, now=now, first=first, last=last).get(trial.pk)


def figures(totals: Totals) -> list[int]:
    return [getattr(totals, name) for name in NAMES]


def assert_counted(trial: Scenario, on: int, *, at: str = "20:00", days: int = 9) -> None:
    """After a tick at `at` of day `on`, the stored figures are those of then and of the days after it."""
    count_stale(now=trial.at(on, at))
    for number in range(on, on + days):
        found = stored(trial, trial.at(number, at))
        live = trial.report(on=number)
        assert figures(found.totals) == figures(live), number
        assert (found.day_number, found.today) == (live.day_number, trial.date(number))
        recorded = [day.on for day in live.days if day.sessions_recorded]
        assert found.last_session_on == (recorded[-1] if recorded else None)


# --- Whatever happens is followed ---------------------------------------------------------------------
def test_a_programme_with_everything_in_it():
    """Counted after each act: one that did not say that it changes something would be seen here."""
    trial = Scenario("ABC", sessions_a_day=2)
    assert_counted(trial, 1)
    trial.records(1, done="AB", partly="C")
    assert_counted(trial, 1)
    trial.records(2, done="A", stopped="B", skipped={"C": "pain"})
    assert_counted(trial, 2)
    trial.records(3, stopped_all=True)
    assert_counted(trial, 3)
    trial.resumes(4, "AB", at="08:00")
    assert_counted(trial, 4)
    trial.records(2, told_on=4, at="21:00", done="A")
    assert_counted(trial, 4, at="22:00")
    trial.pauses(6, 7, told_on=5)
    assert_counted(trial, 5)
    trial.changes(5, "ABD", at="21:00", sessions_a_day=1, weekdays="12345")
    assert_counted(trial, 5, at="22:00")
    trial.reports_emergency(8)
    assert_counted(trial, 8)
    trial.clears_emergency(10)
    assert_counted(trial, 10)
    skipping.skip_own_day(
        patient=trial.patient,
        on=trial.date(11),
        reason=SkippedDay.Reason.FORGOT,
        by=trial.patient.user,
        now=trial.at(11, "19:00"),
    )
    assert_counted(trial, 11)
    trial.scheduler_runs(23)
    assert_counted(trial, 23)


def test_it_begins_with_the_first_session():
    trial = Scenario("A", start=None)
    count_stale(now=trial.at(3))
    assert stored(trial, trial.at(3)) is None
    trial.records(4, done="A")
    assert_counted(trial, 4)


def test_what_has_ended_is_not_kept():
    trial = Scenario("A")
    trial.practises(1, 2)
    assert_counted(trial, 3)
    trial.ends(4)
    count_stale(now=trial.at(4, "20:00"))
    assert not CountedDay.objects.exists()
    assert count_stale(now=trial.at(5)) == 0


@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/Santiago", "Australia/Lord_Howe", "UTC"])
def test_today_is_the_patients(zone):
    """At the same instant it is another date elsewhere, and another day is over."""
    trial = Scenario("A", zone=zone)
    trial.practises(1, 3)
    assert_counted(trial, 5, at="00:01", days=3)
    assert_counted(trial, 5, at="23:59", days=3)


def test_two_zones_in_one_answer():
    """05:00 UTC on 7 March: the seventh in Rome with six days over, still the sixth in Los Angeles."""
    rome, far = Scenario("A"), Scenario("A", zone="America/Los_Angeles")
    now = dt.datetime(2026, 3, 7, 5, tzinfo=dt.UTC)
    count_stale(now=now)
    found = counted.load(Prescription.objects.all(), zones=[rome.zone, far.zone], now=now)
    assert (found[rome.pk].totals.sessions_due, found[far.pk].totals.sessions_due) == (5, 4)


# --- Of some dates alone ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "last", "done_of_due"),
    [
        (1, 9, (4, 7)),  # all until today, which is day 8: seven are over
        (2, 3, (2, 2)),
        (3, 5, (2, 3)),
        (5, 8, (0, 3)),
        (8, 8, (0, 0)),
        (9, 20, (0, 0)),
        (-9, 0, (0, 0)),
        (-9, 2, (2, 2)),
    ],
)
def test_by_hand(first, last, done_of_due):
    """Days 1 to 4 are done, nothing after; today is day 8."""
    trial = Scenario("A")
    trial.practises(1, 4)
    count_stale(now=trial.at(8))
    found = stored(trial, trial.at(8), first=trial.date(first), last=trial.date(last)).totals
    assert (found.sessions_done, found.sessions_due) == done_of_due
    assert (found.days_practised, found.days_due) == done_of_due


def test_the_weeks_are_counted_back_from_today():
    """Day 16: nine days (2 to 8 of seven, then 9 to 15 ... by sevens from today), the earliest is shorter."""
    trial = Scenario("A")
    trial.practises(1, 5)
    now = trial.at(16)
    count_stale(now=now)
    found = {trial.pk: stored(trial, now)}
    starts = {trial.pk: trial.date(1)}
    weeks = counted.weeks(found, starts, first=None, last=None)[trial.pk]
    # Days 1 and 2; 3 to 9, of which three were done; 10 to 16, of which the last is not over.
    assert [(one.sessions_done, one.sessions_due) for one in weeks] == [(2, 2), (3, 7), (0, 6)]
    weeks = counted.weeks(found, starts, first=trial.date(2), last=trial.date(7))[trial.pk]
    assert [(one.sessions_done, one.sessions_due) for one in weeks] == [(4, 6)]


# --- When it is done ----------------------------------------------------------------------------------
def test_what_did_not_change_is_left_alone_until_the_dates_run_out():
    trial = Scenario("A")
    now = trial.at(1)
    assert count_stale(now=now) == 1
    assert count_stale(now=now) == 0
    assert CountedDay.objects.count() == AHEAD.days + 1
    assert count_stale(now=now + AHEAD - RENEWED) == 0
    assert count_stale(now=now + AHEAD - RENEWED + ONE_DAY) == 1


def test_only_what_differs_is_written():
    """A day that is told afterwards changes the days after it; those before stay the rows that they are."""
    trial = Scenario("A")
    count_stale(now=trial.at(3))
    before = dict(CountedDay.objects.values_list("on", "pk"))
    trial.records(3, done="A")
    count_stale(now=trial.at(3, "10:00"))
    assert dict(CountedDay.objects.values_list("on", "pk")) == before
    figures_of = dict(CountedDay.objects.values_list("on", "sessions_done"))
    assert [figures_of[trial.date(number)] for number in (1, 2, 3, 4)] == [0, 0, 0, 1]


def test_a_tick_counts_at_most_so_many_and_owes_no_mail():
    trials = [Scenario("A") for _ in range(3)]
    assert count_stale(now=trials[0].at(2), most=2) == 2
    assert count_changed(trials[0].at(2)) == 0
    assert count_stale(now=trials[0].at(2)) == 0
    assert CountedDay.objects.values("prescription").distinct().count() == 3


def test_one_that_cannot_be_counted_does_not_stop_the_others(monkeypatch, caplog):
    first, broken, last = (Scenario("A") for _ in range(3))

    def days(one, *given):
        if one.pk == broken.pk:
            raise OverflowError("date value out of range")
        return real(one, *given)

    real = counting._days
    monkeypatch.setattr(counting, "_days", days)
    assert count_stale(now=first.at(2)) == 2
    assert f"Programme {broken.pk} cannot be counted." in caplog.text
    counted_of = set(CountedDay.objects.values_list("prescription", flat=True))
    assert counted_of == {first.pk, last.pk}
