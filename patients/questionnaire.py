"""Which questions a patient is asked, and when: at the start, on a counted day, at a review.

Nothing is compulsory. What was left out stays open until it is answered or put away.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from clinic.bilingual import localized
from patients.models import Answer, Prescription
from patients.our_questions import ACTIVITY, ACTIVITY_NAME, NEXT, ours
from patients.vocabulary import Occasion
from programs.models import Question

# Counted days. Later an answer would say how it is by now, and not how it was at the start; ours.
START_DAYS = 7
# For so long an answer of a day can be said otherwise.
CHANGED_WITHIN = dt.timedelta(days=7)


@dataclass(frozen=True)
class Asked:
    """A question as it is put to one patient; `about` is the activity that it asks about, in their words."""

    question: Question
    about: str = ""

    @property
    def key(self) -> str:
        return self.question.name_in_form

    def words(self, language: str | None = None) -> str:
        text = localized(self.question, "text", language)
        return f"{self.about}: {text[:1].lower()}{text[1:]}" if self.about else text

    def name(self, language: str | None = None) -> str:
        """What the report calls it."""
        return self.about or localized(self.question, "short", language) or self.words(language)


@dataclass(frozen=True)
class Waiting:
    """What Today reminds of: the questions of the start, and one of a counted day."""

    start: bool = False
    day: int | None = None


def start_is_open(day: int | None) -> bool:
    """`day` is the counted day of the programme, None before day 1."""
    return day is None or day <= START_DAYS


def with_waiting(prescriptions: Any) -> Any:
    """With what `waiting` needs to know, so that Today asks for it in the query of the programme."""
    own = Question.objects.asked_with(OuterRef("program"), OuterRef("patient__clinic"))
    told = Answer.objects.filter(prescription=OuterRef(OuterRef("pk")), question=OuterRef("pk"))
    on_day = told.filter(occasion=Occasion.DAY, occasion_number=OuterRef("on_day"))
    days = own.filter(~Exists(on_day), on_day__gt=OuterRef("put_away_to_day")).order_by("on_day")
    at_start = Answer.objects.filter(prescription=OuterRef("pk"), occasion=Occasion.START)
    of_ours = at_start.filter(question__clinic=None).order_by().values("prescription")
    return prescriptions.annotate(
        own_left_at_start=Exists(own.filter(~Exists(told.filter(occasion=Occasion.START)), at_start=True)),
        ours_told_at_start=Coalesce(Subquery(of_ours.annotate(told=Count("pk")).values("told")), 0),
        next_question_day=Subquery(days.values("on_day")[:1]),
    )


def waiting(prescription: Any, *, day: int | None) -> Waiting:
    """What is still to be answered and was not put away; the prescription comes out of `with_waiting`."""
    left = (
        None in (prescription.usual_pain, prescription.usual_lowest_site)
        or prescription.own_left_at_start
        or prescription.ours_told_at_start < sum(question.at_start for question in ours())
    )
    number = prescription.next_question_day
    reached = day is not None and number is not None and number <= day
    return Waiting(
        start=left and start_is_open(day) and not prescription.start_put_away,
        day=number if reached else None,
    )


def _is_reached(question: Question, day: int | None) -> bool:
    return question.on_day is not None and day is not None and question.on_day <= day


def asked_at_start(ours_: Iterable[Question], own: Iterable[Question]) -> list[Asked]:
    return [Asked(question) for question in (*ours_, *own) if question.at_start]


def asked_on_days(
    prescription: Prescription, own: Iterable[Question], told: Iterable[Answer], *, day: int | None, now: Any
) -> dict[int, list[Asked]]:
    """By counted day: what is reached and waits, or was answered lately and can be said otherwise."""
    answered = {(one.question_id, one.occasion_number): one for one in told if one.occasion == Occasion.DAY}
    found: dict[int, list[Asked]] = {}
    for question in sorted((one for one in own if _is_reached(one, day)), key=lambda one: one.on_day or 0):
        number = question.on_day or 0
        answer = answered.get((question.pk, number))
        away = number <= prescription.put_away_to_day
        if (answer is None and not away) or (answer and answer.first_told_at + CHANGED_WITHIN > now):
            found.setdefault(number, []).append(Asked(question))
    return found


def asked_at_review(
    ours_: Iterable[Question], own: Iterable[Question], told: Iterable[Answer]
) -> list[Asked]:
    """The same again; of the activity by its name, and only if there is one."""
    start = {one.question.code: one for one in told if one.occasion == Occasion.START}
    named = start[ACTIVITY_NAME].words if ACTIVITY_NAME in start else ""
    asked = []
    # What they would like next comes last, after the clinic's own.
    for question in sorted((*ours_, *own), key=lambda one: one.code == NEXT):
        if question.code == ACTIVITY and not (named or ACTIVITY in start):
            continue
        if question.at_review:
            asked.append(Asked(question, named if question.code == ACTIVITY else ""))
    return asked
