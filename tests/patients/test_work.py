"""The worklist: one open item a patient and kind, taken, handed over, and closed with an outcome."""

import pytest
from django.core.exceptions import ValidationError

from clinic.models import Event
from patients import caseload, work
from patients.models import WorkItem
from patients.vocabulary import URGENCY, WorkKind
from tests.factories import MembershipFactory, UserFactory
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial() -> Scenario:
    return Scenario("ABC")


@pytest.fixture
def item(trial) -> WorkItem:
    trial.records(1, done="AB", stopped="C")
    (opened,) = trial.open_work()
    return opened


def colleague(trial: Scenario, **fields):
    return MembershipFactory(clinic=trial.clinic, **fields).user


def test_an_item_is_due_on_the_clinics_next_open_day():
    # Day 6 is Saturday 7 March: due on Monday. In Fiji it is Saturday 09:00 when Rome has Friday evening.
    at_home, abroad = Scenario("A"), Scenario("A", zone="Pacific/Fiji")
    at_home.records(6, stopped="A")
    abroad.records(6, stopped="A")
    assert [item.due_on for item in at_home.open_work()] == [at_home.date(8)]
    assert [item.due_on for item in abroad.open_work()] == [abroad.date(5)]


def test_most_urgent_first_then_the_one_that_waits_longest(trial):
    trial.records(1, done="A", skipped={"B": "pain"})
    trial.records(2, done="A", skipped={"B": "pain"})
    trial.records(3, done="A", stopped="C")
    trial.reports_emergency(3)
    kinds = list(WorkItem.objects.by_urgency().values_list("kind", flat=True))
    assert kinds == [WorkKind.EMERGENCY, WorkKind.STOP, WorkKind.SKIPPED_FOR_PAIN]
    assert set(URGENCY) == set(WorkKind)


# --- Taking it -----------------------------------------------------------------------------------------
def test_the_first_who_acknowledges_counts(trial, item):
    other = colleague(trial)
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(1, "10:00"))
    work.acknowledge(item=item, by=other, now=trial.at(1, "11:00"))
    item.refresh_from_db()
    assert (item.acknowledged_at, item.acknowledged_by) == (trial.at(1, "10:00"), trial.clinician)
    assert Event.objects.filter(verb="acknowledged").count() == 1


def test_a_new_event_asks_again_and_the_first_answer_is_kept_with_its_event(trial, item):
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(1, "10:00"))
    trial.records(6, done="A", stopped="B")  # a Saturday
    item.refresh_from_db()
    assert (item.acknowledged_at, item.due_on) == (None, trial.date(8))
    old, new = item.entries.all()
    assert (old.acknowledged_by, old.due_on) == (trial.clinician, trial.date(1))
    assert (new.acknowledged_by, new.due_on) == (None, trial.date(8))


def test_a_closed_item_can_not_be_acknowledged(trial, item):
    work.close_work(item=item, by=trial.clinician, outcome="Phoned.", now=trial.at(1, "10:00"))
    work.acknowledge(item=item, by=colleague(trial), now=trial.at(1, "11:00"))
    item.refresh_from_db()
    assert item.acknowledged_at is None


# --- Handing it over -----------------------------------------------------------------------------------
def test_an_item_is_handed_to_a_colleague(trial, item):
    other = colleague(trial)
    work.hand_over_work(item=item, to=other, by=trial.clinician, now=trial.at(1, "10:00"))
    item.refresh_from_db()
    assert item.owner == other
    assert Event.objects.filter(verb="handed_over", object_id=str(item.pk)).count() == 1


@pytest.mark.parametrize("who", ["stranger", "front desk", "left", "switched off", "other clinic"])
def test_it_can_be_handed_only_to_somebody_who_treats_here(trial, item, who):
    chosen = {
        "stranger": lambda: UserFactory(),
        "front desk": lambda: colleague(trial, role="front_desk"),
        "left": lambda: colleague(trial, ended_at=trial.at(1)),
        "switched off": lambda: colleague(trial, user__is_active=False),
        "other clinic": lambda: MembershipFactory().user,
    }[who]()
    with pytest.raises(ValidationError) as refused:
        work.hand_over_work(item=item, to=chosen, by=trial.clinician, now=trial.at(1, "10:00"))
    assert refused.value.code == "outsider"
    item.refresh_from_db()
    assert item.owner == trial.clinician


# --- Closing it ----------------------------------------------------------------------------------------
def test_it_is_closed_with_an_outcome(trial, item):
    work.close_work(
        item=item, by=trial.clinician, outcome="  Phoned: easier form. ", now=trial.at(1, "10:00")
    )
    item.refresh_from_db()
    assert (item.closed_at, item.closed_by) == (trial.at(1, "10:00"), trial.clinician)
    assert item.outcome == "Phoned: easier form."
    assert trial.open_work() == []


@pytest.mark.parametrize("outcome", ["", "   "])
def test_nothing_leaves_the_list_without_one(trial, item, outcome):
    with pytest.raises(ValidationError) as refused:
        work.close_work(item=item, by=trial.clinician, outcome=outcome, now=trial.at(1, "10:00"))
    assert refused.value.error_dict["outcome"][0].code == "required"
    assert trial.open_work() == [item]


def test_closed_by_two_the_first_one_counts(trial, item):
    work.close_work(item=item, by=trial.clinician, outcome="Phoned.", now=trial.at(1, "10:00"))
    with pytest.raises(ValidationError) as refused:
        work.close_work(item=item, by=colleague(trial), outcome="Written.", now=trial.at(1, "11:00"))
    assert refused.value.code == "closed"
    item.refresh_from_db()
    assert item.outcome == "Phoned."


# --- Handing patients over -----------------------------------------------------------------------------
def test_who_leaves_hands_over_programmes_and_open_work(trial, item):
    taker = colleague(trial)
    done = Scenario("A")  # another clinic's: stays
    moved = caseload.hand_over_patients(
        clinic=trial.clinic, giver=trial.clinician, taker=taker, by=taker, now=trial.at(2)
    )
    item.refresh_from_db()
    assert moved == 1
    assert (trial.prescription.clinician, item.owner) == (taker, taker)
    assert done.prescription.clinician == done.clinician
    assert Event.objects.filter(verb="handed_over", object_type="patients.Prescription").count() == 1


def test_what_has_ended_and_what_is_closed_keeps_its_name(trial, item):
    work.close_work(item=item, by=trial.clinician, outcome="Phoned.", now=trial.at(1, "10:00"))
    trial.ends(2)
    taker = colleague(trial)
    moved = caseload.hand_over_patients(
        clinic=trial.clinic, giver=trial.clinician, taker=taker, by=taker, now=trial.at(3)
    )
    item.refresh_from_db()
    assert moved == 0
    assert (trial.prescription.clinician, item.owner) == (trial.clinician, trial.clinician)


def test_one_patient_may_be_handed_over_alone(trial):
    taker = colleague(trial)
    others = {
        "clinic": trial.clinic,
        "giver": trial.clinician,
        "taker": taker,
        "by": taker,
        "now": trial.at(2),
    }
    assert caseload.hand_over_patients(patients=[Scenario("A").patient], **others) == 0
    assert caseload.hand_over_patients(patients=[trial.patient], **others) == 1


def test_patients_are_handed_only_to_somebody_who_treats_here(trial):
    with pytest.raises(ValidationError) as refused:
        caseload.hand_over_patients(
            clinic=trial.clinic,
            giver=trial.clinician,
            taker=UserFactory(),
            by=trial.clinician,
            now=trial.at(2),
        )
    assert refused.value.code == "outsider"
    assert trial.prescription.clinician == trial.clinician


def test_what_came_after_the_page_was_drawn_is_not_taken_unseen(trial):
    """A second stop is recorded while the page with the first one stands open."""
    trial.records(1, at="09:00", done="B", stopped="A")
    (item,) = trial.open_work()
    (first,) = item.entries.all()
    trial.records(1, at="10:00", stopped="B")
    assert not work.acknowledge(item=item, by=trial.clinician, now=trial.at(1, "11:00"), seen=first.pk)
    (item,) = trial.open_work()
    assert (item.acknowledged_at, item.waits_since) == (None, trial.at(1, "10:00"))
    assert [entry.acknowledged_at for entry in item.entries.all()] == [trial.at(1, "11:00"), None]
    last = item.entries.last()
    assert work.acknowledge(item=item, by=trial.clinician, now=trial.at(1, "11:05"), seen=last.pk)
    (item,) = trial.open_work()
    assert item.acknowledged_at == trial.at(1, "11:05")


def test_nothing_is_taken_before_it_happened(trial):
    """The press waited for the row while a session was recorded."""
    trial.records(1, at="09:00", done="B", stopped="A")
    (item,) = trial.open_work()
    trial.records(1, at="10:00", stopped="B")
    assert not work.acknowledge(item=item, by=trial.clinician, now=trial.at(1, "09:59"))
    assert [entry.acknowledged_at for entry in item.entries.all()] == [trial.at(1, "09:59"), None]
