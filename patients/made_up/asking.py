"""What a made-up patient asks of the clinic: questions, wishes, emergency signs; and what came of it."""

import datetime as dt
import uuid
from typing import Any

from clinic.localtime import local_date
from patients.asking import ALERTS, read_by, work_kind
from patients.made_up.calling import Call, plan_care
from patients.made_up.courses import Course, moment
from patients.made_up.house import House
from patients.made_up.names import ANSWERS, QUESTIONS
from patients.made_up.people import Person, Report, Story
from patients.made_up.rows import Rows
from patients.models import EmergencyReport, Message
from patients.trial import ONE_DAY
from patients.vocabulary import (
    CALL_DOCTOR_TODAY,
    CALL_NOW,
    Alert,
    Decision,
    MessageKind,
    MessageOutcome,
    WorkKind,
)


class Asking:
    def __init__(self, rows: Rows, house: House, person: Person) -> None:
        self.rows, self.house, self.person = rows, house, person
        self.calls: list[Call] = []

    def emergency(self, course: Course, *, is_last: bool) -> None:
        """Before its days are lived: from the report on nothing is recorded, until it is cleared."""
        random, house = self.person.random, self.house
        if course.starts_on is None or course.starts_on > house.last:
            return
        suspends = is_last and self.person.story == Story.SUSPENDED
        if not suspends and random.random() > 0.03:
            return
        length = (course.last_on - course.starts_on).days
        on = course.starts_on + ONE_DAY * random.randrange(length + 1)
        if suspends:
            on = max(course.starts_on, house.last - ONE_DAY * random.randrange(1, 11))
        at = moment(house, self.person.zone, on, (6, 23), random)
        if any(one.cleared_at is None or one.cleared_at > at for one in self.person.reports):
            return
        taken_at, cleared_at = plan_care(at, house, self.person)
        if suspends:
            cleared_at = None
        elif cleared_at is None:
            return  # who is suspended on the last day has a story of their own
        cleared_on = local_date(cleared_at, self.person.zone) if cleared_at else None
        pk = self.rows.add(
            EmergencyReport,
            patient_id=self.person.pk,
            signs=[str(random.choice(CALL_NOW if random.random() < 0.4 else CALL_DOCTOR_TODAY))],
            reported_at=at,
            reported_on=on,
            reported_by_id=self.person.user,
            cleared_at=cleared_at,
            cleared_on=cleared_on,
            cleared_by_id=self.person.clinician if cleared_at else None,
            clearing_note="Examined: nothing that speaks against going on." if cleared_at else "",
        )
        self.person.reports.append(Report(at, on, cleared_at, cleared_on))
        # The line may be closed before or after the programme goes on: they are two things.
        about = {"emergency_id": pk}
        self.calls.append(
            Call(at, WorkKind.EMERGENCY, (Alert.EMERGENCY_SIGN,), about, course.pk, taken_at, cleared_at)
        )

    def messages(self, course: Course) -> None:
        """Now and then a question or a wish, and the wish that a signature makes ("see in the clinic")."""
        random = self.person.random
        begins = course.starts_on or course.activated_on
        wished: list[tuple[dt.datetime, MessageKind, int | None]] = []
        if begins <= self.house.last and random.random() < 0.25:
            length = (course.last_on - begins).days
            on = begins + ONE_DAY * random.randrange(length + 1)
            at = moment(self.house, self.person.zone, on, (7, 22), random)
            wished.append((at, random.choice(list(MessageKind)), self.person.user))
        wished += [
            (point.signed_at, MessageKind.APPOINTMENT, self.person.clinician)
            for point in course.points
            if point.signed_at is not None and point.decision == Decision.SEE_IN_CLINIC
        ]
        for at, kind, by in sorted(wished, key=lambda one: one[0]):
            self._ask(at, kind, by, course)

    def _ask(self, at: dt.datetime, kind: MessageKind, by: int | None, course: Course) -> None:
        random, person = self.person.random, self.person
        is_question = kind == MessageKind.QUESTION
        if not is_question and person.wish_until is not None and at < person.wish_until:
            return  # one waits already
        taken_at, closed_at = plan_care(at, self.house, person)
        if not is_question:
            person.wish_until = closed_at or dt.datetime.max.replace(tzinfo=dt.UTC)
        outcome = answer = ""
        if closed_at is not None:
            booked = kind == MessageKind.APPOINTMENT
            settled = MessageOutcome.BOOKED if booked else MessageOutcome.SPOKEN
            outcome = MessageOutcome.ANSWERED if is_question else settled
            answer = ANSWERS[person.language] if is_question else ""
        closed_by = person.clinician if is_question else random.choice(self.house.desk)
        due_on = read_by(self.house.clinic, at)
        values: dict[str, Any] = {} if is_question else {"days": [1, 4], "times": ["morning"]}
        pk = self.rows.add(
            Message,
            patient_id=person.pk,
            uid=uuid.UUID(int=random.getrandbits(128), version=4),
            kind=kind,
            words=random.choice(QUESTIONS[person.language]) if is_question else "",
            asked_at=at,
            asked_by_id=by,
            read_by_on=due_on,
            outcome=outcome,
            answer=answer,
            closed_at=closed_at,
            closed_by_id=closed_by if closed_at else None,
            **values,
        )
        label = str(MessageOutcome(outcome).label) if outcome else ""
        self.calls.append(
            Call(
                at,
                work_kind(kind),
                (ALERTS[kind],),
                {"message_id": pk},
                course.pk,
                taken_at,
                closed_at,
                label,
                closed_by,
                due_on,
            )
        )
