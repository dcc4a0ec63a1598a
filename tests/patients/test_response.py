"""Response times: every figure worked out by hand, and the work behind it.

The clinic is in Rome and open from Monday to Friday; day 1 is Monday 2 March 2026. Hours are the clinic's.
"""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from clinic.scoping import Role
from patients import work
from patients.clinic_pages.durations import in_words
from patients.models import WorkItem
from patients.response import ALL, Figure, Measured, Period, Response, measured
from patients.spreads import Spread
from patients.vocabulary import WorkKind
from tests.factories import (
    ClinicFactory,
    MembershipFactory,
    PatientFactory,
    WorkItemEntryFactory,
    WorkItemFactory,
)
from tests.patients.clinic_pages import client_of, member
from tests.patients.pages import text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
HOUR, DAY = 3600, 86400


@pytest.fixture
def trial() -> Scenario:
    return Scenario("ABC")


def look(trial: Scenario, first: int = 1, last: int = 40, *, on: int = 12, user: Any = None) -> Measured:
    """As it stands on day `on` at noon."""
    period = Period(user or trial.clinician, trial.clinic, trial.date(first), trial.date(last))
    return measured(period, now=trial.at(on, "12:00"))


def of(found: Measured, kind: str = ALL) -> Response:
    return next(one for one in found.figures() if one.kind == kind)


def counts(found: Measured, kind: str = ALL) -> str:
    """The counts in the order of `Figure`: waits taken late waiting, items closed open."""
    return " ".join(str(of(found, kind).counts[figure]) for figure in Figure)


def stop(trial: Scenario, on: int, at: str = "09:00", letter: str = "C") -> WorkItem:
    trial.records(on, at=at, done="A", stopped=letter)
    (item,) = trial.open_work(WorkKind.STOP)
    return item


# --- One item ----------------------------------------------------------------------------------------
def test_from_the_event_until_somebody_takes_it_and_until_it_is_closed(trial):
    item = stop(trial, 1)
    assert counts(look(trial, on=1)) == "1 0 0 1 1 0 1"
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(1, "11:30"))
    work.close_work(item=item, by=trial.clinician, outcome="Phoned.", now=trial.at(3, "09:00"))
    found = look(trial)
    assert counts(found) == "1 1 0 0 1 1 0"
    assert of(found).until_taken == Spread(1, 2.5 * HOUR, 2.5 * HOUR, 2.5 * HOUR)
    assert of(found).until_closed == Spread(1, 2 * DAY, 2 * DAY, 2 * DAY)


def test_closed_without_being_taken_ends_the_wait(trial):
    item = stop(trial, 1)
    work.close_work(item=item, by=trial.clinician, outcome="Phoned.", now=trial.at(1, "10:00"))
    found = look(trial)
    assert counts(found) == "1 1 0 0 1 1 0"
    assert of(found).until_taken.median == of(found).until_closed.median == HOUR


def test_an_event_after_it_was_taken_is_a_wait_of_its_own(trial):
    item = stop(trial, 1)  # Monday 09:00, taken after an hour
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(1, "10:00"))
    stop(trial, 2, letter="B")  # Tuesday 09:00, taken after three
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(2, "12:00"))
    work.close_work(item=item, by=trial.clinician, outcome="Phoned.", now=trial.at(2, "13:00"))
    found = look(trial)
    assert counts(found) == "2 2 0 0 1 1 0"
    # 1 and 3 hours: the quartiles lie a quarter of the way in from each.
    assert of(found).until_taken == Spread(2, 2 * HOUR, 1.5 * HOUR, 2.5 * HOUR)
    assert of(found).until_closed.median == DAY + 4 * HOUR


def test_what_happens_while_it_waits_belongs_to_the_same_wait(trial):
    """Stopped at nine, and again at eleven; several alerts of one session are one, too."""
    trial.records(1, done="A", stopped="C", before=3, after=8)
    stop(trial, 1, "11:00", letter="B")
    (item,) = trial.open_work(WorkKind.STOP)
    assert item.entries.count() > 2
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(1, "12:00"))
    found = look(trial)
    assert counts(found) == "1 1 0 0 1 0 1"
    assert of(found).until_taken.median == 3 * HOUR


def test_the_first_who_takes_it_counts_whoever_has_it_afterwards(trial):
    other = member(trial, Role.CLINICIAN)
    item = stop(trial, 1)
    work.hand_over_work(item=item, to=other, by=trial.clinician, now=trial.at(1, "10:00"))  # goes on waiting
    work.acknowledge(item=item, by=other, now=trial.at(1, "13:00"))
    item.refresh_from_db()
    work.hand_over_work(item=item, to=trial.clinician, by=other, now=trial.at(2, "09:00"))
    assert counts(look(trial, on=6)) == "1 1 0 0 1 0 1"  # that it has an owner who has not seen it is no wait
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(4, "09:00"))
    found = look(trial)
    assert counts(found) == "1 1 0 0 1 0 1"
    assert of(found).until_taken.median == 4 * HOUR


# --- Late ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("taken", "late"),
    [
        ((8, "23:59"), 0),  # of Saturday, so due on Monday: taken in its last minute
        ((9, "00:01"), 1),
        ((7, "10:00"), 0),
    ],
)
def test_late_is_taken_after_the_due_date_of_its_first_event(trial, taken, late):
    item = stop(trial, 6)
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(*taken))
    assert of(look(trial)).counts[Figure.LATE] == late


def test_what_waits_beyond_its_due_date_is_late_too(trial):
    stop(trial, 6)  # due on Monday, day 8
    assert [of(look(trial, on=day)).counts[Figure.LATE] for day in (6, 8, 9)] == [0, 0, 1]
    assert counts(look(trial, on=9)) == "1 0 1 1 1 0 1"


# --- In a period, by kind --------------------------------------------------------------------------------
def test_a_wait_counts_by_the_day_on_which_it_began_and_an_item_by_the_day_of_its_opening(trial):
    item = stop(trial, 1)
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(1, "10:00"))
    stop(trial, 9, "00:30", letter="B")
    assert counts(look(trial, 1, 8)) == "1 1 0 0 1 0 1"
    assert counts(look(trial, 9, 9)) == "1 0 1 1 0 0 0"
    assert counts(look(trial, 10, 12)) == "0 0 0 0 0 0 0"
    # A wait that began before belongs to that time, though something happened in it since.
    trial.records(10, done="A", before=2, after=8)
    assert counts(look(trial, 10, 12)) == "0 0 0 0 0 0 0"


def test_days_are_the_clinics():
    """At half past midnight in Rome on day 2 it is still day 1 in London, where the patient is."""
    trial = Scenario("ABC", zone="Europe/London")
    stop(trial, 1, "23:30")
    assert counts(look(trial, 1, 1)) == "0 0 0 0 0 0 0"
    assert counts(look(trial, 2, 2)).startswith("1 ")


def test_by_kind_in_the_order_of_the_worklist(trial):
    """Five silences, taken after 1, 2, 3, 4 and 10 days, and a stop after an hour."""
    for days in (1, 2, 3, 4, 10):
        patient = PatientFactory(clinic=trial.clinic)
        opened_at = trial.at(1, "09:00")
        item = WorkItemFactory(
            prescription__patient=patient,
            kind=WorkKind.SILENT,
            opened_at=opened_at,
            due_on=trial.date(2),
        )
        WorkItemEntryFactory(item=item, at=opened_at, what="silent", session=None, quiet_since=trial.date(1))
        work.acknowledge(item=item, by=trial.clinician, now=opened_at + dt.timedelta(days=days))
    work.acknowledge(item=stop(trial, 1), by=trial.clinician, now=trial.at(1, "10:00"))
    found = look(trial)
    assert [one.kind for one in found.figures()] == [ALL, WorkKind.STOP, WorkKind.SILENT]
    assert of(found, WorkKind.SILENT).until_taken == Spread(5, 3 * DAY, 2 * DAY, 4 * DAY)
    assert counts(found, WorkKind.SILENT) == "5 5 4 0 5 0 5"  # due on day 2: that after one day is not late
    assert counts(found) == "6 6 4 0 6 0 6"
    assert of(found).until_taken.median == 2.5 * DAY


def test_what_is_behind_each_figure_is_as_many_as_it_says(trial):
    item = stop(trial, 1)
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(1, "10:00"))
    stop(trial, 2, letter="B")
    trial.records(3, done="", skipped={"A": "pain"})
    trial.records(4, done="", skipped={"A": "pain"})
    found = look(trial)
    for one in found.figures():
        for figure, count in one.counts.items():
            assert len(found.behind(one.kind, figure)) == count
    assert of(found).counts[Figure.WAITS] == 3


def test_nobody_else_sees_it_and_no_clinic_another(trial, a_stranger):
    stop(trial, 1)
    assert counts(look(trial, user=a_stranger)) == "0 0 0 0 0 0 0"
    desk = member(trial, Role.FRONT_DESK)
    assert counts(look(trial, user=desk)) == "0 0 0 0 0 0 0"
    second = MembershipFactory(user=trial.clinician).clinic
    elsewhere = Period(trial.clinician, second, trial.date(1), trial.date(40))
    assert measured(elsewhere, now=trial.at(2)) == Measured([], [])


def test_two_queries_however_much_there_is(trial, django_assert_num_queries):
    for _number in range(8):
        WorkItemEntryFactory(
            item__prescription__patient__clinic=trial.clinic, item__opened_at=trial.at(1), at=trial.at(1)
        )
    with django_assert_num_queries(2):
        assert counts(look(trial)).startswith("8 ")


@pytest.mark.parametrize(
    ("seconds", "english", "italian"),
    [
        (0, "0 minutes", "0 minuti"),
        (89, "1 minute", "1 minuto"),
        (25 * 60, "25 minutes", "25 minuti"),
        (HOUR, "1 hour", "1 ora"),
        (5.5 * HOUR, "5.5 hours", "5,5 ore"),
        (26.4 * HOUR, "26 hours", "26 ore"),
        (2 * DAY, "2 days", "2 giorni"),
        (2.5 * DAY, "2.5 days", "2,5 giorni"),
        (12.4 * DAY, "12 days", "12 giorni"),
    ],
)
def test_how_long_in_words(seconds, english, italian):
    assert in_words(seconds) == english
    with translation.override("it"):
        assert in_words(seconds) == italian


# --- The pages -------------------------------------------------------------------------------------------
@pytest.fixture
def house(trial, time_machine) -> Scenario:
    """A stop taken after an hour and closed the day after; one that waits."""
    item = stop(trial, 1)
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(1, "10:00"))
    work.close_work(item=item, by=trial.clinician, outcome="Phoned: easier form.", now=trial.at(2, "09:00"))
    stop(trial, 4, letter="B")
    time_machine.move_to(trial.at(5, "12:00"), tick=False)
    return trial


def behind(kind: str, figure: str) -> str:
    return reverse("admin:response_behind", args=[kind, figure])


def test_each_figure_leads_to_the_work_behind_it(house):
    client = client_of(house.clinician)
    answer = client.get(reverse("admin:response"))
    shown = text(answer)
    for part in ("Stop or pain alert", "1 hour", "one alone", "24 hours"):
        assert part in shown
    for figure in ("waits", "taken", "late", "waiting", "items", "closed", "open"):
        assert f'href="{behind("stop", figure)}?' in answer.content.decode()
        assert house.patient.family_name in text(client.get(behind("stop", figure)))
    closed = text(client.get(behind("stop", "closed")))
    assert "Phoned: easier form." in closed
    assert str(house.clinician) in closed
    late = text(client.get(behind("all", "late")))
    assert "Thu 5 Mar 2026, late" in late
    assert "not yet" in late
    assert "Phoned" not in late


def test_managers_see_it_and_no_table_names_a_person(house):
    shown = text(client_of(member(house, Role.MANAGER)).get(reverse("admin:response")))
    assert "Stop or pain alert" in shown
    assert str(house.clinician) not in shown


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"first": "2026-04-01", "last": "2026-03-01"}, "This lies before the first day."),
        ({"first": "yesterday"}, "Enter a valid date."),
        ({"last": "9999-12-31"}, "Check this date."),
        ({"clinic": "0"}, "Select a valid choice."),
        ({"clinic": "x"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(house, asked, words):
    client = client_of(house.clinician)
    for address in (reverse("admin:response"), behind("all", "late")):
        answer = client.get(address, asked)
        assert (answer.status_code, words in text(answer)) == (400, True)


def test_dates_far_away_are_no_error(house):
    client = client_of(house.clinician)
    asked = {"first": "0001-01-01", "last": "2199-12-31"}
    assert "1 hour" in text(client.get(reverse("admin:response"), asked))
    asked = {"first": "0001-01-01", "last": "0001-01-01"}
    assert "No work in this time" in text(client.get(reverse("admin:response"), asked))


@pytest.mark.parametrize("address", [("stop", "nonsense"), ("nonsense", "late")])
def test_of_no_figure_there_is_no_list(house, address):
    assert client_of(house.clinician).get(behind(*address)).status_code == 404


def test_who_works_in_two_clinics_says_which(house):
    second = ClinicFactory(name="Zeta")
    MembershipFactory(user=house.clinician, clinic=second)
    client = client_of(house.clinician)
    assert "Stop or pain alert" in text(client.get(reverse("admin:response"), {"clinic": house.clinic.pk}))
    assert "No work in this time" in text(client.get(reverse("admin:response"), {"clinic": second.pk}))
    stranger = ClinicFactory()
    assert client.get(reverse("admin:response"), {"clinic": stranger.pk}).status_code == 400


def test_fifty_a_page_and_as_many_queries(house):
    client = client_of(house.clinician)

    def needed(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    pages = (reverse("admin:response"), behind("all", "waits"), behind("all", "items"))
    [needed(address) for address in pages]
    few = [needed(address) for address in pages]
    for _number in range(60):
        WorkItemEntryFactory(item__prescription__patient__clinic=house.clinic)
    assert [needed(address) for address in pages] == few
    shown = client.get(behind("all", "waits"))
    assert (len(shown.context["rows"]), "Page 1 of 2" in text(shown)) == (50, True)
