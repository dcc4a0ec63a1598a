"""What is kept of a session, and whom it calls: the same where it is recorded and where it is corrected."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from patients.answers import ExerciseAnswer, SessionAnswers
from patients.models import (
    ExerciseRecord,
    ExerciseStop,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    SetAside,
)
from patients.notices.alerts import owe_alert
from patients.vocabulary import Alert, Outcome, SkipReason, Source, WorkKind
from patients.work import open_work


def said(answers: SessionAnswers) -> dict[str, Any]:
    """What of `answers` stands in the session's own row."""
    return {
        "pain_before": answers.pain_before,
        "pain_during": answers.pain_during,
        "pain_after": answers.pain_after,
        "during_no_more": answers.during_no_more,
        "sites": [int(site) for site in answers.sites],
        "lowest_site": max(answers.sites, default=None),
        "words": answers.words.strip(),
        "stopped": answers.stopped,
    }


def fill(session: PracticeSession, answers: SessionAnswers, *, now: dt.datetime, is_whole: bool) -> None:
    """Write into the row of a session what was said of it as a whole; one that goes on is not finished."""
    session.recorded_at = now
    session.finished_at = now if is_whole else None
    for name, value in said(answers).items():
        setattr(session, name, value)
    session.save()


def keep_records(session: PracticeSession, answers: SessionAnswers, exercises: Iterable[Any]) -> None:
    by_line = {exercise.line: exercise for exercise in exercises}
    ExerciseRecord.objects.bulk_create(
        ExerciseRecord(
            session=session,
            prescribed=by_line[answer.line],
            line=answer.line,
            outcome=answer.outcome,
            skip_reason=answer.skip_reason or "",
            rung_done=_rung_done(answer, by_line[answer.line]),
            hurt_more=answer.hurt_more,
            dose_asked=by_line[answer.line].dose(),
        )
        for answer in answers.exercises
    )


def _rung_done(answer: ExerciseAnswer, exercise: PrescribedExercise) -> int:
    easier = exercise.easier_rung()
    return easier if answer.easier and easier is not None else exercise.rung


def stopped_lines(answers: SessionAnswers, exercises: Iterable[Any]) -> set[uuid.UUID]:
    """The lines that `answers` turn off: a whole session turns off all that were on."""
    if answers.stopped:
        return {exercise.line for exercise in exercises if not exercise.is_off}
    return {answer.line for answer in answers.exercises if answer.outcome == Outcome.STOPPED}


def keep_stops(session: PracticeSession, lines: Collection[uuid.UUID], *, now: dt.datetime) -> None:
    """Turn `lines` off, from `session` on, until a clinician resumes them."""
    ExerciseStop.objects.bulk_create(
        ExerciseStop(prescription=session.prescription, line=line, session=session, stopped_at=now)
        for line in sorted(lines)
    )


def skipped_for_pain(answers: SessionAnswers) -> set[uuid.UUID]:
    return {answer.line for answer in answers.exercises if answer.skip_reason == SkipReason.PAIN}


def lower(one: int | None, other: int | None) -> int | None:
    """The lower down of two places, a missing one aside: a higher number is lower in the body."""
    return max((site for site in (one, other) if site is not None), default=None)


def call_clinician(
    about: PracticeSession | SetAside,
    prescription: Prescription,
    alerts: Mapping[WorkKind, Sequence[Alert]],
    *,
    some_open: bool = True,
    some_away: bool = True,
    is_new: bool = True,
    now: dt.datetime,
) -> None:
    """Work for the clinician and, after a stop or a pain alert, a message the same minute.

    What comes from paper is old by then: the sheets of one day make one message, however many alert. So does
    a session that goes on (`is_new=False`).
    """
    patient = prescription.patient
    items = open_work(
        patient=patient,
        prescription=prescription,
        owner=prescription.clinician,
        alerts=alerts,
        about=about,
        now=now,
        some_open=some_open,
    )
    if WorkKind.STOP in items:
        recipient = items[WorkKind.STOP].owner or prescription.clinician
        from_paper = isinstance(about, PracticeSession) and about.source == Source.PAPER
        item = items[WorkKind.STOP].pk  # taken back and stopped again, it is a new one
        if not isinstance(about, PracticeSession):
            occurrence = f"aside:{about.pk}"
        elif from_paper:
            occurrence = f"paper:{prescription.pk}:{about.recorded_on}"
        else:
            occurrence = f"session:{about.pk}:{item}"
        owe_alert(
            "stop_alert",
            items[WorkKind.STOP],
            patient=patient,
            occurrence=occurrence,
            recipient=recipient,
            about_new_row=is_new and not from_paper,
            some_away=some_away,
            now=now,
        )
