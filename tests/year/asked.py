"""What the reports are asked for in the comparison: dates, periods, one clinician, one programme."""

import datetime as dt
import random

from patients.models import Prescription
from tests.year.scale import UNTIL
from tests.year.slow_outcomes import Asked
from tests.year.slow_report import EVERY_DATE, Dates

ONE_DAY = dt.timedelta(days=1)
# Of the adherence report: all, a month, until last week, from last week on (today included), and one day.
DATES: tuple[Dates, ...] = (
    EVERY_DATE,
    (UNTIL - 40 * ONE_DAY, UNTIL - 10 * ONE_DAY),
    (None, UNTIL - 7 * ONE_DAY),
    (UNTIL - 7 * ONE_DAY, None),
    (UNTIL, UNTIL),
)


def periods(clinic: int, *, last: dt.date, dice: random.Random) -> list[Asked]:
    """Of the outcomes: a year, an autumn, two weeks; the year of one clinician, of one programme, of both."""
    rows = Prescription.objects.filter(patient__clinic=clinic).exclude(program=None).order_by("pk")
    clinician, program = dice.choice(list(rows.values_list("clinician_id", "program_id")))
    first = last - 364 * ONE_DAY
    return [
        Asked(first, last),
        Asked(dt.date(last.year - 1, 9, 1), dt.date(last.year - 1, 11, 30)),
        Asked(last - 13 * ONE_DAY, last),
        Asked(first, last, clinician=clinician),
        Asked(first, last, program=program),
        Asked(first, last, clinician=clinician, program=program),
    ]
