"""Hurting during and settling, told from hurting after: what a session's pains say of its course, and what
became of it where it ended with more pain than it began with. That is asked once, at the next session."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q

from patients.answers import SessionAnswers
from patients.models import PracticeSession, Prescription
from patients.vocabulary import Settled


class Course(StrEnum):
    """How the pain of one session went, by what was said of it; None of them where too little was said."""

    SETTLED_DURING = "settled_during"  # more during than before, and no more after than before
    ENDED_WORSE = "ended_worse"  # more right after than before


def course(session: PracticeSession) -> Course | None:
    """An answer that was left out is missing: nothing follows from it."""
    before, during, after = session.pain_before, session.pain_during, session.pain_after
    if before is None or after is None:
        return None
    if after > before:
        return Course.ENDED_WORSE
    if during is not None and during > before:
        return Course.SETTLED_DURING
    return None


@dataclass(frozen=True)
class Courses:
    """In how many sessions of a programme the pain went which way: how irritable the back is.

    Of those that ended worse, `calmed` had settled by the next day, `not_yet` had not by the next session.
    """

    judged: int  # pain before and after was said
    settled_during: int
    ended_worse: int
    calmed: int
    not_yet: int


def courses(prescription: Prescription) -> Courses:
    """One query, by the same rule as `course`."""
    rows = PracticeSession.objects.current().told().filter(prescription=prescription)
    judged = Q(pain_before__isnull=False, pain_after__isnull=False)
    worse = judged & Q(pain_after__gt=F("pain_before"))
    calmed = Q(settled__in=[Settled.HOUR, Settled.NEXT_DAY])
    during = judged & Q(pain_after__lte=F("pain_before"), pain_during__gt=F("pain_before"))
    return Courses(
        **rows.aggregate(
            judged=Count("pk", filter=judged),
            settled_during=Count("pk", filter=during),
            ended_worse=Count("pk", filter=worse),
            calmed=Count("pk", filter=worse & calmed),
            not_yet=Count("pk", filter=worse & Q(settled=Settled.NOT_YET)),
        )
    )


def to_ask_about(prescription: Prescription, *, going_on: PracticeSession | None) -> Any:
    """The session before, if it ended worse and nobody has said yet whether that has settled; else None.

    Where `going_on` is the session at which it is asked, what was said there is given back to be seen. One
    query.
    """
    rows = PracticeSession.objects.current().told().filter(prescription=prescription)
    if going_on is not None:
        rows = rows.exclude(uid=going_on.uid)
    last = rows.order_by("-practised_on", "-first_recorded_at", "-pk").first()
    if last is None or course(last) != Course.ENDED_WORSE:
        return None
    if last.settled_at is None:
        return last
    told_now = going_on is not None and last.settled_at >= going_on.first_recorded_at
    return last if told_now else None


def to_settle(patient_id: int, answers: SessionAnswers) -> Any:
    """The session that `answers` say something new of: the patient's own, which ended worse (still)."""
    rows = PracticeSession.objects.current().filter(patient=patient_id)
    if answers.settled is None or answers.settled_of is None:
        return rows.none()
    rows = rows.filter(uid=answers.settled_of, pain_after__gt=F("pain_before"))
    return rows.exclude(settled=answers.settled)


def keep_settled(session_id: int | None, answers: SessionAnswers, *, now: dt.datetime) -> None:
    """Write what `answers` say into the row that `to_settle` found; what was left out changes nothing. The
    caller holds the lock on the prescription and writes the audit trail."""
    if session_id is not None:
        rows = PracticeSession.objects.filter(pk=session_id)
        rows.update(settled=answers.settled, settled_at=now)
