"""The clinic's outcomes: every figure worked out by hand, and the people behind it.

Day 1 of every programme is Monday 2 March 2026; the review point is the morning of Sunday 22 March.
"""

import datetime as dt
from typing import Any

import pytest
import tablib
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Event
from clinic.scoping import Role
from patients import exercise_outcomes, measured, outcomes, reviews
from patients.models import Prescription, Review
from patients.our_questions import AVERAGE_PAIN, ours_kept
from patients.outcome_scope import NO_PROGRAM
from patients.outcomes import Scope, Spread, spread
from patients.vocabulary import Decision, Helped, Occasion, SkipReason
from tests.factories import AnswerFactory, PatientFactory
from tests.patients.clinic_pages import client_of, member
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


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


ADDRESSES = [
    "/admin/reports/outcomes/",
    "/admin/reports/outcomes.csv",
    *(
        f"/admin/reports/outcomes/{key}/"
        for key in ("reviews.reached", "measured.adherence", "pain.unsaid", "ended.improved", "exercise.told")
    ),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_as_many_queries_for_four_as_for_seven(house, time_machine, address):
    client = client_of(house[0].clinician)
    queries(client, address)
    four = queries(client, address)
    for _number in range(3):
        other = Scenario("AB", patient=PatientFactory(clinic=house[0].clinic))
        review = told(other, practised=3, helped="not", pain=(5, 4))
        other.records(20, skipped={"A": SkipReason.PAIN})
        other.signs(review, on=22, decision=Decision.END)
    time_machine.move_to(dt.datetime(2026, 4, 2, 9, 0, tzinfo=dt.UTC), tick=False)
    assert queries(client, address) == four <= 20


def test_a_clinic_in_which_nothing_was_reviewed(house, aurora):
    shown = client_of(aurora.manager).get(reverse("admin:outcomes"))
    assert text(shown).count("nothing yet") == 3
    assert (shown.context["chart"], shown.context["programs"], shown.context["exercises"]) == (None, [], [])
    written = client_of(aurora.manager).get("/admin/reports/outcomes.csv").content.decode("utf-8-sig")
    assert written.startswith("Surname,")


def test_of_one_review_the_median_says_so(house):
    client = client_of(house[0].clinician)
    only = {"program": house[0].prescription.program_id}
    said = text(client.get(reverse("admin:outcomes"), only))
    assert "1 of one review only Of 1 review" in said  # signed after a day
    assert "-3 of one review only Of 1 review" in said
    whole = text(client.get(reverse("admin:outcomes")))
    assert "0 middle half -1.5 to 1 Of 4 reviews, 1 without an answer at the start or at the review" in whole


# --- Measured review by review ----------------------------------------------------------------------
def test_the_reviews_behind_a_median_with_their_numbers_and_those_without(house):
    whole = scope(house)
    pks = [one.prescription.reviews.get().pk for one in house]

    def behind(name: str) -> list[tuple[int, int]]:
        rows = measured.behind_measure(whole, name)
        return [(pks.index(one.review), getattr(one, name)) for one in rows]

    def without(name: str) -> list[int]:
        return [pks.index(one.review) for one in measured.without_measure(whole, name)]

    # Waited longest first, hurts more first, practised least first.
    first, *others = behind("days_to_sign")
    assert (first, sorted(others)) == ((1, 3), [(0, 1), (2, 1)])
    assert behind("pain_change") == [(3, 2), (1, 0), (0, -3)]
    # Of days 1 to 21, signed on day 22: 4; 10 and a skipped day; 21 (the last with a stop, which counts).
    # Signed on day 24, two days more are over for the second: 10 of 23 is 43 %.
    assert behind("adherence") == [(2, 19), (1, 43), (0, 100)]
    assert (without("days_to_sign"), without("pain_change"), without("adherence")) == ([3], [2], [3])
    for unknown in (measured.behind_measure, measured.without_measure):
        with pytest.raises(KeyError):
            unknown(whole, "luck")


def test_the_page_of_a_median_shows_each_number(house):
    client = client_of(house[0].clinician)
    shown = client.get(reverse("admin:outcomes_behind", args=["measured.pain_change"]))
    said = text(shown)
    names = [house[number].patient.family_name for number in (3, 1, 0)]
    assert [said.index(name) for name in names] == sorted(said.index(name) for name in names)
    assert house[2].patient.family_name not in said
    for number in ("2 (2 to 4)", "0 (5 to 5)", "-3 (6 to 3)"):
        assert number in said
    assert 'aria-sort="descending"' in shown.content.decode()
    without = text(client.get(reverse("admin:outcomes_behind", args=["without.pain_change"])))
    assert house[2].patient.family_name in without
    assert "Change of average pain (points of 10): without an answer at the start or at the review" in without


def test_how_many_said_which_level_and_who(house):
    found = outcomes.outcomes(scope(house), today=TODAY)
    # The third said nothing at the review, so what they said at the start is not in it either.
    assert {key: count for key, count in found.levels.items() if count} == {
        "start.2": 1,
        "start.5": 1,
        "start.6": 1,
        "now.3": 1,
        "now.4": 1,
        "now.5": 1,
    }
    for key, count in found.levels.items():
        assert outcomes.behind(scope(house), key, today=TODAY).count() == count, key
    (only,) = outcomes.behind(scope(house), "now.3", today=TODAY)
    assert only.prescription == house[0].prescription


# --- By programme and by exercise, with who is behind -----------------------------------------------
def test_every_figure_of_every_programme_leads_to_as_many_patients(house):
    Prescription.objects.filter(pk=house[3].pk).update(program=None)  # built for this patient alone
    client = client_of(house[0].clinician)
    programs = client.get(reverse("admin:outcomes")).context["programs"]
    assert [row["name"] for row in programs].count("no programme of the library") == 1
    links = [(figure.link, figure.count) for row in programs for figure in row["figures"].values()]
    links += [(one.link, one.spread.count) for row in programs for one in row["medians"] if one.spread.count]
    assert len(links) > 20
    for link, count in links:
        assert len(client.get(link).context["listed"].rows) == count, link
    (none,) = [row for row in programs if row["pk_of"] is None]
    assert f"program={NO_PROGRAM}" in none["figures"]["reviews"].link
    assert none["medians"][1].spread == Spread(1, 2, 2, 2)  # pain from 2 to 4


def test_why_exercises_were_skipped_and_by_whom(house):
    found = exercise_outcomes.every_exercise(scope(house))
    (stopped,) = [row for row in found if row["stopped"]]
    # B of the first programme: 20 days done and one stopped.
    assert [stopped[name] for name in ("told", "stopped", "skipped", "pain")] == [21, 1, 0, 0]
    skipped = exercise_outcomes.skipped_most(found)
    assert sorted((row["told"], row["skipped"], row["no_time"], row["pain"]) for row in skipped) == [
        (11, 1, 0, 1),
        (11, 1, 1, 0),
    ]
    client = client_of(house[0].clinician)
    context = client.get(reverse("admin:outcomes")).context
    assert [row["pk_of"] for row in context["stopped_most"]] == [stopped["pk_of"]]
    for row in (*context["stopped_most"], *context["skipped_most"]):
        for name, figure in row["figures"].items():
            shown = client.get(figure.link).context["listed"].rows
            assert len(shown) == min(figure.count, 1), (name, figure.link)
    (pain,) = [row for row in context["skipped_most"] if row["pain"]]
    link = next(figure.link for _reason, figure in pain["reasons"])
    said = text(client.get(link))
    assert f"{pain['name']}: skipped (Pain)" in said
    assert f"{house[1].patient.given_name} {house[1].prescription.name} 11 0 1 Pain 1" in said
    assert reverse("admin:prescription_report", args=[house[1].pk]) in client.get(link).content.decode()


def test_all_exercises_together_and_what_cannot_be_asked(house):
    whole = scope(house)
    for key, count in (("exercise.skipped", 2), ("exercise.stopped", 1), ("exercise.no_time", 1)):
        rows = exercise_outcomes.behind_exercise(whole, key)
        assert sum(row[key.partition(".")[2]] for row in rows) == count
    with pytest.raises(KeyError):
        exercise_outcomes.behind_exercise(whole, "exercise.boring")
    client = client_of(house[0].clinician)
    link = reverse("admin:outcomes_behind", args=["exercise.skipped"])
    for wrong in ("x", "999999"):
        answer = client.get(link, {"exercise": wrong})
        assert (answer.status_code, "Select a valid choice." in text(answer)) == (400, True)
    for key in ("exercise.boring", "measured.luck", "without.luck", "start.11", "exercise", "moon"):
        assert client.get(reverse("admin:outcomes_behind", args=[key])).status_code == 404, key


def test_a_list_has_fifty_a_page(house):
    review = house[0].prescription.reviews.get()
    trial = house[0]
    for number in range(2, 60):
        Review.objects.create(
            prescription=trial.prescription,
            number=number,
            counts_from=review.counts_from,
            after_days=20,
            reached_on=review.reached_on,
            opened_at=review.opened_at,
        )
    client = client_of(trial.clinician)
    for key in ("reviews.reached", "without.adherence"):
        link = reverse("admin:outcomes_behind", args=[key])
        first, second = client.get(link), client.get(link, {"page": 2})
        assert len(first.context["listed"].rows) == 50
        assert 0 < len(second.context["listed"].rows) < 50


# --- As a file --------------------------------------------------------------------------------------
def test_one_row_a_review_with_the_ended_programmes_and_the_definitions(house):
    patient = house[0].patient
    patient.family_name = "=1+1"
    patient.save()
    client = client_of(house[0].clinician)
    answer = client.get("/admin/reports/outcomes.xlsx")
    assert "no-store" in answer["Cache-Control"]
    book = tablib.Databook().load(answer.content, format="xlsx")
    reviewed, ended, definitions = book.sheets()
    assert [sheet.title for sheet in book.sheets()] == ["Reviews", "Ended programmes", "Definitions"]
    assert len(reviewed) == 4
    (row,) = [row for row in reviewed.dict if row["Surname"] == "'=1+1"]
    assert {name: row[name] for name in reviewed.headers[6:]} == {
        "Review": 1,
        "Reached": "2026-03-22",
        "Signed": "2026-03-23",
        "Days to the signature": 1,
        "Was it useful?": "Useful",
        "Pain at the start": 6,
        "Pain at the review": 3,
        "Change of pain": -3,
        "Adherence seen (%)": 100,
        "Decision": "Continue",
    }
    (row,) = ended.dict
    assert (row["Ended"], row["Why it ended"]) == ("2026-03-23", "Improved")
    assert any("never as nought" in str(line[0]) for line in definitions)
    assert Event.objects.filter(verb="exported", object_type="clinic.Clinic").count() == 1


def test_as_csv_one_block_below_the_other(house):
    written = client_of(house[0].clinician).get("/admin/reports/outcomes.csv").content.decode("utf-8-sig")
    blocks = written.split("\r\n\r\n")
    assert [len(block.strip().splitlines()) for block in blocks[:2]] == [5, 2]
    assert "How this is counted" in blocks[2]
    assert ",5,5,0,43,Continue" in blocks[0]


def test_the_file_is_of_what_was_asked_and_of_nobody_else(house, a_stranger):
    client = client_of(house[0].clinician)
    one = client.get("/admin/reports/outcomes.csv", {"program": house[0].prescription.program_id})
    assert house[0].patient.given_name in one.content.decode()
    assert house[1].patient.given_name not in one.content.decode()
    assert client.get("/admin/reports/outcomes.csv", {"first": "x"}).status_code == 404
    assert client.get("/admin/reports/outcomes.exe").status_code == 404
    outside = client_of(member(house[0], Role.FRONT_DESK))
    assert outside.get("/admin/reports/outcomes.csv").status_code == 404
