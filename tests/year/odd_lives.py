"""Programmes in which much happens in a few days, lived through the domain functions: by chance, from a seed.

A year of a clinic has many ordinary days; here most are odd. What may not be done on a day (a correction that
comes too late, a pause of a past day) is refused, and the life goes on.
"""

import contextlib
import datetime as dt
import random
from collections.abc import Callable

from django.core.exceptions import ValidationError

from patients.correcting import correct_session
from patients.models import Patient, PracticeSession, SkippedDay
from patients.skipping import skip_own_day
from patients.vocabulary import SkipReason
from tests.patients.scenario import Scenario

REASONS = [SkipReason.NO_TIME, SkipReason.UNSURE, SkipReason.PAIN, SkipReason.PAIN, SkipReason.OTHER]
LETTERS = "ABCDE"


class OddLife:
    """A `Scenario` of `days` days, the last of which is not over yet; `each_night` is called after each."""

    def __init__(
        self,
        patient: Patient,
        dice: random.Random,
        *,
        start: dt.date,
        days: int,
        each_night: Callable[[dt.datetime], object],
    ) -> None:
        self.dice = dice
        self.story = Scenario(
            LETTERS[: dice.choice([1, 2, 2, 3])],
            start=start.isoformat() if dice.random() < 0.9 else None,
            activated=start.isoformat(),
            patient=patient,
            zone=patient.zone,
            clinic_zone=patient.clinic.time_zone,
            sessions_a_day=dice.choice([1, 1, 2, 2, 3]),
            weekdays=dice.choice(["1234567", "1234567", "12345", "1356"]),
            review_after_days=dice.choice([3, 5, 20]),
        )
        for day in range(1, days + 1):
            self._live(day)
            each_night(self.story.at(day, "23:30"))

    def _live(self, day: int) -> None:
        """From 07:00 to 21:00, in the order of the clock."""
        hours = sorted(self.dice.sample(range(7, 21), self.dice.choice([0, 1, 1, 1, 2, 2, 3, 4])))
        for hour in hours:
            act = self.dice.choices(
                [
                    self._record,
                    self._correct,
                    self._resume,
                    self._change,
                    self._pause,
                    self._skip_day,
                    self._report_emergency,
                    self._clear_emergency,
                    self._review,
                ],
                weights=[60, 8, 10, 3, 2, 5, 1, 4, 3],
            )[0]
            with contextlib.suppress(ValidationError):
                act(day, f"{hour:02}:00")

    def _answers(self) -> dict[str, object]:
        """Of each exercise one word, or none."""
        outcome = self.dice.choice(["all", "all", "all", "mixed", "mixed", "pain", "stop", "nothing_done"])
        letters = self.story.letters
        answers: dict[str, object] = {"after": self.dice.choice([None, *range(8)])}
        if outcome == "all":
            return answers | {"done": letters}
        if outcome == "pain":
            return answers | {"skipped": dict.fromkeys(letters, SkipReason.PAIN)}
        if outcome == "nothing_done":
            return answers | {"skipped": dict.fromkeys(letters, SkipReason.NO_TIME)}
        words = {"done": "", "partly": "", "stopped": ""}
        skipped = {}
        for letter in letters:
            told = self.dice.choice(["done", "done", "partly", "skipped", "skipped", "stopped", ""])
            if told == "skipped":
                skipped[letter] = self.dice.choice(REASONS)
            elif told:
                words[told] += letter
        return answers | words | {"skipped": skipped, "stopped_all": outcome == "stop"}

    def _standing(self, answers: dict[str, object]) -> dict[str, object]:
        """Mostly without the exercises that are off, of which nobody is asked."""
        if self.dice.random() < 0.1:
            return answers
        off = {stop.line for stop in self.story.prescription.stops.standing()}
        kept = {letter for letter in self.story.letters if self.story.line(letter) not in off}
        return {
            name: "".join(letter for letter in said if letter in kept)
            if isinstance(said, str)
            else {letter: why for letter, why in said.items() if letter in kept}
            if isinstance(said, dict)
            else said
            for name, said in answers.items()
        }

    def _record(self, day: int, at: str) -> None:
        back = self.dice.choice([0, 0, 0, 0, 0, 1, 2, 3])
        answers = self._standing(self._answers())
        if back and day > back:
            self.story.records(day - back, told_on=day, at=at, **answers)
        else:
            self.story.records(day, at=at, **answers)

    def _correct(self, day: int, at: str) -> None:
        recorded = list(PracticeSession.objects.current().filter(prescription=self.story.pk))
        if recorded:
            correct_session(
                session=self.dice.choice(recorded[:2]),
                answers=self.story.answers(**self._answers()),
                now=self.story.at(day, at),
                by=self.story.patient.user,
            )

    def _resume(self, day: int, at: str) -> None:
        off = {stop.line for stop in self.story.prescription.stops.standing()}
        letters = [letter for letter in self.story.letters if self.story.line(letter) in off]
        if letters:
            self.story.resumes(
                day, "".join(self.dice.sample(letters, self.dice.randint(1, len(letters)))), at=at
            )

    def _change(self, day: int, at: str) -> None:
        letters = self.dice.sample(LETTERS, self.dice.choice([1, 2, 3]))
        self.story.changes(
            day,
            "".join(sorted(letters)),
            at=at,
            sessions_a_day=self.dice.choice([1, 2]),
            weekdays=self.dice.choice(["1234567", "135"]),
        )

    def _pause(self, day: int, at: str) -> None:
        first = max(1, day - self.dice.choice([0, 0, 2]))
        self.story.pauses(first, first + self.dice.choice([0, 1, 2]), told_on=day)

    def _skip_day(self, day: int, at: str) -> None:
        skip_own_day(
            patient=self.story.patient,
            on=self.story.date(max(1, day - self.dice.choice([0, 0, 1, 3]))),
            reason=SkippedDay.Reason.FORGOT,
            by=self.story.patient.user,
            now=self.story.at(day, at),
        )

    def _report_emergency(self, day: int, at: str) -> None:
        self.story.reports_emergency(day, at=at)

    def _clear_emergency(self, day: int, at: str) -> None:
        self.story.clears_emergency(day, at=at)

    def _review(self, day: int, at: str) -> None:
        self.story.scheduler_runs(day, at)
        waiting = self.story.prescription.reviews.unsigned().first()
        if waiting:
            self.story.signs(waiting, day, at=at)
