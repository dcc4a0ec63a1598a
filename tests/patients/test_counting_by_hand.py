"""The statement that bench/ holds the report against yields the same figures as the program."""

import pytest
from django.db import connection

from bench import by_hand
from patients import counted, skipping
from patients.counting import count_stale
from patients.models import Prescription, SkippedDay
from tests.patients.scenario import Scenario

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="is written for PostgreSQL"),
]


def assert_same(trial: Scenario, *days: int, at: str = "20:00") -> None:
    for number in days:
        now = trial.at(number, at)
        count_stale(now=now)
        ours = counted.load(Prescription.objects.filter(pk=trial.pk), zones=[trial.zone], now=now)
        assert by_hand.adherence(trial.clinic, now=now) == {trial.pk: ours[trial.pk].totals}, number


def test_a_programme_with_everything_in_it():
    trial = Scenario("ABC", sessions_a_day=2, zone="Asia/Kathmandu")
    trial.records(1, done="AB", partly="C")
    trial.records(2, done="A", stopped="B", skipped={"C": "pain"})
    assert_same(trial, 2, 3)
    trial.records(3, stopped_all=True)
    assert_same(trial, 3, 4)
    trial.resumes(4, "AB", at="08:00")
    trial.records(2, told_on=4, at="21:00", done="A")
    assert_same(trial, 4, 5, at="22:00")
    trial.pauses(6, 7, told_on=5)
    trial.changes(5, "ABD", at="21:00", sessions_a_day=1, weekdays="12345")
    assert_same(trial, 5, 8, at="22:00")
    trial.reports_emergency(8)
    assert_same(trial, 8, 9)
    trial.clears_emergency(10)
    skipping.skip_own_day(
        patient=trial.patient,
        on=trial.date(11),
        reason=SkippedDay.Reason.ILLNESS,
        by=trial.patient.user,
        now=trial.at(11, "19:00"),
    )
    assert_same(trial, 11, 12, 30)


@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/Santiago"])
def test_on_the_last_and_first_minute_of_a_day(zone):
    trial = Scenario("AB", zone=zone)
    trial.practises(1, 3, done="A")
    assert_same(trial, 4, 5, at="00:01")
    assert_same(trial, 4, 5, at="23:59")
