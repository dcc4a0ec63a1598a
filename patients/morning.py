"""A clinician's morning list: who has gone silent, who has not begun, and what patients ask or wish for.

Silent is who has recorded nothing, and said nothing, on the clinic's number of due days running. It is new
once: on the first list after the last of these days.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q

from clinic.absences import away_for
from clinic.localtime import local_date
from clinic.models import Clinic, User
from patients import facts
from patients.adherence import Day, DayState, of_facts
from patients.facts import TrialFacts
from patients.models import EmergencyReport, Prescription, WorkItem
from patients.trial import ONE_DAY
from patients.vocabulary import WorkKind


@dataclass(frozen=True)
class Quiet:
    """A programme of which nothing was heard on so many due days that `reached_on` was the last needed."""

    prescription: Prescription
    reached_on: dt.date
    last_on: dt.date | None  # of the last session; None: there was none
    is_new: bool


@dataclass(frozen=True)
class Asked:
    """Questions or wishes of one patient that nobody has taken."""

    item: Any
    is_new: bool


@dataclass(frozen=True)
class Morning:
    clinic: Clinic
    silent: list[Quiet]
    not_started: list[Quiet]
    asked: list[Asked]

    @property
    def has_news(self) -> bool:
        quiet = [one.is_new for one in (*self.silent, *self.not_started)]
        return any(quiet) or any(one.is_new for one in self.asked)

    @property
    def is_empty(self) -> bool:
        return not (self.silent or self.not_started or self.asked)


def morning_list(*, user: User, clinic: Clinic, since: dt.datetime, now: dt.datetime) -> Morning:
    """What is for `user` in `clinic`, and of those for whom they stand in; new is what came after `since`.

    A constant number of queries. Whose programme is suspended or paused today is not called silent.
    """
    whose = {user.pk, *(person for house, person in away_for(user, now=now) if house == clinic.pk)}
    suspended = EmergencyReport.objects.uncleared().filter(patient=OuterRef("patient"))
    running = Prescription.objects.active().filter(
        ~Exists(suspended), patient__clinic=clinic, clinician__in=whose
    )
    prescriptions = list(
        running.select_related("patient__clinic").order_by(
            "patient__family_name", "patient__given_name", "pk"
        )
    )
    known = facts.load(prescriptions)
    quiet = [
        found
        for one in prescriptions
        if (found := _quiet(one, known[one.pk], since=since, now=now)) is not None
    ]
    return Morning(
        clinic=clinic,
        silent=[one for one in quiet if one.last_on is not None],
        not_started=[one for one in quiet if one.last_on is None],
        asked=_asked(whose, clinic, since),
    )


def _asked(whose: set[int], clinic: Clinic, since: dt.datetime) -> list[Asked]:
    """What nobody owns is everybody's."""
    items = WorkItem.objects.open().filter(
        Q(owner__in=whose) | Q(owner__isnull=True),
        patient__clinic=clinic,
        kind__in=(WorkKind.QUESTION, WorkKind.WISH),
        acknowledged_at__isnull=True,
    )
    rows = items.select_related("patient").annotate(last_at=Max("entries__at")).by_urgency()
    return [Asked(item, is_new=item.last_at is not None and item.last_at > since) for item in rows]


def _quiet(one: Prescription, trial: TrialFacts, *, since: dt.datetime, now: dt.datetime) -> Quiet | None:
    zone, most = one.patient.zone, one.patient.clinic.silent_after_days
    today = local_date(now, zone)
    reached_on = _reached_on(one, trial, today=today, most=most)
    if reached_on is None:
        return None
    last_on = trial.sessions[-1].on if trial.sessions else None
    return Quiet(one, reached_on, last_on, is_new=reached_on >= local_date(since, zone))


def _reached_on(one: Prescription, trial: TrialFacts, *, today: dt.date, most: int) -> dt.date | None:
    if one.starts_on is None:  # its first session begins it, and no day is due before
        reached_on = one.activated_on + (most - 1) * ONE_DAY if one.activated_on else None
        return reached_on if reached_on is not None and reached_on < today else None
    days = of_facts(trial, on=today).days
    silent = _silent_days(days, today)
    return silent[most - 1] if len(silent) >= most else None


def _silent_days(days: Sequence[Day], today: dt.date) -> list[dt.date]:
    """The due days over which nothing was heard until now, in order; none while today is paused or told."""
    found = []
    for day in reversed(days):
        if day.sessions_recorded or day.state == DayState.SKIPPED:
            break
        if day.on == today and day.state == DayState.PAUSED:
            return []
        if day.on < today and day.state == DayState.NOT_RECORDED:
            found.append(day.on)
    return found[::-1]
