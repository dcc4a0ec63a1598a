"""Two planners at once, and a session that is recorded while a planner looks, on PostgreSQL."""

import pytest

from patients import silent_work
from patients.locking import locked
from patients.models import WorkItem, WorkItemEntry
from patients.work import close_work
from tests.factories import PatientFactory
from tests.patients.colliding import at_once
from tests.patients.scenario import Scenario

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def trial() -> Scenario:
    """Silent since day 1, so due on the morning of Monday, day 8; so is another patient of the clinic."""
    trial = Scenario("A")
    trial.practises(1, 1)
    Scenario("A", patient=PatientFactory(clinic=trial.clinic)).practises(1, 1)
    return trial


def plan(trial: Scenario) -> None:
    silent_work.open_silences(trial.at(8, "08:00"))


def test_two_planners_at_once_make_each_line_once(trial):
    given = at_once(lambda: locked(trial.prescription), lambda: plan(trial), lambda: plan(trial))
    assert given == [None, None]
    assert WorkItem.objects.count() == WorkItemEntry.objects.count() == 2


def test_a_line_that_is_closed_between_two_planners_stays_closed(trial):
    """The first one makes it, and somebody closes it before the second one has waited to the end."""

    def first() -> None:
        locked(trial.prescription)
        plan(trial)
        (item,) = trial.open_work()
        close_work(item=item, by=trial.clinician, outcome="Phoned.", now=trial.at(8, "08:01"))

    at_once(first, lambda: plan(trial))
    assert WorkItem.objects.count() == WorkItemEntry.objects.count() == 2
    assert trial.open_work() == []


def test_who_records_while_a_planner_waits_is_not_silent(trial):
    at_once(lambda: trial.records(8, at="07:59", done="A"), lambda: plan(trial))
    assert trial.open_work() == []
    assert WorkItem.objects.count() == 1  # the other one's


def test_a_programme_ends_while_a_colleague_closes_its_silence(trial):
    """Both do what they came for: whoever is second finds it closed."""
    plan(trial)
    (item,) = trial.open_work()
    now = trial.at(8, "09:00")
    given = at_once(
        lambda: close_work(item=item, by=trial.clinician, outcome="They called.", now=now),
        lambda: trial.ends(8),
    )
    assert given == [None]
    assert trial.prescription.status == "ended"
    assert WorkItem.objects.get(pk=item.pk).outcome == "They called."
