"""Which sessions call a clinician (rule 4), with the edges of each number, and how calls come together."""

import pytest

from clinic.models import Notice
from patients import work
from patients.vocabulary import Alert, Site, WorkKind
from tests.factories import MembershipFactory
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db

BACK, BUTTOCK, THIGH, CALF = Site


def alerts(trial: Scenario, kind: WorkKind = WorkKind.STOP) -> list[str]:
    return [entry.what for item in trial.open_work(kind) for entry in item.entries.all()]


# --- Pain that rose ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("before", "after", "called"),
    [
        (2, 4, True),  # exactly 2
        (0, 2, True),
        (2, 3, False),
        (2, 2, False),
        (4, 2, False),
        (None, 5, False),  # missing is not 0
        (0, None, False),
        (None, None, False),
    ],
)
def test_pain_that_rose_by_two(before, after, called):
    trial = Scenario("A")
    trial.records(1, done="A", before=before, after=after)
    assert alerts(trial) == ([Alert.PAIN_RISE] if called else [])
    assert Notice.objects.filter(kind="stop_alert").count() == called


def test_pain_during_that_settles_calls_nobody():
    trial = Scenario("A")
    trial.records(1, done="A", before=2, during=9, after=2)
    assert alerts(trial) == []


# --- Pain that is high ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("usual", "after", "called"),
    [
        (5, 6, True),
        (6, 6, False),  # not above the usual
        (6, 7, True),
        (7, 7, False),
        (None, 6, True),  # nobody said what is usual: better once too often
        (0, 5, False),  # above the usual, and below 6
        (5, None, False),
    ],
)
def test_pain_of_six_and_above_the_usual(usual, after, called):
    trial = Scenario("A", usual_pain=usual)
    trial.records(1, done="A", after=after)
    assert alerts(trial) == ([Alert.PAIN_LEVEL] if called else [])


# --- Pain that moved down ------------------------------------------------------------------------------
def test_a_place_lower_than_ever_recorded():
    trial = Scenario("A")
    trial.records(1, done="A", sites=[BUTTOCK])
    assert alerts(trial) == []  # the first one has nothing to be lower than
    trial.records(2, done="A", sites=[BACK, BUTTOCK])
    assert alerts(trial) == []
    trial.records(3, done="A", sites=[BACK, THIGH])
    assert alerts(trial) == [Alert.PAIN_SITE]
    trial.records(4, done="A", sites=[THIGH])  # as low as before: nothing new
    assert alerts(trial) == [Alert.PAIN_SITE]
    trial.records(5, done="A", sites=[CALF])
    assert alerts(trial) == [Alert.PAIN_SITE, Alert.PAIN_SITE]


@pytest.mark.parametrize(("site", "called"), [(BACK, False), (BUTTOCK, False), (THIGH, True)])
def test_a_place_lower_than_the_usual_one(site, called):
    trial = Scenario("A", usual_lowest_site=BUTTOCK)
    trial.records(1, done="A", sites=[site])
    assert alerts(trial) == ([Alert.PAIN_SITE] if called else [])


def test_a_place_that_is_left_out_calls_nobody():
    trial = Scenario("A", usual_lowest_site=BACK)
    trial.records(1, done="A", after=3)
    assert alerts(trial) == []


def test_the_lowest_place_counts_across_a_patients_programmes():
    first = Scenario("A")
    first.records(1, done="A", sites=[CALF])
    first.ends(2)
    second = Scenario("A", patient=first.patient, start="2026-03-10", activated="2026-03-10")
    second.records(1, done="A", sites=[CALF])
    assert alerts(second) == []


# --- The clinic's own numbers ----------------------------------------------------------------------------
def test_the_numbers_are_the_clinics():
    trial = Scenario("A", usual_pain=0)
    trial.clinic.pain_rise_alert, trial.clinic.pain_level_alert = 4, 8
    trial.clinic.save()
    trial.records(1, done="A", before=4, after=7)
    assert alerts(trial) == []
    trial.records(2, done="A", before=4, after=8)
    assert alerts(trial) == [Alert.PAIN_RISE, Alert.PAIN_LEVEL]


# --- Skipped for pain ----------------------------------------------------------------------------------
def test_skipped_for_pain_once_calls_nobody():
    trial = Scenario("AB")
    trial.records(1, done="A", skipped={"B": "pain"})
    trial.records(2, done="AB")
    trial.records(3, done="A", skipped={"B": "pain"})
    assert trial.open_work() == []


def test_skipped_for_pain_in_two_sessions_running():
    trial = Scenario("AB")
    trial.records(1, done="A", skipped={"B": "pain"})
    trial.records(2, done="A", skipped={"B": "pain"})
    assert alerts(trial, WorkKind.SKIPPED_FOR_PAIN) == [Alert.PAIN_SKIP]
    assert not Notice.objects.exists()  # it stands on the worklist; it is no alarm
    trial.records(3, done="A", skipped={"B": "pain"})
    assert alerts(trial, WorkKind.SKIPPED_FOR_PAIN) == [Alert.PAIN_SKIP, Alert.PAIN_SKIP]
    assert len(trial.open_work()) == 1


def test_two_different_exercises_are_not_two_sessions_running():
    trial = Scenario("AB")
    trial.records(1, done="A", skipped={"B": "pain"})
    trial.records(2, done="B", skipped={"A": "pain"})
    assert trial.open_work() == []


def test_another_reason_is_not_pain():
    trial = Scenario("AB")
    trial.records(1, done="A", skipped={"B": "pain"})
    trial.records(2, done="A", skipped={"B": "no_time"})
    assert trial.open_work() == []


def test_two_sessions_of_one_day_run_on():
    trial = Scenario("AB", sessions_a_day=2)
    trial.records(1, done="A", skipped={"B": "pain"}, at="09:00")
    trial.records(1, done="A", skipped={"B": "pain"}, at="19:00")
    assert alerts(trial, WorkKind.SKIPPED_FOR_PAIN) == [Alert.PAIN_SKIP]


def test_a_session_told_afterwards_stands_in_its_own_place():
    # Recorded: day 2, then day 1. Both skipped B for pain: they are two running, whichever was told first.
    trial = Scenario("AB")
    trial.records(2, done="A", skipped={"B": "pain"})
    trial.records(1, told_on=2, at="10:00", done="A", skipped={"B": "pain"})
    assert alerts(trial, WorkKind.SKIPPED_FOR_PAIN) == [Alert.PAIN_SKIP]


def test_a_session_told_afterwards_may_stand_between():
    # Day 1 and day 3 skipped B for pain; day 2, told last, did B: no two running.
    trial = Scenario("AB")
    trial.records(1, done="A", skipped={"B": "pain"})
    trial.records(2, told_on=3, done="AB")
    trial.records(3, at="10:00", done="A", skipped={"B": "pain"})
    assert trial.open_work() == []


# --- Coming together -----------------------------------------------------------------------------------
def test_one_session_may_say_several_things_in_one_call():
    trial = Scenario("AB", usual_pain=3, usual_lowest_site=BACK)
    trial.records(1, done="A", stopped="B", before=4, after=7, sites=[THIGH])
    assert alerts(trial) == [Alert.STOP, Alert.PAIN_RISE, Alert.PAIN_LEVEL, Alert.PAIN_SITE]
    assert len(trial.open_work()) == 1
    assert Notice.objects.filter(kind="stop_alert").count() == 1


def test_later_events_are_added_to_the_open_item_and_each_sends_its_own_notice():
    trial = Scenario("ABC")
    first = trial.records(1, done="AB", stopped="C").session
    second = trial.records(2, done="A", stopped="B").session
    (item,) = trial.open_work()
    assert [entry.session for entry in item.entries.all()] == [first, second]
    assert item.opened_at == trial.at(1)
    assert Notice.objects.filter(kind="stop_alert").count() == 2


def test_an_item_that_was_acknowledged_asks_again():
    trial = Scenario("ABC")
    trial.records(1, done="AB", stopped="C")
    (item,) = trial.open_work()
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(1, "10:00"))
    trial.records(2, done="A", stopped="B")
    (again,) = trial.open_work()
    assert again.pk == item.pk
    assert (again.acknowledged_at, again.acknowledged_by) == (None, None)


def test_an_item_that_was_closed_is_followed_by_a_new_one():
    trial = Scenario("ABC")
    trial.records(1, done="AB", stopped="C")
    (item,) = trial.open_work()
    work.close_work(item=item, by=trial.clinician, outcome="Phoned.", now=trial.at(1, "10:00"))
    trial.records(2, done="A", stopped="B")
    (new,) = trial.open_work()
    assert new.pk != item.pk


def test_a_colleague_who_took_the_item_over_is_called():
    trial = Scenario("ABC")
    colleague = MembershipFactory(clinic=trial.clinic).user
    trial.records(1, done="AB", stopped="C")
    (item,) = trial.open_work()
    work.hand_over_work(item=item, to=colleague, by=trial.clinician, now=trial.at(1, "10:00"))
    trial.records(2, done="A", stopped="B")
    assert [notice.recipient for notice in Notice.objects.order_by("created_at")] == [
        trial.clinician,
        colleague,
    ]
