"""Recording a session: what is kept of it, what it sets off, and that it is one however often it is sent."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Event, Notice
from patients import recording
from patients.models import ExerciseRecord, ExerciseStop, PracticeSession
from patients.prescribed import exercises_on
from patients.vocabulary import Alert, Outcome, Site, SkipReason, Source, WorkKind
from tests.factories import PatientFactory
from tests.patients.scenario import Scenario, day

pytestmark = pytest.mark.django_db

MOST_QUERIES = 15  # of one session with everything at once, savepoints aside


@pytest.fixture
def trial() -> Scenario:
    return Scenario("ABC")


def alerts(trial: Scenario, kind: WorkKind = WorkKind.STOP) -> list[str]:
    """What stands in the patient's open work item of `kind`, in order."""
    return [entry.what for item in trial.open_work(kind) for entry in item.entries.all()]


# --- What is kept --------------------------------------------------------------------------------------
def test_what_is_kept_of_a_session(trial):
    recorded = trial.records(
        2,
        at="18:30",
        done="A",
        partly="B",
        skipped={"C": "unsure"},
        before=3,
        during=4,
        after=2,
        sites=[Site.BACK, Site.BUTTOCK],
        words="  Stiff at first. ",
    )
    session = PracticeSession.objects.get(pk=recorded.session.pk)
    assert recorded.is_new
    assert (session.patient, session.prescription_id, session.version.number) == (trial.patient, trial.pk, 1)
    assert (session.practised_on, session.recorded_on) == (day("2026-03-03"), day("2026-03-03"))
    assert session.first_recorded_at == session.recorded_at == trial.at(2, "18:30")
    assert (session.recorded_by, session.source, session.revision) == (trial.patient.user, Source.WEB, 1)
    assert (session.pain_before, session.pain_during, session.pain_after) == (3, 4, 2)
    assert (session.sites, session.lowest_site, session.words) == ([1, 2], 2, "Stiff at first.")
    assert not session.stopped
    kept = {record.line: (record.outcome, record.skip_reason) for record in session.records.all()}
    assert kept == {
        trial.line("A"): (Outcome.DONE, ""),
        trial.line("B"): (Outcome.PARTLY, ""),
        trial.line("C"): (Outcome.SKIPPED, SkipReason.UNSURE),
    }
    assert (
        Event.objects.filter(verb="recorded", object_id=str(session.pk), actor=trial.patient.user).count()
        == 1
    )


def test_what_is_left_out_stays_missing_and_is_never_zero(trial):
    session = trial.records(1, done="ABC").session
    session.refresh_from_db()
    assert (session.pain_before, session.pain_during, session.pain_after) == (None, None, None)
    assert (session.sites, session.lowest_site) == ([], None)


def test_no_pain_at_all_is_zero_and_not_missing(trial):
    session = trial.records(1, done="ABC", before=0, during=0, after=0).session
    session.refresh_from_db()
    assert (session.pain_before, session.pain_during, session.pain_after) == (0, 0, 0)


def test_the_dose_asked_and_the_form_done_are_kept(trial):
    """A later change of the prescription does not touch them."""
    trial.records(1, done="A", easier="B")
    trial.lines["A"].dose["hold_s"] = 45
    trial.changes(2, "ABC")
    records = {record.line: record for record in ExerciseRecord.objects.all()}
    assert records[trial.line("A")].dose_asked["hold_s"] == 20
    assert (records[trial.line("A")].rung_done, records[trial.line("B")].rung_done) == (0, -1)
    trial.records(2, done="A")
    latest = ExerciseRecord.objects.get(session__practised_on=trial.date(2))
    assert latest.dose_asked["hold_s"] == 45


def test_a_session_keeps_the_version_of_its_own_day(trial):
    trial.practises(1, 1)
    trial.changes(4, "AB")
    trial.records(3, told_on=4, done="C")  # C was prescribed on day 3
    assert trial.sessions().get(practised_on=trial.date(3)).version.number == 1
    trial.records(4, done="A")
    assert trial.sessions().get(practised_on=trial.date(4)).version.number == 2


@pytest.mark.parametrize("days_back", [0, 1, 2, 3])
def test_a_day_can_be_recorded_up_to_three_days_back(trial, days_back):
    session = trial.records(10 - days_back, told_on=10, done="A").session
    assert session.is_back_filled is (days_back > 0)
    assert recording.earliest_day(trial.prescription, today=trial.date(10)) == trial.date(7)


def test_paper_and_what_arrived_late_are_kept(trial):
    assert trial.records(1, done="A", source=Source.PAPER).session.source == "paper"
    assert trial.records(1, done="A", late=True).session.arrived_late


def test_paused_and_free_days_can_be_recorded():
    trial = Scenario("A", weekdays="135")
    trial.pauses(3, 3, told_on=1)
    trial.practises(1, 3)  # Monday is due, Tuesday is free, Wednesday is paused
    assert trial.sessions().count() == 3


def test_a_session_may_tell_of_one_exercise_alone(trial):
    assert trial.records(1, skipped={"B": "other"}).session.records.count() == 1


# --- Sent twice ----------------------------------------------------------------------------------------
def test_sent_twice_it_is_one_session_and_the_first_answer_stands(trial):
    uid = uuid.uuid4()
    first = trial.records(1, uid=uid, done="AB", stopped="C", after=3, words="First.")
    again = trial.records(1, uid=uid, done="ABC", after=9, words="Second.", at="09:05")
    assert (first.is_new, again.is_new) == (True, False)
    assert again.session == first.session
    assert (again.session.words, again.session.pain_after) == ("First.", 3)
    assert PracticeSession.objects.count() == 1
    assert ExerciseRecord.objects.count() == 3
    assert ExerciseStop.objects.count() == 1
    assert alerts(trial) == [Alert.STOP]
    assert Notice.objects.filter(kind="stop_alert").count() == 1
    assert Event.objects.filter(verb="recorded").count() == 1


def test_sent_again_after_the_programme_has_ended_it_still_gets_its_answer(trial):
    uid = uuid.uuid4()
    first = trial.records(1, uid=uid, done="A")
    trial.ends(1)
    assert trial.records(1, uid=uid, done="A", at="19:00").session == first.session


def test_two_patients_may_have_the_same_uid(trial):
    uid = uuid.uuid4()
    trial.records(1, uid=uid, done="A")
    assert Scenario("A").records(1, uid=uid, done="A").is_new


def test_two_sessions_of_one_day_are_two(trial):
    trial.records(1, done="A")
    trial.records(1, done="A")
    assert trial.sessions().count() == 2


# --- The patient's own programme -------------------------------------------------------------------------
def record_own(trial: Scenario, number: int) -> recording.Recorded:
    return recording.record_own_session(
        patient=trial.patient,
        uid=uuid.uuid4(),
        practised_on=trial.date(number),
        answers=trial.answers(done="A"),
        how=recording.How(now=trial.at(number), by=trial.patient.user),
    )


def test_it_is_the_running_programme_that_is_recorded(trial):
    trial.ends(2)
    running = Scenario("A", patient=trial.patient, start="2026-03-05", activated="2026-03-05")
    assert record_own(running, 1).session.prescription == running.prescription


def test_without_a_running_programme_nothing_is_recorded(trial):
    trial.ends(2)
    with pytest.raises(ValidationError) as refused:
        record_own(trial, 2)
    assert refused.value.code == "not_running"
    trial.patient = PatientFactory(clinic=trial.clinic)  # who was prescribed nothing
    with pytest.raises(ValidationError) as refused:
        record_own(trial, 2)
    assert refused.value.code == "not_running"
    assert not PracticeSession.objects.exists()


# --- The first session ---------------------------------------------------------------------------------
def test_what_is_usual_is_asked_once(trial):
    usual = {"usual_pain": 4, "usual_site": Site.BUTTOCK}
    for number, given in ((1, usual), (2, {"usual_pain": 8, "usual_site": Site.LEG_BELOW_KNEE})):
        recording.record_session(
            prescription=trial.prescription,
            uid=uuid.uuid4(),
            practised_on=trial.date(number),
            answers=recording.SessionAnswers(exercises=trial.answers(done="A").exercises, **given),
            now=trial.at(number),
            by=trial.patient.user,
        )
    prescription = trial.prescription
    assert (prescription.usual_pain, prescription.usual_lowest_site) == (4, Site.BUTTOCK)


def test_what_is_usual_in_the_first_form_is_what_its_own_pain_is_held_against(trial):
    # Usual: pain 6 in the back. After this session: 6, which is usual, but below the knee, which is not.
    recording.record_session(
        prescription=trial.prescription,
        uid=uuid.uuid4(),
        practised_on=trial.date(1),
        answers=recording.SessionAnswers(
            exercises=trial.answers(done="A").exercises,
            pain_after=6,
            sites=[Site.LEG_BELOW_KNEE],
            usual_pain=6,
            usual_site=Site.BACK,
        ),
        now=trial.at(1),
        by=trial.patient.user,
    )
    assert alerts(trial) == [Alert.PAIN_SITE]


# --- Stops ---------------------------------------------------------------------------------------------
def test_a_stop_turns_the_exercise_off_and_calls_the_clinician_the_same_minute(trial):
    session = trial.records(1, done="AB", stopped="C").session
    stop = ExerciseStop.objects.get()
    assert (stop.line, stop.session, stop.stopped_at) == (trial.line("C"), session, trial.at(1))
    (item,) = trial.open_work()
    assert (item.kind, item.owner, item.opened_at) == (WorkKind.STOP, trial.clinician, trial.at(1))
    assert item.due_on == day("2026-03-02")  # a Monday, on which the clinic is open
    notice = Notice.objects.get()
    assert (notice.kind, notice.recipient, notice.clinic) == ("stop_alert", trial.clinician, trial.clinic)
    assert (notice.due_at, notice.params) == (trial.at(1), {"work_item": item.pk})


def test_stopping_a_whole_session_turns_everything_off(trial):
    trial.records(1, done="A", stopped_all=True)
    assert {stop.line for stop in ExerciseStop.objects.all()} == {trial.line(letter) for letter in "ABC"}
    assert alerts(trial) == [Alert.SESSION_STOP]
    assert Notice.objects.count() == 1


def test_stopping_a_whole_session_leaves_alone_what_is_off_already(trial):
    trial.records(1, done="AB", stopped="C")
    second = trial.records(2, stopped_all=True).session
    assert {stop.line for stop in second.stops.all()} == {trial.line("A"), trial.line("B")}


def off(trial: Scenario, number: int) -> str:
    letters = {line.line: letter for letter, line in trial.lines.items()}
    shown = exercises_on(trial.prescription, trial.date(number))
    return "".join(letters[exercise.line] for exercise in shown if exercise.is_off)


def test_an_exercise_is_off_from_the_stop_until_a_clinician_resumes_it(trial):
    trial.practises(1, 1)
    trial.records(2, done="AB", stopped="C")
    assert [off(trial, number) for number in (1, 2, 3, 9)] == ["", "C", "C", "C"]
    trial.resumes(5, "C")
    assert [off(trial, number) for number in (1, 2, 4, 5, 9)] == ["", "C", "C", "", ""]


def test_a_back_filled_stop_turns_it_off_from_its_own_day(trial):
    trial.records(4, done="C")
    trial.records(2, told_on=4, stopped="C", at="10:00")
    assert [off(trial, number) for number in (1, 2, 3, 4, 5)] == ["", "C", "C", "C", "C"]


def test_exercises_come_in_their_order_with_the_version_of_the_day(trial):
    trial.changes(3, "CA")
    lines = [exercise.line for exercise in exercises_on(trial.prescription, trial.date(3))]
    assert lines == [trial.line("C"), trial.line("A")]
    assert len(exercises_on(trial.prescription, trial.date(2))) == 3


# --- What it costs -------------------------------------------------------------------------------------
@pytest.mark.parametrize("days_before", [1, 15])
def test_the_worst_session_costs_the_same_whatever_the_history(days_before):
    """Everything at once: a stop, all the pain alerts, another skip for pain."""
    trial = Scenario("ABCD", usual_pain=1, usual_lowest_site=Site.BACK)
    for number in range(1, days_before + 1):
        trial.records(
            number, done="A", partly="B", skipped={"D": "pain"}, before=0, after=1, sites=[Site.BACK]
        )
    asked = {
        "prescription": trial.prescription,
        "uid": uuid.uuid4(),
        "practised_on": trial.date(days_before + 1),
        "answers": trial.answers(
            done="A", skipped={"D": "pain"}, stopped="C", before=2, after=8, sites=[Site.LEG_BELOW_KNEE]
        ),
        "now": trial.at(days_before + 1),
        "by": trial.patient.user,
    }
    with CaptureQueriesContext(connection) as seen:
        recording.record_session(**asked)
    assert alerts(trial) == [Alert.STOP, Alert.PAIN_RISE, Alert.PAIN_LEVEL, Alert.PAIN_SITE]
    queries = [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]
    assert len(queries) <= MOST_QUERIES, "\n".join(query[:100] for query in queries)
