"""A small made-up year: deterministic, complete, all or nothing, and true to the rules."""

import datetime as dt
import time
import pytest
from patients.made_up.year import load_year
from patients.models import *

UNTIL = dt.date(2026, 3, 2)


@pytest.mark.django_db
def test_try():
    t = time.time()
    loaded = load_year(patients=40, sessions=2500, seed=1, until=UNTIL)
    print(loaded, time.time() - t)
    assert PracticeSession.objects.current().count() == 2500
    assert Prescription.objects.active().count() == 40
    from django.db import connection

    connection.check_constraints()
