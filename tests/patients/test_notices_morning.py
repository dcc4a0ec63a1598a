"""The morning list: who is on it, what is new and only once, when its mail goes, and whose it is."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.urls import reverse

from clinic.absences import name_stand_in
from clinic.localtime import open_morning_before
from clinic.models import Notice, User
from clinic.scoping import Role
from patients.asking import ask
from patients.morning import Morning, morning_list
from patients.notices import morning
from patients.notices.morning import plan_morning_lists
from patients.vocabulary import MessageKind
from patients.work import acknowledge
from tests.factories import MembershipFactory, PrescriptionFactory, SkippedDayFactory
from tests.patients.pages import text
from tests.patients.reminding import MONDAY, at, clinic, patient
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def date(number: int) -> dt.date:
    """Day 1 is Monday 2 March 2026."""
    return MONDAY + (number - 1) * DAY


def seen(trial: Scenario, number: int, user: User | None = None) -> Morning:
    """The list at eight on that day, with the open morning before it as the last one."""
    now = at("08:00", date(number))
    since = open_morning_before(trial.clinic, now)
    return morning_list(user=user or trial.clinician, clinic=trial.clinic, since=since, now=now)


def quiet(found: Morning) -> tuple[list[bool], list[bool]]:
    """Of the silent and of those not begun: whether each is new."""
    return [one.is_new for one in found.silent], [one.is_new for one in found.not_started]


def test_silent_after_four_due_days_and_new_once() -> None:
    """Practised on Monday; Tuesday to Friday are four due days without a word: new on Monday the 9th, since
    the clinic is closed at the weekend."""
    trial = Scenario("AB")
    trial.practises(1, 1)
    assert quiet(seen(trial, 5)) == ([], [])
    assert quiet(seen(trial, 8)) == ([True], [])
    assert quiet(seen(trial, 9)) == ([False], [])
    [one] = seen(trial, 9).silent
    assert (one.reached_on, one.last_on) == (date(5), date(1))
    trial.records(9, at="07:00", done="A")
    assert quiet(seen(trial, 9)) == ([], [])


def test_only_due_days_count() -> None:
    """Due on Monday, Wednesday and Friday: the 4th, 6th, 9th and 11th are four; new on Thursday the 12th."""
    trial = Scenario("A", weekdays="135")
    trial.practises(1, 1)
    assert quiet(seen(trial, 10)) == ([], [])
    assert quiet(seen(trial, 11)) == ([True], [])


def test_paused_suspended_or_told_is_not_silent() -> None:
    trial = Scenario("A")
    trial.practises(1, 1)
    SkippedDayFactory(prescription=trial.prescription, skipped_on=date(4))
    assert quiet(seen(trial, 8)) == ([], [])  # the 6th, 7th and 8th are three
    assert quiet(seen(trial, 9)) == ([True], [])
    trial.pauses(9, 9)
    assert quiet(seen(trial, 9)) == ([], [])
    assert quiet(seen(trial, 10)) == ([False], [])
    trial.reports_emergency(10, at="07:00")
    assert quiet(seen(trial, 10)) == ([], [])


@pytest.mark.parametrize("start", ["2026-03-02", None])
def test_not_begun_after_four_days(start: str | None) -> None:
    """Prescribed on Monday with or without a date: Monday to Thursday are over on Friday."""
    trial = Scenario("A", start=start)
    assert quiet(seen(trial, 4)) == ([], [])
    assert quiet(seen(trial, 5)) == ([], [True])
    assert quiet(seen(trial, 8)) == ([], [False])


def asks(trial: Scenario, when: dt.datetime, kind: MessageKind = MessageKind.QUESTION) -> None:
    ask(
        patient=trial.patient,
        uid=uuid.uuid4(),
        kind=kind,
        words="It burns." if kind == MessageKind.QUESTION else "",
        by=trial.patient.user,
        now=when,
    )


@pytest.mark.parametrize("kind", [MessageKind.QUESTION, MessageKind.APPOINTMENT, MessageKind.CALL_BACK])
def test_what_patients_ask_until_somebody_takes_it(kind: MessageKind) -> None:
    trial = Scenario("A")
    asks(trial, at("09:00", date(1)), kind)
    assert [one.is_new for one in seen(trial, 2).asked] == [True]
    assert [one.is_new for one in seen(trial, 3).asked] == [False]
    asks(trial, at("09:00", date(3)), kind)
    assert [one.is_new for one in seen(trial, 4).asked] == [True]
    [item] = trial.open_work()
    acknowledge(item=item, by=trial.clinician, now=at("10:00", date(4)))
    assert seen(trial, 5).asked == []


def test_whose_list_it_is() -> None:
    trial = Scenario("A")
    trial.practises(1, 1)
    asks(trial, at("09:00", date(1)))
    colleague = MembershipFactory(clinic=trial.clinic).user
    assert seen(trial, 8, colleague).is_empty
    elsewhere = MembershipFactory(user=trial.clinician).clinic
    now = at("08:00", date(8))
    assert morning_list(user=trial.clinician, clinic=elsewhere, since=now, now=now).is_empty
    name_stand_in(
        clinic=trial.clinic,
        user=trial.clinician,
        stand_in=colleague,
        first_on=date(8),
        last_on=date(8),
        by=trial.clinician,
        now=now,
    )
    found = seen(trial, 8, colleague)
    assert (len(found.silent), len(found.asked)) == (1, 1)
    assert seen(trial, 9, colleague).is_empty


def test_as_many_queries_however_many_patients(django_assert_num_queries: Any) -> None:
    house = clinic()
    user = MembershipFactory(clinic=house).user
    now = at("08:00")

    def look() -> Morning:
        return morning_list(user=user, clinic=house, since=now - DAY, now=now)

    patient(clinic=house, on_prescription={"clinician": user})
    with django_assert_num_queries(11):
        assert len(look().not_started) == 1
    for _more in range(5):
        PrescriptionFactory(patient__clinic=house, clinician=user, starts_on=MONDAY - 7 * DAY)
    with django_assert_num_queries(11):
        assert len(look().not_started) == 6


# --- The mail ------------------------------------------------------------------------------------------
def owed() -> list[tuple[User | None, dt.datetime]]:
    rows = Notice.objects.filter(kind="morning_list").select_related("recipient").order_by("pk")
    return [(row.recipient, row.due_at) for row in rows]


def test_one_for_each_clinician_on_open_mornings() -> None:
    house = clinic()
    user = MembershipFactory(clinic=house).user
    MembershipFactory(clinic=house, role=Role.MANAGER)
    MembershipFactory(clinic=house, role=Role.FRONT_DESK)
    MembershipFactory(clinic=house, user__is_active=False)
    MembershipFactory(clinic=house, ended_at=at("00:00"))
    for number in range(1, 9):
        for hour in ("07:59", "08:00", "08:01", "12:00"):
            plan_morning_lists(at(hour, date(number)))
    assert owed() == [(user, at("08:00", date(number))) for number in (1, 2, 3, 4, 5, 8)]


def test_planning_that_was_dead_over_the_morning_makes_none() -> None:
    MembershipFactory(clinic=clinic())
    assert plan_morning_lists(at("11:59")) == 1
    assert plan_morning_lists(at("12:00", date(2))) == 0


def ended(notice: Notice, state: str, reason: str = "") -> None:
    fields: dict[str, Any] = {"state": state, "state_reason": reason}
    if state == "sent":
        fields["sent_at"] = notice.due_at
    Notice.objects.filter(pk=notice.pk).update(**fields)


def test_only_if_something_is_new_since_the_list_before() -> None:
    """Silent since Friday evening. Monday's list was never looked at (it expired), so Tuesday's says it;
    Wednesday's has nothing new."""
    trial = Scenario("AB")
    trial.practises(1, 1)
    answers = []
    for number, state in ((5, "suppressed"), (8, "expired"), (9, "sent"), (10, "sent")):
        now = at("08:00", date(number))
        plan_morning_lists(now)
        notice = Notice.objects.get(kind="morning_list", due_at=now)
        answers.append(morning.still_wanted(notice, now).reason)
        ended(notice, state)
    assert answers == ["nothing_new", "", "", "nothing_new"]


def test_not_to_who_is_away_but_to_who_stands_in() -> None:
    trial = Scenario("AB")
    trial.practises(1, 1)
    colleague = MembershipFactory(clinic=trial.clinic).user
    name_stand_in(
        clinic=trial.clinic,
        user=trial.clinician,
        stand_in=colleague,
        first_on=date(8),
        last_on=date(8),
        by=trial.clinician,
        now=at("07:00", date(8)),
    )
    now = at("08:00", date(8))
    plan_morning_lists(now)
    found = {
        notice.recipient: morning.still_wanted(notice, now)
        for notice in Notice.objects.filter(kind="morning_list")
    }
    assert found[trial.clinician].reason == "away"
    assert found[colleague].wanted


def test_not_to_who_left() -> None:
    member = MembershipFactory(clinic=clinic())
    plan_morning_lists(at("08:00"))
    member.ended_at = at("08:00")
    member.save()
    assert morning.still_wanted(Notice.objects.get(), at("08:01")).reason == "left"


# --- The page ------------------------------------------------------------------------------------------
def test_the_page_shows_ones_own_and_nothing_of_another_clinic(cast, as_staff) -> None:
    aurora = cast.aurora
    PrescriptionFactory(
        patient=aurora.newcomer,
        clinician=aurora.clinician,
        starts_on=dt.date(2026, 1, 5),
    )
    url = reverse("admin:morning")
    page = text(as_staff(aurora.clinician).get(url))
    assert "Not begun yet" in page
    assert str(aurora.newcomer) in page
    for stranger in (cast.bora.clinician, aurora.manager):
        assert str(aurora.newcomer) not in text(as_staff(stranger).get(url))
    assert as_staff(aurora.front_desk).get(url).status_code == 404
