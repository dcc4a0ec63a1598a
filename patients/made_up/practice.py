"""The days of one made-up programme, lived one after the other: sessions, stops, days left out, and what of
it calls a clinician."""

import datetime as dt
import uuid
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from clinic.localtime import instant_at, local_date
from patients.alerts import pain_alerts
from patients.facts import RecordFacts, SessionFacts, StopFacts
from patients.made_up.courses import Course, Line, Version, is_asked, moment
from patients.made_up.house import House
from patients.made_up.names import WORDS
from patients.made_up.people import Habit, Person, Report, Story
from patients.made_up.rows import Rows
from patients.made_up.sessions import DONE, PARTLY, STOPPED, Pains, Said, feel, say
from patients.models import ExerciseRecord, ExerciseStop, PracticeSession, SkippedDay
from patients.recording import BACK_FILL_DAYS
from patients.trial import ONE_DAY
from patients.vocabulary import Alert, Outcome, Settled, Source, WorkKind

REASONS = list(SkippedDay.Reason)
FRIDAY = 5


class Call(NamedTuple):
    """Something for the worklist, and when it is seen to (None: not yet)."""

    at: dt.datetime
    kind: WorkKind
    whats: tuple[Alert, ...]
    about: dict[str, int]
    prescription: int
    taken_at: dt.datetime | None
    closed_at: dt.datetime | None
    outcome: str = ""
    closed_by: int | None = None
    due_on: dt.date | None = None  # None: the clinic's next open day


@dataclass
class Stop:
    """As ExerciseStop, with the place of its session."""

    line: uuid.UUID
    session: int
    uid: uuid.UUID
    on: dt.date
    first_recorded_at: dt.datetime
    resumed_at: dt.datetime | None
    resumed_on: dt.date | None

    def holds(self, on: dt.date, at: dt.datetime) -> bool:
        """Whether the line is off in a session of the date `on` that is first recorded at `at`."""
        if (self.on, self.first_recorded_at) >= (on, at) or self.first_recorded_at > at:
            return False
        return (
            self.resumed_on is None
            or on < self.resumed_on
            or (on == self.resumed_on and self.resumed_at is not None and at < self.resumed_at)
        )


class When(NamedTuple):
    first_at: dt.datetime
    recorded_on: dt.date
    recorded_at: dt.datetime
    source: Source = Source.WEB
    late: bool = False


@dataclass
class Practice:
    """What came of a course. `left` is how many sessions may still be recorded."""

    rows: Rows
    house: House
    person: Person
    course: Course
    left: int
    sessions: list[SessionFacts] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    skipped: dict[dt.date, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    lowest: int | None = None
    pain_skips: set[uuid.UUID] = field(default_factory=set)
    made: int = 0

    def live(self) -> None:
        begins, story = self.course.starts_on, self.person.story
        if begins is None or (story in {Story.NEVER, Story.TO_COME} and self.course.ended_on is None):
            return
        self.lowest = self.course.usual_site
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
        if self.stops:
            off = {stop.line for stop in self.stops if stop.holds(day, when.first_at)}
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
        self._keep(day, version, lines, when, said, stands=stop_all)
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
        done_at = min(at + dt.timedelta(seconds=random.randrange(240, 1100)), house.now)
        chance = random.random()
        if chance < 0.04 and not now:
            told_on = day + ONE_DAY * random.randrange(1, BACK_FILL_DAYS + 1)
            if told_on <= self.course.last_on:
                at = moment(house, person.zone, told_on, (8, 21), random)
                return When(at, told_on, at)
        elif chance < 0.06:
            arrived_at = done_at + dt.timedelta(hours=random.randrange(1, 40))
            if arrived_at <= house.now:
                return When(at, day, arrived_at, late=True)
        return When(at, day, done_at)

    def _keep(
        self, day: dt.date, version: Version, lines: list[Line], when: When, said: Said, *, stands: bool
    ) -> None:
        random = self.person.random
        uid = uuid.UUID(int=random.getrandbits(128), version=4)
        pains = self._pains(day, said)
        values: dict[str, Any] = {
            "uid": uid,
            "patient_id": self.person.pk,
            "prescription_id": self.course.pk,
            "version_id": version.pk,
            "practised_on": day,
            "recorded_on": when.recorded_on,
            "first_recorded_at": when.first_at,
            "recorded_at": when.recorded_at,
            "told_at": when.first_at if when.late else when.recorded_at,
            "finished_at": when.recorded_at if said.is_whole else None,
            "recorded_by_id": self.person.told_by,
            "source": when.source,
            "arrived_late": when.late,
            "pain_before": pains.before,
            "pain_during": pains.during,
            "pain_after": pains.after,
            "during_no_more": pains.no_more,
            "sites": pains.sites,
            "lowest_site": pains.lowest,
            "words": random.choice(WORDS[self.person.language]) if random.random() < 0.03 else "",
            "stopped": said.stopped,
        }
        values |= self._settled(pains, when)
        may_correct = said.is_whole and not said.stopped and when.source == Source.WEB and not when.late
        corrected_at = when.recorded_at + dt.timedelta(minutes=random.randrange(5, 600))
        stopped_in: int | None = None
        if (
            may_correct
            and random.random() < (0.1 if said.stops else 0.006)
            and corrected_at <= self.house.now
        ):
            earlier = self.rows.add(PracticeSession, **values | {"superseded_at": corrected_at})
            if said.stops:
                # What was stopped stays off, though it is not said any more.
                stopped_in = earlier
                self._add_records(earlier, lines, said.records)
                said = replace(said, records=[PARTLY if one is STOPPED else one for one in said.records])
            else:
                self._add_records(earlier, lines, [DONE] * len(lines))
            values |= {"revision": 2, "recorded_at": corrected_at, "finished_at": corrected_at}
        session = self.rows.add(PracticeSession, **values)
        self._add_records(session, lines, said.records)
        if said.is_whole or said.stopped or said.records:
            self._remember(session, uid, version, lines, values, said)
        self._stop_and_call(stopped_in or session, uid, lines, values, said, pains, when, stands=stands)

    def _pains(self, day: dt.date, said: Said) -> Pains:
        begins = self.course.starts_on or day
        share = min((day - begins).days / 60, 1)
        usual = self.course.usual_pain or 4
        return feel(
            self.person.random, level=usual - share * usual * 0.45, usual=usual, hurts=bool(said.stops)
        )

    def _settled(self, pains: Pains, when: When) -> dict[str, Any]:
        """What is said of pain that was more after it, at the next session."""
        random = self.person.random
        at = when.recorded_at + dt.timedelta(hours=random.randrange(20, 27))
        worse = pains.before is not None and pains.after is not None and pains.after > pains.before
        if not worse or random.random() < 0.4 or at > self.house.now:
            return {}
        return {"settled": random.choice(list(Settled)), "settled_at": at}

    def _add_records(self, session: int, lines: list[Line], records: list[RecordFacts]) -> None:
        add, random = self.rows.add, self.person.random.random
        for line, record in zip(lines, records, strict=False):  # fewer where it was left in the middle
            pattern = line.pattern
            easier = pattern.easier is not None and random() < 0.05
            add(
                ExerciseRecord,
                session_id=session,
                prescribed_id=line.prescribed,
                line=line.line,
                outcome=record.outcome,
                skip_reason=record.skip_reason,
                rung_done=pattern.easier if easier else pattern.rung,
                hurt_more=record is STOPPED or (record.outcome != Outcome.SKIPPED and random() < 0.004),
                dose_asked=pattern.dose,
            )

    def _remember(
        self,
        session: int,
        uid: uuid.UUID,
        version: Version,
        lines: list[Line],
        values: dict[str, Any],
        said: Said,
    ) -> None:
        """As patients.facts reads it, for what is frozen with a signature."""
        self.sessions.append(
            SessionFacts(
                uid=uid,
                version=version.pk,
                on=values["practised_on"],
                first_recorded_at=values["first_recorded_at"],
                stopped=said.stopped,
                back_filled=values["recorded_on"] > values["practised_on"],
                from_paper=values["source"] == Source.PAPER,
                arrived_late=values["arrived_late"],
                records={line.line: record for line, record in zip(lines, said.records, strict=False)},
            )
        )

    # --- What calls somebody ---
    def _stop_and_call(
        self,
        session: int,
        uid: uuid.UUID,
        lines: list[Line],
        values: dict[str, Any],
        said: Said,
        pains: Pains,
        when: When,
        *,
        stands: bool,
    ) -> None:
        whats: list[Alert] = []
        taken_at, closed_at = None, None
        might_alert = pains.after is not None and (pains.after >= 6 or pains.after > (pains.before or 0))
        goes_down = pains.lowest is not None and self.lowest is not None and pains.lowest > self.lowest
        if said.stops or (said.is_whole and (might_alert or goes_down)):
            taken_at, closed_at = self.care(when.recorded_at)
        if said.stops:
            whats.append(Alert.SESSION_STOP if said.stopped else Alert.STOP)
            self._turn_off(
                session, uid, [lines[place] for place in said.stops], values, when, closed_at, stands=stands
            )
        if said.is_whole and (might_alert or goes_down):
            whats += pain_alerts(
                PracticeSession(pain_before=pains.before, pain_after=pains.after, lowest_site=pains.lowest),
                clinic=self.house.clinic,
                usual_pain=self.course.usual_pain,
                lowest_site_before=self.lowest,
            )
        self.lowest = max(filter(None, (self.lowest, pains.lowest)), default=None)
        if whats:
            self._call(when, WorkKind.STOP, tuple(whats), session, taken_at, closed_at)
        skips = {line.line for line, one in zip(lines, said.records, strict=False) if one.was_pain_skip}
        if said.is_whole and skips & self.pain_skips:
            self._call(
                when, WorkKind.SKIPPED_FOR_PAIN, (Alert.PAIN_SKIP,), session, *self.care(when.recorded_at)
            )
        self.pain_skips = skips

    def _call(
        self,
        when: When,
        kind: WorkKind,
        whats: tuple[Alert, ...],
        session: int,
        taken_at: dt.datetime | None,
        closed_at: dt.datetime | None,
    ) -> None:
        about = {"session_id": session}
        self.calls.append(Call(when.recorded_at, kind, whats, about, self.course.pk, taken_at, closed_at))

    def care(self, at: dt.datetime) -> tuple[dt.datetime | None, dt.datetime | None]:
        """When somebody takes what came up at `at`, and when it is done; None: not within the year."""
        return plan_care(at, self.house, self.person)

    def _turn_off(
        self,
        session: int,
        uid: uuid.UUID,
        lines: list[Line],
        values: dict[str, Any],
        when: When,
        closed_at: dt.datetime | None,
        *,
        stands: bool,
    ) -> None:
        random = self.person.random
        chance = random.random()
        resumed_at: dt.datetime | None = None
        if chance < 0.15:
            resumed_at = when.recorded_at + dt.timedelta(minutes=random.randrange(20, 180))
        elif chance < 0.85:
            resumed_at = closed_at
        resumed_on = local_date(resumed_at, self.person.zone) if resumed_at else None
        if (
            stands
            or resumed_on is None
            or resumed_on > self.course.last_on
            or (resumed_at or self.house.now) > self.house.now
        ):
            resumed_at, resumed_on = None, None
        for line in lines:
            self.stops.append(
                Stop(line.line, session, uid, values["practised_on"], when.first_at, resumed_at, resumed_on)
            )
            self.rows.add(
                ExerciseStop,
                prescription_id=self.course.pk,
                line=line.line,
                session_id=session,
                stopped_at=when.recorded_at,
                resumed_at=resumed_at,
                resumed_on=resumed_on,
                resumed_by_id=self.person.clinician if resumed_at else None,
            )

    def stop_facts(self) -> list[StopFacts]:
        return [
            StopFacts(stop.line, stop.uid, stop.on, stop.first_recorded_at, stop.resumed_on, stop.resumed_at)
            for stop in self.stops
        ]


def plan_care(at: dt.datetime, house: House, person: Person) -> tuple[dt.datetime | None, dt.datetime | None]:
    """When a clinician takes what came up at `at`, and when it is done; None: not within the year."""
    random = person.random
    taken_at: dt.datetime | None = at + dt.timedelta(
        minutes=random.choice((9, 47, 180, 600, 1500, 4000)) + random.randrange(60)
    )
    closed_at: dt.datetime | None = at + dt.timedelta(
        minutes=random.choice((300, 2000, 6000, 12000)) + random.randrange(5000)
    )
    chance = random.random()
    if chance < 0.07 or (taken_at and closed_at and taken_at > closed_at):
        taken_at = None  # done without having been taken first
    if chance > 0.985 or (closed_at and closed_at > house.now):
        closed_at = None
    if taken_at and taken_at > house.now:
        taken_at = None
    return taken_at, closed_at
