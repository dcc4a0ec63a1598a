"""Alerts that nobody takes: to the owner again, to who stands in, to the managers; each once, never early."""

import datetime as dt
from typing import Any

import pytest

from clinic.absences import name_stand_in
from clinic.models import Event, Notice, User
from clinic.scoping import Role
from patients.caseload import hand_over_patients
from patients.merging import merge_patients
from patients.models import Patient, Prescription, WorkItem
from patients.notices import escalation
from patients.notices.escalation import plan_escalation
from patients.vocabulary import WorkKind
from patients.work import acknowledge, close_work, hand_over_work
from tests.factories import MembershipFactory, PatientFactory, PrescriptionFactory, WorkItemFactory
from tests.patients.reminding import MONDAY, at, clinic
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TUESDAY, WEDNESDAY, THURSDAY = MONDAY + DAY, MONDAY + 2 * DAY, MONDAY + 3 * DAY
FRIDAY = MONDAY + 4 * DAY
MONDAY_NOON = at("12:00")


class Ward:
    """A clinic in Rome, open from Monday to Friday, notices at eight: a clinician, a colleague, a manager."""

    def __init__(self) -> None:
        self.clinic = clinic(name="Clinic Aurora")
        self.owner = self.works(Role.CLINICIAN)
        self.colleague = self.works(Role.CLINICIAN)
        self.manager = self.works(Role.MANAGER)

    def works(self, role: Role) -> User:
        user: User = MembershipFactory(clinic=self.clinic, role=role).user
        return user

    def item(self, since: dt.datetime = MONDAY_NOON, **fields: Any) -> WorkItem:
        """A stop alert on Monday at noon."""
        anna = PatientFactory(clinic=self.clinic)
        prescription = PrescriptionFactory(patient=anna, clinician=self.owner)
        made: WorkItem = WorkItemFactory(prescription=prescription, opened_at=since, **fields)
        return made

    def away(self, first: dt.date, last: dt.date) -> None:
        name_stand_in(
            clinic=self.clinic,
            user=self.owner,
            stand_in=self.colleague,
            first_on=first,
            last_on=last,
            by=self.owner,
            now=at("07:00"),
        )


@pytest.fixture
def ward() -> Ward:
    return Ward()


def told() -> list[tuple[str, User | None, dt.datetime]]:
    rows = Notice.objects.filter(kind="alert_again").select_related("recipient").order_by("pk")
    return [(row.params["step"], row.recipient, row.due_at) for row in rows]


def ticks(first: dt.date, last: dt.date) -> None:
    """Planning runs every day at 07:59, 08:00 and 15:00 in Rome."""
    while first <= last:
        for hour in ("07:59", "08:00", "15:00"):
            plan_escalation(at(hour, first))
        first += DAY


def test_owner_again_then_the_manager_on_the_mornings_that_follow(ward: Ward) -> None:
    item = ward.item()
    assert plan_escalation(at("18:00")) == 0
    assert plan_escalation(at("07:59", TUESDAY)) == 0
    assert plan_escalation(at("08:00", TUESDAY)) == 1
    assert told() == [("owner", ward.owner, at("08:00", TUESDAY))]
    assert plan_escalation(at("07:59", WEDNESDAY)) == 0
    ticks(WEDNESDAY, WEDNESDAY + 30 * DAY)
    assert told()[1:] == [("manager", ward.manager, at("08:00", WEDNESDAY))]
    events = Event.objects.filter(verb="escalated", object_id=str(item.pk), subject_id=item.patient_id)
    assert events.count() == 2


def test_with_somebody_standing_in_they_come_between(ward: Ward) -> None:
    ward.item()
    ward.away(MONDAY, FRIDAY)
    ticks(MONDAY, FRIDAY)
    assert told() == [
        ("owner", ward.owner, at("08:00", TUESDAY)),
        ("stand_in", ward.colleague, at("08:00", WEDNESDAY)),
        ("manager", ward.manager, at("08:00", THURSDAY)),
    ]


def test_every_manager_has_their_own_and_without_any_the_clinic_has_it(ward: Ward) -> None:
    second = ward.works(Role.MANAGER)
    ward.item()
    ticks(MONDAY, WEDNESDAY)
    assert [who for _step, who, _due in told()] == [ward.owner, ward.manager, second]
    elsewhere = Ward()
    elsewhere.manager.memberships.update(ended_at=at("07:00"))
    elsewhere.item()
    ticks(THURSDAY, THURSDAY)
    assert [(step, who) for step, who, _due in told()][3:] == [("owner", elsewhere.owner), ("manager", None)]


@pytest.mark.parametrize(
    ("since", "first"),
    [
        (at("05:00"), at("08:00")),  # before the clinic's hour: that very morning
        (at("06:59"), at("08:00")),
        (at("07:30"), at("08:00", TUESDAY)),  # half an hour before is too short to be late
        (at("19:00", FRIDAY), at("08:00", MONDAY + 7 * DAY)),
        (at("09:00", MONDAY + 5 * DAY), at("08:00", MONDAY + 7 * DAY)),  # Saturday
    ],
)
def test_when_the_first_morning_is(ward: Ward, since: dt.datetime, first: dt.datetime) -> None:
    ward.item(since)
    assert plan_escalation(first - dt.timedelta(seconds=1)) == 0
    assert plan_escalation(first) == 1
    assert told()[0][2] == first


def test_over_the_change_of_clocks_the_morning_is_the_clinics(ward: Ward) -> None:
    """29 March 2026: Rome goes from UTC+1 to UTC+2, so Monday's eight o'clock is six in UTC."""
    ward.item(at("12:00", dt.date(2026, 3, 27)))
    assert plan_escalation(dt.datetime(2026, 3, 30, 5, 59, tzinfo=dt.UTC)) == 0
    assert plan_escalation(dt.datetime(2026, 3, 30, 6, 0, tzinfo=dt.UTC)) == 1


def test_planning_that_was_dead_for_days_makes_each_step_once(ward: Ward) -> None:
    ward.item()
    ward.away(MONDAY, FRIDAY)
    for minutes in range(3):
        plan_escalation(at("16:00", FRIDAY) + dt.timedelta(minutes=minutes))
    assert [(step, who) for step, who, _due in told()] == [
        ("owner", ward.owner),
        ("stand_in", ward.colleague),
        ("manager", ward.manager),
    ]


@pytest.mark.parametrize("kind", [WorkKind.REVIEW, WorkKind.QUESTION, WorkKind.PROGRESSION])
def test_what_is_no_alert_is_not_passed_on(ward: Ward, kind: WorkKind) -> None:
    ward.item(kind=kind)
    ticks(MONDAY, FRIDAY)
    assert told() == []


def test_emergency_signs_are(ward: Ward) -> None:
    ward.item(kind=WorkKind.EMERGENCY)
    ticks(MONDAY, FRIDAY)
    assert [step for step, _who, _due in told()] == ["owner", "manager"]


def test_what_was_taken_or_closed_is_not_passed_on_nor_sent(ward: Ward) -> None:
    taken, closed, waiting = ward.item(), ward.item(), ward.item()
    acknowledge(item=taken, by=ward.colleague, now=at("13:00"))
    plan_escalation(at("08:00", TUESDAY))
    assert Notice.objects.count() == 2
    close_work(item=closed, by=ward.owner, outcome="Called.", now=at("08:01", TUESDAY))
    reasons = {
        notice.params["work_item"]: escalation.still_wanted(notice, at("08:02", TUESDAY))
        for notice in Notice.objects.all()
    }
    assert (reasons[closed.pk].wanted, reasons[closed.pk].reason) == (False, "closed")
    assert reasons[waiting.pk].wanted
    acknowledge(item=waiting, by=ward.owner, now=at("08:03", TUESDAY))
    [notice] = Notice.objects.filter(params__work_item=waiting.pk)
    assert escalation.still_wanted(notice, at("08:04", TUESDAY)).reason == "acknowledged"
    ticks(WEDNESDAY, FRIDAY)
    assert Notice.objects.count() == 2


def test_what_calls_again_after_it_was_taken_is_counted_anew() -> None:
    """Stopped on Monday, taken on Monday; stopped again on Wednesday at nine: again on Thursday at eight."""
    trial = Scenario("AB")
    manager = MembershipFactory(clinic=trial.clinic, role=Role.MANAGER).user
    trial.records(1, stopped="A")
    [item] = trial.open_work(WorkKind.STOP)
    plan_escalation(at("08:00", TUESDAY))
    acknowledge(item=item, by=trial.clinician, now=at("09:00", TUESDAY))
    trial.records(3, stopped="B")
    assert plan_escalation(at("23:00", WEDNESDAY)) == 0
    ticks(THURSDAY, FRIDAY)
    assert told() == [
        ("owner", trial.clinician, at("08:00", TUESDAY)),
        ("owner", trial.clinician, at("08:00", THURSDAY)),
        ("manager", manager, at("08:00", FRIDAY)),
    ]
    first = Notice.objects.filter(kind="alert_again").order_by("pk").first()
    assert escalation.still_wanted(first, at("12:00", FRIDAY)).reason == "overtaken"


def test_a_second_event_before_anybody_took_the_first_puts_nothing_off() -> None:
    trial = Scenario("AB")
    trial.records(1, stopped="A")
    trial.records(2, at="07:00", stopped="B")
    plan_escalation(at("08:00", TUESDAY))
    assert told() == [("owner", trial.clinician, at("08:00", TUESDAY))]


# --- Changing hands ------------------------------------------------------------------------------------
def test_handed_over_the_steps_go_on_with_the_colleague(ward: Ward) -> None:
    item = ward.item()
    plan_escalation(at("08:00", TUESDAY))
    hand_over_work(item=item, to=ward.colleague, by=ward.owner, now=at("09:00", TUESDAY))
    [first] = Notice.objects.filter(kind="alert_again")
    assert escalation.still_wanted(first, at("09:00", TUESDAY)).reason == "handed_over"
    ticks(WEDNESDAY, FRIDAY)
    assert [(step, who) for step, who, _due in told()] == [
        ("owner", ward.owner),
        ("owner", ward.colleague),
        ("manager", ward.manager),
    ]


def test_handed_over_by_who_had_taken_it_it_waits_from_then_on(ward: Ward) -> None:
    item = ward.item()
    acknowledge(item=item, by=ward.owner, now=at("13:00"))
    hand_over_work(item=item, to=ward.colleague, by=ward.owner, now=at("10:00", WEDNESDAY))
    ticks(TUESDAY, WEDNESDAY)
    assert told() == []
    ticks(THURSDAY, THURSDAY)
    assert told() == [("owner", ward.colleague, at("08:00", THURSDAY))]


def test_with_all_patients_handed_over_the_steps_go_on(ward: Ward) -> None:
    ward.item()
    hand_over_patients(
        clinic=ward.clinic, giver=ward.owner, taker=ward.colleague, by=ward.manager, now=at("15:00")
    )
    ticks(TUESDAY, TUESDAY)
    assert [(step, who) for step, who, _due in told()] == [("owner", ward.colleague)]


def test_two_records_merged_make_no_step_twice(ward: Ward) -> None:
    first, second = ward.item(at("11:00")), ward.item(at("12:00"))
    Prescription.objects.filter(patient=first.patient_id).update(
        status="ended", starts_on=MONDAY, ended_on=MONDAY, end_reason="improved"
    )
    plan_escalation(at("08:00", TUESDAY))
    assert len(told()) == 2
    keep, other = Patient.objects.get(pk=second.patient_id), Patient.objects.get(pk=first.patient_id)
    merge_patients(keep=keep, other=other, by=ward.owner, now=at("09:00", TUESDAY))
    [item] = WorkItem.objects.open()
    assert (item.pk, item.waits_since) == (second.pk, at("11:00"))
    assert plan_escalation(at("09:01", TUESDAY)) == 0
    ticks(WEDNESDAY, WEDNESDAY)
    assert [(step, who) for step, who, _due in told()][2:] == [("manager", ward.manager)]


# --- Whoever stands in ---------------------------------------------------------------------------------
def test_a_new_alert_goes_to_who_is_away_and_to_who_stands_in_at_once() -> None:
    trial = Scenario("A")
    deputy = MembershipFactory(clinic=trial.clinic).user
    name_stand_in(
        clinic=trial.clinic,
        user=trial.clinician,
        stand_in=deputy,
        first_on=TUESDAY,
        last_on=WEDNESDAY,
        by=trial.clinician,
        now=at("07:00"),
    )
    trial.records(1, done="A", after=9)
    trial.records(2, done="A", after=9)
    trial.reports_emergency(3)
    trial.reports_emergency(4)
    rows = Notice.objects.filter(kind__endswith="_alert").order_by("pk")
    assert [(row.kind, row.recipient) for row in rows] == [
        ("stop_alert", trial.clinician),
        ("stop_alert", trial.clinician),
        ("stop_alert", deputy),
        ("emergency_alert", trial.clinician),
        ("emergency_alert", deputy),
        ("emergency_alert", trial.clinician),
    ]


def test_who_stands_in_no_more_is_not_told(ward: Ward) -> None:
    ward.item()
    ward.away(MONDAY, WEDNESDAY)
    ticks(MONDAY, WEDNESDAY)
    [notice] = Notice.objects.filter(params__step="stand_in")
    assert escalation.still_wanted(notice, at("09:00", WEDNESDAY)).wanted
    assert escalation.still_wanted(notice, at("09:00", THURSDAY)).reason == "handed_over"


# --- How many queries ----------------------------------------------------------------------------------
def test_as_many_queries_however_many_wait(ward: Ward, django_assert_num_queries: Any) -> None:
    ward.item()
    plan_escalation(at("08:00", TUESDAY))
    with django_assert_num_queries(4):  # items, who is away, managers, what was made
        plan_escalation(at("08:01", TUESDAY))
    for _more in range(5):
        ward.item()
    plan_escalation(at("08:02", TUESDAY))
    with django_assert_num_queries(4):
        plan_escalation(at("08:03", TUESDAY))
