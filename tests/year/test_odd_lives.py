"""The same comparison over programmes in which nearly every day is odd, counted anew each night.

What was counted beforehand, and was not told that something changed since, shows here as well.
"""

import datetime as dt

import pytest

from clinic.scoping import Role
from patients.counting import count_stale
from tests.factories import ClinicFactory, MembershipFactory, PatientFactory
from tests.patients.clinic_pages import client_of
from tests.year.checking import (
    Compared,
    compare_lists,
    compare_outcomes,
    compare_pages,
    compare_report,
    work_out,
)
from tests.year.odd_lives import OddLife
from tests.year.scale import LONG, SEED, dice
from tests.year.slow_outcomes import Asked
from tests.year.slow_report import EVERY_DATE

pytestmark = pytest.mark.django_db
LIVES, DAYS = (80, 14) if LONG else (8, 10)
START = dt.date(2026, 3, 2)
LAST = START + dt.timedelta(days=DAYS - 1)
# Late in the morning of the last day in Rome, and its last hour in Auckland.
NOW = dt.datetime.combine(LAST, dt.time(10, 30), tzinfo=dt.UTC)


def test_odd_lives(time_machine):
    clinic = ClinicFactory()
    manager = MembershipFactory(clinic=clinic, role=Role.MANAGER).user
    for number in range(LIVES):
        chance = dice(f"odd {number}")
        patient = PatientFactory(clinic=clinic, time_zone=chance.choice(["", "Pacific/Auckland"]))
        OddLife(patient, chance, start=START, days=DAYS, each_night=lambda night: count_stale(now=night))
    time_machine.move_to(NOW, tick=False)
    count_stale(now=NOW)
    asked = Asked(START, LAST)
    periods = [EVERY_DATE, (START + dt.timedelta(days=2), LAST)]
    slow = work_out(clinic=clinic.pk, name=clinic.name, now=NOW, dates=periods, asked=[asked], today=LAST)
    compared = Compared()
    client = client_of(manager)
    for dates in periods:
        compare_report(compared, slow, client, dates=dates)
    compare_pages(compared, slow, client, sort="adherence")
    compare_outcomes(compared, slow, client, asked)
    compare_lists(compared, slow, client, asked)
    few = "\n".join(compared.differences[:20])
    assert not compared.differences, f"SEED={SEED}, {len(compared.differences)} differences:\n{few}"
