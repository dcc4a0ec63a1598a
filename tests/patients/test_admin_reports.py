"""The clinic's report: every running programme in one table, at the same cost for one as for many."""

import pytest
import tablib
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.models import Event
from clinic.scoping import Role
from patients.counting import count_stale
from patients.paper_sheets import Ticked, record_sheet_day
from tests.factories import MembershipFactory, PatientFactory, PracticeSessionFactory
from tests.patients.clinic_pages import client_of, member, report_url
from tests.patients.pages import text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
REPORTS = "/admin/reports/"
MOST_QUERIES = 12  # the session, the roles and the navigation included


def report_of(client, asked=None):
    """The page, after the worker's tick has counted what changed."""
    count_stale(now=timezone.now())
    return client.get(REPORTS, asked)


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Day 5: four sessions of four; one exercise stopped on day 4 with pain 5 after it."""
    trial = Scenario("AB")
    trial.practises(1, 3)
    trial.records(4, done="A", stopped="B", before=3, after=5)
    time_machine.move_to(trial.at(5, "10:00"), tick=False)
    return trial


def neighbour(trial: Scenario, *, family: str, practised: int) -> Scenario:
    """Another patient of the same clinic, who practised from day 1 to `practised`."""
    patient = PatientFactory(clinic=trial.clinic, family_name=family)
    other = Scenario("A", patient=patient)
    if practised:
        other.practises(1, practised)
    return other


def test_a_row_has_everything_at_a_glance(trial):
    page = report_of(client_of(trial.clinician))
    patient = trial.patient
    row = f"{patient.family_name}, {patient.given_name} {trial.prescription.name} 5"
    assert f"{row} 4 of 4 (100 %) Good 7 of 7 (100 %) Good – Thu 5 Mar 5 1" in text(page)
    assert report_url(trial) in page.content.decode()


def test_what_was_left_before_its_first_exercise_says_nothing_of_pain(trial):
    """Day 5, today: pain 9 was told, and no exercise. That is no session: the last pain is day 4's."""
    PracticeSessionFactory(prescription=trial.prescription, outcome="", pain_after=9, finished_at=None)
    assert "Thu 5 Mar 5 1" in text(report_of(client_of(trial.clinician)))


def test_of_a_sheet_that_was_typed_in_at_once_the_last_place_is_the_last(time_machine):
    """Two sessions of day 1, recorded at the same instant: pain 2 after the first, 6 after the second."""
    trial = Scenario("A", sessions_a_day=2)
    time_machine.move_to(trial.at(2, "10:00"), tick=False)
    record_sheet_day(
        prescription=trial.prescription,
        on=trial.date(1),
        ticked=[Ticked(slot=1, pain_after=2), Ticked(slot=2, pain_after=6)],
        by=trial.clinician,
        now=trial.at(2, "10:00"),
    )
    assert "2 of 2 (100 %) Good 2 of 2 (100 %) Good – Mon 2 Mar 6" in text(
        report_of(client_of(trial.clinician))
    )


def test_the_lowest_adherence_comes_first_and_names_sort_too(trial):
    low = neighbour(trial, family="Zeta", practised=1)
    none = neighbour(trial, family="Alfa", practised=0)
    client = client_of(trial.clinician)
    said = text(report_of(client))
    assert said.index("Alfa,") < said.index("Zeta,") < said.index(f"{trial.patient.family_name},")
    assert "0 of 4 (0 %) Low too little to judge" in said
    by_name = text(report_of(client, {"sort": "name"}))
    assert by_name.index("Alfa,") < by_name.index(f"{trial.patient.family_name},") < by_name.index("Zeta,")
    assert text(report_of(client, {"sort": "moon"})).index("Alfa,") < said.index("Zeta,")
    assert low.pk != none.pk


def test_bands_are_the_clinics_own(trial):
    neighbour(trial, family="Zeta", practised=3)
    client = client_of(trial.clinician)
    assert "3 of 4 (75 %) Fair" in text(report_of(client))
    trial.clinic.band_good = 75
    trial.clinic.save()
    assert "3 of 4 (75 %) Good" in text(report_of(client))


def test_drafts_and_what_has_ended_are_not_running(trial):
    trial.ends(5)
    assert "No programme is running" in text(report_of(client_of(trial.clinician)))


def test_managers_see_their_clinic_and_nobody_another(trial):
    stranger = Scenario("A")
    manager = member(trial, Role.MANAGER)
    said = text(report_of(client_of(manager)))
    assert trial.patient.family_name in said
    assert stranger.patient.family_name not in said
    both = MembershipFactory(clinic=stranger.clinic, user=manager, role=Role.MANAGER).user
    said = text(report_of(client_of(both)))
    assert f"{stranger.patient.given_name} {stranger.clinic}" in said


def queries(client, asked) -> int:
    count_stale(now=timezone.now())
    with CaptureQueriesContext(connection) as captured:
        assert client.get(REPORTS, asked).status_code == 200
    return len(captured)


@pytest.mark.parametrize("asked", [{}, {"first": "2026-03-02", "last": "2026-03-04"}], ids=["all", "dates"])
@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.MANAGER])
def test_the_queries_are_the_same_for_one_row_and_for_three(trial, role, asked):
    client = client_of(member(trial, role))
    queries(client, asked)
    one = queries(client, asked)
    neighbour(trial, family="Alfa", practised=2)
    neighbour(trial, family="Beta", practised=4)
    assert queries(client, asked) == one <= MOST_QUERIES


def test_where_no_worker_ran_for_weeks_nothing_is_said_to_be_due_to_nobody(trial, time_machine):
    """The dates that were counted ahead have run out: the figures are not nought, they are not known."""
    count_stale(now=timezone.now())
    time_machine.move_to(trial.at(25, "10:00"), tick=False)
    client = client_of(trial.clinician)
    assert "being counted" in text(client.get(REPORTS))
    assert "4 of 24 (17 %)" in text(report_of(client))


def test_who_begins_next_month_is_not_behind(trial):
    Scenario("A", patient=PatientFactory(clinic=trial.clinic), start="2026-04-20", activated="2026-03-04")
    said = text(report_of(client_of(trial.clinician)))
    assert "being counted" not in said


def test_the_page_and_the_file_say_of_which_something_is_not_counted_yet(trial):
    count_stale(now=timezone.now())
    trial.records(5, done="A", at="09:30")
    client = client_of(trial.clinician)
    assert "being counted" in text(client.get(REPORTS))
    written = client.get("/admin/reports/adherence.csv").content.decode("utf-8-sig")
    table = tablib.Dataset().load(written, format="csv")
    assert table["Something new, not counted yet"][0] == "yes"


@pytest.mark.parametrize("number", ["2", "0", "abc", "999"])
def test_odd_pages_are_no_error(number, trial):
    assert report_of(client_of(trial.clinician), {"page": number}).status_code == 200


# --- Which of them, and as a file ---------------------------------------------------------------------
def test_by_physiotherapist_programme_phase_and_band(trial):
    low = neighbour(trial, family="Zeta", practised=1)
    client = client_of(trial.clinician)
    mine, theirs = trial.patient.family_name, "Zeta"

    def shown(**asked: object) -> tuple[bool, bool]:
        said = text(report_of(client, asked))
        return (f"{mine}, " in said, f"{theirs}, " in said)

    assert shown() == (True, True)
    assert shown(clinician=trial.clinician.pk) == (True, False)
    assert shown(program=low.prescription.program_id) == (False, True)
    assert shown(band="low") == (False, True)
    assert shown(band="good") == (True, False)
    assert shown(band="low", clinician=trial.clinician.pk) == (False, False)
    assert shown(phase="maintenance") == (False, False)


def test_of_a_period_alone(trial):
    """Of days 3 and 4 both sessions were done; of day 5, which is today, nothing is due."""
    said = text(
        report_of(client_of(trial.clinician), {"first": trial.date(3).isoformat(), "last": "2026-12-31"})
    )
    assert "2 of 2 (100 %) Good" in said


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"first": "2026-03-05", "last": "2026-03-04"}, "This lies before the first day."),
        ({"band": "excellent"}, "Select a valid choice."),
        ({"clinician": "999999"}, "Select a valid choice."),
        ({"first": "x"}, "Enter a valid date."),
    ],
)
def test_what_cannot_be_chosen_is_said_at_its_field(asked, words, trial):
    client = client_of(trial.clinician)
    answer = report_of(client, asked)
    assert (answer.status_code, words in text(answer)) == (400, True)
    assert client.get("/admin/reports/adherence.csv", asked).status_code == 404


def test_the_week_by_week_line(trial, time_machine):
    """Day 1 alone, days 2 to 8, days 9 to 15: all, all, and none of the six that are over."""
    other = neighbour(trial, family="Alfa", practised=8)
    time_machine.move_to(trial.at(15, "08:00"), tick=False)
    source = report_of(client_of(trial.clinician), {"program": other.prescription.program_id})
    assert 'aria-label="100 %, 100 %, 0 %"' in source.content.decode()
    assert 'points="0.0,0.0 30.0,0.0 60.0,20.0"' in source.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_as_a_file_with_its_definitions_and_no_formula(kind, trial):
    trial.patient.family_name = "=1+1"
    trial.patient.save()
    count_stale(now=timezone.now())
    answer = client_of(trial.clinician).get(f"/admin/reports/adherence.{kind}")
    assert answer.status_code == 200
    assert f".{kind}" in answer["Content-Disposition"]
    written = answer.content if kind == "xlsx" else answer.content.decode("utf-8-sig")
    table = tablib.Dataset().load(written, format=kind)
    row = dict(zip(table.headers, table[0], strict=True))
    assert row["Surname"] == "'=1+1"
    assert [str(row[name]) for name in ("Sessions done", "Sessions due", "Sessions (%)", "Band")] == [
        *("4", "4", "100"),
        "Good",
    ]
    firsts = [str(one[0]) for one in table]
    assert any("stopped for pain, out of those due" in words for words in firsts)
    assert Event.objects.filter(verb="exported", object_type="clinic.Clinic").count() == 1


def test_of_no_such_kind_there_is_no_file(trial):
    assert client_of(trial.clinician).get("/admin/reports/adherence.exe").status_code == 404
