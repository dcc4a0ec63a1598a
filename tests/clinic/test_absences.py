"""Being away: who may be named, for which days, who gets the notices, and when it ends."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from clinic.absences import away_for, be_back, name_stand_in, stand_ins
from clinic.localtime import instant_at, open_morning
from clinic.models import Absence, Clinic, Event, User
from clinic.scoping import Role
from patients.leaving import leave
from tests.factories import ClinicFactory, MembershipFactory

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)


def at(time: str, on: dt.date = MONDAY) -> dt.datetime:
    return instant_at(on, dt.time.fromisoformat(time), "Europe/Rome")


class Ward:
    def __init__(self, zone: str = "Europe/Rome") -> None:
        self.clinic: Clinic = ClinicFactory(time_zone=zone)
        self.alba, self.bruno, self.carla = (MembershipFactory(clinic=self.clinic).user for _ in range(3))

    def named(self, user: User, stand_in: User, first: int, last: int, **how: Any) -> Absence:
        """Days are counted from Monday, which is 0."""
        return name_stand_in(
            clinic=self.clinic,
            user=user,
            stand_in=stand_in,
            first_on=MONDAY + first * DAY,
            last_on=MONDAY + last * DAY,
            by=user,
            now=how.get("now", at("09:00")),
        )

    def for_whom(self, user: User, now: dt.datetime) -> User | None:
        return stand_ins([self.clinic], now=now).of(user, self.clinic)


@pytest.fixture
def ward() -> Ward:
    return Ward()


def test_from_the_first_day_to_the_last_in_the_clinics_zone(ward: Ward) -> None:
    absence = ward.named(ward.alba, ward.bruno, 1, 2)
    assert ward.for_whom(ward.alba, at("23:59")) is None
    assert ward.for_whom(ward.alba, at("00:00", MONDAY + DAY)) == ward.bruno
    assert ward.for_whom(ward.alba, at("23:59", MONDAY + 2 * DAY)) == ward.bruno
    assert ward.for_whom(ward.alba, at("00:00", MONDAY + 3 * DAY)) is None
    assert ward.for_whom(ward.bruno, at("12:00", MONDAY + DAY)) is None
    assert away_for(ward.bruno, now=at("12:00", MONDAY + DAY)) == [(ward.clinic.pk, ward.alba.pk)]
    assert away_for(ward.bruno, now=at("12:00")) == []
    [event] = Event.objects.filter(object_type="clinic.Absence")
    assert (event.verb, event.actor, event.object_id) == ("added", ward.alba, str(absence.pk))


def test_two_clinics_on_two_sides_of_the_date_line() -> None:
    """At 11:30 UTC on Monday it is Tuesday in Apia (UTC+13) and half past midnight on Monday in Pago Pago."""
    east, west = Ward("Pacific/Apia"), Ward("Pacific/Pago_Pago")
    for ward in (east, west):
        ward.named(ward.alba, ward.bruno, 1, 1)
    now = dt.datetime(2026, 3, 2, 11, 30, tzinfo=dt.UTC)
    found = stand_ins([east.clinic, west.clinic], now=now)
    assert found.of(east.alba, east.clinic) == east.bruno
    assert found.of(west.alba, west.clinic) is None
    assert found.of(east.alba, west.clinic) is None
    assert found.of(None, east.clinic) is None


@pytest.mark.parametrize(
    ("first", "last", "field", "code"),
    [
        (2, 1, "last_on", "order"),
        (-2, -1, "last_on", "past"),
        (0, 367, "last_on", "long"),
        (4, 6, "first_on", "twice"),  # 5 to 6 are taken
        (6, 9, "first_on", "twice"),
    ],
)
def test_days_that_are_refused(ward: Ward, first: int, last: int, field: str, code: str) -> None:
    ward.named(ward.alba, ward.bruno, 5, 6)
    with pytest.raises(ValidationError) as refused:
        ward.named(ward.alba, ward.carla, first, last)
    assert {name: [one.code for one in said] for name, said in refused.value.error_dict.items()} == {
        field: [code]
    }
    assert Absence.objects.count() == 1


def test_the_days_beside_those_taken_are_free(ward: Ward) -> None:
    ward.named(ward.alba, ward.bruno, 5, 6)
    ward.named(ward.alba, ward.carla, 4, 4)
    ward.named(ward.alba, ward.carla, 7, 373)
    assert Absence.objects.count() == 3


@pytest.mark.parametrize("who", ["self", "elsewhere", "front desk", "left", "switched off", "away"])
def test_who_cannot_stand_in(ward: Ward, who: str) -> None:
    people = {
        "self": lambda: ward.alba,
        "elsewhere": lambda: MembershipFactory().user,
        "front desk": lambda: MembershipFactory(clinic=ward.clinic, role=Role.FRONT_DESK).user,
        "left": lambda: MembershipFactory(clinic=ward.clinic, ended_at=at("08:00")).user,
        "switched off": lambda: MembershipFactory(clinic=ward.clinic, user__is_active=False).user,
        "away": lambda: ward.named(ward.bruno, ward.carla, 3, 3).user,
    }
    stand_in = people[who]()
    with pytest.raises(ValidationError) as refused:
        ward.named(ward.alba, stand_in, 1, 4)
    assert list(refused.value.error_dict) == ["stand_in"]
    assert not Absence.objects.filter(user=ward.alba).exists()


def test_who_stands_in_goes_away_too_and_it_goes_on_to_the_next_never_round(ward: Ward) -> None:
    ward.named(ward.alba, ward.bruno, 1, 5)
    ward.named(ward.bruno, ward.carla, 2, 3)
    assert ward.for_whom(ward.alba, at("12:00", MONDAY + DAY)) == ward.bruno
    assert ward.for_whom(ward.alba, at("12:00", MONDAY + 2 * DAY)) == ward.carla
    Absence.objects.create(
        clinic=ward.clinic,
        user=ward.carla,
        stand_in=ward.alba,
        first_on=MONDAY + 3 * DAY,
        last_on=MONDAY + 3 * DAY,
        named_at=at("09:00"),
    )
    assert ward.for_whom(ward.alba, at("12:00", MONDAY + 3 * DAY)) is None


def test_being_back_before_it_began_and_in_the_middle(ward: Ward) -> None:
    later, now_away = ward.named(ward.alba, ward.bruno, 3, 5), ward.named(ward.alba, ward.carla, 0, 2)
    be_back(absence=later, by=ward.alba, now=at("12:00", MONDAY + DAY))
    be_back(absence=now_away, by=ward.alba, now=at("12:00", MONDAY + DAY))
    [kept] = Absence.objects.all()
    assert (kept.first_on, kept.last_on) == (MONDAY, MONDAY)
    be_back(absence=kept, by=ward.alba, now=at("12:00", MONDAY + 9 * DAY))
    kept.refresh_from_db()
    assert kept.last_on == MONDAY
    verbs = Event.objects.filter(object_type="clinic.Absence").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["added", "added", "removed", "changed"]


def test_who_leaves_stands_in_for_nobody_and_is_away_from_nothing(ward: Ward) -> None:
    manager = MembershipFactory(clinic=ward.clinic, role=Role.MANAGER).user
    ward.named(ward.alba, ward.bruno, 1, 5)
    ward.named(ward.bruno, ward.carla, 7, 8)
    elsewhere = Ward()
    MembershipFactory(clinic=elsewhere.clinic, user=ward.bruno)
    kept = elsewhere.named(elsewhere.alba, ward.bruno, 1, 5)
    leave(user=ward.bruno, clinic=ward.clinic, taker=None, by=manager, now=at("12:00"))
    assert list(Absence.objects.all()) == [kept]


def test_a_role_that_ended_by_itself_stands_in_no_more(ward: Ward) -> None:
    ward.named(ward.alba, ward.bruno, 0, 5)
    ward.bruno.memberships.update(ended_at=at("09:30"))
    assert ward.for_whom(ward.alba, at("10:00")) is None
    assert away_for(ward.bruno, now=at("10:00")) == []


def test_the_mornings_of_open_days(ward: Ward) -> None:
    """Open from Monday to Friday, notices at eight; Friday is the 6th."""
    friday = MONDAY + 4 * DAY
    assert open_morning(ward.clinic, at("07:59")) == at("08:00")
    assert open_morning(ward.clinic, at("08:00")) == at("08:00", MONDAY + DAY)
    assert open_morning(ward.clinic, at("07:00", friday), number=2) == at("08:00", MONDAY + 7 * DAY)
    assert open_morning(ward.clinic, at("08:00", friday), number=2) == at("08:00", MONDAY + 8 * DAY)
