"""Who is silent, and who has not begun: the one rule, for the morning list and for the worklist.

Silent is who has recorded nothing, and said nothing, on the clinic's number of due days running
(`silent_after_days`), today not among them. Who has never recorded anything has not begun. A silence is told
from the next one by the last date of which anything was heard.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from clinic.localtime import local_date
from patients import facts
from patients.adherence import Day, DayState, of_facts
from patients.facts import TrialFacts
from patients.models import EmergencyReport, Prescription
from patients.trial import ONE_DAY


@dataclass(frozen=True)
class Silence:
    """A programme of which nothing was heard on so many due days that `reached_on` was the last needed.

    Dates are the patient's local dates. `since` is the last one of which something was heard, else the day on
    which it was to begin: the same as long as the silence goes on.
    """

    prescription: Prescription
    reached_on: dt.date
    since: dt.date
    last_on: dt.date | None  # of the last session; None: there was none


def expected() -> QuerySet[Prescription]:
    """The programmes that something is to be heard of: they run, and no emergency sign suspends them."""
    suspended = EmergencyReport.objects.uncleared().filter(patient=OuterRef("patient"))
    running: QuerySet[Prescription] = Prescription.objects.active().filter(~Exists(suspended))
    return running


def silences(prescriptions: Sequence[Any], *, now: dt.datetime) -> list[Silence]:
    """Those of `prescriptions` (of `expected`, with patient and clinic) that are silent at `now`, in order.

    As many queries however many there are. Whose programme is paused today is not called silent.
    """
    known = facts.load(prescriptions)
    found = (_silence(one, known[one.pk], now=now) for one in prescriptions)
    return [one for one in found if one is not None]


def _silence(one: Prescription, trial: TrialFacts, *, now: dt.datetime) -> Silence | None:
    today, most = local_date(now, one.patient.zone), one.patient.clinic.silent_after_days
    last_on = trial.sessions[-1].on if trial.sessions else None
    if one.starts_on is None:  # its first session begins it, and no day is due before
        if one.activated_on is None:
            return None
        reached_on = one.activated_on + (most - 1) * ONE_DAY
        return Silence(one, reached_on, one.activated_on, last_on) if reached_on < today else None
    days = of_facts(trial, on=today).days
    silent = _silent_days(days, today)
    if len(silent) < most:
        return None
    since = next((day.on for day in reversed(days) if _is_heard(day)), one.starts_on)
    return Silence(one, silent[most - 1], since, last_on)


def _is_heard(day: Day) -> bool:
    return day.sessions_recorded > 0 or day.state == DayState.SKIPPED


def _silent_days(days: Sequence[Day], today: dt.date) -> list[dt.date]:
    """The due days over which nothing was heard until now, in order; none while today is paused or told."""
    found = []
    for day in reversed(days):
        if _is_heard(day):
            break
        if day.on == today and day.state == DayState.PAUSED:
            return []
        if day.on < today and day.state == DayState.NOT_RECORDED:
            found.append(day.on)
    return found[::-1]
