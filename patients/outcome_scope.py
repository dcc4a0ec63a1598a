"""Of what outcomes are told: whose programmes, and of which dates."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from patients.models import Answer, ExerciseRecord, Prescription, Review
from patients.our_questions import AVERAGE_PAIN
from patients.vocabulary import Occasion
from programs.models import Question

NO_PROGRAM = 0  # asks for what was prescribed without a programme of the library


@dataclass(frozen=True)
class Scope:
    """Whose figures: what `user` may see, by local dates from `first` to `last`, both included.

    A review counts by the date on which its point was reached, an end by its date, what was told of an
    exercise by the day of its session. `exercise` narrows the last alone.
    """

    user: Any
    first: dt.date
    last: dt.date
    clinician: int | None = None
    program: int | None = None
    exercise: int | None = None

    def prescriptions(self) -> QuerySet[Prescription]:
        rows = Prescription.objects.visible_to_staff(self.user)
        if self.clinician is not None:
            rows = rows.filter(clinician=self.clinician)
        if self.program is None:
            return rows
        return rows.filter(program=None if self.program == NO_PROGRAM else self.program)

    def ended(self) -> QuerySet[Prescription]:
        return self.prescriptions().filter(ended_on__range=(self.first, self.last))

    def reviews(self) -> QuerySet[Any]:
        """With `start_pain` and `now_pain`, the average pain as answered, None where it was not."""
        # The question is looked up once, so that each answer is found by its index alone.
        question = Question.objects.filter(code=AVERAGE_PAIN, clinic=None).order_by().values("pk")[:1]
        answers = Answer.objects.filter(
            prescription=OuterRef("prescription"), question=Subquery(question)
        ).order_by()
        now = answers.filter(occasion=Occasion.REVIEW, occasion_number=OuterRef("number"))
        start = answers.filter(occasion=Occasion.START)
        return Review.objects.filter(
            prescription__in=self.prescriptions().values("pk"), reached_on__range=(self.first, self.last)
        ).annotate(
            start_pain=Subquery(start.values("number")[:1]), now_pain=Subquery(now.values("number")[:1])
        )

    def records(self) -> QuerySet[Any]:
        """What was told of exercises, in the revision of each session that counts."""
        rows = ExerciseRecord.objects.filter(
            session__superseded_at__isnull=True,
            session__practised_on__range=(self.first, self.last),
            session__prescription__in=self.prescriptions().values("pk"),
        )
        return rows if self.exercise is None else rows.filter(prescribed__exercise=self.exercise)
