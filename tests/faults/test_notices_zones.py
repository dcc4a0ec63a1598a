"""Ten zones over two years: each reminder once on every local day, at its minute, also for who moves.

In `make test` the days around the changes of clocks; in `make faults` every day. What is expected is counted
out by tests/faults/zones.py; ticks come when they like, at most four hours apart, as after small outages.
"""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from clinic.models import Clinic, Notice
from patients.models import Patient, ReminderTime
from patients.notices import reminders
from tests.factories import ClinicFactory, MembershipFactory, PatientFactory, PrescriptionFactory
from tests.faults.scale import LONG, SEED, dice, sized
from tests.faults.zones import DAY, HOUR, MINUTE, SLOTS, ZONES, Clocks

pytestmark = pytest.mark.django_db
TWO_YEARS = 731
WORTH_SENDING = 4 * HOUR
YEARS = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
WITHOUT_A_DATE = dt.datetime(2011, 6, 1, tzinfo=dt.UTC)  # Apia went without 30 December 2011
PLACES = [*((zone, YEARS) for zone in ZONES), ("Pacific/Apia", WITHOUT_A_DATE)]
Comings = dict[tuple[dt.date, dt.time], dt.datetime]
Sent = set[tuple[int, str, dt.datetime]]  # patient, local date, due at


@pytest.fixture
def any_time(db) -> Iterator[None]:
    """Reminders by night, too: people choose between seven and nine in the evening, the planner takes any."""
    name = "reminder_in_daytime"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # undone with the transaction of the test
            cursor.execute(f"ALTER TABLE patients_remindertime DROP CONSTRAINT {name}")
            yield
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            yield
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def live_in(zone: str, count: int = len(SLOTS), **of_clinic: Any) -> list[Patient]:
    """Patients with a programme of every day, each reminded at one of SLOTS. They are nobody's sign-in."""
    house: Clinic = ClinicFactory(time_zone=zone, **of_clinic)
    by = MembershipFactory(clinic=house).user
    long_ago = dt.datetime(2011, 1, 1, tzinfo=dt.UTC)
    made = []
    for number in range(count):
        patient: Patient = PatientFactory(clinic=house, user=None, email=f"{zone}{number}@post.example")
        PrescriptionFactory(
            patient=patient, clinician=by, exercises=1, starts_on=long_ago.date(), activated_at=long_ago
        )
        ReminderTime.objects.create(patient=patient, slot=1, at=SLOTS[number % len(SLOTS)], set_at=long_ago)
        made.append(patient)
    return made


def ticks(chance: random.Random, start: dt.datetime, end: dt.datetime, near: list[dt.datetime]) -> Any:
    """Instants between `start` and `end`: at random, never four hours apart, and just beside those `near`."""
    found, tick = {start, end}, start
    while tick < end:
        found.add(tick)
        tick += dt.timedelta(seconds=chance.randint(sized(short=30, long=3600), 239 * 60))
    beside = (instant + aside for instant in near for aside in (-MINUTE / 60, 0 * MINUTE, MINUTE / 2))
    return sorted(found | {tick for tick in beside if start <= tick <= end})


def windows(clocks: Clocks, chance: random.Random) -> list[tuple[dt.datetime, dt.datetime]]:
    """What of the two years is gone through: all; in short the days around two changes and one day more."""
    if LONG:
        return [(clocks.start + DAY, clocks.end - 2 * DAY)]
    days = chance.sample(clocks.changes, min(2, len(clocks.changes))) if clocks.changes else []
    days = [*days, *(clocks.start + chance.randint(3, TWO_YEARS - 5) * DAY for _ in range(1))]
    if clocks.start == WITHOUT_A_DATE:
        days.append(dt.datetime(2011, 12, 30, 10, 0, tzinfo=dt.UTC))
    return [(day - 12 * HOUR, day + 24 * HOUR) for day in days]


def due_in(
    clocks: Clocks, start: dt.datetime, end: dt.datetime
) -> dict[tuple[dt.date, dt.time], dt.datetime]:
    """What came between `start` and `end`, by date and slot."""
    first = start - 4 * DAY
    walked = Clocks(clocks.zone, first, (end - first).days + 2)
    return {place: at for place, at in walked.comings().items() if start < at <= end}


@pytest.mark.parametrize(("zone", "start"), PLACES, ids=lambda value: str(value)[:19])
def test_once_on_every_day_at_its_minute(any_time, zone: str, start: dt.datetime) -> None:
    chance = dice(f"{zone}{start}")
    clocks = Clocks(zone, start, TWO_YEARS)
    of_slot = {patient.reminder_times.get().at: patient.pk for patient in live_in(zone)}
    for begin, end in windows(clocks, chance):
        Notice.objects.all().delete()
        comings = due_in(clocks, begin, end)
        near = [change for change in clocks.changes if begin < change < end]
        near += sized(short=chance.sample(sorted(comings.values()), 3), long=[])
        moments = ticks(chance, begin, end, near)
        for tick in moments:
            reminders.plan_reminders(tick)
        # What was due before the window is not looked at.
        sent = list(
            Notice.objects.filter(due_at__gt=begin).values_list(
                "subject_id", "params__on", "due_at", "created_at"
            )
        )
        expected = [(of_slot[slot], on.isoformat(), at) for (on, slot), at in comings.items()]
        made = [(patient, on, due_at) for patient, on, due_at, _created in sent]
        assert sorted(made) == sorted(expected), f"{zone}, from {begin}, SEED={SEED}"
        for _patient, _on, due_at, created_at in sent:
            assert created_at == next(tick for tick in moments if tick >= due_at)
        assert comings


def test_a_day_that_was_left_out_has_none_and_its_neighbours_have_theirs(any_time) -> None:
    """By hand: in Apia the 31st of December 2011 followed the 29th, at ten in the morning of UTC."""
    [at_nine] = (one for one in live_in("Pacific/Apia") if one.reminder_times.get().at == dt.time(9))
    tick = dt.datetime(2011, 12, 29, 0, 0, tzinfo=dt.UTC)
    while tick < dt.datetime(2012, 1, 1, tzinfo=dt.UTC):
        reminders.plan_reminders(tick)
        tick += dt.timedelta(minutes=30)
    found = Notice.objects.filter(subject_id=at_nine.pk).order_by("due_at")
    assert list(found.values_list("params__on", "due_at")) == [
        ("2011-12-29", dt.datetime(2011, 12, 29, 19, 0, tzinfo=dt.UTC)),  # ten hours behind UTC
        ("2011-12-31", dt.datetime(2011, 12, 30, 19, 0, tzinfo=dt.UTC)),  # fourteen ahead
        ("2012-01-01", dt.datetime(2011, 12, 31, 19, 0, tzinfo=dt.UTC)),
    ]


# --- Who moves ------------------------------------------------------------------------------------------


def test_who_moves_is_reminded_once_a_date_wherever_they_are(any_time) -> None:
    """What is expected at a tick: whatever has come in the zone of now within four hours, and of whose date
    there was none yet, in whatever zone."""
    chance = dice("moving")
    start, days = dt.datetime(2026, 3, 20, tzinfo=dt.UTC), sized(short=8, long=700)
    people = live_in("Europe/Rome", sized(short=20, long=40))
    slot_of = {patient.pk: patient.reminder_times.get().at for patient in people}
    comings = {zone: Clocks(zone, start - 3 * DAY, days + 6).comings() for zone in ZONES}
    by_zone = {
        zone: {slot: sorted((at, on) for (on, which), at in found.items() if which == slot) for slot in SLOTS}
        for zone, found in comings.items()
    }
    zone_of = {patient.pk: "Europe/Rome" for patient in people}
    expected: Sent = set()
    dates: set[tuple[int, dt.date]] = set()
    moves = 0
    for tick in ticks(chance, start, start + days * DAY, []):
        for patient in people:
            if chance.random() < 0.05:
                zone_of[patient.pk] = chance.choice(ZONES)
                Patient.objects.filter(pk=patient.pk).update(time_zone=zone_of[patient.pk])
                moves += 1
            for at, on in by_zone[zone_of[patient.pk]][slot_of[patient.pk]]:
                if tick - WORTH_SENDING < at <= tick and (patient.pk, on) not in dates:
                    dates.add((patient.pk, on))
                    expected.add((patient.pk, on.isoformat(), at))
        reminders.plan_reminders(tick)
    made = list(Notice.objects.values_list("subject_id", "params__on", "due_at"))
    assert sorted(made) == sorted(expected), f"SEED={SEED}"
    assert len({(patient, on) for patient, on, _ in made}) == len(made)
    assert moves > days
