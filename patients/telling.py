"""Keeping what a patient answers to questions. Half-done is kept; what is left out is no answer."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.locking import locked_current
from patients.models import Answer, EmergencyReport, Patient, Prescription
from patients.our_questions import ours_kept
from patients.questionnaire import Asked, asked_at_start, asked_on_days, start_is_open
from patients.trial import day_number, spans
from patients.usual import say_usual
from patients.vocabulary import PAIN_RANGE, Occasion, Site
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


@dataclass(frozen=True)
class OpenQuestions:
    """What can be answered now. `start` is empty where it is too late for it."""

    start: list[Asked] = field(default_factory=list)
    days: dict[int, list[Asked]] = field(default_factory=dict)
    told: list[Answer] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.start or self.days)


def open_questions(
    prescription: Prescription, ours: Iterable[Question], *, now: dt.datetime
) -> OpenQuestions:
    """`ours` are the questions of Homestretch, kept or not."""
    patient = prescription.patient
    waits = EmergencyReport.objects.uncleared().of(patient).exists()
    if prescription.status != Prescription.Status.ACTIVE or waits:
        return OpenQuestions()
    today = local_date(now, patient.zone)
    day = day_number(starts_on=prescription.starts_on, on=today, pauses=spans(prescription))
    own = list(Question.objects.asked_with(prescription.program_id, patient.clinic_id))
    told = list(prescription.answers.select_related("question"))
    return OpenQuestions(
        start=asked_at_start(ours, own) if start_is_open(day) else [],
        days=asked_on_days(prescription, own, told, day=day, now=now),
        told=told,
    )


@transaction.atomic
def tell(
    *,
    patient: Patient,
    start: Told,
    days: Mapping[int, Told],
    usual_pain: int | None = None,
    usual_site: Site | None = None,
    by: User | None,
    now: dt.datetime,
) -> None:
    """Keep what the patient answers to questions of the start and of counted days.

    Raises ValidationError for what is not asked (any more), and for what is no answer to it. What is usual
    (0-10, and the lowest place) is kept where nothing was said of it yet.
    """
    prescription = locked_current(patient)
    if prescription is None:
        raise _not_asked()
    asked = open_questions(prescription, ours_kept(), now=now)
    if not set(days) <= set(asked.days) or ((usual_pain is not None or usual_site) and not asked.start):
        raise _not_asked()
    keep_answers(prescription, Occasion.START, 0, asked=asked.start, told=start, by=by, now=now)
    for number, said in days.items():
        keep_answers(prescription, Occasion.DAY, number, asked=asked.days[number], told=said, by=by, now=now)
    if usual_pain is not None and not PAIN_RANGE[0] <= usual_pain <= PAIN_RANGE[1]:
        raise ValidationError(_("Pain is a number from 0 to 10."), code="range")
    changed = say_usual(prescription, pain=usual_pain, site=usual_site)
    if changed:
        prescription.save(update_fields=changed)
        _write(prescription, Verb.ANSWERED, [prescription], by=by, now=now)


@transaction.atomic
def put_away(*, patient: Patient, by: User | None, now: dt.datetime) -> None:
    """Remind no more of what is asked now, answered or not. Later days ask again."""
    prescription = locked_current(patient)
    if prescription is None:
        return
    asked = open_questions(prescription, ours_kept(), now=now)
    if asked:
        prescription.start_put_away = prescription.start_put_away or bool(asked.start)
        prescription.put_away_to_day = max([prescription.put_away_to_day, *asked.days])
        prescription.save(update_fields=["start_put_away", "put_away_to_day"])
        _write(prescription, Verb.DECLINED, [prescription], by=by, now=now)


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
        raise _not_asked()
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
        _write(prescription, verb, answers, by=by, now=now)
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


def _write(prescription: Prescription, verb: Verb, objs: list, *, by: User | None, now: dt.datetime) -> None:
    if objs:
        patient = prescription.patient
        audit.write_many(verb=verb, objs=objs, actor=by, clinic=patient.clinic, subject=patient, now=now)


def _not_asked() -> ValidationError:
    return ValidationError(_("This question is not open any more. Please look again."), code="not_asked")
