"""Writing answers down: what is one, what is changed, what is taken back. All of it is in the audit trail."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.models import User
from patients.models import Answer, Prescription
from patients.questionnaire import Asked
from patients.vocabulary import PAIN_RANGE, Occasion
from programs.models import Question
from programs.vocabulary import QuestionKind

MOST_WORDS = 1000  # characters


@dataclass(frozen=True)
class Said:
    """What was said to one question: `number` as `Answer.number`, or `words`."""

    number: int | None = None
    words: str = ""


# By the question's key; None takes an earlier answer back.
Told = Mapping[str, Said | None]


def keep_answers(
    prescription: Prescription,
    occasion: Occasion,
    number: int,
    *,
    asked: Iterable[Asked],
    told: Told,
    by: User | None,
    now: dt.datetime,
) -> bool:
    """Write what is `told` of what is `asked`; whether anything was changed. The caller holds the lock."""
    known = {one.key: one for one in asked}
    if not set(told) <= set(known):
        raise not_asked()
    for key, said in told.items():
        _refuse(known[key].question, said)
    rows = {one.question_id: one for one in prescription.answers.on(occasion, number)}
    new: list[Answer] = []
    changed: list[Answer] = []
    gone: list[Answer] = []
    for key, said in told.items():
        row = rows.get(known[key].question.pk)
        if said is None:
            gone += [row] if row else []
        elif row is None or (row.number, row.words) != (said.number, said.words.strip()):
            answer = row or Answer(
                patient=prescription.patient,
                prescription=prescription,
                question=known[key].question,
                occasion=occasion,
                occasion_number=number,
                first_told_at=now,
            )
            _put_in(answer, known[key], said, by=by, now=now)
            (changed if row else new).append(answer)
    Answer.objects.bulk_create(new)
    for answer in changed:
        answer.save()
    for verb, answers in ((Verb.ANSWERED, new), (Verb.CHANGED, changed), (Verb.REMOVED, gone)):
        write_down(prescription, verb, answers, by=by, now=now)
    Answer.objects.filter(pk__in=[one.pk for one in gone]).delete()
    return bool(new or changed or gone)


def _put_in(answer: Answer, asked: Asked, said: Said, *, by: User | None, now: dt.datetime) -> None:
    answer.kind = asked.question.kind
    answer.number, answer.words = said.number, said.words.strip()
    answer.asked_en, answer.asked_it = asked.words("en"), asked.words("it")
    answer.name_en, answer.name_it = asked.name("en"), asked.name("it")
    chosen = next((one for one in asked.question.choices() if one[0] == said.number), None)
    is_choice = answer.kind == QuestionKind.CHOICE and chosen is not None
    answer.chosen_en, answer.chosen_it = chosen[1:] if is_choice and chosen else ("", "")
    answer.told_at, answer.told_by = now, by


def _refuse(question: Question, said: Said | None) -> None:
    """Raise ValidationError, at the question's key, for what is no answer to it."""
    if said is None:
        return
    places = [place for place, _english, _italian in question.choices()]
    fits = {
        QuestionKind.SCALE: said.number in range(PAIN_RANGE[0], PAIN_RANGE[1] + 1),
        QuestionKind.CHOICE: said.number in places,
        QuestionKind.YES_NO: said.number in (0, 1),
        QuestionKind.WORDS: said.number is None and 0 < len(said.words.strip()) <= MOST_WORDS,
    }
    has_stray_words = bool(said.words) and question.kind != QuestionKind.WORDS
    if not fits[QuestionKind(question.kind)] or has_stray_words:
        raise ValidationError(
            {question.name_in_form: ValidationError(_("Choose from the list."), code="choice")}
        )


def write_down(
    prescription: Prescription, verb: Verb, objs: list[Any], *, by: User | None, now: dt.datetime
) -> None:
    if objs:
        patient = prescription.patient
        audit.write_many(verb=verb, objs=objs, actor=by, clinic=patient.clinic, subject=patient, now=now)


def not_asked() -> ValidationError:
    return ValidationError(_("This question is not open any more. Please look again."), code="not_asked")
