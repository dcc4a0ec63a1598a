"""Of the copy: answers to questions, and sessions that arrived and could not be recorded."""

from django.utils.translation import gettext_lazy as _

from clinic.bilingual import localized
from clinic.models import User
from patients.models import Answer, Patient, SetAside
from patients.own_data.telling import Record, Section, Teller, record
from patients.vocabulary import Occasion
from programs.vocabulary import QuestionKind


def answers(patient: Patient, user: User, tell: Teller) -> Section:
    rows = Answer.objects.visible_to_patient(user).of(patient).order_by("first_told_at", "pk")
    return Section("answers", _("Answers to questions"), [_answer(one, tell) for one in rows])


def _answer(one: Answer, tell: Teller) -> Record:
    return record(
        tell("question", _("Question"), localized(one, "asked")),
        tell("answer", _("Answer"), one.words or one.number, _in_words(one)),
        tell("occasion", _("When"), one.occasion, Occasion(one.occasion).label),
        tell("occasion_number", _("Day or review"), one.occasion_number or None),
        tell("told_at", _("Answered"), one.told_at),
    )


def _in_words(one: Answer) -> object:
    if one.kind == QuestionKind.CHOICE:
        return localized(one, "chosen")
    if one.kind == QuestionKind.YES_NO:
        return _("Yes") if one.number else _("No")
    return one.words or one.number


def set_aside(patient: Patient, user: User, tell: Teller) -> Section:
    rows = SetAside.objects.visible_to_patient(user).of(patient).order_by("arrived_at", "pk")
    return Section("set_aside", _("Sessions that could not be recorded"), [_aside(one, tell) for one in rows])


def _aside(one: SetAside, tell: Teller) -> Record:
    said = one.said
    return record(
        tell("practised_on", _("Day"), one.practised_on),
        tell("uid", _("Number of this session"), str(one.uid)),
        tell("arrived_at", _("Arrived"), one.arrived_at),
        tell("why", _("Why"), one.why, one.get_why_display()),
        tell("pain_before", _("Pain before"), said["pain_before"]),
        tell("pain_during", _("Pain during"), said["pain_during"]),
        tell("pain_after", _("Pain right after"), said["pain_after"]),
        tell("words", _("In your words"), said["words"]),
        tell("exercises", _("Exercises"), [answer["outcome"] for answer in said["exercises"]]),
    )
