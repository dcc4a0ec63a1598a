"""The clinic's outcomes: every figure worked out by hand, and the people behind it.

Day 1 of every programme is Monday 2 March 2026; the review point is the morning of Sunday 22 March.
"""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from patients import outcomes, reviews
from patients.models import Review
from patients.our_questions import AVERAGE_PAIN, ours_kept
from patients.outcomes import Scope, Spread, spread
from patients.vocabulary import Decision, Helped, Occasion, SkipReason
from tests.factories import AnswerFactory, PatientFactory
from tests.patients.clinic_pages import client_of
from tests.patients.pages import text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
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


@pytest.fixture
def house(time_machine) -> list[Scenario]:
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


def test_every_figure(house):
    found = outcomes.outcomes(scope(house), today=TODAY)
    assert {key: count for key, count in found.counts.items() if count} == {
        "reviews.reached": 4,
        "reviews.signed": 3,
        "reviews.open": 1,
        "reviews.overdue": 1,  # reached on 22 March, and it is 2 April
        "helped.useful": 1,
        "helped.partly": 1,
        "helped.not": 1,
        "helped.unsaid": 1,
        "pain.less": 1,
        "pain.same": 1,
        "pain.more": 1,
        "pain.unsaid": 1,
        "ended.improved": 1,
    }
    # Reached on the 22nd (day 21), signed on day 22, 24 and 22: after 1, 3 and 1 days.
    assert found.days_to_sign == Spread(3, 1, 1, 2)
    # -3, 0 and +2 points; the quartiles of three numbers lie halfway between them.
    assert found.pain_change == Spread(3, 0, -1.5, 1.0)
    assert found.adherence.count == 3


def test_the_people_behind_each_figure_are_as_many_as_it_says(house):
    whole = scope(house)
    for key, count in outcomes.outcomes(whole, today=TODAY).counts.items():
        assert outcomes.behind(whole, key, today=TODAY).count() == count, key
    (only,) = outcomes.behind(whole, "helped.useful", today=TODAY)
    assert only.prescription == house[0].prescription
    with pytest.raises(KeyError):
        outcomes.behind(whole, "helped.very", today=TODAY)


def test_a_period_a_clinician_and_a_program(house):
    before = outcomes.outcomes(scope(house, last=dt.date(2026, 3, 21)), today=TODAY)
    assert not any(before.counts.values())
    assert before.days_to_sign == Spread(0, None, None, None)
    another = outcomes.outcomes(scope(house, clinician=house[0].clinician.pk + 999), today=TODAY)
    assert not any(another.counts.values())
    one = scope(house, program=house[0].prescription.program_id)
    assert outcomes.outcomes(one, today=TODAY).counts["reviews.reached"] == 1


def test_by_program_and_by_exercise(house):
    programs = outcomes.by_program(scope(house))
    assert sum(row["reviews"] for row in programs) == 4
    assert sum(row["helped_useful"] for row in programs) == 1
    exercises = outcomes.by_exercise(scope(house))
    assert (exercises[0]["stopped"], sum(row["stopped"] for row in exercises)) == (1, 1)
    assert sum(row["skipped"] for row in exercises) == 2


def test_nobody_else_sees_it(house, a_stranger):
    theirs = Scope(a_stranger, dt.date(2026, 3, 1), TODAY)
    assert not any(outcomes.outcomes(theirs, today=TODAY).counts.values())
    assert outcomes.by_exercise(theirs) == outcomes.by_program(theirs) == []


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], Spread(0, None, None, None)),
        ([7], Spread(1, 7, 7, 7)),
        ([1, 2, 3, 4, 5], Spread(5, 3, 2, 4)),
        ([1, 3], Spread(2, 2, 1.5, 2.5)),
    ],
)
def test_the_middle_half(numbers, expected):
    assert spread(numbers) == expected


# --- The pages --------------------------------------------------------------------------------------
def test_each_figure_leads_to_the_patients_behind_it(house):
    client = client_of(house[0].clinician)
    shown = client.get(reverse("admin:outcomes"))
    assert "Reviews reached" in text(shown)
    link = reverse("admin:outcomes_behind", args=["helped.useful"])
    assert link in shown.content.decode()
    behind = text(client.get(link))
    assert house[0].patient.family_name in behind
    assert house[1].patient.family_name not in behind
    assert "Improved" in text(client.get(reverse("admin:outcomes_behind", args=["ended.improved"])))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"first": "2026-04-01", "last": "2026-03-01"}, "This lies before the first day."),
        ({"first": "yesterday"}, "Enter a valid date."),
        ({"clinician": "0"}, "Select a valid choice."),
        ({"program": "x"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(house, asked, words):
    client = client_of(house[0].clinician)
    for address in (reverse("admin:outcomes"), reverse("admin:outcomes_behind", args=["reviews.open"])):
        answer = client.get(address, asked)
        assert (answer.status_code, words in text(answer)) == (400, True)


def test_of_no_figure_there_is_no_list(house):
    client = client_of(house[0].clinician)
    assert client.get(reverse("admin:outcomes_behind", args=["helped.very"])).status_code == 404


def test_an_empty_clinic_and_as_many_queries_for_one_as_for_four(
    house, aurora, django_assert_max_num_queries
):
    empty = text(client_of(aurora.manager).get(reverse("admin:outcomes")))
    assert "nothing yet" in empty
    client = client_of(house[0].clinician)
    client.get(reverse("admin:outcomes"))
    with django_assert_max_num_queries(20):
        client.get(reverse("admin:outcomes"))
