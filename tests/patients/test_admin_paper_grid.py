"""Typing in a paper sheet: what the page shows to whom, what is kept, what is said of what is wrong."""

import pytest
from django.urls import reverse

from clinic.scoping import Role
from patients.models import PracticeSession
from patients.vocabulary import Site
from tests.cast import Cast
from tests.clients import signed_in
from tests.patients.clinic_pages import member
from tests.patients.pages import text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Day 6: days 2 and 3 were recorded by the patient, the last with much pain, and B stopped."""
    trial = Scenario("AB", usual_pain=4)
    trial.records(2, done="AB", before=3, after=3)
    trial.records(3, done="A", stopped="B", before=7, after=9, sites=[Site.BACK], words="It burns.")
    time_machine.move_to(trial.at(6, "10:00"), tick=False)
    return trial


@pytest.fixture
def desk(trial):
    return signed_in(member(trial, Role.FRONT_DESK), method="mfa")


def url(trial: Scenario) -> str:
    return reverse("admin:patient_paper_grid", args=[trial.patient.pk])


def line(trial: Scenario, day: int, *, slot: int = 1, done: bool = True, **pains: str) -> dict[str, str]:
    """One line as the browser sends it; an empty field is sent too."""
    on = trial.date(day).isoformat()
    sent = {f"{on}-before-{slot}": "", f"{on}-after-{slot}": ""}
    sent |= {f"{on}-{name}-{slot}": value for name, value in pains.items()}
    return {**sent, **({f"{on}-done-{slot}": "on"} if done else {})}


def fields(page) -> list[str]:
    found = page.context["lines"]
    return [name for one in found for name in one.fields]


# --- What is shown --------------------------------------------------------------------------------------
def test_the_days_that_are_missing_come_first_and_have_fields(trial, desk):
    page = desk.get(url(trial))
    missing = [str(one.day.on) for one in page.context["lines"]]
    assert missing == ["2026-03-02", "2026-03-05", "2026-03-06", "2026-03-07"]  # days 1, 4, 5, 6
    assert fields(page) == ["done-1", "before-1", "after-1"] * 4
    said = text(page)
    assert "Recorded already Tue 3 Mar 2026 · Wed 4 Mar 2026" in said
    assert "Date Done Before After" in said


def test_the_front_desk_sees_no_health_data(trial, desk):
    shown = desk.get(url(trial)).content.decode()
    hidden = [
        trial.prescription.name,
        "burns",
        "stopped",
        "Off for",
        "alert",
        *(trial.lines[letter].exercise.name for letter in "AB"),
        *(trial.lines[letter].exercise.plain_name for letter in "AB"),
    ]
    assert [word for word in hidden if word in shown] == []
    assert 'value="9"' not in shown
    assert 'value="7"' not in shown


def test_several_sessions_a_day_have_no_column_before_as_on_the_printed_sheet(time_machine):
    trial = Scenario("A", sessions_a_day=2)
    trial.records(1, done="A")
    time_machine.move_to(trial.at(2, "10:00"), tick=False)
    page = signed_in(trial.clinician, method="mfa").get(url(trial))
    assert "Date 1. Done After 2. Done After" in text(page)
    assert fields(page) == ["done-2", "after-2", "done-1", "after-1", "done-2", "after-2"]
    assert "recorded" in text(page)


def test_the_way_there(trial, desk):
    page = f"/admin/patients/{trial.patient.pk}/"
    assert url(trial) in desk.get(page).content.decode()
    assert url(trial) in signed_in(trial.clinician, method="mfa").get(page).content.decode()
    manager = signed_in(member(trial, Role.MANAGER), method="mfa")
    assert url(trial) not in manager.get(page).content.decode()


@pytest.mark.parametrize("why", ["suspended", "ended"])
def test_why_nothing_can_be_typed_in_is_not_said(trial, desk, why):
    if why == "suspended":
        trial.reports_emergency(6)
    else:
        trial.ends(6, at="09:30")
    page = desk.get(url(trial))
    assert page.status_code == 200
    assert "Please give the sheet to the physiotherapist." in text(page)
    for word in ("emergency", "suspended", "ended"):
        assert word not in text(page).lower()
    assert desk.post(url(trial), line(trial, 1)).status_code == 400
    assert PracticeSession.objects.count() == 2


def test_who_has_no_programme_gets_the_same_words(cast: Cast):
    desk = signed_in(cast.aurora.front_desk, method="mfa")
    page = desk.get(reverse("admin:patient_paper_grid", args=[cast.aurora.newcomer.pk]))
    assert "Please give the sheet to the physiotherapist." in text(page)


# --- What is kept ---------------------------------------------------------------------------------------
def test_a_sheet_is_kept_from_paper(trial, desk):
    sent = {**line(trial, 1, before="0", after="4"), **line(trial, 4), **line(trial, 5, done=False)}
    answer = desk.post(url(trial), sent, follow=True)
    assert answer.redirect_chain == [(url(trial), 302)]
    assert "2 days are saved, from paper." in text(answer)
    kept = PracticeSession.objects.filter(source="paper").order_by("practised_on")
    assert [(one.practised_on, one.pain_before, one.pain_after) for one in kept] == [
        (trial.date(1), 0, 4),
        (trial.date(4), None, None),
    ]
    assert [str(one.day.on) for one in answer.context["lines"]] == ["2026-03-06", "2026-03-07"]


def test_sent_twice_it_is_kept_once_and_that_is_told(trial, desk):
    sent = line(trial, 1, after="4")
    desk.post(url(trial), sent)
    answer = desk.post(url(trial), {**sent, **line(trial, 1, after="5")}, follow=True)
    assert "1 day was recorded already and was left alone." in text(answer)
    assert PracticeSession.objects.filter(source="paper").get().pain_after == 4


def test_what_the_patient_recorded_meanwhile_is_left_alone_and_told(trial, desk):
    trial.records(5, told_on=6, at="09:59", done="A")
    answer = desk.post(url(trial), {**line(trial, 4), **line(trial, 5, after="8")}, follow=True)
    said = text(answer)
    assert "1 day is saved, from paper." in said
    assert "1 day was recorded already and was left alone." in said
    assert PracticeSession.objects.filter(practised_on=trial.date(5)).get().source == "web"


def test_nothing_ticked_is_said(trial, desk):
    assert "Nothing was ticked, so nothing was saved." in text(desk.post(url(trial), {}, follow=True))


# --- What is wrong --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"after": "11"}, "Pain is a number from 0 to 10."),
        ({"before": "-1"}, "Pain is a number from 0 to 10."),
        ({"after": "much"}, "Pain is a number from 0 to 10."),
        ({"after": "3", "done": False}, "There is a pain without a tick"),
        ({"before": "0", "done": False}, "There is a pain without a tick"),
    ],
)
def test_what_cannot_be_read_is_said_in_its_line_and_nothing_is_saved(trial, desk, wrong, words):
    page = desk.post(url(trial), {**line(trial, 1, before="2", after="4"), **line(trial, 4, **wrong)})
    assert page.status_code == 400
    assert PracticeSession.objects.filter(source="paper").count() == 0
    first, second, *_more = page.context["lines"]
    assert (first.said_wrong, [words in one for one in second.said_wrong]) == ([], [True])
    shown = page.content.decode()
    assert f'id="{second.error_id}"' in shown
    assert f'href="#{second.error_id}"' in shown
    assert 'name="2026-03-02-before-1" value="2"' in shown  # the right line stays typed
    assert [first["done-1"].value(), second["after-1"].value()] == [True, wrong.get("after", "")]


def test_a_line_that_the_rules_refuse_stays_typed_and_the_others_are_saved(trial, desk):
    trial.records(4, told_on=6, at="09:30", stopped="A")  # from day 4 on everything is off
    page = desk.post(url(trial), {**line(trial, 1), **line(trial, 5, before="3", after="4")})
    assert page.status_code == 400
    said = text(page)
    assert "1 day is saved, from paper." in said
    assert "This day cannot be typed in: please give the sheet to the physiotherapist." in said
    assert 'name="2026-03-06-before-1" value="3"' in page.content.decode()
    assert [one.practised_on for one in PracticeSession.objects.filter(source="paper")] == [trial.date(1)]


def test_the_worklist_says_that_it_arrived_late(trial, desk):
    desk.post(url(trial), line(trial, 1, before="3", after="6"))
    said = text(signed_in(trial.clinician, method="mfa").get("/admin/worklist/"))
    assert "From paper, arrived late: of Mon 2 Mar" in said


def test_it_costs_the_same_however_long_the_sheet_is(trial, desk, django_assert_max_num_queries):
    long_ago = Scenario("AB", start="2026-01-05", activated="2026-01-05")
    other = signed_in(member(long_ago, Role.FRONT_DESK), method="mfa")
    for client, one in ((desk, trial), (other, long_ago)):
        client.get(url(one))  # the first page of a session writes when it was seen
    with django_assert_max_num_queries(40) as short:
        desk.get(url(trial))
    with django_assert_max_num_queries(40) as long:
        page = other.get(url(long_ago))
    assert len(page.context["lines"]) == 60
    assert len(long) == len(short)


# --- Doors ----------------------------------------------------------------------------------------------
def test_of_another_clinic_there_is_no_such_page(trial, cast):
    for user in (cast.aurora.front_desk, cast.aurora.clinician):
        other = signed_in(user, method="mfa")
        assert other.get(url(trial)).status_code == 404
        assert other.post(url(trial), line(trial, 1)).status_code == 404
    assert PracticeSession.objects.count() == 2
