"""The worklist's page: what waits, most urgent first, and nothing leaves it without an outcome."""

import datetime as dt

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from clinic.models import Event
from clinic.scoping import Role
from patients.models import ExerciseStop, Review, WorkItem
from patients.vocabulary import WorkKind
from tests.factories import CareTeamMemberFactory, WorkItemFactory
from tests.patients.clinic_pages import client_of, member
from tests.patients.pages import text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
WORKLIST = "/admin/worklist/"


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Day 5, Friday: an exercise was stopped on day 4."""
    trial = Scenario("AB")
    trial.practises(1, 3)
    trial.records(4, done="A", stopped="B", before=3, after=5, words="It pulled into the leg.")
    time_machine.move_to(trial.at(5, "10:00"), tick=False)
    return trial


@pytest.fixture
def item(trial) -> WorkItem:
    (waiting,) = trial.open_work()
    return waiting


def sent(name: str, item: WorkItem, client, **data):
    return client.post(reverse(f"admin:work_{name}", args=[item.pk]), data)


def test_it_is_the_landing_page_and_counts_what_waits(trial, item):
    page = client_of(trial.clinician).get("/admin/", follow=True)
    assert page.redirect_chain == [(WORKLIST, 302)]
    assert '<span class="number">1</span>' in page.content.decode()


def test_a_row_says_who_what_when_and_what_the_patient_said(trial, item):
    said = text(client_of(trial.clinician).get(WORKLIST))
    for part in (
        f"{trial.patient}: Stop or pain alert",
        "Overdue: Thu 5 Mar",
        str(trial.clinician),
        "An exercise was stopped for pain",
        "before 3",
        "right after 5",
        "It pulled into the leg.",
        trial.lines["B"].exercise.name,
    ):
        assert part in said


def test_most_urgent_first(trial, item):
    trial.reports_emergency(4)
    said = text(client_of(trial.clinician).get(WORKLIST))
    assert said.index("Emergency sign reported") < said.index("Stop or pain alert")
    assert "Pain, numbness or weakness in both legs" in said


def test_mine_are_those_that_i_own_and_those_of_nobody(trial, item):
    other = member(trial, Role.CLINICIAN)
    assert "One more waits for a colleague" in text(client_of(other).get(WORKLIST))
    assert str(trial.patient) in text(client_of(other).get(WORKLIST, {"who": "all"}))
    WorkItem.objects.filter(pk=item.pk).update(owner=None)
    assert "Nobody's yet" in text(client_of(other).get(WORKLIST))


def test_mine_is_what_concerns_a_patient_of_my_care_team_too(trial, item):
    other = CareTeamMemberFactory(patient=trial.patient).user
    CareTeamMemberFactory(patient=trial.patient)  # a third one: the row stands there once
    page = text(client_of(other).get(WORKLIST))
    assert page.count(f"{trial.patient}: Stop or pain alert") == 1
    assert str(trial.clinician) in page
    assert "waits for a colleague" not in page
    stranger = CareTeamMemberFactory(patient=Scenario("A").patient).user
    assert str(trial.patient) not in text(client_of(stranger).get(WORKLIST))


def test_a_manager_looks_at_everything_first(trial, item):
    assert str(trial.patient) in text(client_of(member(trial, Role.MANAGER)).get(WORKLIST))


def test_another_clinics_work_is_nobodys_business(trial, item):
    stranger = Scenario("A")
    page = client_of(stranger.clinician).get(WORKLIST, {"who": "all"})
    assert str(trial.patient) not in text(page)
    for name in ("acknowledge", "hand_over", "close"):
        assert sent(name, item, client_of(stranger.clinician), outcome="x").status_code == 404
    item.refresh_from_db()
    assert item.closed_at is item.acknowledged_at is None


def test_taking_it(trial, item):
    answer = sent("acknowledge", item, client_of(trial.clinician), next=WORKLIST + "?who=all")
    item.refresh_from_db()
    assert item.acknowledged_by == trial.clinician
    assert answer["Location"] == WORKLIST + "?who=all"
    assert f"Seen by {trial.clinician}" in text(client_of(trial.clinician).get(WORKLIST))


def test_the_way_back_leads_to_pages_of_ours_alone(trial, item):
    answer = sent("acknowledge", item, client_of(trial.clinician), next="https://elsewhere.example/")
    assert answer["Location"] == WORKLIST


def test_handing_over(trial, item):
    other = member(trial, Role.CLINICIAN)
    sent("hand_over", item, client_of(trial.clinician), to=other.pk)
    item.refresh_from_db()
    assert item.owner == other


@pytest.mark.parametrize("to", ["", "0", "abc", "front desk", "stranger"])
def test_handing_over_to_somebody_who_does_not_treat_here_is_refused(to, trial, item):
    people = {
        "front desk": lambda: member(trial, Role.FRONT_DESK).pk,
        "stranger": lambda: Scenario("A").clinician.pk,
    }
    answer = sent("hand_over", item, client_of(trial.clinician), to=people[to]() if to in people else to)
    assert answer.status_code == 400
    item.refresh_from_db()
    assert item.owner == trial.clinician


def test_closing_needs_an_outcome(trial, item):
    client = client_of(trial.clinician)
    for data in ({}, {"outcome": "  "}):
        answer = sent("close", item, client, **data)
        assert answer.status_code == 400
        assert "This field is required" in text(answer)
    sent("close", item, client, outcome="Called: shown again in the clinic.")
    item.refresh_from_db()
    assert (item.closed_by, item.outcome) == (trial.clinician, "Called: shown again in the clinic.")
    assert "Nothing waits for you" in text(client.get(WORKLIST))


def test_what_a_colleague_has_closed_is_said(trial, item):
    client = client_of(trial.clinician)
    sent("close", item, client, outcome="Called.")
    for name in ("close", "acknowledge", "hand_over"):
        answer = client.post(reverse(f"admin:work_{name}", args=[item.pk]), {"outcome": "Late."}, follow=True)
        assert "Somebody has closed this already" in text(answer)
    item.refresh_from_db()
    assert item.outcome == "Called."


def test_a_refused_form_is_shown_though_the_item_is_a_colleagues(trial, item):
    other = member(trial, Role.CLINICIAN)
    answer = sent("close", item, client_of(other))
    assert answer.status_code == 400
    assert "This field is required" in text(answer)


def test_an_emergency_is_closed_by_clearing_it(trial):
    trial.reports_emergency(4)
    (emergency,) = trial.open_work(WorkKind.EMERGENCY)
    client = client_of(trial.clinician)
    answer = sent("close", emergency, client, outcome="Spoke to her.")
    assert answer.status_code == 400
    assert "Clear the emergency sign: that closes it." in text(answer)
    emergency.refresh_from_db()
    assert emergency.closed_at is None


def test_a_review_is_closed_by_signing_it(trial, time_machine):
    time_machine.move_to(trial.at(21, "10:00"), tick=False)
    trial.scheduler_runs(21)
    (waiting,) = trial.open_work(WorkKind.REVIEW)
    answer = sent("close", waiting, client_of(trial.clinician), outcome="Later.")
    assert answer.status_code == 400
    assert "Sign the review: that closes it." in text(answer)
    assert Review.objects.unsigned().count() == 1


def test_resuming_from_the_worklist(trial, item):
    address = reverse("admin:prescription_resume", args=[trial.pk])
    answer = client_of(trial.clinician).post(address, {"line": trial.line("B"), "next": WORKLIST})
    assert answer["Location"] == WORKLIST
    assert ExerciseStop.objects.get().resumed_by == trial.clinician
    assert Event.objects.filter(verb="resumed", actor=trial.clinician).count() == 1
    item.refresh_from_db()
    assert item.closed_at is None  # resumed is not yet an outcome


def test_the_queries_do_not_grow_with_the_list(trial, item):
    client = client_of(trial.clinician)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            client.get(WORKLIST, {"who": "all"})
        return len(counted)

    queries()
    few = queries()
    for _more in range(5):
        WorkItemFactory(prescription__patient__clinic=trial.clinic, owner=trial.clinician)
    assert queries() == few


@pytest.mark.parametrize(("language", "said"), [("en", "Thu 26 Nov"), ("it", "gio 26 nov")])
def test_short_dates_are_written_as_the_language_does(language, said):
    template = Template('{% load short_dates %}{{ day|date:"D j M"|in_line }}')
    with translation.override(language):
        assert template.render(Context({"day": dt.date(2026, 11, 26)})) == said
