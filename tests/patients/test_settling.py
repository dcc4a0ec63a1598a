"""Hurting during and settling, told from hurting after; and what became of it, asked once the next time."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Event
from patients.answers import SessionAnswers
from patients.correcting import correct_session
from patients.models import PracticeSession
from patients.recording import How, keep_own_session
from patients.settling import Course, course
from patients.vocabulary import Settled
from tests.clients import signed_in
from tests.patients.pages import client_of, posted, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15
ASKED = "Last time it ended with more pain than it began with."


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Noon of day 5; day 4 ended worse."""
    trial = Scenario("AB", usual_pain=9)
    trial.records(4, done="AB", before=3, during=5, after=4)
    time_machine.move_to(trial.at(5, "12:00"), tick=False)
    return trial


def settled(trial: Scenario) -> list[str]:
    return list(trial.sessions().order_by("practised_on").values_list("settled", flat=True))


def field(page, name: str):
    return page.context["form"][name].value()


# --- The course of one session --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("before", "during", "after", "found"),
    [
        (3, 5, 3, Course.SETTLED_DURING),
        (3, 5, 2, Course.SETTLED_DURING),
        (3, 5, 4, Course.ENDED_WORSE),
        (3, None, 4, Course.ENDED_WORSE),
        (3, 3, 3, None),
        (3, None, 3, None),
        (None, 5, 4, None),  # what was left out is missing
        (3, 5, None, None),
        (0, None, 1, Course.ENDED_WORSE),
    ],
)
def test_what_the_three_answers_say(before, during, after, found):
    session = PracticeSession(pain_before=before, pain_during=during, pain_after=after)
    assert course(session) == found


# --- When it is asked -----------------------------------------------------------------------------------
def test_it_is_asked_after_a_session_that_ended_worse_and_nothing_is_filled_in(trial):
    page = client_of(trial).get("/session/")
    assert ASKED in text(page)
    assert field(page, "settled") == ""
    assert field(page, "settled_of") == str(trial.sessions().get().uid)


@pytest.mark.parametrize("pains", [(3, 3), (None, 4), (3, None), (4, 3)])
def test_it_is_not_asked_after_any_other(trial, pains):
    trial.records(5, at="08:00", done="A", before=pains[0], after=pains[1])
    assert ASKED not in text(client_of(trial).get("/session/"))


def test_it_is_asked_about_the_session_before_alone(trial):
    """Day 4 ended worse, and at day 5 nobody said; the next time it is too late to ask."""
    trial.records(5, at="08:00", done="AB", before=3, after=3)
    assert ASKED not in text(client_of(trial).get("/session/"))


def test_not_for_an_earlier_day_and_not_in_changing_an_entry(trial):
    client = client_of(trial)
    assert ASKED not in text(client.get(f"/session/?day={trial.date(3)}"))
    assert ASKED not in text(client.get(f"/session/{trial.date(4)}/1/"))


def test_a_session_left_before_the_first_exercise_is_not_the_session_before(trial):
    keep_own_session(
        patient=trial.patient,
        uid=uuid.uuid4(),
        practised_on=trial.date(5),
        answers=SessionAnswers(exercises=[], pain_before=2),
        how=How(now=trial.at(5, "08:00"), by=trial.patient.user),
    )
    assert ASKED in text(client_of(trial).get("/session/"))


# --- What is kept ---------------------------------------------------------------------------------------
def test_the_answer_stands_with_the_session_that_it_is_about(trial):
    earlier = trial.sessions().get()
    form = posted(trial, {"A": "done"}, on=trial.date(5), settled="next_day", settled_of=str(earlier.uid))
    assert client_of(trial).post("/session/", form).status_code == 302
    assert settled(trial) == ["next_day", ""]
    earlier.refresh_from_db()
    assert earlier.settled_at == trial.at(5, "12:00")
    assert Event.objects.filter(verb="settled", object_id=str(earlier.pk)).count() == 1


def test_tapped_at_once_seen_again_and_told_otherwise(trial):
    client, earlier = client_of(trial), trial.sessions().get()
    form = posted(trial, on=trial.date(5), settled="hour", settled_of=str(earlier.uid), pain_before="3")
    assert client.post("/session/send/", form).json() == {"became": "goes_on"}
    page = client.get("/session/")
    assert (field(page, "settled"), field(page, "settled_of")) == ("hour", str(earlier.uid))
    client.post("/session/send/", {**form, "settled": "not_yet"})
    assert settled(trial) == ["not_yet", ""]
    client.post("/session/send/", {**form, "settled": ""})  # what is left out changes nothing
    assert settled(trial) == ["not_yet", ""]


def test_answered_is_not_asked_again(trial):
    client, earlier = client_of(trial), trial.sessions().get()
    answer = {"settled": "hour", "settled_of": str(earlier.uid)}
    client.post("/session/", posted(trial, {"A": "done"}, on=trial.date(5), **answer))
    assert ASKED not in text(client.get("/session/"))


def test_a_session_that_did_not_end_worse_takes_no_answer(trial):
    calm = trial.records(3, told_on=4, done="A", before=3, after=3).session
    form = posted(trial, {"A": "done"}, on=trial.date(5), settled="hour", settled_of=str(calm.uid))
    client_of(trial).post("/session/", form)
    assert set(settled(trial)) == {""}


@pytest.mark.parametrize("given", [{"settled": "soon"}, {"settled": "hour", "settled_of": "7"}])
def test_bad_input_is_said_and_can_be_mended(trial, given):
    client, form = client_of(trial), posted(trial, {"A": "done"}, on=trial.date(5))
    page = client.post("/session/", {**form, **given})
    assert page.status_code == 400
    assert trial.sessions().count() == 1
    again = {**form, "settled_of": field(page, "settled_of") or "", "settled": "hour"}
    assert client.post("/session/", again).status_code == 302


def test_a_correction_carries_it(trial):
    client, earlier = client_of(trial), trial.sessions().get()
    form = posted(trial, {"A": "done"}, on=trial.date(5), settled="hour", settled_of=str(earlier.uid))
    client.post("/session/", form)
    made = correct_session(
        session=earlier,
        answers=trial.answers(done="A", before=3, during=5, after=5),
        now=trial.at(5, "13:00"),
        by=trial.patient.user,
    )
    assert (made.revision, made.settled, made.settled_at) == (2, Settled.HOUR, trial.at(5, "12:00"))


def test_it_costs_no_more_than_a_recording_may(trial):
    """With a stop, a skip for pain and pain that rose: the most that one request does."""
    client, earlier = client_of(trial), trial.sessions().get()
    answer = {"settled": "hour", "settled_of": str(earlier.uid), "pain_before": "3", "pain_after": "8"}
    form = posted(trial, {"A": "stopped", "B": "skipped:pain"}, on=trial.date(5), **answer)
    with CaptureQueriesContext(connection) as captured:
        assert client.post("/session/", form).status_code == 302
    assert sum("SAVEPOINT" not in query["sql"] for query in captured) <= MOST_QUERIES
    assert settled(trial) == ["hour", ""]


# --- Who sees it, and who must not ----------------------------------------------------------------------
def test_the_clinic_sees_both_courses_on_the_session_rows(trial):
    earlier = trial.sessions().get()
    form = posted(
        trial,
        {"A": "done"},
        on=trial.date(5),
        settled="not_yet",
        settled_of=str(earlier.uid),
        pain_before="3",
        pain_during="6",
        pain_after="3",
    )
    client_of(trial).post("/session/", form)
    staff = signed_in(trial.clinician, method="mfa")
    said = text(staff.get(reverse("admin:patient", args=[trial.patient.pk])))
    assert "Hurt more right after; not settled by the next session" in said
    assert "Hurt more during, no more right after" in said


def test_nobody_answers_for_somebody_else(trial, time_machine):
    earlier = trial.sessions().get()
    other = Scenario("A")
    form = posted(other, {"A": "done"}, on=other.date(5), settled="hour", settled_of=str(earlier.uid))
    assert client_of(other).post("/session/", form).status_code == 302
    assert settled(trial) == [""]
