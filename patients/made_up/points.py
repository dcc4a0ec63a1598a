"""The review points of a made-up programme: when each is reached, when it is signed, and what is decided."""

import datetime as dt

from clinic.localtime import instant_at, local_date
from patients.made_up.changing import Change
from patients.made_up.courses import Course, Point
from patients.made_up.house import House
from patients.made_up.people import Person, Story
from patients.maintenance import SUGGESTED_REVIEW_DAYS
from patients.signing import GOES_ON
from patients.trial import ONE_DAY, review_point
from patients.vocabulary import Decision
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


def reach_points(course: Course, house: House, person: Person, story: Story, *, stays: bool) -> list[Change]:
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
    if story == Story.MAINTENANCE:
        delay = min(delay, 5)  # it hangs on a signature
    elif random.random() < (0.04 if (house.last - point.reached_on).days < 45 else 0.005):
        return  # overdue, or forgotten
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
        if random.random() < 0.05:
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
