"""Progress: the days with their states, what was recorded, and what can still be."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.vocabulary import Site
from tests.patients.pages import client_of, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def look(time_machine):
    """`look(trial, 8, "/progress/")`: a page as the patient sees it at noon of day 8."""

    def at(trial: Scenario, number: int, address: str = "/progress/"):
        time_machine.move_to(trial.at(number, "12:00"), tick=False)
        return client_of(trial).get(address)

    return at


def strip(page) -> list[str]:
    """The states of the days in the strip, in order."""
    part = page.content.decode().split('<ol class="days">')[1].split("</ol>")[0]
    return re.findall(r'<li class="day" data-state="(\w+)"', part)


def test_the_days_their_states_and_the_sum(look):
    trial = Scenario("AB")
    trial.records(1, done="AB", before=4, during=5, after=3)
    trial.records(2, done="A", skipped={"B": "no_time"})
    trial.records(3, skipped={"A": "other", "B": "other"})
    trial.pauses(5, 5)
    page = look(trial, 6)
    assert strip(page) == ["done", "partly", "skipped", "not_recorded", "paused", "open"]
    assert "2 of 4 sessions (50 %)" in text(page)
    assert "before 4 during 5 after 3" in text(page)
    assert "Sunday 8 March" not in text(page)


def test_a_state_is_a_word_and_a_shape_as_well_as_a_colour(look):
    trial = Scenario("A")
    trial.practises(1, 1)
    page = look(trial, 2)
    assert "Monday 2 March: Done" in text(page)
    assert "img/icons.svg#done" in page.content.decode()
    assert "img/icons.svg#open" in page.content.decode()


def test_what_was_left_out_is_not_shown(look):
    trial = Scenario("A")
    trial.records(1, done="A", after=3)
    said = text(look(trial, 2))
    assert "Pain after 3" in said
    assert "before" not in said.split("Day by day")[1]


def test_only_days_that_can_be_recorded_offer_it(look):
    trial = Scenario("A")
    trial.records(5, done="A")
    page = look(trial, 7).content.decode()
    assert re.findall(r"/session/\?day=([0-9-]+)", page) == ["2026-03-08", "2026-03-07", "2026-03-05"]


def test_nothing_is_offered_while_the_programme_waits(look):
    trial = Scenario("A")
    trial.reports_emergency(2)
    assert "/session/?day=" not in look(trial, 3).content.decode()


def test_no_day_is_over_yet(look):
    said = text(look(Scenario("A"), 1))
    assert "nothing to add up" in said
    assert "%" not in said


def test_before_the_first_session(look):
    assert "Nothing here yet" in text(look(Scenario("A", start=None), 2))


def test_without_a_programme(aurora, as_patient):
    page = as_patient(aurora.newcomer).get("/progress/")
    assert page.status_code == 200
    assert "Nothing here yet" in text(page)
    assert as_patient(aurora.newcomer).get("/progress/2026-03-02/").status_code == 404


def test_a_programme_that_ended_keeps_its_days(look):
    trial = Scenario("A")
    trial.practises(1, 4)
    trial.ends(5)
    assert strip(look(trial, 40)) == ["done"] * 4 + ["not_due"]


def test_a_long_programme_is_read_in_pages(look):
    trial = Scenario("A")
    page = look(trial, 60)
    assert len(strip(page)) == 28
    assert "?until=2026-04-02" in page.content.decode()
    earlier = look(trial, 60, "/progress/?until=2026-04-02")
    assert len(strip(earlier)) == 28
    assert "?until=2026-04-30" in earlier.content.decode()
    for strange in ("1999-01-01", "2026-02-31", "soon", ""):
        assert strip(look(trial, 60, f"/progress/?until={strange}")) == strip(page)


def test_it_costs_the_same_however_long_the_history(time_machine):
    def queries(trial: Scenario, number: int) -> int:
        time_machine.move_to(trial.at(number, "12:00"), tick=False)
        client = client_of(trial)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/progress/").status_code == 200
        return len(captured)

    trial = Scenario("ABC", sessions_a_day=2)
    trial.practises(1, 2, times=2)
    short = queries(trial, 3)
    trial.practises(3, 19, times=2)
    assert queries(trial, 20) == short


def test_a_day_says_what_was_recorded(look):
    trial = Scenario("AB", usual_lowest_site=Site.BACK)
    trial.records(
        1, done="A", stopped="B", before=2, during=4, after=2, sites=[Site.BACK], words="A bit stiff."
    )
    said = text(look(trial, 2, "/progress/2026-03-02/"))
    for part in (
        "Monday 2 March",
        "Stopped: it hurt more",
        "Where",
        "Back",
        "A bit stiff.",
        "Stopped for pain",
    ):
        assert part in said


def test_a_day_with_two_sessions_and_one_recorded_later(look):
    trial = Scenario("A", sessions_a_day=2)
    trial.records(1, done="A")
    trial.records(1, done="A", told_on=2)
    said = text(look(trial, 2, "/progress/2026-03-02/"))
    assert "Session 1" in said
    assert "Session 2" in said
    assert "Recorded on a later day" in said


def test_an_empty_day_can_be_recorded_from_its_page(look):
    page = look(Scenario("A"), 3, "/progress/2026-03-03/")
    assert "Nothing was recorded on this day." in text(page)
    assert "/session/?day=2026-03-03" in page.content.decode()


@pytest.mark.parametrize("day", ["2026-03-01", "2026-03-09", "2026-02-30"])
def test_a_day_outside_the_programme_is_not_there(look, day):
    assert look(Scenario("A"), 7, f"/progress/{day}/").status_code == 404


def test_somebody_else_sees_nothing_of_it(look, time_machine):
    trial, other = Scenario("A"), Scenario("A")
    trial.records(1, done="A", words="Only mine.")
    for address in ("/progress/", "/progress/2026-03-02/"):
        said = text(look(other, 2, address))
        assert "Only mine." not in said
        assert "Plain exercise" not in said


def test_two_patients_of_one_sign_in_each_see_their_own(time_machine, aurora):
    one, other = aurora.couple
    first, second = Scenario("A", patient=other), Scenario("A")
    assert first.patient.user == one.user
    assert second.patient.user != one.user
    first.records(1, done="A", words="Of the other one.")
    time_machine.move_to(first.at(2, "12:00"), tick=False)
    client = client_of(first)
    assert client.get("/progress/").url.startswith("/choose/")
    client.post("/choose/", {"patient": one.pk})
    assert "Of the other one." not in text(client.get("/progress/2026-03-02/"))
    client.post("/choose/", {"patient": other.pk})
    assert "Of the other one." in text(client.get("/progress/2026-03-02/"))
