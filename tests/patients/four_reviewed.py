"""Four programmes of one clinic at their first review, for what is told of outcomes.

Day 1 of every programme is Monday 2 March 2026; the review point is the morning of Sunday 22 March.
"""

import datetime as dt
from typing import Any

from patients import reviews
from patients.models import Review
from patients.our_questions import AVERAGE_PAIN, ours_kept
from patients.outcome_scope import Scope
from patients.vocabulary import Decision, Helped, Occasion, SkipReason
from tests.factories import AnswerFactory, PatientFactory
from tests.patients.scenario import Scenario

TODAY = dt.date(2026, 4, 2)


def told(trial: Scenario, *, practised: int, helped: str, pain: tuple[int | None, int | None]) -> Review:
    """Its first review, opened on day 21, with what the patient says."""
    trial.practises(1, practised)
    trial.scheduler_runs(21)
    review: Review = trial.prescription.reviews.get()
    if helped:
        reviews.answer_review(
            review=review, helped=Helped(helped), by=trial.patient.user, now=trial.at(21, "12:00")
        )
    question = next(one for one in ours_kept() if one.code == AVERAGE_PAIN)
    for occasion, number, value in ((Occasion.START, 0, pain[0]), (Occasion.REVIEW, 1, pain[1])):
        if value is not None:
            AnswerFactory(
                prescription=trial.prescription,
                patient=trial.patient,
                question=question,
                occasion=occasion,
                occasion_number=number,
                number=value,
            )
    return review


def four_reviewed(time_machine: Any) -> list[Scenario]:
    """Four programmes of one clinic: signed after 1 day and after 3, ended, and one that still waits."""
    first = Scenario("AB")
    others = [Scenario("AB", patient=PatientFactory(clinic=first.clinic)) for _n in range(3)]
    everybody = [first, *others]
    first.records(21, done="A", stopped="B")
    told(first, practised=20, helped="useful", pain=(6, 3))
    told(others[0], practised=10, helped="partly", pain=(5, 5))
    told(others[1], practised=4, helped="", pain=(4, None))
    told(others[2], practised=2, helped="not", pain=(2, 4))
    others[0].records(20, skipped={"A": SkipReason.NO_TIME, "B": SkipReason.PAIN})
    first.signs(Review.objects.get(prescription=first.pk), on=22)
    others[0].signs(Review.objects.get(prescription=others[0].pk), on=24)
    others[1].signs(Review.objects.get(prescription=others[1].pk), on=22, decision=Decision.END)
    time_machine.move_to(dt.datetime(2026, 4, 2, 9, 0, tzinfo=dt.UTC), tick=False)
    return everybody


def scope(house: list[Scenario], **fields: Any) -> Scope:
    known = {"first": dt.date(2026, 3, 1), "last": TODAY}
    return Scope(house[0].clinician, **(known | fields))
