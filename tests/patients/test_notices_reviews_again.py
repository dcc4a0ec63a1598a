"""A review that nobody signs: again after 3 and 7 days, then to the managers; and who stands in is told."""

import datetime as dt
from typing import Any

import pytest

from clinic.absences import name_stand_in
from clinic.models import Notice, User
from clinic.notices import planning
from clinic.scoping import Role
from patients.caseload import take_over_prescribing
from patients.models import Patient, Review
from patients.notices import reviews, reviews_again
from patients.notices.reviews_again import plan_reviews_again
from patients.signing import sign_review
from patients.vocabulary import Decision
from tests.factories import CareTeamMemberFactory, MembershipFactory
from tests.patients.reminding import MONDAY, at, clinic, patient, prescription_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
THURSDAY, NEXT_MONDAY = MONDAY + 3 * DAY, MONDAY + 7 * DAY
NEXT_TUESDAY = MONDAY + 8 * DAY


def begun(**fields: Any) -> Patient:
    """Their review point is reached on Monday 2 March 2026; the clinic in Rome is open on weekdays."""
    house = fields.pop("clinic", None) or clinic()
    by = MembershipFactory(clinic=house, role=Role.CLINICIAN).user
    return patient(clinic=house, on_prescription={"starts_on": MONDAY - 20 * DAY, "clinician": by}, **fields)


def clinician_of(anna: Patient) -> User:
    return prescription_of(anna).clinician


def manager_of(anna: Patient) -> User:
    user: User = MembershipFactory(clinic=anna.clinic, role=Role.MANAGER).user
    return user


def told(kind: str = "review_again") -> list[tuple[Any, User | None, dt.datetime]]:
    rows = Notice.objects.filter(kind=kind).select_related("recipient").order_by("pk")
    return [(row.params.get("step"), row.recipient, row.due_at) for row in rows]


def ticks(first: dt.date, last: dt.date) -> None:
    """Planning runs every day at 07:59, 08:00 and 15:00 in Rome."""
    while first <= last:
        for hour in ("07:59", "08:00", "15:00"):
            planning.plan(at(hour, first))
        first += DAY


def away(anna: Patient, user: User, stand_in: User, first: dt.date, last: dt.date) -> None:
    name_stand_in(
        clinic=anna.clinic,
        user=user,
        stand_in=stand_in,
        first_on=first,
        last_on=last,
        by=user,
        now=at("00:00"),
    )


def test_after_three_and_seven_days_then_the_manager_each_once() -> None:
    anna = begun()
    by, manager = clinician_of(anna), manager_of(anna)
    ticks(MONDAY, THURSDAY - DAY)
    assert plan_reviews_again(at("07:59", THURSDAY)) == 0
    assert told() == []
    ticks(THURSDAY, THURSDAY)
    assert told() == [(3, by, at("08:00", THURSDAY))]
    ticks(THURSDAY + DAY, MONDAY + 60 * DAY)
    assert told()[1:] == [
        (7, by, at("08:00", NEXT_MONDAY)),
        ("manager", manager, at("08:00", NEXT_TUESDAY)),
    ]


def test_on_open_days_alone() -> None:
    """First mail on Wednesday 4 March: three days later is Saturday, so on Monday; seven: Wednesday."""
    anna = begun()
    ticks(MONDAY + 2 * DAY, MONDAY + 20 * DAY)
    assert [due for _step, who, due in told() if who == clinician_of(anna)] == [
        at("08:00", NEXT_MONDAY),
        at("08:00", MONDAY + 9 * DAY),
    ]


def test_each_of_the_care_team_and_no_other() -> None:
    anna = begun()
    too = CareTeamMemberFactory(patient=anna).user
    CareTeamMemberFactory(patient=patient())
    ticks(MONDAY, THURSDAY)
    assert [who for _step, who, _due in told()] == [clinician_of(anna), too]


def test_after_an_outage_the_latest_step_alone() -> None:
    anna = begun()
    manager = manager_of(anna)
    ticks(MONDAY, MONDAY)
    for minutes in range(3):
        planning.plan(at("09:00", NEXT_MONDAY) + dt.timedelta(minutes=minutes))
    assert [(step, who) for step, who, _due in told()] == [(7, clinician_of(anna))]
    ticks(NEXT_TUESDAY, NEXT_TUESDAY)
    assert [(step, who) for step, who, _due in told()][1:] == [("manager", manager)]


def test_planned_but_not_sent_for_a_week_one_mail_is_left() -> None:
    begun()
    ticks(MONDAY, NEXT_MONDAY)
    wanted = {
        (notice.kind, notice.params.get("step")): (
            reviews if notice.kind == "review_due" else reviews_again
        ).still_wanted(notice, at("16:00", NEXT_MONDAY))
        for notice in Notice.objects.filter(kind__startswith="review")
    }
    assert {what: answer.reason for what, answer in wanted.items()} == {
        ("review_due", None): "overtaken",
        ("review_again", 3): "overtaken",
        ("review_again", 7): "",
    }


def test_signed_or_ended_it_stops() -> None:
    anna, bea = begun(), begun()
    ticks(MONDAY, THURSDAY)
    assert len(told()) == 2
    sign_review(
        review=Review.objects.get(prescription__patient=anna),
        decision=Decision.CONTINUE,
        note="",
        by=clinician_of(anna),
        now=at("09:00", THURSDAY),
    )
    bea.prescriptions.update(status="ended", ended_on=THURSDAY, end_reason="improved")
    reasons = [
        reviews_again.still_wanted(notice, at("09:01", THURSDAY)).reason
        for notice in Notice.objects.filter(kind="review_again").order_by("pk")
    ]
    assert sorted(reasons) == ["ended", "signed"]
    ticks(THURSDAY + DAY, MONDAY + 15 * DAY)
    assert len(told()) == 2


def test_who_takes_over_is_counted_from_their_own_first_mail_and_the_managers_are_not_put_off() -> None:
    anna = begun()
    manager = manager_of(anna)
    colleague = MembershipFactory(clinic=anna.clinic).user
    former = clinician_of(anna)
    ticks(MONDAY, THURSDAY + DAY)
    take_over_prescribing(prescription=prescription_of(anna), by=colleague, now=at("16:00", THURSDAY + DAY))
    ticks(NEXT_MONDAY - 2 * DAY, NEXT_TUESDAY)
    # Planned on Saturday, the colleague's first mail came on Monday: three days later is Thursday.
    assert [(step, who) for step, who, _due in told()] == [(3, former), (7, former), ("manager", manager)]
    ticks(NEXT_TUESDAY + DAY, NEXT_MONDAY + 3 * DAY)
    assert told()[3:] == [(3, colleague, at("08:00", NEXT_MONDAY + 3 * DAY))]


# --- Who stands in -------------------------------------------------------------------------------------
def test_who_stands_in_is_told_of_what_comes_due_and_of_what_waits() -> None:
    anna = begun()
    deputy = MembershipFactory(clinic=anna.clinic).user
    away(anna, clinician_of(anna), deputy, MONDAY + DAY, THURSDAY)
    ticks(MONDAY, MONDAY)
    assert [who for _step, who, _due in told("review_due")] == [clinician_of(anna)]
    ticks(MONDAY + DAY, THURSDAY - DAY)
    assert told("review_due")[1:] == [(None, deputy, at("08:00", MONDAY + DAY))]
    ticks(THURSDAY, NEXT_MONDAY)
    assert [(step, who) for step, who, _due in told()] == [
        (3, clinician_of(anna)),
        (3, deputy),
        (7, clinician_of(anna)),
    ]
    [notice] = Notice.objects.filter(kind="review_again", recipient=deputy)
    assert reviews_again.still_wanted(notice, at("12:00", THURSDAY)).wanted
    assert reviews_again.still_wanted(notice, at("12:00", THURSDAY + DAY)).reason == "handed_over"


def test_who_stands_in_for_one_of_the_team_and_treats_too_is_told_once() -> None:
    anna = begun()
    too = CareTeamMemberFactory(patient=anna).user
    away(anna, clinician_of(anna), too, MONDAY, THURSDAY)
    ticks(MONDAY, THURSDAY)
    assert [who for _step, who, _due in told("review_due")] == [clinician_of(anna), too]
    assert [who for _step, who, _due in told()] == [clinician_of(anna), too]


def test_who_stands_in_elsewhere_is_not_told() -> None:
    anna, other = begun(), begun()
    deputy = MembershipFactory(clinic=other.clinic).user
    MembershipFactory(clinic=other.clinic, user=clinician_of(anna))
    away(other, clinician_of(anna), deputy, MONDAY, THURSDAY)
    ticks(MONDAY, THURSDAY)
    assert deputy not in [who for _step, who, _due in told("review_due") + told()]


def test_as_many_queries_however_many_wait(django_assert_num_queries: Any) -> None:
    house = clinic()
    begun(clinic=house)
    ticks(MONDAY, THURSDAY)
    # Who was told (two ways to be of the team), late ones, people, who is away, managers, what was made.
    with django_assert_num_queries(7):
        plan_reviews_again(at("12:00", NEXT_MONDAY - DAY))
    for _more in range(4):
        begun(clinic=house)
    ticks(THURSDAY, THURSDAY)
    with django_assert_num_queries(7):
        plan_reviews_again(at("12:00", NEXT_MONDAY - DAY))
