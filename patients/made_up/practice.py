"""The days of one made-up programme, lived one after the other: sessions, stops, days left out, and what of
it calls a clinician."""

import datetime as dt
from dataclasses import dataclass, field

from clinic.localtime import instant_at, local_date
from patients.made_up.courses import Course, Version, is_asked, moment
from patients.made_up.house import House
from patients.made_up.keeping import Kept, When
from patients.made_up.people import Habit, Person, Report, Story
from patients.made_up.rows import Rows
from patients.made_up.sessions import DONE, Said, say
from patients.models import SkippedDay
from patients.recording import BACK_FILL_DAYS
from patients.trial import ONE_DAY
from patients.vocabulary import Source

REASONS = list(SkippedDay.Reason)
FRIDAY = 5


@dataclass
class Practice:
    """What came of a course. `left` is how many sessions may still be recorded."""

    rows: Rows
    house: House
    person: Person
    course: Course
    kept: Kept
    left: int
    skipped: dict[dt.date, str] = field(default_factory=dict)
    made: int = 0

    def live(self) -> None:
        begins, story = self.course.starts_on, self.person.story
        if begins is None or (story in {Story.NEVER, Story.TO_COME} and self.course.ended_on is None):
            return
        self.kept.lowest = self.course.usual_site
        for offset in range((self.course.last_on - begins).days + 1):
            if not self.left:
                break
            self._day(begins + ONE_DAY * offset)

    # --- A day ---
    def _day(self, day: dt.date) -> None:
        course, random = self.course, self.person.random
        version = course.in_force(day)
        for report in self.person.reports:
            if report.covers(day):
                self._after_clearing(day, version, report)
                return
        if day == course.starts_on and course.begins_with_session:
            self._record(day, version, 0, now=True)
            return
        if not is_asked(course, version, day):
            if random.random() < 0.015:
                self._record(day, version, 0)
            return
        chance = self._chance(day)
        if day == self.house.last:
            if random.random() < chance * 0.3 or self.person.story == Story.NEW_VERSION:
                self._record(day, version, 0)
            return
        recorded = sum(
            random.random() < chance and self._record(day, version, slot)
            for slot in range(version.sessions_a_day)
        )
        if recorded and random.random() < 0.01:
            self._record(day, version, version.sessions_a_day)
        if random.random() < (0.002 if recorded else 0.08):
            self._skip(day)

    def _chance(self, day: dt.date) -> float:
        """How likely a session that is due is recorded."""
        course, habit = self.course, self.person.habit
        begins = course.starts_on or day
        share = (day - begins).days / max((course.last_on - begins).days, 1)
        if habit == Habit.SILENT and course.ended_on is None:
            return 0.85 if (course.last_on - day).days > 12 else 0.0
        return {Habit.GOOD: 0.92, Habit.FADING: 0.95 - 0.9 * share, Habit.SELDOM: 0.25}.get(habit, 0.68)

    def _after_clearing(self, day: dt.date, version: Version, report: Report) -> None:
        """A suspended day, told of once the clinic has cleared it: it is shown and does not count."""
        cleared_on, cleared_at = report.cleared_on, report.cleared_at
        if cleared_on is None or cleared_at is None or self.person.random.random() > 0.3:
            return
        at = cleared_at + dt.timedelta(hours=1)
        is_near = (cleared_on - day).days <= BACK_FILL_DAYS and local_date(at, self.person.zone) == cleared_on
        if is_near and cleared_on <= self.course.last_on and at <= self.house.now:
            self._record(day, version, 0, when=When(at, cleared_on, at))

    def _skip(self, day: dt.date) -> None:
        random = self.person.random
        told_on = min(day + ONE_DAY * random.choice((0, 0, 1, 2)), self.course.last_on)
        at = moment(self.house, self.person.zone, told_on, (18, 23), random)
        if any(report.holds(at) for report in self.person.reports):
            return
        reason = random.choice(REASONS)
        self.skipped[day] = reason.value
        self.rows.add(
            SkippedDay,
            prescription_id=self.course.pk,
            skipped_on=day,
            reason=reason,
            made_at=at,
            made_by_id=self.person.user,
        )

    # --- A session ---
    def _record(
        self, day: dt.date, version: Version, slot: int, *, when: When | None = None, now: bool = False
    ) -> bool:
        """Whether it was recorded: not where it cannot be told, nothing is on, or enough was recorded."""
        person, random = self.person, self.person.random
        when = when or self._when(day, version, slot, now=now)
        if when is None or not self.left:
            return False
        if any(one.holds(when.first_at) or one.holds(when.recorded_at) for one in person.reports):
            return False
        if version.number > 1 and version.starts_on == day and slot == 0 and random.random() < 0.2:
            version = self.course.versions[version.number - 2]  # the page was open before it was changed
        lines = version.lines
        if self.kept.stops:
            off = {stop.line for stop in self.kept.stops if stop.holds(day, when.first_at)}
            lines = [line for line in lines if line.line not in off]
        if not lines:
            return False
        stop_all = (
            person.story == Story.ALL_OFF
            and self.course.ended_on is None
            and (self.house.last - day).days <= 4
        )
        said = say(lines, random, care=person.care, stop_all=stop_all)
        if now and not said.records:
            said = Said([DONE] * len(lines), [])
        self.left -= 1
        self.made += 1
        self.kept.keep(day, version, lines, when, said, stands=stop_all)
        return True

    def _when(self, day: dt.date, version: Version, slot: int, *, now: bool) -> When | None:
        """When it is told; None: never, since the sheet of paper has not come back yet."""
        person, random, house = self.person, self.person.random, self.house
        if person.on_paper and not now:
            typed_on = day + ONE_DAY * ((FRIDAY - day.isoweekday()) % 7 + 7 * (random.random() < 0.2))
            at = instant_at(typed_on, dt.time(15, (day.toordinal() * 3 + slot) % 60), person.zone)
            is_back = typed_on <= self.course.last_on and at <= house.now
            return When(at, typed_on, at, Source.PAPER) if is_back else None
        hours = (
            (6, 21)
            if version.sessions_a_day == 1 and slot == 0
            else ((6, 11), (16, 21), (21, 23))[min(slot, 2)]
        )
        at = moment(house, person.zone, day, hours, random)
        if at <= self.course.activated_at:  # on the day on which it was prescribed
            at = min(self.course.activated_at + dt.timedelta(minutes=25), house.now)
        done_at = min(at + dt.timedelta(seconds=random.randrange(240, 1100)), house.now)
        chance = random.random()
        if chance < 0.04 and not now:
            told_on = day + ONE_DAY * random.randrange(1, BACK_FILL_DAYS + 1)
            if told_on <= self.course.last_on:
                at = moment(house, person.zone, told_on, (8, 21), random)
                return When(at, told_on, at)
        elif chance < 0.06:
            arrived_at = done_at + dt.timedelta(hours=random.randrange(1, 40))
            in_time = local_date(arrived_at, person.zone) <= self.course.last_on
            if arrived_at <= house.now and in_time:
                return When(at, day, arrived_at, late=True)
        return When(at, day, done_at)
