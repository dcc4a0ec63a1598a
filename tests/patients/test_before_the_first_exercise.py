"""Pain that was said before the first exercise is kept at once, and is no session yet: it never counts."""

import uuid

import pytest
from django.urls import reverse

from patients.answers import SessionAnswers
from patients.models import PracticeSession, ReminderTime
from patients.notices.due import why_not
from patients.paper_sheets import sheet_days
from patients.recording import How, keep_own_session
from patients.standing import State, standing
from tests.clients import signed_in
from tests.factories import ReminderTimeFactory
from tests.patients.pages import client_of, posted, text
from tests.patients.scenario import Scenario, states, totals

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(time_machine) -> Scenario:
    trial = Scenario("AB", usual_pain=4)
    time_machine.move_to(trial.at(3, "12:00"), tick=False)
    return trial


def says_pain(trial: Scenario, on: int, at: str = "11:00") -> PracticeSession:
    return keep_own_session(
        patient=trial.patient,
        uid=uuid.uuid4(),
        practised_on=trial.date(on),
        answers=SessionAnswers(exercises=[], pain_before=3),
        how=How(now=trial.at(on, at), by=trial.patient.user),
    ).session


def stands(trial: Scenario, on: int, at: str = "12:00"):
    return standing(patient=trial.patient, user=trial.patient.user, now=trial.at(on, at))


def test_one_tap_keeps_it_and_the_page_comes_back_to_it(trial):
    client = client_of(trial)
    assert client.post("/session/send/", posted(trial, on=trial.date(3), pain_before="3")).json() == {
        "became": "goes_on"
    }
    session = PracticeSession.objects.get()
    assert (session.pain_before, session.finished_at, session.records.count()) == (3, None, 0)
    assert "What you said of your pain is kept. Go on where you left off." in text(client.get("/"))
    assert client.get("/session/").context["form"]["pain_before"].value() == 3


def test_not_today_holds_after_it_until_an_exercise_is_told(trial):
    says_pain(trial, 3)
    client = client_of(trial)
    client.post("/progress/2026-03-04/skipped/", {"reason": "flare"})
    assert stands(trial, 3).state == State.SKIPPED
    assert "Not today, you said." in text(client.get("/"))
    assert states(trial.report(on=3)) == "--S"
    trial.records(3, at="20:00", done="AB")
    assert stands(trial, 3, "20:30").state == State.DONE


def test_it_is_not_recorded_in_adherence_as_long_as_nothing_follows(trial):
    """Days 1 and 2: nothing, and pain alone. Both are missed; not skipped, which would have a reason."""
    says_pain(trial, 2)
    assert states(trial.report(on=3)) == "--o"
    assert totals(trial.report(on=3)) == "0 of 2 sessions, 0 of 4 doses"
    (day,) = [day for day in trial.report(on=3).days if day.on == trial.date(2)]
    assert (day.sessions_recorded, day.sessions_done) == (0, 0)


def test_today_stays_due_and_goes_on(trial):
    says_pain(trial, 3)
    found = stands(trial, 3)
    assert (found.state, found.kept, list(found.sessions_today)) == (State.DUE, 0, [])
    assert found.going_on is not None


def test_one_that_was_left_beside_one_that_was_done_does_not_undo_it(trial):
    says_pain(trial, 3, at="08:00")
    trial.records(3, at="10:00", done="AB")
    assert stands(trial, 3).state == State.DONE


def test_the_reminder_still_comes(trial):
    time = ReminderTimeFactory(patient=trial.patient)
    says_pain(trial, 3)
    assert (
        why_not(ReminderTime.objects.all(), patient_id=trial.patient.pk, slot=time.slot, on=trial.date(3))
        == ""
    )
    trial.records(3, at="12:00", done="A")
    assert (
        why_not(ReminderTime.objects.all(), patient_id=trial.patient.pk, slot=time.slot, on=trial.date(3))
        == "recorded"
    )


def test_a_place_of_a_paper_sheet_stays_free(trial):
    says_pain(trial, 2)
    assert [day.is_full for day in sheet_days(trial.prescription, today=trial.date(3))] == [False] * 3


def test_it_begins_no_programme(time_machine):
    """Day 1 is the day of the first recorded session (rule 1), and this is none."""
    trial = Scenario("A", start=None)
    says_pain(trial, 1)
    assert trial.prescription.starts_on is None
    trial.records(2, done="A")
    assert trial.prescription.starts_on == trial.date(2)


def test_what_is_usual_is_asked_until_a_session_is_there(time_machine):
    trial = Scenario("A", start=None)
    time_machine.move_to(trial.at(1, "12:00"), tick=False)
    says_pain(trial, 1)
    assert "on most days" in text(client_of(trial).get("/session/"))


def test_it_does_not_come_between_two_sessions_running(trial):
    """Skipped for pain on day 1 and on day 3, and on day 2 only pain was said: two sessions running."""
    trial.records(1, done="A", skipped={"B": "pain"})
    says_pain(trial, 2)
    trial.records(3, done="A", skipped={"B": "pain"})
    assert [item.kind for item in trial.open_work()] == ["skipped_for_pain"]


def test_both_sides_see_that_it_was_left(trial):
    says_pain(trial, 2)
    client = client_of(trial)
    said = text(client.get(f"/progress/{trial.date(2)}/"))
    assert "This session was not finished." in said
    assert "Not recorded" in said
    staff = signed_in(trial.clinician, method="mfa")
    assert "No exercise told yet not finished" in text(
        staff.get(reverse("admin:prescription_report", args=[trial.pk]))
    )


def test_nothing_is_shown_of_it_to_somebody_else(trial, a_strange_patient, as_patient):
    says_pain(trial, 3)
    stranger = as_patient(a_strange_patient)
    assert "is kept" not in text(stranger.get("/"))
    assert stranger.get(f"/progress/{trial.date(3)}/").status_code in {200, 404}
    assert "not finished" not in text(stranger.get(f"/progress/{trial.date(3)}/"))


def test_a_page_of_somebody_else_on_one_sign_in_keeps_nothing_here(trial):
    """The other's page was still open: its form names their exercises, and tells of none of them yet."""
    other = Scenario("A")
    form = posted(trial, on=trial.date(3), pain_before="7")
    answer = client_of(trial).post("/session/send/", {**form, f"{other.line('A')}-reason": ""})
    assert answer.status_code == 403  # the phone keeps it
    assert not PracticeSession.objects.exists()
    own = client_of(trial).post("/session/send/", {**form, f"{trial.line('A')}-reason": ""})
    assert own.json() == {"became": "goes_on"}
