"""All my data: everything that a patient may see of what is kept about them, and nothing of anybody else."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.models import Event
from patients.models import Patient
from patients.own_data.collecting import COPIED, KEPT_BACK, own_data
from patients.own_data.telling import as_json
from patients.vocabulary import Decision
from tests import factories
from tests.patients.pages import client_of, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Noon of day 6; three days done, one told in part and with words."""
    made = Scenario("AB")
    made.practises(1, 3)
    made.records(4, done="A", skipped={"B": "no_time"}, before=4, after=3, sites=[1], words="Better already.")
    factories.ReviewFactory(prescription=made.prescription)
    time_machine.move_to(made.at(6, "12:00"), tick=False)
    return made


def copy_of(patient: Patient) -> dict[str, Any]:
    assert patient.user is not None
    return as_json(own_data(patient=patient, user=patient.user))


# --- Every model is in it, or is named with a reason ------------------------------------------------------
def belongs_to_a_patient() -> set[str]:
    """Every model of this floor from which foreign keys lead to a patient, over however many steps."""
    models = apps.get_app_config("patients").get_models()
    leads = {
        model._meta.label: {
            field.related_model._meta.label
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model is not None
        }
        for model in models
    }
    found = {"patients.Patient"}
    while True:
        more = {label for label, targets in leads.items() if targets & found} | found
        if more == found:
            return found
        found = more


def test_every_model_of_a_patient_is_copied_or_named_with_a_reason():
    assert belongs_to_a_patient() == COPIED | set(KEPT_BACK)
    assert not COPIED & set(KEPT_BACK)


def _session(trial: Scenario) -> Any:
    return factories.PracticeSessionFactory(prescription=trial.prescription, practised_on=trial.date(5))


def _exercise(trial: Scenario) -> Any:
    return factories.PrescribedExerciseFactory(version=trial.prescription.versions.get(), position=9)


def _record(trial: Scenario) -> Any:
    session = trial.sessions().first()
    return factories.ExerciseRecordFactory(session=session, prescribed=_exercise(trial))


def _renamed(trial: Scenario) -> None:
    Patient.objects.filter(pk=trial.patient.pk).update(phone="+39 333 123")


MAKES: dict[str, Callable[[Scenario], Any]] = {
    "patients.Patient": _renamed,
    "patients.ReminderTime": lambda trial: factories.ReminderTimeFactory(patient=trial.patient),
    "patients.Nudge": lambda trial: factories.NudgeFactory(patient=trial.patient),
    "patients.CalendarFeed": lambda trial: factories.CalendarFeedFactory(patient=trial.patient),
    "patients.Prescription": lambda trial: factories.PrescriptionFactory(
        patient=trial.patient,
        status="ended",
        starts_on=dt.date(2026, 1, 1),
        ended_on=dt.date(2026, 1, 20),
        end_reason="improved",
        next_review_on=None,
    ),
    "patients.PrescriptionVersion": lambda trial: factories.PrescriptionVersionFactory(
        prescription=trial.prescription, number=7, starts_on=trial.date(9)
    ),
    "patients.PrescribedExercise": _exercise,
    "patients.Pause": lambda trial: factories.PauseFactory(prescription=trial.prescription),
    "patients.SkippedDay": lambda trial: factories.SkippedDayFactory(prescription=trial.prescription),
    "patients.SetAside": lambda trial: factories.SetAsideFactory(prescription=trial.prescription),
    "patients.Answer": lambda trial: factories.AnswerFactory(
        patient=trial.patient, prescription=trial.prescription
    ),
    "patients.Review": lambda trial: factories.ReviewFactory(prescription=trial.prescription),
    "patients.ReviewAddition": lambda trial: factories.ReviewAdditionFactory(
        review=trial.prescription.reviews.get()
    ),
    "patients.PracticeSession": _session,
    "patients.ExerciseRecord": _record,
    "patients.ExerciseStop": lambda trial: factories.ExerciseStopFactory(session=trial.sessions().first()),
    "patients.EmergencyReport": lambda trial: factories.EmergencyReportFactory(patient=trial.patient),
    "patients.Message": lambda trial: factories.MessageFactory(patient=trial.patient),
    "patients.Precautions": lambda trial: factories.PrecautionsFactory(patient=trial.patient),
    "patients.TreatmentNote": lambda trial: factories.TreatmentNoteFactory(patient=trial.patient),
    "patients.CareTeamMember": lambda trial: factories.CareTeamMemberFactory(patient=trial.patient),
    "patients.WorkItem": lambda trial: factories.WorkItemFactory(prescription=trial.prescription),
    "patients.WorkItemEntry": lambda trial: factories.WorkItemEntryFactory(
        item=factories.WorkItemFactory(prescription=trial.prescription), session=trial.sessions().first()
    ),
    "patients.StepRequest": lambda trial: factories.StepRequestFactory(session=trial.sessions().first()),
    "patients.CountedDay": lambda trial: factories.CountedDayFactory(prescription=trial.prescription),
    "patients.Invitation": lambda trial: factories.InvitationFactory(patient=trial.patient),
    "patients.PaperCode": lambda trial: factories.PaperCodeFactory(patient=trial.patient),
}


@pytest.mark.parametrize("label", sorted(COPIED))
def test_one_more_row_shows_in_the_copy(label, trial):
    before = copy_of(trial.patient)
    MAKES[label](trial)
    trial.patient.refresh_from_db()
    assert copy_of(trial.patient) != before


@pytest.mark.parametrize("label", sorted(set(KEPT_BACK) - {"patients.Screening"}))
def test_what_is_kept_back_shows_nothing(label, trial):
    before = copy_of(trial.patient)
    made = MAKES[label](trial)
    if label == "patients.StepRequest":  # its exercise gets something to grow to, which is not what is tested
        before = copy_of(trial.patient)
        made.delete()
    assert copy_of(trial.patient) == before


def test_a_draft_is_not_theirs_yet(trial):
    draft = factories.PrescriptionFactory(patient=trial.patient, status="draft")
    assert draft.name not in [programme["name"] for programme in copy_of(trial.patient)["programmes"][1:]]
    assert len(copy_of(trial.patient)["programmes"]) == 1


# --- What it says -----------------------------------------------------------------------------------------
def test_a_session_with_all_that_was_said(trial):
    (*_before, last) = copy_of(trial.patient)["sessions"]
    assert last["practised_on"] == "2026-03-05"
    assert (last["pain_before"], last["pain_during"], last["pain_after"]) == (4, None, 3)
    assert (last["sites"], last["words"], last["source"]) == ([1], "Better already.", "web")
    assert [one["outcome"] for one in last["exercises"]] == ["done", "skipped"]
    assert last["exercises"][1]["skip_reason"] == "no_time"
    assert last["recorded_at"] == "2026-03-05T08:00:00+00:00"  # 09:00 in Rome


def test_the_programme_with_its_versions_and_exercises(trial):
    (programme,) = copy_of(trial.patient)["programmes"]
    assert (programme["status"], programme["starts_on"]) == ("active", "2026-03-02")
    (version,) = programme["versions"]
    assert (version["number"], version["sessions_a_day"], version["weekdays"]) == (1, 1, "1234567")
    assert [one["line"] for one in version["exercises"]] == [str(trial.line("A")), str(trial.line("B"))]
    assert version["exercises"][0]["dose"]["reps"] == 3


def test_of_a_signed_review_their_own_part_alone(trial):
    factories.ReviewFactory(
        prescription=trial.prescription,
        helped="useful",
        patient_words="I can kneel again.",
        decision=Decision.CONTINUE,
        decision_note="Said in confidence.",
        signed_by=trial.clinician,
        signed_at=timezone.now(),
    )
    copy = copy_of(trial.patient)
    assert copy["reviews"][-1]["words"] == "I can kneel again."
    assert "Said in confidence." not in json.dumps(copy)


def test_of_a_cleared_emergency_report_their_own_part_alone(trial):
    trial.reports_emergency(6, at="11:00")
    trial.clears_emergency(6)
    copy = copy_of(trial.patient)
    assert copy["emergency_reports"][0]["signs"] == ["both_legs"]
    assert copy["emergency_reports"][0]["cleared_on"] == "2026-03-07"
    assert "nothing found" not in json.dumps(copy)


def test_the_calendars_secret_is_not_in_it(trial):
    feed = factories.CalendarFeedFactory(patient=trial.patient)
    copy = json.dumps(copy_of(trial.patient))
    assert feed.token() not in copy
    assert feed.token_hash not in copy


# --- The page and the file --------------------------------------------------------------------------------
def test_the_file(trial):
    client = client_of(trial)
    answer = client.get("/settings/data.json")
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="exercises-2026-03-07.json"'
    copy = json.loads(answer.content)
    assert (copy["format"], copy["made_at"]) == (1, "2026-03-07T11:00:00+00:00")
    assert list(copy)[2:] == [
        "person",
        "settings",
        "programmes",
        "sessions",
        "set_aside",
        "stops",
        "pauses",
        "skipped_days",
        "reviews",
        "answers",
        "messages",
        "emergency_reports",
    ]
    assert copy["person"]["given_name"] == trial.patient.given_name
    event = Event.objects.get(verb="exported")
    assert (event.actor, event.subject_id, event.clinic) == (
        trial.patient.user,
        trial.patient.pk,
        trial.clinic,
    )


def test_the_page_is_written_for_people(trial):
    said = text(client_of(trial).get("/settings/data/"))
    for part in (
        "Better already.",
        "5 March 2026, 09:00",
        "Skipped",
        "No time",
        "Sessions: 4",
        "ask the clinic",
    ):
        assert part in said
    for code in ("no_time", "None", "True", "False", "[]"):
        assert code not in said


def test_in_italian_too(trial):
    trial.patient.language = "it"
    trial.patient.save()
    client = client_of(trial)
    client.cookies["django_language"] = "it"
    said = text(client.get("/settings/data/"))
    assert "5 marzo 2026" in said
    assert "Tutti i miei dati" in said
    assert (
        json.loads(client.get("/settings/data.json").content)["sessions"][0]["practised_on"] == "2026-03-02"
    )


def test_of_a_couple_on_one_sign_in_each_their_own(trial):
    other = factories.PatientFactory(
        clinic=trial.clinic, user=trial.patient.user, given_name="Zeno", email=trial.patient.email
    )
    given = factories.PrescriptionFactory(patient=other)
    factories.PracticeSessionFactory(prescription=given, words="Mine alone.")
    factories.MessageFactory(patient=other, words="A question of Zeno's.")
    client = client_of(trial)
    client.post("/choose/", {"patient": trial.patient.pk})
    said = client.get("/settings/data.json").content.decode()
    for word in ("Zeno", "Mine alone."):
        assert word not in said
    client.post("/choose/", {"patient": other.pk})
    said = client.get("/settings/data.json").content.decode()
    assert "Mine alone." in said
    assert "Better already." not in said


def test_who_is_not_signed_in_or_works_there_gets_none(trial, as_staff, client):
    for path in ("/settings/data/", "/settings/data.json"):
        assert client.get(path).url.startswith("/sign-in/")
        assert as_staff(trial.clinician).get(path).url.startswith("/admin/")
    assert not Event.objects.filter(verb="exported").exists()


def test_the_queries_do_not_grow_with_the_history(trial, time_machine):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get("/settings/data.json").status_code == 200
        return len(asked)

    client = client_of(trial)
    queries()
    few = queries()
    trial.practises(5, 6)
    trial.changes(6, "ABC", at="13:00")
    time_machine.move_to(trial.at(9, "12:00"), tick=False)
    trial.practises(7, 9)
    assert queries() == few


# --- Answers, and what could not be recorded --------------------------------------------------------------
def test_answers_and_sessions_that_were_set_aside_are_in_it(trial):
    prescription = trial.prescription
    factories.AnswerFactory(patient=trial.patient, prescription=prescription)
    factories.SetAsideFactory(prescription=prescription)
    copy = copy_of(trial.patient)
    (answer,), (aside,) = copy["answers"], copy["set_aside"]
    assert answer["question"]
    assert (aside["why"], aside["pain_before"], aside["words"]) == ("not_running", 3, "It went well.")
    assert aside["exercises"] == ["done"]
