"""What a patient says of a session, and what cannot be said (rule 3)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from patients.models import ExerciseRecord, PracticeSession
from patients.vocabulary import PAIN_RANGE, Outcome, Settled, Site, SkipReason


@dataclass(frozen=True)
class ExerciseAnswer:
    """What became of one exercise. `easier`: done in the clinician's easier form; `hurt_more`: in this one
    the pain was more than before."""

    line: uuid.UUID
    outcome: Outcome
    skip_reason: SkipReason | None = None
    easier: bool = False
    hurt_more: bool = False


@dataclass(frozen=True)
class SessionAnswers:
    """What a patient says of a session. Pain is 0-10; None is "left out", never 0.

    `usual_pain` and `usual_site` (the lowest one) are asked once, at the start: kept where nothing was
    said yet, else ignored. `settled` is about the session `settled_of` (its uid), which ended worse.
    """

    exercises: Sequence[ExerciseAnswer]
    pain_before: int | None = None
    pain_during: int | None = None
    pain_after: int | None = None
    during_no_more: bool = False
    sites: Sequence[Site] = ()
    words: str = ""
    stopped: bool = False
    usual_pain: int | None = None
    usual_site: Site | None = None
    settled: Settled | None = None
    settled_of: uuid.UUID | None = None
    shown: Sequence[uuid.UUID] = ()  # the lines of the form, told or not: whose programme it was


def refuse_answers(answers: SessionAnswers, exercises: Sequence[Any], *, is_whole: bool = True) -> None:
    """Raise ValidationError, by field, for what is out of range or is not one of `exercises` that are on.

    With `is_whole=False` nothing need be said of any exercise yet.
    """
    errors: dict[str, ValidationError] = {}
    for name in ("pain_before", "pain_during", "pain_after", "usual_pain"):
        pain = getattr(answers, name)
        if pain is not None and not PAIN_RANGE[0] <= pain <= PAIN_RANGE[1]:
            errors[name] = ValidationError(_("Pain is a number from 0 to 10."), code="range")
    if not set(answers.sites) <= set(Site):
        errors["sites"] = ValidationError(_("Choose from the list."), code="choice")
    if answers.usual_site is not None and answers.usual_site not in set(Site):
        errors["usual_site"] = ValidationError(_("Choose from the list."), code="choice")
    known = {exercise.line: exercise for exercise in exercises if not exercise.is_off}
    lines = [answer.line for answer in answers.exercises]
    # A page of somebody else on one sign-in: what tells of no exercise yet must not be kept here either.
    strange = bool(answers.shown) and set(answers.shown).isdisjoint(one.line for one in exercises)
    if strange or len(lines) != len(set(lines)) or not set(lines) <= set(known):
        problem = _("An exercise in this form is not part of your programme on that day.")
        errors["exercises"] = ValidationError(problem, code="exercise")
    elif is_whole and not lines and not answers.stopped:
        errors["exercises"] = ValidationError(_("Say how at least one exercise went."), code="empty")
    for answer in answers.exercises:
        if (answer.outcome == Outcome.SKIPPED) != (answer.skip_reason is not None):
            errors["exercises"] = ValidationError(_("Say why you skipped the exercise."), code="reason")
        if answer.hurt_more and answer.outcome == Outcome.SKIPPED:
            errors["exercises"] = ValidationError(
                _("An exercise that you skipped cannot have hurt more."), code="hurt_more"
            )
        if answer.easier and answer.line in known and known[answer.line].easier_rung() is None:
            errors["exercises"] = ValidationError(_("This exercise has no easier form."), code="easier")
    if not exercises:
        errors["practised_on"] = ValidationError(_("Nothing was prescribed for this day."), code="day")
    if errors:
        raise ValidationError(errors)


def answers_of(session: PracticeSession) -> SessionAnswers:
    """What was said of `session`, so that it can be said otherwise; prefetch `records__prescribed`."""
    return SessionAnswers(
        exercises=[_answer(record) for record in session.records.all()],
        pain_before=session.pain_before,
        pain_during=session.pain_during,
        pain_after=session.pain_after,
        during_no_more=session.during_no_more,
        sites=[Site(site) for site in session.sites],
        words=session.words,
        stopped=session.stopped,
    )


def _answer(record: ExerciseRecord) -> ExerciseAnswer:
    return ExerciseAnswer(
        line=record.line,
        outcome=Outcome(record.outcome),
        skip_reason=SkipReason(record.skip_reason) if record.skip_reason else None,
        easier=record.rung_done != record.prescribed.rung,
        hurt_more=record.hurt_more,
    )


def says_the_same(one: SessionAnswers, other: SessionAnswers) -> bool:
    """Whether both say the same of a session; what is usual, and of another session, is no part of it."""

    def told(answers: SessionAnswers) -> tuple[object, ...]:
        pains = (answers.pain_before, answers.pain_during, answers.pain_after, answers.during_no_more)
        sites, exercises = frozenset(answers.sites), frozenset(answers.exercises)
        return (*pains, sites, exercises, answers.words.strip(), answers.stopped)

    return told(one) == told(other)
