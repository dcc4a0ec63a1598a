"""One programme of one made-up patient, as far as its dates are known before a day of it is lived: start,
pauses, versions, review points and signatures, end. Days are counted by patients.trial, as everywhere."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from random import Random
from typing import Any

from clinic.localtime import instant_at
from patients.made_up.house import House, Offer, Pattern
from patients.made_up.people import Person
from patients.models import Prescription
from patients.trial import Span, is_paused
from patients.vocabulary import Decision

SPARE = 50  # minutes before the year's last moment that are the same date in every zone of `people`


@dataclass(frozen=True)
class Line:
    """An exercise of a version; `prescribed` is the id of its row."""

    line: uuid.UUID
    pattern: Pattern
    prescribed: int = 0


@dataclass
class Version:
    starts_on: dt.date
    created_at: dt.datetime
    lines: list[Line]
    sessions_a_day: int
    weekdays: str
    pk: int = 0
    number: int = 0


@dataclass
class Point:
    """A review point that was reached, and its signature, if there is one."""

    number: int
    counts_from: dt.date
    after_days: int
    reached_on: dt.date
    opened_at: dt.datetime
    signed_at: dt.datetime | None = None
    signed_on: dt.date | None = None
    decision: Decision | None = None


@dataclass
class Course:
    pk: int
    offer: Offer
    activated_at: dt.datetime
    activated_on: dt.date
    starts_on: dt.date | None
    last_on: dt.date  # the last date that is lived: its end, or the last of the year
    review_after_days: int
    phase: str
    usual_pain: int | None
    usual_site: int | None
    begins_with_session: bool = False
    ended_on: dt.date | None = None
    end_reason: str = ""
    maintenance_from: dt.date | None = None
    counts_from: dt.date | None = None
    next_review_on: dt.date | None = None
    pauses: list[Span] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    @property
    def status(self) -> str:
        return Prescription.Status.ENDED if self.ended_on else Prescription.Status.ACTIVE

    def in_force(self, on: dt.date) -> Version:
        return next((one for one in reversed(self.versions) if one.starts_on <= on), self.versions[0])


def moment(house: House, zone: str, on: dt.date, hours: tuple[int, int], random: Random) -> dt.datetime:
    """An instant on the local date `on` between two hours, never after the year's last moment."""
    minute = random.randrange(hours[0] * 60, hours[1] * 60)
    found = instant_at(on, dt.time(minute // 60, minute % 60, random.randrange(60)), zone)
    return found if found <= house.now else house.now - dt.timedelta(minutes=random.randrange(1, SPARE))


def is_asked(course: Course, version: Version, on: dt.date) -> bool:
    """Whether sessions are asked on `on` by schedule and pauses."""
    return str(on.isoweekday()) in version.weekdays and not is_paused(on, course.pauses)


def columns(course: Course, person: Person, *, is_draft: bool = False) -> dict[str, Any]:
    """The columns of its Prescription."""
    return {
        "patient_id": person.pk,
        "program_id": course.offer.program,
        "name_en": course.offer.name_en,
        "name_it": course.offer.name_it,
        "clinician_id": person.clinician,
        "status": Prescription.Status.DRAFT if is_draft else course.status,
        "starts_on": course.starts_on,
        "activated_at": None if is_draft else course.activated_at,
        "activated_on": None if is_draft else course.activated_on,
        "ended_on": course.ended_on,
        "end_reason": course.end_reason,
        "usual_pain": course.usual_pain,
        "usual_lowest_site": course.usual_site,
        "review_after_days": course.review_after_days,
        "phase": course.phase,
        "maintenance_from": course.maintenance_from,
        "counts_from": course.counts_from,
        "next_review_on": course.next_review_on,
        "created_at": course.activated_at,
    }
