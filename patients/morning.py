"""A clinician's morning list: who has gone silent, who has not begun, and what patients ask or wish for.

Who is silent is said in patients.silence. It is new once: on the first list after the last of the silent days
that it takes.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q

from clinic.absences import away_for
from clinic.localtime import local_date
from clinic.models import Clinic, User
from patients.models import Prescription, WorkItem
from patients.silence import expected, silences
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
    running = expected().filter(patient__clinic=clinic, clinician__in=whose)
    ordered = running.select_related("patient__clinic").order_by(
        "patient__family_name", "patient__given_name", "pk"
    )
    quiet = [
        Quiet(
            prescription=one.prescription,
            reached_on=one.reached_on,
            last_on=one.last_on,
            is_new=one.reached_on >= local_date(since, one.prescription.patient.zone),
        )
        for one in silences(list(ordered), now=now)
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
