"""A session that goes on: kept as it is tapped, taken up again, ended once; a stop can be taken back."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from clinic.models import Event, Notice
from patients import work
from patients.models import ExerciseRecord, ExerciseStop, PracticeSession, WorkItem, WorkItemEntry
from patients.recording import How, keep_own_session, record_own_session
from patients.vocabulary import Site
from tests.patients.pages import client_of, posted, text
from tests.patients.scenario import Scenario, states, totals

pytestmark = pytest.mark.django_db
UID = uuid.UUID("11111111-1111-4111-8111-111111111111")


@pytest.fixture
def trial(time_machine) -> Scenario:
    trial = Scenario("ABC", usual_pain=4, usual_lowest_site=Site.BACK)
    time_machine.move_to(trial.at(2, "12:00"), tick=False)
    return trial


def tap(trial: Scenario, at: str = "12:00", on: int = 2, whole: bool = False, **answers) -> PracticeSession:
    act = record_own_session if whole else keep_own_session
    return act(
        patient=trial.patient,
        uid=UID,
        practised_on=trial.date(on),
        answers=trial.answers(**answers),
        how=How(now=trial.at(on, at), by=trial.patient.user),
    ).session


# --- What is kept -----------------------------------------------------------------------------------------
def test_who_leaves_in_the_middle_has_recorded_what_was_told(trial):
    tap(trial, done="A", before=3)
    tap(trial, at="12:05", done="A", partly="B", before=3)
    session = PracticeSession.objects.get()
    assert (session.finished_at, session.pain_before, session.pain_after) == (None, 3, None)
    assert list(session.records.values_list("outcome", flat=True)) == ["done", "partly"]
    assert totals(trial.report(on=3)) == "1 of 2 sessions, 1.5 of 6 doses"  # day 1 was missed
    assert states(trial.report(on=3)) == "-Po"


def test_the_last_tap_ends_it_and_a_later_one_changes_nothing(trial):
    tap(trial, done="A")
    ended = tap(trial, at="12:20", whole=True, done="ABC", before=3, after=4)
    assert (ended.finished_at, ended.first_recorded_at) == (trial.at(2, "12:20"), trial.at(2, "12:00"))
    tap(trial, at="12:21", skipped={"A": "no_time"})
    assert set(ExerciseRecord.objects.values_list("outcome", flat=True)) == {"done"}
    assert PracticeSession.objects.count() == 1
    assert Event.objects.filter(verb="recorded").count() == 1


def test_nothing_need_be_told_to_keep_but_to_end(trial):
    tap(trial, before=3)
    with pytest.raises(ValidationError, match="Say how at least one exercise"):
        tap(trial, whole=True, before=3)


def test_pain_is_judged_at_the_end_alone(trial):
    tap(trial, done="ABC", before=3, after=8)
    assert not WorkItem.objects.exists()
    tap(trial, whole=True, done="ABC", before=3, after=8)
    (item,) = trial.open_work()
    assert set(item.entries.values_list("what", flat=True)) == {"pain_rise", "pain_level"}


def test_skipping_for_pain_is_not_counted_twice_within_one_session(trial):
    for _again in range(2):
        tap(trial, done="A", skipped={"B": "pain"})
    tap(trial, whole=True, done="A", skipped={"B": "pain"})
    assert not WorkItem.objects.exists()


# --- Stop, undo, stop -------------------------------------------------------------------------------------
def test_a_stop_calls_the_clinic_at_once(trial):
    tap(trial, done="A", stopped="B")
    assert ExerciseStop.objects.get().line == trial.line("B")
    (item,) = trial.open_work()
    notice = Notice.objects.get(kind="stop_alert")
    assert (notice.due_at, notice.params["work_item"]) == (trial.at(2, "12:00"), item.pk)


def test_an_undone_stop_leaves_nothing_behind_but_the_trail(trial):
    tap(trial, done="A", stopped="B")
    tap(trial, at="12:01", done="AB")
    assert not ExerciseStop.objects.exists()
    assert not WorkItem.objects.exists()
    assert Event.objects.filter(verb="stop_taken_back").count() == 1
    tap(trial, at="12:10", whole=True, done="ABC", before=3, after=3)
    assert totals(trial.report(on=3)) == "1 of 2 sessions, 3 of 6 doses"


def test_stop_undo_stop_is_one_stop(trial):
    tap(trial, stopped="B")
    tap(trial, at="12:01", done="B")
    tap(trial, at="12:02", done="A", stopped="B")
    tap(trial, at="12:20", whole=True, done="AC", stopped="B", before=3, after=3)
    assert ExerciseStop.objects.count() == 1
    (item,) = trial.open_work()
    assert list(item.entries.values_list("what", flat=True)) == ["stop"]


def test_a_stop_that_the_clinic_has_seen_stays_on_its_list(trial):
    tap(trial, stopped="B")
    (item,) = trial.open_work()
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(2, "12:01"))
    tap(trial, at="12:02", done="B")
    assert not ExerciseStop.objects.exists()
    assert trial.open_work() == [item]


def test_another_exercise_that_stays_stopped_keeps_the_item(trial):
    tap(trial, stopped="BC")
    tap(trial, at="12:01", done="B", stopped="C")
    assert [stop.line for stop in ExerciseStop.objects.all()] == [trial.line("C")]
    assert WorkItemEntry.objects.count() == 1


def test_stopping_for_today_turns_all_off_and_can_be_taken_back(trial):
    tap(trial, done="A", stopped_all=True)
    assert ExerciseStop.objects.count() == 3
    tap(trial, at="12:01", done="A")
    assert not ExerciseStop.objects.exists()


def test_stopped_taken_back_and_stopped_again_sends_a_mail_again(trial):
    tap(trial, stopped="A")
    tap(trial, at="12:01")
    tap(trial, at="12:02", stopped="A")
    first, second = Notice.objects.filter(kind="stop_alert").order_by("pk")
    assert second.params == {"work_item": WorkItem.objects.get().pk} != first.params


# --- The pages --------------------------------------------------------------------------------------------
def test_taps_are_kept_and_the_page_comes_back_to_them(trial):
    client = client_of(trial)
    data = posted(trial, {"A": "done", "B": "skipped:no_time"}, on=trial.date(2), uid=UID, pain_before="3")
    assert client.post(reverse("sending"), data).json() == {"became": "goes_on"}
    said = text(client.get("/"))
    assert "2 of 3 exercises are kept. Go on where you left off." in said
    page = client.get("/session/").content.decode()
    assert f'value="{UID}"' in page
    assert f'name="{trial.line("A")}-outcome" value="done"' in page.replace('" required', '"')
    sheet = client.get("/session/").context["sheet"]
    assert sheet.exercises[trial.line("B")]["reason"].value() == "no_time"
    assert sheet.session["pain_before"].value() == 3
    assert sheet.session["pain_after"].value() is None


def test_an_exercise_that_was_stopped_in_it_can_still_be_told_otherwise(trial):
    client = client_of(trial)
    client.post(reverse("sending"), posted(trial, {"A": "stopped"}, on=trial.date(2), uid=UID))
    assert trial.line("A") in client.get("/session/").context["sheet"].exercises


def test_no_more_than_before_is_kept_as_such(trial):
    client = client_of(trial)
    data = posted(trial, {"A": "done"}, on=trial.date(2), uid=UID, during_no_more="on")
    assert client.post("/session/", data).status_code == 302
    session = PracticeSession.objects.get()
    assert (session.during_no_more, session.pain_during) == (True, None)


@pytest.mark.parametrize("field", ["pain_before", "uid", "practised_on"])
def test_a_wrong_tap_is_told_and_nothing_is_kept(field, trial):
    data = posted(trial, {"A": "done"}, on=trial.date(2)) | {field: "99"}
    answer = client_of(trial).post(reverse("sending"), data)
    assert (answer.status_code, len(answer.json()["problems"])) == (400, 1)
    assert not PracticeSession.objects.exists()


def test_a_tap_while_the_programme_is_suspended_is_refused(trial):
    trial.reports_emergency(2, at="11:00")
    data = posted(trial, {"A": "done"}, on=trial.date(2))
    assert client_of(trial).post(reverse("sending"), data).status_code == 403


def test_yesterdays_session_is_not_taken_up_again(trial, time_machine):
    tap(trial, done="A")
    time_machine.move_to(trial.at(3, "12:00"), tick=False)
    client = client_of(trial)
    assert f'value="{UID}"' not in client.get("/session/").content.decode()
    assert "Go on where you left off" not in text(client.get("/"))


def test_a_stranger_keeps_nothing_for_somebody_else(trial, aurora, as_patient):
    data = posted(trial, {"A": "done"}, on=trial.date(2), uid=UID)
    as_patient(aurora.patient).post(reverse("sending"), data)
    assert not PracticeSession.objects.filter(patient=trial.patient).exists()
