"""The page of one prescription: its adherence as it is defined, and all that is done with it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Event, NoticeAttempt
from clinic.scoping import Role
from patients.models import ExerciseStop, Pause, Prescription, Review, WorkItem
from patients.vocabulary import Decision, EndReason, Helped, Site, WorkKind
from tests.factories import NoticeFactory, PrescriptionFactory, today
from tests.patients.clinic_pages import act_url, client_of, member, page, report_url
from tests.patients.pages import text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Day 7, in the morning: days 1 to 4 done, day 5 stopped an exercise, day 6 half of it."""
    trial = Scenario("AB", usual_pain=4)
    trial.practises(1, 4)
    trial.records(
        5, done="A", stopped="B", before=4, during=6, after=7, sites=[Site.BACK], words="It pulled."
    )
    trial.records(6, partly="A", after=3)
    time_machine.move_to(trial.at(7, "10:00"), tick=False)
    return trial


# --- What it shows -------------------------------------------------------------------------------------
def test_the_figures_are_those_of_the_definition(trial):
    """Worked out by hand: six sessions of six; A five and a half times of six, B four of four (then off)."""
    said = page(trial)
    assert "6 of 6 (100 %)" in said
    assert "9.5 of 10 (95 %)" in said
    assert "Safety never lowers adherence" in said  # the definition is printed
    assert "too little to judge" not in said.lower().split("how this is counted")[0]


def test_too_little_to_judge_comes_first(time_machine):
    trial = Scenario("A")
    trial.practises(1, 2)
    time_machine.move_to(trial.at(9, "10:00"), tick=False)
    said = page(trial)
    assert said.index("Too little to judge") < said.index("2 of 8 (25 %)")
    assert "Practised on 2 of 8 due days" in said


def test_sessions_say_what_was_felt_and_what_was_not_done(trial):
    said = page(trial)
    assert "Fri 6 March 6 Mar, 09:00 4 6 7 Back 1 of 2 exercises done" in said
    assert f"Stopped: it hurt more: {trial.lines['B'].exercise.name}" in said
    assert "It pulled." in said
    assert "Sat 7 March 7 Mar, 09:00 – – 3" in said  # what was left out is missing, not 0


def test_every_day_has_its_state_and_marks(trial):
    content = client_of(trial.clinician).get(report_url(trial)).content.decode()
    strip = content.split('<ol class="days">')[1].split("</ol>")[0]
    assert strip.count('data-state="done"') == 5
    assert strip.count('class="day" data-state="partly"') == 1
    assert strip.count('class="day" data-state="open" aria-current="date"') == 1
    assert strip.count("Stopped for pain") == 1


def test_versions_so_far_and_to_come(trial, time_machine):
    trial.changes(6, "AC", at="20:00")
    said = page(trial)
    assert "Version 2, from 8 March 2026" in said
    assert "Version 1, from 2 March 2026" in said
    assert "still to come" not in said
    time_machine.move_to(trial.at(7, "21:00"), tick=False)
    trial.records(7, at="20:00", done="AC")
    trial.changes(7, "A", at="21:00")
    assert "Version 3, from 9 March 2026 still to come" in page(trial)


def test_the_delivery_log_has_the_servers_words(trial):
    notice = NoticeFactory(
        clinic=trial.clinic, kind="reminder", subject_id=trial.patient.pk, state="failed", attempt=1
    )
    NoticeAttempt.objects.create(
        notice=notice, number=1, started_at=trial.at(7), answer="451 4.7.1 Greylisted, please try again"
    )
    NoticeFactory(clinic=trial.clinic, kind="invitation", subject_id=trial.patient.pk + 1)
    said = page(trial)
    assert f"Reminder {trial.patient} could not be delivered 451 4.7.1 Greylisted, please try again" in said
    assert "Invitation" not in said  # somebody else's


def test_reading_is_written_down(trial):
    client = client_of(trial.clinician)
    client.get(report_url(trial))
    event = Event.objects.get(verb="read")
    assert (event.actor, event.object_type, event.object_id) == (
        trial.clinician,
        "patients.Prescription",
        str(trial.pk),
    )
    assert (event.clinic, event.subject_id) == (trial.clinic, trial.patient.pk)


def test_the_queries_do_not_grow_with_the_history(trial, time_machine):
    client = client_of(trial.clinician)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(report_url(trial)).status_code == 200
        return len(counted)

    queries()
    few = queries()
    trial.practises(7, 18, done="A")
    trial.changes(12, "AC")
    time_machine.move_to(trial.at(19, "10:00"), tick=False)
    assert queries() == few


def test_old_sessions_are_on_further_pages(time_machine):
    trial = Scenario("A", review_after_days=60)
    trial.practises(1, 22)
    time_machine.move_to(trial.at(23, "10:00"), tick=False)
    assert "Page 1 of 2" in page(trial)
    assert "Mon 2 March 2 Mar, 09:00" in page(trial, sessions="2")
    assert "Page 2 of 2" in page(trial, sessions="999")
    assert "Page 1 of 2" in page(trial, sessions="abc")


def test_a_manager_reads_without_buttons(trial):
    answer = client_of(member(trial, Role.MANAGER)).get(report_url(trial))
    assert "6 of 6 (100 %)" in text(answer)
    for act in ("resume", "pause", "end", "adjust"):
        assert reverse(f"admin:prescription_{act}", args=[trial.pk]) not in answer.content.decode()


# --- Pausing ------------------------------------------------------------------------------------------
def test_pausing_and_practising_again(trial):
    client = client_of(trial.clinician)
    data = {"starts_on": trial.date(6), "ends_on": trial.date(9), "reason": "flare"}
    client.post(act_url(trial, "pause"), data)
    pause = Pause.objects.get()
    assert (pause.starts_on, pause.ends_on, pause.reason, pause.made_by) == (
        trial.date(6),
        trial.date(9),
        "flare",
        trial.clinician,
    )
    client.post(act_url(trial, "end_pause", pause.pk))
    pause.refresh_from_db()
    assert pause.ends_on == trial.date(6)
    answer = client.post(act_url(trial, "end_pause", pause.pk))
    assert answer.status_code == 400
    assert "This pause is over already." in text(answer)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ends_on": "2026-03-04"}, "The end lies before the start."),
        ({"starts_on": "2026-02-01"}, "The programme had not begun then."),
        ({"starts_on": ""}, "This field is required."),
        ({"starts_on": "tomorrow"}, "Enter a valid date."),
        ({"starts_on": "0001-01-01"}, "The programme had not begun then."),
        ({"ends_on": "9999-12-31"}, "Check this date."),
        ({"reason": "moon"}, "Select a valid choice."),
    ],
)
def test_a_pause_that_cannot_be_is_refused_at_its_field(changed, said, trial):
    data = {"starts_on": trial.date(8), "ends_on": trial.date(9), "reason": "flare", **changed}
    answer = client_of(trial.clinician).post(act_url(trial, "pause"), data)
    assert answer.status_code == 400
    assert said in text(answer)
    assert not Pause.objects.exists()


def test_a_pause_of_somebody_else_is_not_found(trial):
    other = Scenario("A")
    theirs = other.pauses(2, 3)
    assert client_of(trial.clinician).post(act_url(trial, "end_pause", theirs.pk)).status_code == 404


# --- Resuming ----------------------------------------------------------------------------------------
def test_resuming(trial):
    client_of(trial.clinician).post(act_url(trial, "resume"), {"line": trial.line("B")})
    stop = ExerciseStop.objects.get()
    assert (stop.resumed_by, stop.resumed_on) == (trial.clinician, trial.date(7))


@pytest.mark.parametrize("line", ["", "abc", "A"])
def test_resuming_what_is_not_off_is_refused(line, trial):
    answer = client_of(trial.clinician).post(
        act_url(trial, "resume"), {"line": trial.line("A") if line == "A" else line}
    )
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert ExerciseStop.objects.standing().count() == 1


# --- Ending ------------------------------------------------------------------------------------------
def test_ending_with_a_reason(trial):
    client = client_of(trial.clinician)
    assert client.post(act_url(trial, "end")).status_code == 400
    assert trial.prescription.status == Prescription.Status.ACTIVE
    client.post(act_url(trial, "end"), {"reason": "improved"})
    ended = trial.prescription
    assert (ended.status, ended.ended_on, ended.end_reason) == ("ended", trial.date(7), EndReason.IMPROVED)
    again = client.post(act_url(trial, "end"), {"reason": "worse"})
    assert again.status_code == 400
    assert trial.prescription.end_reason == EndReason.IMPROVED
    assert "Improved" in page(trial)


# --- The review --------------------------------------------------------------------------------------
@pytest.fixture
def reviewed(trial, time_machine) -> Scenario:
    """Day 21: the review point is reached, the patient has answered."""
    trial.practises(7, 20, done="A")
    trial.scheduler_runs(21)
    Review.objects.update(helped=Helped.USEFUL, patient_words="I garden again.", answered_at=trial.at(21))
    time_machine.move_to(trial.at(21, "10:00"), tick=False)
    return trial


def test_what_the_patient_answered_comes_first(reviewed):
    said = page(reviewed)
    assert said.index("Review 1: 20 days are over") < said.index("Adherence")
    assert "Useful “I garden again.”" in said


def test_signing(reviewed):
    address = act_url(reviewed, "sign", 1)
    answer = client_of(reviewed.clinician).post(address, {"decision": "continue", "note": "Goes on."})
    assert answer["Location"] == report_url(reviewed)
    review = Review.objects.get()
    assert (review.decision, review.decision_note, review.signed_by) == (
        Decision.CONTINUE,
        "Goes on.",
        reviewed.clinician,
    )
    assert review.snapshot["sessions"] == {"done": 20, "due": 20}
    assert WorkItem.objects.get(kind=WorkKind.REVIEW).closed_by == reviewed.clinician
    said = page(reviewed)
    assert f"Continue: Goes on. Signed by {reviewed.clinician}, 22 March 2026, 10:00." in said
    assert "Seen then: 20 of 20 sessions (100 %)." in said


def test_signing_needs_a_decision(reviewed):
    for data in ({}, {"decision": "pray"}):
        answer = client_of(reviewed.clinician).post(act_url(reviewed, "sign", 1), data)
        assert answer.status_code == 400
    assert Review.objects.get().signed_at is None


def test_the_second_who_signs_is_told(reviewed):
    colleague = member(reviewed, Role.CLINICIAN)
    client_of(colleague).post(act_url(reviewed, "sign", 1), {"decision": "continue"})
    answer = client_of(reviewed.clinician).post(act_url(reviewed, "sign", 1), {"decision": "end"})
    assert answer.status_code == 400
    assert f"{colleague} has signed this review already." in text(answer)
    assert Review.objects.get().decision == Decision.CONTINUE


def test_a_review_that_there_is_not_is_not_found(reviewed):
    client = client_of(reviewed.clinician)
    assert client.post(act_url(reviewed, "sign", 2), {"decision": "end"}).status_code == 404


# --- A draft -----------------------------------------------------------------------------------------
@pytest.fixture
def draft(aurora) -> Prescription:
    return PrescriptionFactory(
        patient=aurora.newcomer, clinician=aurora.clinician, status="draft", starts_on=None, exercises=2
    )


def draft_url(draft: Prescription, name: str) -> str:
    return reverse(f"admin:prescription_{name}", args=[draft.pk])


def test_a_draft_is_started_on_the_first_session_or_a_date(draft, aurora):
    client = client_of(aurora.clinician)
    assert "The patient sees nothing of it yet." in text(client.get(draft_url(draft, "report")))
    client.post(draft_url(draft, "start"), {"start": "first_session", "starts_on": "2020-01-01"})
    draft.refresh_from_db()
    assert (draft.status, draft.starts_on) == ("active", None)
    again = client.post(draft_url(draft, "start"), {"start": "first_session"})
    assert again.status_code == 400
    assert "This prescription was started already." in text(again)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "This field is required."),
        ({"start": "date"}, "Choose the date."),
        ({"start": "date", "starts_on": "x"}, "Enter a valid date."),
        ({"start": "date", "starts_on": "2020-01-01"}, "The start cannot lie in the past."),
        ({"start": "date", "starts_on": "2198-01-01"}, "Choose a day within a year from now."),
    ],
)
def test_a_start_that_cannot_be_is_refused(data, said, draft, aurora):
    answer = client_of(aurora.clinician).post(draft_url(draft, "start"), data)
    assert answer.status_code == 400
    assert said in text(answer)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_nothing_starts_without_the_emergency_numbers(draft, aurora):
    aurora.clinic.emergency_phone = ""
    aurora.clinic.save()
    answer = client_of(aurora.clinician).post(draft_url(draft, "start"), {"start": "first_session"})
    assert answer.status_code == 400
    assert "emergency number" in text(answer)


def test_a_draft_is_thrown_away_and_nothing_else(draft, aurora):
    client = client_of(aurora.clinician)
    answer = client.post(draft_url(draft, "discard"))
    assert answer["Location"] == reverse("admin:patient", args=[aurora.newcomer.pk])
    assert not Prescription.objects.filter(pk=draft.pk).exists()
    running = client.post(draft_url(aurora.prescription, "discard"))
    assert running.status_code == 400
    assert Prescription.objects.filter(pk=aurora.prescription.pk).exists()


def test_a_draft_for_a_later_date_says_which(draft, aurora):
    later = today(aurora.newcomer) + dt.timedelta(days=3)
    client = client_of(aurora.clinician)
    client.post(draft_url(draft, "start"), {"start": "date", "starts_on": later.isoformat()})
    draft.refresh_from_db()
    assert (draft.status, draft.starts_on) == ("active", later)
    assert "Not begun" in text(client.get(draft_url(draft, "report")))


def test_halves_are_written_as_in_the_language(trial):
    client = client_of(trial.clinician)
    said = text(client.get(report_url(trial), headers={"accept-language": "it"}))
    assert "9,5 su 10" in said


def test_a_notice_of_a_change_is_named_in_words(trial):
    NoticeFactory(kind="programme_changed", clinic=trial.clinic, subject_id=trial.patient.pk)
    said = page(trial)
    assert f"Programme changed {trial.patient} waiting" in said
    assert "programme_changed" not in said
