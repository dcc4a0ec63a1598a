"""The page of one's own days away: naming who stands in, what is refused, being back, whose list it is."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import Absence, User
from clinic.scoping import Role
from tests.factories import AbsenceFactory, MembershipFactory, WorkItemFactory
from tests.patients.pages import text

pytestmark = pytest.mark.django_db

AWAY = "admin:away"
DAY = dt.timedelta(days=1)


def day(number: int) -> str:
    return (timezone.now().date() + number * DAY).isoformat()


@pytest.fixture
def ciro(aurora) -> User:
    return MembershipFactory(clinic=aurora.clinic, user__name="Ciro").user


@pytest.fixture
def alba(aurora, as_staff):
    return as_staff(aurora.clinician)


def named(client, who: User, first: int = 2, last: int = 9, **more: object):
    data = {"stand_in": who.pk, "first_on": day(first), "last_on": day(last), **more}
    return client.post(reverse(AWAY), data, follow=True)


def test_naming_a_colleague_and_being_back(aurora, alba, ciro):
    assert "None are named." in text(alba.get(reverse(AWAY)))
    page = text(named(alba, ciro))
    assert "Ciro stands in for you from" in page
    assert "Ciro stands in" in page
    absence = Absence.objects.get()
    assert (absence.clinic, absence.user, absence.stand_in) == (aurora.clinic, aurora.clinician, ciro)
    assert (absence.first_on.isoformat(), absence.last_on.isoformat()) == (day(2), day(9))
    page = text(alba.post(reverse("admin:away_back", args=[absence.pk]), follow=True))
    assert "Your notices come to you alone again." in page
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"first_on": ""}, "This field is required."),
        ({"first_on": "2026-02-30"}, "Enter a valid date."),
        ({"last_on": "9999-12-31"}, "Check this date."),
        ({"first_on": day(5), "last_on": day(4)}, "The last day comes before the first."),
        ({"first_on": day(-9), "last_on": day(-8)}, "This day is over."),
        ({"stand_in": ""}, "This field is required."),
        ({"stand_in": "x"}, "Select a valid choice."),
    ],
)
def test_what_is_refused_is_said_at_its_field(alba, ciro, change, said):
    answer = named(alba, ciro, **change)
    assert answer.status_code == 400
    assert said in text(answer)
    assert not Absence.objects.exists()


def test_nobody_of_another_clinic_nor_of_the_desk_can_be_chosen(cast, alba):
    for user in (cast.bora.clinician, cast.aurora.front_desk, cast.aurora.clinician):
        assert named(alba, user).status_code == 400
    assert str(cast.bora.clinician) not in text(alba.get(reverse(AWAY)))
    assert not Absence.objects.exists()


def test_who_works_in_two_clinics_says_in_which(cast, as_staff):
    aurora, bora = cast.aurora, cast.bora
    MembershipFactory(clinic=bora.clinic, user=aurora.clinician)
    alba = as_staff(aurora.clinician)
    assert named(alba, bora.clinician).status_code == 400
    assert named(alba, bora.clinician, clinic=aurora.clinic.pk).status_code == 400
    assert not Absence.objects.exists()
    assert named(alba, bora.clinician, clinic=bora.clinic.pk).status_code == 200
    assert Absence.objects.get().clinic == bora.clinic


def test_who_is_alone_is_told_so(cast, as_staff):
    alone = MembershipFactory(role=Role.MANAGER).user
    assert "Nobody else treats or manages here yet" in text(as_staff(alone).get(reverse(AWAY)))


def test_who_stands_in_sees_it_and_can_not_end_it_nor_can_others(cast, ciro, as_staff):
    aurora = cast.aurora
    absence = AbsenceFactory(clinic=aurora.clinic, user=aurora.clinician, stand_in=ciro)
    back = reverse("admin:away_back", args=[absence.pk])
    client = as_staff(ciro)
    assert f"for {aurora.clinician}" in text(client.get(reverse(AWAY)))
    for other in (ciro, aurora.manager, cast.bora.clinician):
        assert as_staff(other).post(back).status_code == 404
    assert "You stand in" not in text(as_staff(aurora.manager).get(reverse(AWAY)))
    assert Absence.objects.get() == absence


def test_days_that_are_over_are_not_shown(aurora, alba, ciro):
    AbsenceFactory(
        clinic=aurora.clinic,
        user=aurora.clinician,
        stand_in=ciro,
        first_on=timezone.now().date() - 9 * DAY,
        last_on=timezone.now().date() - 3 * DAY,
    )
    assert "None are named." in text(alba.get(reverse(AWAY)))


def test_the_work_of_who_is_away_is_under_mine_of_who_stands_in(cast, ciro, as_staff):
    aurora = cast.aurora
    WorkItemFactory(prescription=aurora.prescription)
    worklist = reverse("admin:worklist") + "?who=mine"
    client = as_staff(ciro)
    assert str(aurora.patient) not in text(client.get(worklist))
    absence = AbsenceFactory(clinic=aurora.clinic, user=aurora.clinician, stand_in=ciro)
    assert str(aurora.patient) in text(client.get(worklist))
    Absence.objects.filter(pk=absence.pk).update(clinic=cast.bora.clinic)
    assert str(aurora.patient) not in text(client.get(worklist))


def test_the_way_there_is_in_the_menu_of_who_treats_or_manages(aurora, as_staff):
    for user, there in ((aurora.clinician, True), (aurora.manager, True), (aurora.front_desk, False)):
        page = as_staff(user).get(reverse("admin:wishes")).content.decode()
        assert (reverse(AWAY) in page) is there
