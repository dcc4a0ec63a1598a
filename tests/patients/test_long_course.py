"""Pages of somebody who has practised for long: as many queries as at first, no more drawn, all in reach."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.course import Course, course
from patients.models import ExerciseStop, Pause, PracticeSession, PrescriptionVersion, Review, WorkItem
from tests.clients import signed_in
from tests.patients.pages import text

pytestmark = pytest.mark.django_db
PAGES = ["prescription_report", "patient", "progress"]


def address_and_client(page: str, of: Course) -> tuple[str, Client]:
    if page == "progress":
        return reverse("progress"), signed_in(of.prescription.patient.user, method="code")
    pk = of.prescription.pk if page == "prescription_report" else of.prescription.patient_id
    return reverse(f"admin:{page}", args=[pk]), signed_in(of.clinician, method="mfa")


def cost(page: str, of: Course) -> tuple[int, int]:
    """Queries and bytes of it, looked at a second time."""
    address, client = address_and_client(page, of)
    client.get(address)
    with CaptureQueriesContext(connection) as counted:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(counted), len(answer.content)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_the_same_after_20_and_after_200_sessions(page):
    few, many = course(20), course(200)
    assert cost(page, few)[0] == cost(page, many)[0]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_hardly_longer_after_200_sessions_than_after_40(page):
    some, many = course(40), course(200)
    assert cost(page, many)[1] <= 1.3 * cost(page, some)[1]


# --- The page of one prescription -----------------------------------------------------------------------
@pytest.fixture
def long() -> Course:
    return course(200)


def windows(address: str, client: Client) -> Iterator[list[str]]:
    """The dates of the table of days on each page, from the newest on, by the links "Earlier days"."""
    while address:
        answer = client.get(address)
        days = answer.context["days"]
        yield [shown.day.on.isoformat() for shown in days]
        assert len(answer.context["strip"]) <= 28
        assert answer.content.decode().count('class="day" data-state') == len(answer.context["strip"])
        address = answer.context["drawn"].earlier


def test_days_are_drawn_in_windows_that_reach_back_to_day_one(long):
    """The count began less than four weeks ago: four weeks are drawn at first, and then eight at a time."""
    address, client = address_and_client("prescription_report", long)
    pages = list(windows(address, client))
    assert [len(days) for days in pages[:3]] == [28, 56, 56]
    whole = [day for days in pages for day in days]
    assert len(whole) == len(set(whole))
    assert whole == sorted(whole, reverse=True)
    assert whole[-1] == long.prescription.starts_on.isoformat()


def test_figures_count_the_whole_whatever_is_drawn(long):
    address, client = address_and_client("prescription_report", long)
    newest = client.get(address)
    older = client.get(newest.context["drawn"].earlier)
    for name in ("in_short", "sessions_rate", "doses_rate", "exercise_rows", "courses"):
        assert newest.context[name] == older.context[name]
    assert "All figures count the whole programme." in text(newest)
    assert newest.context["sessions_rate"].due == 200
    assert newest.context["graph"].first != older.context["graph"].first


def test_later_days_lead_back(long):
    address, client = address_and_client("prescription_report", long)
    first = client.get(address)
    second = client.get(first.context["drawn"].earlier)
    assert second.context["drawn"].later == address
    third = client.get(second.context["drawn"].earlier)
    assert client.get(third.context["drawn"].later).context["drawn"].days == second.context["drawn"].days


@pytest.mark.parametrize("until", ["", "moon", "2026-02-31", "1999-01-01", "9999-12-31", "2026-13-01"])
def test_days_that_are_none_of_the_programme_are_ignored(until, long):
    address, client = address_and_client("prescription_report", long)
    answer = client.get(address, {"until": until})
    assert answer.status_code == 200
    assert answer.context["drawn"].days == client.get(address).context["drawn"].days


LISTS = {
    "alerts": (WorkItem, {}, 10),
    "versions": (PrescriptionVersion, {}, 5),
    "resumed": (ExerciseStop, {}, 10),
    "pauses": (Pause, {}, 10),
    "signed": (Review, {"signed_at__isnull": False}, 5),
    "sessions": (PracticeSession, {}, 20),
}


@pytest.mark.parametrize("name", LISTS)
def test_each_list_shows_a_page_and_leads_to_all_of_it(name, long):
    model, only, size = LISTS[name]
    address, client = address_and_client("prescription_report", long)
    rows = 0
    while address:
        shown = client.get(address).context[name]
        assert len(shown.rows) <= size
        rows += len(shown.rows)
        address = shown.earlier
    assert rows == model.objects.filter(prescription=long.prescription, **only).count()


def test_lists_keep_their_places_beside_each_other(long):
    address, client = address_and_client("prescription_report", long)
    answer = client.get(address, {"alerts": "2", "versions": "2"})
    assert answer.context["alerts"].later == f"{address}?versions=2&alerts=1"
    assert answer.context["versions"].number == answer.context["alerts"].number == 2
    assert re.search(r'<details class="fold" id="alerts" open>', answer.content.decode())


def test_the_version_in_force_is_told_from_any_page_of_the_versions(long):
    """The summary for elsewhere says its doses, also where older versions are looked at."""
    address, client = address_and_client("prescription_report", long)
    first, third = (client.get(address, {"versions": number}) for number in (1, 3))
    assert {one["state"] for one in third.context["versions"].rows} == {"past"}
    assert third.context["as_text"] == first.context["as_text"]
    assert third.context["told"].exercises != []


def test_an_addition_that_is_refused_is_shown_at_its_review_on_a_further_page(long):
    address, client = address_and_client("prescription_report", long)
    older = client.get(address, {"signed": "2"})
    number = older.context["signed"].rows[0].number
    action = f"{reverse('admin:review_add', args=[long.prescription.pk, number])}?signed=2"
    assert action in older.content.decode()
    answer = client.post(action, {"words": ""})
    assert answer.status_code == 400
    assert [one.number for one in answer.context["signed"].rows if one.add_form.errors] == [number]


def test_many_stops_are_told_by_the_last_one(long):
    address, client = address_and_client("prescription_report", long)
    stops = ExerciseStop.objects.filter(prescription=long.prescription).count()
    said = text(client.get(address))
    assert re.search(rf"{stops} stops for pain \(the last on day \d+\), all resumed since\.", said)


# --- The patient's page ---------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "size"), [("moments", 12), ("messages_closed", 10), ("reports", 10)])
def test_the_patients_page_leads_to_all_that_was(name, size, long):
    address, client = address_and_client("patient", long)
    lengths = []
    while address:
        shown = client.get(address).context[name]
        lengths.append(len(shown.rows))
        address = shown.earlier
    assert len(lengths) > 1
    assert set(lengths[:-1]) == {size}
    assert sum(lengths) == shown.count
