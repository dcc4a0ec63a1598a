"""Where a patient's programme stands today: what is due, what is done, and what stands in the way.

Read in at most five queries, however long the history is; in one more while a session goes on.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from clinic.localtime import local_date
from clinic.models import User
from patients.going_on import session_going_on, stopped_in
from patients.models import (
    ClinicCards,
    EmergencyReport,
    ExerciseRecord,
    Patient,
    PracticeSession,
    Prescription,
    Review,
    SkippedDay,
    WorkItemEntry,
)
from patients.prescribed import exercises_on
from patients.questionnaire import with_waiting
from patients.review_words import WORD_STAYS
from patients.trial import ONE_DAY, Span, day_number, is_paused, spans
from patients.vocabulary import Alert, Outcome
from programs.burden import burden


class State(StrEnum):
    """What today is for the patient. Where several hold, the first of them is said."""

    SUSPENDED = "suspended"  # an emergency sign was reported and no clinician has cleared it
    NONE = "none"  # nothing was prescribed yet
    ENDED = "ended"
    NOT_BEGUN = "not_begun"
    ALL_OFF = "all_off"  # every exercise was stopped for pain
    PAUSED = "paused"
    NOT_DUE = "not_due"  # a day off by the schedule
    DONE = "done"  # every session that is due was recorded
    SKIPPED = "skipped"  # the patient said that they do not practise today, and why
    DUE = "due"


MOST_DAYS_IN_A_LINE = 31
MORE_PAIN = (Alert.PAIN_RISE, Alert.PAIN_LEVEL, Alert.PAIN_SITE)
# On a pause and on a day off one may practise all the same: it is shown and does not count.
RECORDABLE = frozenset({State.DUE, State.DONE, State.PAUSED, State.NOT_DUE, State.SKIPPED})


@dataclass(frozen=True)
class Count:
    """Day `day` of `of` in the running count; `practised` says which of the counted days so far were used."""

    day: int
    of: int
    after_review: bool
    practised: tuple[bool, ...]

    @property
    def to_come(self) -> range:
        return range(self.of - self.day)

    @property
    def fits_a_line(self) -> bool:
        """Whether each day can be drawn beside the others on a phone."""
        return self.of <= MOST_DAYS_IN_A_LINE


@dataclass(frozen=True)
class Standing:
    state: State
    today: dt.date
    prescription: Any = None  # with `review_helped`: None where no review is open, "" where it is unanswered
    exercises: Sequence[Any] = ()  # as recording.exercises_on gives them, on the first day if that is to come
    sessions_today: Sequence[PracticeSession] = ()  # without one that was left before the first exercise
    going_on: PracticeSession | None = None  # one of today's that was left in the middle
    records_today: dict[uuid.UUID, ExerciseRecord] = field(default_factory=dict)  # the latest of each line
    sessions_asked: int = 0
    count: Count | None = None
    pause: Span | None = None
    next_due_on: dt.date | None = None
    day: int | None = None  # the counted day of the programme since its start
    offers_pause: bool = False  # left out for more pain, and tomorrow is not paused yet
    is_maintenance: bool = False  # no day is counted for the patient then, only the review's date is said

    @property
    def exercises_due(self) -> int:
        return sum(not exercise.is_off for exercise in self.exercises)

    @property
    def minutes(self) -> int:
        """About how long one session takes."""
        return burden([exercise.dose() for exercise in self.exercises if not exercise.is_off]).minutes

    @property
    def kept(self) -> int:
        """Of how many exercises the session that was left in the middle tells."""
        told = self.going_on
        return sum(record.session_id == told.pk for record in self.records_today.values()) if told else 0

    @property
    def stopped_today(self) -> bool:
        """Whether the patient stopped for pain today: an exercise, not done after all, or all of it."""
        outcomes = [record.outcome for record in self.records_today.values()]
        return Outcome.STOPPED in outcomes or any(session.stopped for session in self.sessions_today)

    @property
    def hurt_today(self) -> bool:
        """Whether the clinic was told of more pain in a session of today."""
        return any(getattr(session, "told_of_pain", False) for session in self.sessions_today)

    @property
    def may_skip(self) -> bool:
        """Whether one can say that today goes by without practice: it is due, and nothing is told yet."""
        has_begun = self.prescription is not None and self.prescription.starts_on is not None
        return self.state == State.DUE and has_begun and not self.sessions_today

    @property
    def may_record(self) -> bool:
        return self.state in RECORDABLE


def current_prescription(*, patient: Patient, user: User, on: dt.date | None = None) -> Any:
    """The patient's running prescription, else the one that ended last, else None: one query.

    `is_suspended` and `review_helped` are on it (see Standing), and `card_edits`, what its clinic made of the
    cards under Learn (None: nothing); `skip_reason`, why nothing is done on the date `on` (None: not said);
    `word`, what the clinician wrote after a review of the two weeks before (None: nothing).
    """
    reports = EmergencyReport.objects.uncleared().filter(patient=OuterRef("patient"))
    reviews = Review.objects.unsigned().filter(prescription=OuterRef("pk"))
    skipped = SkippedDay.objects.filter(prescription=OuterRef("pk"))
    skipped = skipped.none() if on is None else skipped.filter(skipped_on=on)
    cards = ClinicCards.objects.filter(clinic=OuterRef("patient__clinic"))
    signed = Review.objects.filter(prescription__patient=OuterRef("patient")).exclude(word_to_patient="")
    signed = signed.none() if on is None else signed.filter(signed_at__gte=_midnight(on - WORD_STAYS))
    rows = Prescription.objects.visible_to_patient(user).of(patient).select_related("clinician")
    return (
        with_waiting(rows)
        .annotate(
            is_suspended=Exists(reports),
            review_helped=Subquery(reviews.order_by("-number").values("helped")[:1]),
            card_edits=Subquery(cards.values("cards")[:1]),
            skip_reason=Subquery(skipped.values("reason")[:1]),
            word=Subquery(signed.order_by("-signed_at").values("word_to_patient")[:1]),
        )
        .latest_first()
        .first()
    )


def _midnight(day: dt.date) -> dt.datetime:
    """About when `day` begins: for how long something is shown, an hour more or less is nothing."""
    return dt.datetime.combine(day, dt.time.min, tzinfo=dt.UTC)


def standing(*, patient: Patient, user: User, now: dt.datetime) -> Standing:
    """Where the programme of `patient` stands at `now`, as `user` may see it."""
    today = local_date(now, patient.zone)
    prescription = current_prescription(patient=patient, user=user, on=today)
    if prescription is None:
        waits = EmergencyReport.objects.visible_to_patient(user).uncleared().of(patient).exists()
        return Standing(State.SUSPENDED if waits else State.NONE, today)
    if prescription.is_suspended:
        return Standing(State.SUSPENDED, today, prescription)
    if prescription.status == Prescription.Status.ENDED:
        return Standing(State.ENDED, today, prescription)
    return _running(prescription, today)


def _running(prescription: Any, today: dt.date) -> Standing:
    pauses = spans(prescription)
    begins = prescription.starts_on or today
    exercises = exercises_on(prescription, max(today, begins))
    since = prescription.maintenance_since
    is_maintenance = since is not None and since <= today
    # The count may begin tomorrow, with a maintenance that was decided after today's session.
    sessions = _sessions_since(prescription, min(prescription.counts_from or today, today))
    of_today = [session for session in sessions if session.practised_on == today]
    version = exercises[0].version if exercises else None
    asked = version.sessions_a_day if version else 0
    going_on = session_going_on(of_today)
    if going_on is not None:
        stopped_in(going_on, exercises)
    pause = next((pause for pause in pauses if pause.holds(today)), None)
    if today < begins:
        state = State.NOT_BEGUN
    elif all(exercise.is_off for exercise in exercises):
        state = State.ALL_OFF
    elif pause is not None:
        state = State.PAUSED
    elif version is None or str(today.isoweekday()) not in version.weekdays:
        state = State.NOT_DUE
    else:
        finished = sum(session.was_told and session is not going_on for session in of_today)
        state = State.DONE if finished >= asked else State.DUE
        # Of a session that told of the pain before alone, nothing was practised yet.
        if prescription.skip_reason and not any(session.was_told for session in of_today):
            state = State.SKIPPED
    return Standing(
        state=state,
        today=today,
        prescription=prescription,
        exercises=exercises,
        sessions_today=[session for session in of_today if session.was_told],
        going_on=going_on,
        records_today=_records(of_today),
        sessions_asked=asked,
        count=None if is_maintenance else running_count(prescription, sessions, pauses, today=today),
        pause=pause,
        day=day_number(starts_on=prescription.starts_on, on=today, pauses=pauses),
        next_due_on=_next_due(version.weekdays, pauses, after=today) if version else None,
        offers_pause=state == State.SKIPPED
        and prescription.skip_reason == SkippedDay.Reason.FLARE
        and not is_paused(today + ONE_DAY, pauses),
        is_maintenance=is_maintenance,
    )


def running_count(
    prescription: Prescription, sessions: Sequence[Any], pauses: Sequence[Span], *, today: dt.date
) -> Count | None:
    """The day in the count that runs (rule 1): from the start, or from the last review on.

    None before day 1, and from the review point on until the review is signed.
    """
    counts_from, over_on = prescription.counts_from, prescription.next_review_on
    if counts_from is None or over_on is None or over_on <= today:
        return None
    day = day_number(starts_on=counts_from, on=today, pauses=pauses)
    if day is None:
        return None
    used = {session.practised_on for session in sessions if session.was_practised}
    dates = [counts_from + ONE_DAY * offset for offset in range((today - counts_from).days + 1)]
    return Count(
        day=day,
        of=prescription.review_after_days,
        after_review=counts_from != prescription.starts_on,
        practised=tuple(date in used for date in dates if not is_paused(date, pauses)),
    )


def _sessions_since(prescription: Prescription, since: dt.date) -> list[Any]:
    """The sessions from `since` on, in order; `was_practised`: something was done, or stopped for pain.

    `was_told`: something was said of an exercise, if only why it was skipped, or the whole was stopped.
    `told_of_pain`: the clinic was told that it hurt more.
    """
    told = ExerciseRecord.objects.filter(session=OuterRef("pk"))
    rows = PracticeSession.objects.current().filter(prescription=prescription, practised_on__gte=since)
    rows = rows.annotate(
        did_something=Exists(told.exclude(outcome=Outcome.SKIPPED)),
        told_something=Exists(told),
        told_of_pain=Exists(WorkItemEntry.objects.filter(session=OuterRef("pk"), what__in=MORE_PAIN)),
    )
    sessions: list[Any] = list(rows.order_by("practised_on", "first_recorded_at"))
    for session in sessions:
        session.was_practised = session.stopped or session.did_something
        session.was_told = session.stopped or session.told_something
    return sessions


def _records(sessions: Sequence[PracticeSession]) -> dict[uuid.UUID, ExerciseRecord]:
    if not sessions:
        return {}
    rows = ExerciseRecord.objects.filter(session__in=sessions).order_by("session__first_recorded_at")
    return {record.line: record for record in rows}


def _next_due(weekdays: str, pauses: Sequence[Span], *, after: dt.date) -> dt.date:
    day = after + ONE_DAY
    while is_paused(day, pauses) or str(day.isoweekday()) not in weekdays:
        day += ONE_DAY
    return day
