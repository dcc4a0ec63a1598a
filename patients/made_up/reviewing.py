"""What a made-up patient answered at the start and at reviews, and what a signature froze of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from patients import adherence
from patients.adherence import Day
from patients.facts import TrialFacts, VersionFacts
from patients.in_short import Stop as ShortStop
from patients.made_up.calling import Call
from patients.made_up.courses import Course, Point
from patients.made_up.house import House
from patients.made_up.names import ACTIVITIES, AT_REVIEW
from patients.made_up.people import Person
from patients.made_up.practice import Practice
from patients.made_up.rows import Rows
from patients.models import Answer, Prescription, Review
from patients.our_questions import (
    ACTIVITY,
    ACTIVITY_NAME,
    AVERAGE_PAIN,
    CHANGE,
    NEXT,
    USUAL_PAIN,
    USUAL_SITE,
)
from patients.review_words import usual_word
from patients.signing import snapshot
from patients.start_and_now import side_by_side
from patients.trial import day_number
from patients.vocabulary import Alert, Decision, Helped, Occasion, WorkKind
from programs.models import Question
from programs.vocabulary import QuestionKind


class Reviewing:
    """The answers and reviews of one course, once its days are lived."""

    def __init__(self, rows: Rows, house: House, person: Person, course: Course, practice: Practice) -> None:
        self.rows, self.house, self.person, self.course = rows, house, person, course
        self.practice = practice
        self.answers: list[Answer] = []
        self.activity = ""
        self.start_pain: int | None = None
        self.prescription = Prescription(
            pk=course.pk, usual_pain=course.usual_pain, usual_lowest_site=course.usual_site
        )

    def write(self) -> None:
        course = self.course
        if course.starts_on is not None and self.person.random.random() < 0.78:
            self._start(course.starts_on)
        if not course.points:
            return
        facts = self._facts()
        # Signed after the end too: its days go on until then, and nothing is due.
        signed = [point.signed_on for point in course.points if point.signed_on]
        days = adherence.of_facts(facts, on=max(signed)).days if signed else ()
        for point in course.points:
            self._review(point, facts, days)

    # --- Answers ---
    def _start(self, on: dt.date) -> None:
        random = self.person.random
        at = min(self.course.activated_at + dt.timedelta(minutes=random.randrange(20, 900)), self.house.now)
        self.start_pain = min(max((self.course.usual_pain or 4) + random.choice((-1, 0, 0, 1)), 0), 10)
        ours = self.house.ours
        tell: list[tuple[Question, int | None, str]] = [(ours[AVERAGE_PAIN], self.start_pain, "")]
        if random.random() < 0.7:
            self.activity = random.choice(ACTIVITIES[self.person.language])
            tell += [(ours[ACTIVITY_NAME], None, self.activity), (ours[ACTIVITY], random.randrange(6), "")]
        if random.random() < 0.6:
            tell.append((self.house.own, random.randrange(1, 3), ""))
        self._tell(tell, Occasion.START, 0, at)

    def _at_review(self, point: Point, at: dt.datetime) -> bool:
        """Whether anything was answered."""
        random, ours = self.person.random, self.house.ours
        better = random.choice((-1, 0, 0, 1, 1, 1, 2, 3))
        before = self.start_pain if self.start_pain is not None else self.course.usual_pain or 4
        pain = min(max(before - better, 0), 10)
        all_of_it: list[tuple[Question, int | None, str]] = [
            (ours[CHANGE], min(max(4 - better, 1), 7), ""),
            (ours[AVERAGE_PAIN], pain, ""),
            (ours[USUAL_PAIN], min(pain + random.choice((0, 0, 1)), 10), ""),
            (ours[USUAL_SITE], random.choice((1, 1, 2)), ""),
            (self.house.own, random.randrange(1, 4), ""),
            (ours[NEXT], random.randrange(1, 5), ""),
        ]
        if self.activity:
            all_of_it.append((ours[ACTIVITY], min(max(4 + better * 2, 0), 10), ""))
        tell = [one for one in all_of_it if random.random() < 0.85]
        self._tell(tell, Occasion.REVIEW, point.number, at)
        return bool(tell)

    def _tell(
        self, tell: list[tuple[Question, int | None, str]], occasion: Occasion, number: int, at: dt.datetime
    ) -> None:
        for question, value, words in tell:
            about = self.activity if question.code == ACTIVITY and occasion == Occasion.REVIEW else ""
            chosen = [one for one in question.choices() if one[0] == value]
            is_choice = question.kind == QuestionKind.CHOICE and chosen
            values: dict[str, Any] = {
                "patient_id": self.person.pk,
                "prescription_id": self.course.pk,
                "question_id": question.pk,
                "occasion": occasion,
                "occasion_number": number,
                "kind": question.kind,
                "number": value,
                "words": words,
                "asked_en": question.text_en,
                "asked_it": question.text_it,
                "name_en": about or question.short_en or question.text_en,
                "name_it": about or question.short_it or question.text_it,
                "chosen_en": chosen[0][1] if is_choice else "",
                "chosen_it": chosen[0][2] if is_choice else "",
                "first_told_at": at,
                "told_at": at,
                "told_by_id": self.person.user,
            }
            self.rows.add(Answer, **values)
            answer = Answer(**values)
            answer.question = question
            self.answers.append(answer)

    # --- Reviews ---
    def _facts(self) -> TrialFacts:
        course = self.course
        return TrialFacts(
            starts_on=course.starts_on,
            ended_on=course.ended_on,
            is_draft=False,
            review_on=None,
            versions=tuple(
                VersionFacts(
                    pk=one.pk,
                    number=one.number,
                    starts_on=one.starts_on,
                    sessions_a_day=one.sessions_a_day,
                    weekdays=frozenset(int(day) for day in one.weekdays),
                    lines=tuple(line.line for line in one.lines),
                )
                for one in course.versions
            ),
            pauses=tuple(course.pauses),
            suspensions=tuple((one.on, one.cleared_on) for one in self.person.reports),
            sessions=tuple(sorted(self.practice.kept.sessions, key=lambda one: one.place)),
            stops=tuple(self.practice.kept.stop_facts()),
            skipped=self.practice.skipped,
        )

    def _review(self, point: Point, facts: TrialFacts, days: Sequence[Day]) -> None:
        random, person = self.person.random, self.person
        end = point.signed_at or self.house.now
        answered_at = point.opened_at + dt.timedelta(minutes=random.randrange(400, 4000))
        helped, words, is_answered = "", "", False
        if answered_at < end and random.random() < 0.85:
            if random.random() < 0.93:
                helped = random.choices(list(Helped), [50, 33, 17])[0]
            words = random.choice(AT_REVIEW[person.language]) if random.random() < 0.3 else ""
            is_answered = self._at_review(point, answered_at) or bool(helped or words)
        seen: dict[str, Any] = {}
        if point.signed_at is not None:
            review = Review(number=point.number, helped=helped, signed_at=point.signed_at)
            seen = self._snapshot(point, facts, days, review)
        word = ""
        if point.decision and random.random() < 0.6:
            is_running = (
                self.course.ended_on is None
                or (point.signed_on or self.course.ended_on) <= self.course.ended_on
            )
            word = usual_word(point.decision, language=person.language, is_running=is_running)
        pk = self.rows.add(
            Review,
            prescription_id=self.course.pk,
            number=point.number,
            counts_from=point.counts_from,
            after_days=point.after_days,
            reached_on=point.reached_on,
            opened_at=point.opened_at,
            helped=helped,
            patient_words=words,
            answered_at=answered_at if is_answered else None,
            decision=point.decision or "",
            decision_note="As seen in the clinic." if point.decision and random.random() < 0.2 else "",
            word_to_patient=word,
            signed_by_id=person.clinician if point.signed_at else None,
            signed_at=point.signed_at,
            snapshot=seen,
        )
        taken_at = point.signed_at if random.random() < 0.3 else None
        outcome = str(Decision(point.decision).label) if point.decision else ""
        self.practice.kept.calls.append(
            Call(
                point.opened_at,
                WorkKind.REVIEW,
                (Alert.REVIEW_REACHED,),
                {"review_id": pk},
                self.course.pk,
                taken_at,
                point.signed_at,
                outcome,
            )
        )

    def _snapshot(
        self, point: Point, facts: TrialFacts, days: Sequence[Day], review: Review
    ) -> dict[str, Any]:
        """What was seen on the day of the signature, today then; `days` are as they are once over."""
        on, begins = point.signed_on or point.reached_on, facts.starts_on or point.counts_from
        counted_to = min(on, self.course.ended_on or on)
        of_it = tuple(facts.sessions_by_day.get(on, ()))
        today = adherence.of_facts(replace(facts, starts_on=on, sessions=of_it), on=on)
        all_days = (*(day for day in days if day.on < on), *today.days)
        seen = adherence.within(replace(today, days=all_days), first=begins, last=on)
        number = day_number(starts_on=begins, on=counted_to, pauses=facts.pauses)
        by_question = sorted(self.answers, key=lambda one: one.question_id)
        return snapshot(
            replace(seen, day_number=number),
            on=on,
            review=review,
            answers=side_by_side(self.prescription, by_question, review=point.number),
            stops=self._stops(point),
        )

    def _stops(self, point: Point) -> list[ShortStop]:
        """As patients.in_short.stops_of gave them when it was signed."""
        at = point.signed_at or self.house.now
        found: dict[int, ShortStop] = {}
        for stop in sorted(self.practice.kept.stops, key=lambda one: one.on):
            if stop.first_recorded_at > at:
                continue
            day = day_number(starts_on=self.course.starts_on, on=stop.on, pauses=self.course.pauses)
            is_off = stop.resumed_at is None or stop.resumed_at > at
            known = found.get(stop.session)
            found[stop.session] = ShortStop(day, is_off or (known is not None and known.is_off))
        return list(found.values())
