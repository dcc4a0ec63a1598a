"""A session of a made-up patient as it is kept: its row, its exercises, what was stopped, whom it calls."""

import datetime as dt
import uuid
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from clinic.localtime import local_date
from patients.alerts import pain_alerts
from patients.facts import RecordFacts, SessionFacts
from patients.made_up.calling import Call, plan_care
from patients.made_up.courses import Course, Line, Version
from patients.made_up.house import House
from patients.made_up.names import WORDS
from patients.made_up.people import Person
from patients.made_up.rows import Rows
from patients.made_up.sessions import DONE, PARTLY, STOPPED, Pains, Said, feel
from patients.models import ExerciseRecord, ExerciseStop, PracticeSession
from patients.stopped_line import StopFacts
from patients.vocabulary import Alert, Outcome, Settled, Source, WorkKind


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


class Told(NamedTuple):
    """One session, with the id of its row."""

    session: int
    uid: uuid.UUID
    on: dt.date
    lines: list[Line]
    when: When
    said: Said
    pains: Pains


@dataclass
class Kept:
    """What was kept of one course so far."""

    rows: Rows
    house: House
    person: Person
    course: Course
    sessions: list[SessionFacts] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    lowest: int | None = None
    pain_skips: set[uuid.UUID] = field(default_factory=set)

    def keep(
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
            and local_date(corrected_at, self.person.zone) <= self.course.last_on
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
        told = Told(session, uid, day, lines, when, said, pains)
        if said.is_whole or said.stopped or said.records:
            self._remember(told, version)
        self._stop_and_call(told, stopped_in or session, stands=stands)

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

    def _remember(self, told: Told, version: Version) -> None:
        """As patients.facts reads it, for what is frozen with a signature."""
        self.sessions.append(
            SessionFacts(
                uid=told.uid,
                version=version.pk,
                on=told.on,
                first_recorded_at=told.when.first_at,
                stopped=told.said.stopped,
                back_filled=told.when.recorded_on > told.on,
                from_paper=told.when.source == Source.PAPER,
                arrived_late=told.when.late,
                records={
                    line.line: record for line, record in zip(told.lines, told.said.records, strict=False)
                },
            )
        )

    # --- What calls somebody ---
    def _stop_and_call(self, told: Told, stopped_in: int, *, stands: bool) -> None:
        """`stopped_in` is the revision in which something was stopped."""
        _session, _uid, _on, lines, when, said, pains = told
        whats: list[Alert] = []
        taken_at, closed_at = None, None
        might_alert = pains.after is not None and (pains.after >= 6 or pains.after > (pains.before or 0))
        goes_down = pains.lowest is not None and self.lowest is not None and pains.lowest > self.lowest
        if said.stops or (said.is_whole and (might_alert or goes_down)):
            taken_at, closed_at = self.care(when.recorded_at)
        if said.stops:
            whats.append(Alert.SESSION_STOP if said.stopped else Alert.STOP)
            self._turn_off(told, stopped_in, None if stands else self._resumed_at(when, closed_at))
        if said.is_whole and (might_alert or goes_down):
            whats += pain_alerts(
                PracticeSession(pain_before=pains.before, pain_after=pains.after, lowest_site=pains.lowest),
                clinic=self.house.clinic,
                usual_pain=self.course.usual_pain,
                lowest_site_before=self.lowest,
            )
        self.lowest = max(filter(None, (self.lowest, pains.lowest)), default=None)
        if whats:
            self._call(told, WorkKind.STOP, tuple(whats), taken_at, closed_at)
        skips = {line.line for line, one in zip(lines, said.records, strict=False) if one.was_pain_skip}
        if said.is_whole and skips & self.pain_skips:
            self._call(told, WorkKind.SKIPPED_FOR_PAIN, (Alert.PAIN_SKIP,), *self.care(when.recorded_at))
        self.pain_skips = skips

    def _call(
        self,
        told: Told,
        kind: WorkKind,
        whats: tuple[Alert, ...],
        taken_at: dt.datetime | None,
        closed_at: dt.datetime | None,
    ) -> None:
        at, about = told.when.recorded_at, {"session_id": told.session}
        self.calls.append(Call(at, kind, whats, about, self.course.pk, taken_at, closed_at))

    def care(self, at: dt.datetime) -> tuple[dt.datetime | None, dt.datetime | None]:
        """When somebody takes what came up at `at`, and when it is done; None: not within the year."""
        return plan_care(at, self.house, self.person)

    def _resumed_at(self, when: When, closed_at: dt.datetime | None) -> dt.datetime | None:
        """When a clinician resumes what was stopped: soon, with the line of the worklist, or not at all."""
        random = self.person.random
        chance = random.random()
        found = closed_at if chance < 0.85 else None
        if chance < 0.15:
            found = when.recorded_at + dt.timedelta(minutes=random.randrange(20, 180))
        if found is None or found > self.house.now:
            return None
        return found if local_date(found, self.person.zone) <= self.course.last_on else None

    def _turn_off(self, told: Told, session: int, resumed_at: dt.datetime | None) -> None:
        resumed_on = local_date(resumed_at, self.person.zone) if resumed_at else None
        for place in told.said.stops:
            line = told.lines[place].line
            self.stops.append(
                Stop(line, session, told.uid, told.on, told.when.first_at, resumed_at, resumed_on)
            )
            self.rows.add(
                ExerciseStop,
                prescription_id=self.course.pk,
                line=line,
                session_id=session,
                stopped_at=told.when.recorded_at,
                resumed_at=resumed_at,
                resumed_on=resumed_on,
                resumed_by_id=self.person.clinician if resumed_at else None,
            )

    def stop_facts(self) -> list[StopFacts]:
        return [
            StopFacts(stop.line, stop.uid, stop.on, stop.first_recorded_at, stop.resumed_on, stop.resumed_at)
            for stop in self.stops
        ]
