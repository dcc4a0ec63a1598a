"""Planning one programme of a made-up patient: what is known before a day of it is lived."""

import datetime as dt
from random import Random

from patients.made_up.changing import adjustments, first_version, later_versions
from patients.made_up.courses import Course, moment
from patients.made_up.house import House, Offer
from patients.made_up.people import Person, Story
from patients.made_up.points import reach_points
from patients.trial import ONE_DAY, Span
from patients.vocabulary import EndReason


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
        begins_with_session=story in {Story.RUNNING, Story.MAINTENANCE}
        and not person.on_paper
        and random.random() < 0.25,
    )
    if course.starts_on is None:
        first_version(course, random, starts_on=activated_on)
        return course
    if story != Story.TO_COME:
        course.pauses = _pauses(course, house, story, random)
    first_version(course, random, starts_on=activated_on if course.begins_with_session else course.starts_on)
    changes = reach_points(course, house, person, story, stays=stays)
    if not stays and course.ended_on is None:
        course.ended_on = last_on
    if course.ended_on is not None:
        course.last_on = course.ended_on
        course.end_reason = list(EndReason)[(pk + person.pk) % len(EndReason)]
        course.next_review_on = None
    if story not in {Story.TO_COME, Story.NEVER}:
        changes += adjustments(course, house, person.zone, story, random)
    later_versions(course, changes, house, random)
    return course


def plan_draft(pk: int, house: House, person: Person, offer: Offer) -> Course:
    """A programme that was prescribed and not started."""
    random = person.random
    on = house.last - ONE_DAY * random.randrange(6)
    at = moment(house, person.zone, on, (9, 17), random)
    starts_on = house.last + ONE_DAY * random.randrange(1, 9) if random.random() < 0.5 else None
    draft = Course(pk, offer, at, on, starts_on, house.last, offer.review_after_days, offer.phase, None, None)
    first_version(draft, random, starts_on=starts_on or on)
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
