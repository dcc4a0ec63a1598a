"""The versions of a made-up programme: what a clinician changes on the way."""

import datetime as dt
import uuid
from random import Random

from clinic.weekdays import EVERY_DAY
from patients.made_up.courses import Course, Line, Version, moment
from patients.made_up.house import House
from patients.made_up.people import Story
from patients.maintenance import SUGGESTED_WEEKDAYS
from patients.trial import ONE_DAY

Change = tuple[dt.date, dt.datetime, str]  # from when on, made when, what


def new_line(random: Random) -> uuid.UUID:
    return uuid.UUID(int=random.getrandbits(128), version=4)


def first_version(course: Course, random: Random, *, starts_on: dt.date) -> None:
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


def adjustments(course: Course, house: House, zone: str, story: Story, random: Random) -> list[Change]:
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


def later_versions(course: Course, changes: list[Change], house: House, random: Random) -> None:
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
