"""One made-up patient's year: earlier programmes, the one that is active at its end, and what they bring."""

import datetime as dt
from typing import Any

from patients.made_up.asking import Asking
from patients.made_up.calling import Call
from patients.made_up.courses import Course, Line, columns, moment
from patients.made_up.house import House, Offer
from patients.made_up.keeping import Kept
from patients.made_up.people import Habit, Person, Story
from patients.made_up.planning import plan_course, plan_draft
from patients.made_up.practice import Practice
from patients.made_up.reviewing import Reviewing
from patients.made_up.rows import Rows
from patients.made_up.work import Worklist
from patients.models import Pause, PrescribedExercise, Prescription, PrescriptionVersion, Screening
from patients.trial import ONE_DAY, Span
from programs.vocabulary import Phase

# About how many sessions a day of a programme brings, to guess how many programmes a patient needs.
EXPECTED = {Habit.GOOD: 0.95, Habit.FAIR: 0.7, Habit.FADING: 0.55, Habit.SELDOM: 0.25, Habit.SILENT: 0.75}
SHORT = {
    Story.NOT_STARTED: (0, 1),
    Story.TO_COME: (-9, 0),
    Story.NEVER: (3, 30),
    Story.NEW_VERSION: (3, 60),
    Story.ALL_OFF: (8, 40),
    Story.PAUSED: (6, 60),
}

DRAFT_TOO = 6  # so that a small clinic has a draft, too


class Life:
    """All rows of one patient: about `wanted` sessions, at most `budget`."""

    def __init__(self, rows: Rows, house: House, person: Person, *, wanted: float, budget: int) -> None:
        self.rows, self.house, self.person = rows, house, person
        self.wanted, self.left = wanted, budget
        self.made = 0
        self.calls: list[Call] = []

    def write(self) -> int:
        """Live it through; gives the number of sessions that count."""
        if self.person.story == Story.ALL_OFF:
            self.person.habit = Habit.GOOD
        spans = self._spans()
        for number, span in enumerate(spans, start=1):
            self._course(span, is_last=number == len(spans))
        if self.person.random.random() < 0.04 or self.person.pk == DRAFT_TOO:
            self._draft()
        Worklist(self.rows, self.house, self.person).write(self.calls)
        return self.made

    # --- When ---
    def _spans(self) -> list[Span]:
        """The first and last dates of the programmes, in order: as many as are needed for `wanted`."""
        random, house, story = self.person.random, self.house, self.person.story
        if story == Story.FORMER:
            end = house.last - ONE_DAY * random.randrange(1, 200)
            spans = [self._before(end)]
        else:
            begins = max(house.last - ONE_DAY * self._length(), house.first)
            spans = [Span(begins, max(begins, house.last))]
        expected = (
            self._expected(spans[0]) if story in {Story.FORMER, Story.RUNNING, Story.MAINTENANCE} else 0.0
        )
        while expected < self.wanted:
            gap = random.randrange(2, 12) + (4 if len(spans) == 1 else 0)
            end = min(spans[0].first, house.last) - ONE_DAY * gap
            if (end - house.first).days < 15:
                break
            spans.insert(0, self._before(end))
            expected += self._expected(spans[0])
        return spans

    def _expected(self, span: Span) -> float:
        return EXPECTED[self.person.habit] * ((span.last - span.first).days + 1)

    def _before(self, end: dt.date) -> Span:
        length = self.person.random.randrange(18, 90)
        return Span(max(end - ONE_DAY * length, self.house.first), end)

    def _length(self) -> int:
        """How many days ago the active programme began; below 0: it starts on a date to come."""
        random, story = self.person.random, self.person.story
        if story in SHORT:
            return random.randrange(*SHORT[story])
        if story == Story.MAINTENANCE:
            return random.randrange(60, 110) if self.wanted < 120 else random.randrange(60, 300)
        long = min(1.0, self.wanted / 120)
        kind = random.random()
        if kind < 0.35:
            return random.randrange(1, 26)
        if kind < 0.65:
            return random.randrange(26, 61)
        return int(random.randrange(61, 120 if kind < 0.85 else 330) * long) + 10

    # --- What ---
    def _course(self, span: Span, *, is_last: bool) -> None:
        house, person = self.house, self.person
        pk = self.rows.reserve(Prescription)
        offer = self._offer(is_last=is_last)
        course = plan_course(pk, house, person, offer, begins=span.first, last_on=span.last, is_last=is_last)
        if course.begins_with_session and self.left <= 0:
            course.begins_with_session = False
        asking = Asking(self.rows, house, person)
        asking.emergency(course, is_last=is_last)
        if course.begins_with_session and any(
            one.on <= span.first for one in person.reports if not one.cleared_at
        ):
            course.begins_with_session = False
        self.rows.put(Prescription, pk, **columns(course, person))
        self._prescribed(course)
        kept = Kept(self.rows, house, person, course)
        practice = Practice(self.rows, house, person, course, kept, self.left)
        practice.live()
        self.left, self.made = practice.left, self.made + practice.made
        Reviewing(self.rows, house, person, course, practice).write()
        asking.messages(course)
        self.calls += kept.calls + asking.calls

    def _offer(self, *, is_last: bool) -> Offer:
        random = self.person.random
        first = not is_last or self.person.story in {Story.MAINTENANCE, Story.ALL_OFF}
        offers = [one for one in self.house.offers if not (first and one.phase == Phase.MAINTENANCE)]
        return random.choice(offers)

    def _draft(self) -> None:
        pk = self.rows.reserve(Prescription)
        draft = plan_draft(pk, self.house, self.person, self._offer(is_last=False))
        self.rows.put(Prescription, pk, **columns(draft, self.person, is_draft=True))
        self._prescribed(draft)

    def _prescribed(self, course: Course) -> None:
        """Screening, versions with their exercises, and pauses."""
        rows, person = self.rows, self.person
        rows.add(
            Screening,
            prescription_id=course.pk,
            none_of_these=True,
            asked_by_id=person.clinician,
            asked_at=course.activated_at,
        )
        for number, version in enumerate(course.versions, start=1):
            version.number = number
            version.pk = rows.add(
                PrescriptionVersion,
                prescription_id=course.pk,
                number=number,
                starts_on=version.starts_on,
                sessions_a_day=version.sessions_a_day,
                weekdays=version.weekdays,
                prescribed_by_id=person.clinician,
                created_at=version.created_at,
            )
            version.lines = [
                self._prescribe(line, version.pk, place, version.created_at)
                for place, line in enumerate(version.lines, start=1)
            ]
        for span in course.pauses:
            self._pause(span, course)

    def _prescribe(self, line: Line, version: int, position: int, at: dt.datetime) -> Line:
        against = [code for code in line.pattern.precautions if code in self.person.precautions]
        pk = self.rows.add(
            PrescribedExercise,
            **line.pattern.columns,
            version_id=version,
            line=line.line,
            position=position,
            against=against,
            precautions_reason="Shown in the clinic, small range." if against else "",
            step_since=at,
        )
        return Line(line.line, line.pattern, pk)

    def _pause(self, span: Span, course: Course) -> None:
        """Told on its first day or before; early in a count staff may write it down a day later."""
        random, house, zone = self.person.random, self.house, self.person.zone
        begins = course.starts_on or course.activated_on
        told_on = min(span.first, house.last) - ONE_DAY * random.choice((0, 0, 1, 3))
        if (
            3 <= (span.first - begins).days <= 8
            and course.offer.review_after_days >= 20
            and random.random() < 0.3
        ):
            told_on = min(span.first + ONE_DAY, house.last)
        made_at = max(moment(house, zone, told_on, (7, 9), random), course.activated_at)
        by_staff = self.person.user is None or (span.last - span.first).days >= 14 or told_on > span.first
        values: dict[str, Any] = {"made_by_id": self.person.clinician if by_staff else self.person.user}
        rows_reason = random.choice(list(Pause.Reason))
        self.rows.add(
            Pause,
            prescription_id=course.pk,
            starts_on=span.first,
            ends_on=span.last,
            reason=rows_reason,
            made_at=made_at,
            **values,
        )
