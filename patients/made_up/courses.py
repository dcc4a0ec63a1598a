"""One programme of one made-up patient, as far as its dates are known before a day of it is lived: start,
pauses, versions, review points and signatures, end. Days are counted by patients.trial, as everywhere."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from random import Random
from typing import Any

from clinic.localtime import instant_at, local_date
from clinic.weekdays import EVERY_DAY
from patients.made_up.house import House, Offer, Pattern
from patients.made_up.people import Person, Story
from patients.maintenance import SUGGESTED_REVIEW_DAYS, SUGGESTED_WEEKDAYS
from patients.models import Prescription
from patients.signing import GOES_ON
from patients.trial import ONE_DAY, Span, is_paused, review_point
from patients.vocabulary import Decision, EndReason
from programs.vocabulary import Phase

# What is decided of a programme that stays; maintenance beside them.
STAYING = {
    Decision.CONTINUE: 50,
    Decision.PROGRESS: 15,
    Decision.REGRESS: 5,
    Decision.CHANGE: 12,
    Decision.SEE_IN_CLINIC: 6,
    Decision.REFER: 3,
}
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


def plan_course(
    pk: int, house: House, person: Person, offer: Offer, *, begins: dt.date, last_on: dt.date, is_last: bool
) -> Course:
    """A course from `begins` to `last_on`; an active patient's last one (`is_last`) does not end."""
    random, story = person.random, person.story if is_last else Story.RUNNING
    stays = is_last and person.story != Story.FORMER
    usual = random.randrange(2, 8)
    activated_on = begins - ONE_DAY * (random.choice((0, 0, 0, 1, 3)) if begins > house.first else 0)
    if story == Story.TO_COME:
        activated_on = house.last - ONE_DAY * random.randrange(3)
    course = Course(
        pk=pk,
        offer=offer,
        activated_at=moment(house, person.zone, activated_on, (7, 9), random),
        activated_on=activated_on,
        starts_on=None if story == Story.NOT_STARTED else begins,
        last_on=last_on,
        review_after_days=offer.review_after_days,
        phase=offer.phase,
        usual_pain=usual if usual > 4 or random.random() < 0.7 else None,
        usual_site=random.choice((1, 1, 2)) if random.random() < 0.7 else None,
        begins_with_session=story in {Story.RUNNING, Story.MAINTENANCE} and random.random() < 0.25,
    )
    if course.starts_on is None:
        _first_version(course, random, starts_on=activated_on)
        return course
    if story != Story.TO_COME:
        course.pauses = _pauses(course, house, story, random)
    _first_version(course, random, starts_on=activated_on if course.begins_with_session else course.starts_on)
    changes = _reviews(course, house, person, story, stays=stays)
    if not stays and course.ended_on is None:
        course.ended_on = last_on
    if course.ended_on is not None:
        course.last_on = course.ended_on
        course.end_reason = list(EndReason)[(pk + person.pk) % len(EndReason)]
        course.next_review_on = None
    if story not in {Story.TO_COME, Story.NEVER}:
        changes += _adjustments(course, house, person.zone, story, random)
    _later_versions(course, changes, house, random)
    return course


def plan_draft(pk: int, house: House, person: Person, offer: Offer) -> Course:
    """A programme that was prescribed and not started."""
    random = person.random
    on = house.last - ONE_DAY * random.randrange(6)
    at = moment(house, person.zone, on, (9, 17), random)
    starts_on = house.last + ONE_DAY * random.randrange(1, 9) if random.random() < 0.5 else None
    draft = Course(pk, offer, at, on, starts_on, house.last, offer.review_after_days, offer.phase, None, None)
    _first_version(draft, random, starts_on=starts_on or on)
    return draft


# --- Pauses -----------------------------------------------------------------------------------------
def _pauses(course: Course, house: House, story: Story, random: Random) -> list[Span]:
    """They do not overlap. All are known before they begin, or early in a count that is long enough: so no
    review point that was reached would have been moved by one that came later."""
    begins, found = course.starts_on or course.activated_on, []
    if story == Story.PAUSED:
        first = max(begins + ONE_DAY, house.last - ONE_DAY * random.randrange(6))
        found.append(Span(min(first, house.last), house.last + ONE_DAY * random.randrange(8)))
    if story == Story.PAUSE_TO_COME:
        first = house.last + ONE_DAY * random.randrange(1, 10)
        found.append(Span(first, first + ONE_DAY * random.randrange(14)))
    length = (course.last_on - begins).days
    for _number in range(random.choice((0, 0, 0, 1, 1, 2)) if length > 12 else 0):
        first = begins + ONE_DAY * random.randrange(3, length - 6)
        one = Span(first, first + ONE_DAY * random.randrange(10))
        if all(one.last < other.first or other.last < one.first for other in found):
            found.append(one)
    return sorted(found)


# --- Reviews ----------------------------------------------------------------------------------------
Change = tuple[dt.date, dt.datetime, str]  # from when on, made when, what


def _reviews(course: Course, house: House, person: Person, story: Story, *, stays: bool) -> list[Change]:
    """Reach and sign one review point after the other; what the decisions change."""
    changes: list[Change] = []
    course.counts_from = course.starts_on
    while course.counts_from is not None:
        reached_on = review_point(
            counts_from=course.counts_from, after_days=course.review_after_days, pauses=course.pauses
        )
        if reached_on > course.last_on:
            course.next_review_on = reached_on
            break
        point = Point(
            number=len(course.points) + 1,
            counts_from=course.counts_from,
            after_days=course.review_after_days,
            reached_on=reached_on,
            opened_at=instant_at(reached_on, dt.time(0, 5), person.zone),
        )
        course.points.append(point)
        _sign(point, course, house, person, story, stays=stays)
        course.next_review_on = None
        if point.signed_on is None or point.decision is None or point.signed_on > course.last_on:
            break
        if point.decision == Decision.END:
            course.ended_on = point.signed_on
            break
        changes += _go_on(point, course)
    return changes


def _sign(point: Point, course: Course, house: House, person: Person, story: Story, *, stays: bool) -> None:
    random = person.random
    delay = random.choices((0, 1, 2, 3, 5, 8, 13, 21), (20, 20, 14, 12, 10, 10, 6, 3))[0]
    if random.random() < 0.04:
        return
    decision: Decision
    zone = house.clinic.time_zone
    day = local_date(point.opened_at, zone) + ONE_DAY * delay
    signed_at = instant_at(house.open_day(day), dt.time(random.randrange(9, 17), random.randrange(60)), zone)
    if signed_at > house.now or signed_at <= point.opened_at:
        return
    signed_on = local_date(signed_at, person.zone)
    if stays:
        decision = random.choices(list(STAYING), list(STAYING.values()))[0]
        first_time = course.phase != Phase.MAINTENANCE
        if first_time and (story == Story.MAINTENANCE or random.random() < 0.06):
            decision = Decision.MAINTENANCE
    elif signed_on > course.last_on:
        if random.random() < 0.5:
            return
        decision = random.choice((Decision.SEE_IN_CLINIC, Decision.REFER, Decision.END))
    elif (course.last_on - signed_on).days < 15:
        decision = Decision.END
    else:
        decision = random.choice((Decision.CONTINUE, Decision.CONTINUE, Decision.PROGRESS, Decision.REGRESS))
    point.signed_at, point.signed_on, point.decision = signed_at, signed_on, decision


def _go_on(point: Point, course: Course) -> list[Change]:
    """The next count begins with the signature, or with the maintenance that begins on the day after it."""
    if point.signed_at is None or point.signed_on is None or point.decision not in GOES_ON:
        raise AssertionError("Only what was signed goes on.")
    tomorrow, made_at = point.signed_on + ONE_DAY, point.signed_at + dt.timedelta(minutes=5)
    course.counts_from = point.signed_on
    if point.decision == Decision.MAINTENANCE:
        course.phase, course.maintenance_from = Phase.MAINTENANCE, tomorrow
        course.review_after_days, course.counts_from = SUGGESTED_REVIEW_DAYS, tomorrow
        return [(tomorrow, made_at, "maintenance")]
    if point.decision in {Decision.CHANGE, Decision.PROGRESS, Decision.REGRESS}:
        return [(tomorrow, made_at, "change")]
    return []


# --- Versions ---------------------------------------------------------------------------------------
def new_line(random: Random) -> uuid.UUID:
    return uuid.UUID(int=random.getrandbits(128), version=4)


def _first_version(course: Course, random: Random, *, starts_on: dt.date) -> None:
    offer = course.offer
    course.versions = [
        Version(
            starts_on=starts_on,
            created_at=course.activated_at,
            lines=[Line(new_line(random), pattern) for pattern in offer.patterns],
            sessions_a_day=offer.sessions_a_day,
            weekdays=offer.weekdays,
        )
    ]


def _adjustments(course: Course, house: House, zone: str, story: Story, random: Random) -> list[Change]:
    """What a clinician changes on the way; now and then twice from the same day on."""
    begins = course.starts_on or course.activated_on
    length, changes = (course.last_on - begins).days, []
    if length > 8 and random.random() < 0.45:
        day = begins + ONE_DAY * random.randrange(4, length)
        at = moment(house, zone, day - ONE_DAY, (14, 17), random)
        changes.append((day, at, "change"))
        if random.random() < 0.06:
            changes.append((day, at + dt.timedelta(minutes=9), "change"))
    if story == Story.NEW_VERSION:
        changes.append((house.last + ONE_DAY, house.now - dt.timedelta(seconds=30), "change"))
    return changes


def _later_versions(course: Course, changes: list[Change], house: House, random: Random) -> None:
    latest = house.last + ONE_DAY if course.ended_on is None else course.ended_on
    for starts_on, created_at, what in sorted(changes):
        if starts_on > latest or created_at > house.now:
            continue
        last = course.versions[-1]
        version = Version(starts_on, created_at, list(last.lines), last.sessions_a_day, last.weekdays)
        if what == "maintenance":
            version.sessions_a_day = 1
            version.weekdays = last.weekdays if len(last.weekdays) <= 3 else SUGGESTED_WEEKDAYS
        else:
            _change(version, house, random)
        course.versions.append(version)


def _change(version: Version, house: House, random: Random) -> None:
    if len(version.lines) > 2 and random.random() < 0.7:
        del version.lines[random.randrange(len(version.lines))]
    there = {line.pattern.key for line in version.lines}
    others = [pattern for pattern in house.patterns if pattern.key not in there]
    if others and len(version.lines) < 6 and random.random() < 0.7:
        version.lines.append(Line(new_line(random), random.choice(others)))
    if random.random() < 0.15:
        version.sessions_a_day = 3 - version.sessions_a_day if version.sessions_a_day < 3 else 1
    if random.random() < 0.15:
        version.weekdays = random.choice((EVERY_DAY, "12345", "135", "246"))


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
