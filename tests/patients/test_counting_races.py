"""Counting beside those who record, hand over and count too: nobody waits for ever, no figure stays wrong."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from patients import counted, counting, facts
from patients.counting import count_stale
from patients.locking import locked_prescriptions
from patients.models import Prescription
from patients.totals import NAMES
from tests.factories import PatientFactory
from tests.patients.colliding import wait_until_blocked
from tests.patients.scenario import Scenario

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
SECONDS = 20


class Counter:
    """One who counts in a thread of its own, and stands still when it has read what was told."""

    def __init__(self, trial: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
        self.has_read, self.may_go_on = threading.Event(), threading.Event()
        self.counted: list[int] = []
        load = facts.load

        def stand_still(chosen: Any) -> Any:
            found = load(chosen)
            if threading.current_thread() is self._thread:
                self.has_read.set()
                assert self.may_go_on.wait(SECONDS)
            return found

        def count() -> None:
            try:
                self.counted.append(count_stale(now=trial.at(5, "20:00")))
            finally:
                connection.close()

        monkeypatch.setattr(counting.facts, "load", stand_still)
        self._thread = threading.Thread(target=count)
        self._thread.start()
        assert self.has_read.wait(SECONDS)

    def goes_on(self) -> None:
        self.may_go_on.set()
        self._thread.join(SECONDS)
        assert self.counted


@pytest.fixture
def trial() -> Scenario:
    trial = Scenario("A")
    trial.practises(1, 4)
    return trial


@pytest.fixture
def counter(trial: Scenario, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    found = Counter(trial, monkeypatch)
    yield found
    found.may_go_on.set()


def assert_right(trial: Scenario) -> None:
    now = trial.at(9, "20:00")
    (found,) = counted.load(Prescription.objects.filter(pk=trial.pk), zones=[trial.zone], now=now).values()
    live = trial.report(on=9)
    assert [getattr(found.totals, name) for name in NAMES] == [getattr(live, name) for name in NAMES]


def test_a_second_one_leaves_to_the_first_what_it_counts(trial: Scenario, counter: Counter):
    assert count_stale(now=trial.at(5, "20:00")) == 0
    counter.goes_on()
    assert counter.counted == [1]
    assert_right(trial)


def test_a_session_that_is_recorded_meanwhile_is_counted_afterwards(trial: Scenario, counter: Counter):
    def record() -> None:
        try:
            trial.records(5, done="A")
        finally:
            connection.close()

    recording = threading.Thread(target=record)
    recording.start()
    wait_until_blocked(1)
    counter.goes_on()
    recording.join(SECONDS)
    assert count_stale(now=trial.at(5, "20:01")) == 1
    assert_right(trial)


def test_it_waits_for_nobody(trial: Scenario):
    """Of two programmes one is held by a colleague who waits for the other: both go on."""
    other = Scenario("A", patient=PatientFactory(clinic=trial.clinic))
    with transaction.atomic():
        locked_prescriptions(Prescription.objects.filter(pk=other.pk))
        found: list[int] = []

        def count() -> None:
            try:
                found.append(count_stale(now=trial.at(5)))
            finally:
                connection.close()

        counting_it = threading.Thread(target=count)
        counting_it.start()
        counting_it.join(SECONDS)
        assert found == [1]
        locked_prescriptions(Prescription.objects.all())
    assert count_stale(now=trial.at(5)) == 1
