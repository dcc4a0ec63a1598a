"""What the front desk sees of wishes for an appointment or a call: who, how to reach them, when. No words."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dates import WEEKDAYS

from clinic.scoping import ANY_ROLE, Role, clinics_of, may_look
from patients.models import Message
from patients.vocabulary import WISHES, MessageKind, TimeOfDay

SEEN = (
    *("pk", "kind", "days", "times", "asked_at", "read_by_on", "patient"),
    *("patient__given_name", "patient__family_name", "patient__phone", "patient__email"),
    *("patient__clinic__name", "patient__clinic__time_zone"),
)


@dataclass(frozen=True)
class Wish:
    """One line of the list. It holds nothing else, so that no page can show more."""

    pk: int
    kind: MessageKind
    days: list[str]  # in words, as `times`
    times: list[str]
    asked_at: dt.datetime
    read_by_on: dt.date
    patient_pk: int
    name: str
    phone: str
    email: str
    clinic: str
    zone: str


def waiting_wishes(user: Any) -> list[Wish]:
    """Those of the clinics where `user` works, the oldest first: one query, which fetches no words."""
    rows = Message.objects.wishes_for_desk(user).order_by("asked_at", "pk").values(*SEEN)
    return [
        Wish(
            pk=row["pk"],
            kind=MessageKind(row["kind"]),
            days=day_names(row["days"]),
            times=time_names(row["times"]),
            asked_at=row["asked_at"],
            read_by_on=row["read_by_on"],
            patient_pk=row["patient"],
            name=f"{row['patient__given_name']} {row['patient__family_name']}",
            phone=row["patient__phone"],
            email=row["patient__email"],
            clinic=row["patient__clinic__name"],
            zone=row["patient__clinic__time_zone"],
        )
        for row in rows
    ]


def settled_by(user: Any) -> QuerySet[Message]:
    """What `user` may settle: every wish where they work; questions where they treat. Without the words."""
    if not may_look(user):
        return Message.objects.none()
    here = Q(patient__clinic_id__in=clinics_of(user, ANY_ROLE), kind__in=WISHES)
    treats = Q(patient__clinic_id__in=clinics_of(user, {Role.CLINICIAN}))
    rows: QuerySet[Message] = Message.objects.filter(here | treats)
    return rows.select_related("patient__clinic").defer("words", "answer")


def day_names(days: Iterable[int]) -> list[str]:
    """ISO weekdays in words."""
    return [str(WEEKDAYS[day - 1]) for day in days]


def time_names(times: Iterable[str]) -> list[str]:
    return [str(TimeOfDay(time).label) for time in times]
