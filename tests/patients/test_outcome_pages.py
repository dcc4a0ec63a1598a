"""The pages of the clinic's outcomes: each figure leads to the patients behind it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients import exercise_outcomes
from patients import outcomes as figures
from patients.models import Prescription, Review
from patients.outcome_scope import NO_PROGRAM
from patients.spreads import Spread
from patients.vocabulary import Decision, SkipReason
from tests.factories import PatientFactory
from tests.patients.clinic_pages import client_of
from tests.patients.four_reviewed import four_reviewed, scope, told
from tests.patients.pages import text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(time_machine) -> list[Scenario]:
    return four_reviewed(time_machine)


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


def test_a_review_that_is_reached_while_the_page_is_read_is_no_error(time_machine, monkeypatch):
    """The planner opens the first review of a programme between two of the page's queries."""
    trial = Scenario("A")
    other = Scenario("A", patient=PatientFactory(clinic=trial.clinic))
    time_machine.move_to(trial.at(25, "10:00"), tick=False)
    by_program = figures.by_program

    def meanwhile(scope):
        other.scheduler_runs(22)
        return by_program(scope)

    monkeypatch.setattr(figures, "by_program", meanwhile)
    assert client_of(trial.clinician).get("/admin/reports/outcomes/").status_code == 200
