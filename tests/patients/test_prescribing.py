"""Prescribing: what is copied, what must be asked first (rule 6), starting, changing and ending."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone

from clinic.models import Event
from patients import adjusting, preferences, prescribing, screening
from patients.models import Prescription, Screening
from patients.screening import ScreeningAnswers
from patients.versions import Line, lines_of_version
from patients.vocabulary import EndReason
from programs.models import Program
from programs.vocabulary import Status
from tests import factories
from tests.patients.scenario import NONE_OF_THESE, Scenario, day

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)  # a Monday, 09:00 in Rome
TODAY = day("2026-03-02")
ASSESSED = {"assessed_by": "Dr Rossi", "assessed_on": TODAY, "assessed_result": "No fracture."}


@pytest.fixture
def program() -> Program:
    made = factories.ProgramFactory(items=0, sessions_a_day=2, weekdays="135", review_after_days=15)
    for position, name in enumerate(["Knee to chest", "Cat"]):
        factories.ProgramItemFactory(
            program=made, position=position, exercise__plain_name_en=name, hold_s=30, note_en=f"Mind {name}."
        )
    return made


@pytest.fixture
def patient():
    return factories.PatientFactory()


@pytest.fixture
def clinician(patient):
    return factories.MembershipFactory(clinic=patient.clinic).user


@pytest.fixture
def prescribe(patient, program, clinician):
    def make(**changes) -> Prescription:
        asked = {
            "patient": patient,
            "program": program,
            "by": clinician,
            "screening": NONE_OF_THESE,
            "now": NOW,
        }
        return prescribing.prescribe(**asked | changes)

    return make


def codes(refused) -> dict[str, list[str]]:
    error = refused.value
    fields = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    return {field: [problem.code for problem in problems] for field, problems in fields.items()}


# --- What is copied ------------------------------------------------------------------------------------
def test_a_program_is_copied_into_a_draft(prescribe, program, clinician):
    draft = prescribe(starts_on=day("2026-03-09"), usual_pain=4, usual_lowest_site=2)
    assert (draft.status, draft.clinician, draft.name_en) == ("draft", clinician, program.name_en)
    assert (draft.starts_on, draft.review_after_days) == (day("2026-03-09"), 15)
    assert (draft.usual_pain, draft.usual_lowest_site) == (4, 2)
    assert (draft.counts_from, draft.next_review_on) == (None, None)
    version = draft.versions.get()
    assert (version.number, version.starts_on) == (1, day("2026-03-09"))
    assert (version.sessions_a_day, version.weekdays) == (2, "135")
    exercises = list(version.exercises.all())
    assert [one.plain_name_en for one in exercises] == ["Knee to chest", "Cat"]
    assert [one.position for one in exercises] == [1, 2]
    assert [(one.hold_s, one.note_en) for one in exercises] == [
        (30, "Mind Knee to chest."),
        (30, "Mind Cat."),
    ]
    assert len({one.line for one in exercises}) == 2
    assert Event.objects.filter(verb="prescribed", object_id=str(draft.pk), actor=clinician).count() == 1


def test_later_changes_of_library_and_template_touch_nothing(prescribe, program):
    draft = prescribe()
    item = program.items.get(position=0)
    item.hold_s = 5
    item.save()
    exercise = item.exercise
    exercise.plain_name_en, exercise.plain_name_it, exercise.steps_it = "Other", "Altro", "Altro."
    exercise.save()
    copied = draft.versions.get().exercises.get(position=1)
    assert (copied.plain_name_en, copied.hold_s) == ("Knee to chest", 30)
    assert copied.plain_name_it != "Altro"
    assert copied.steps_it != "Altro."


def test_an_exercise_that_goes_on_keeps_its_words_in_a_new_version():
    trial = Scenario("AB")
    exercise = trial.lines["A"].exercise
    type(exercise).objects.filter(pk=exercise.pk).update(plain_name_en="Other", steps_en="Other.")
    latest = trial.prescription.versions.get()
    adjusting.adjust(
        prescription=trial.prescription,
        lines=lines_of_version(latest),
        sessions_a_day=1,
        weekdays="1234567",
        by=trial.clinician,
        now=trial.at(3),
    )
    old, new = (version.exercises.get(line=trial.line("A")) for version in trial.prescription.versions.all())
    assert (new.plain_name_en, new.steps_en) == (old.plain_name_en, old.steps_en)
    assert new.plain_name_en != "Other"


# --- What is refused -----------------------------------------------------------------------------------
def test_a_start_in_the_past(prescribe):
    with pytest.raises(ValidationError) as refused:
        prescribe(starts_on=TODAY - dt.timedelta(days=1))
    assert codes(refused) == {"starts_on": ["past"]}
    assert not Prescription.objects.exists()


def test_today_is_the_patients(prescribe, patient):
    # 2 March 23:30 UTC is 3 March 00:30 in Rome.
    late = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)
    with pytest.raises(ValidationError):
        prescribe(starts_on=TODAY, now=late)
    patient.time_zone = "America/Los_Angeles"
    patient.save()
    assert prescribe(starts_on=TODAY, now=late).starts_on == TODAY


@pytest.mark.parametrize("make", ["empty", "draft", "retired", "foreign"])
def test_a_program_that_can_not_be_prescribed(prescribe, make):
    other = factories.ProgramFactory(
        items=0 if make == "empty" else 1,
        status={"draft": Status.DRAFT, "retired": Status.RETIRED}.get(make, Status.PUBLISHED),
        clinic=factories.ClinicFactory() if make == "foreign" else None,
    )
    with pytest.raises(ValidationError) as refused:
        prescribe(program=other)
    assert codes(refused) == {"program": ["empty" if make == "empty" else "program"]}


@pytest.mark.parametrize("who", ["front desk", "other clinic", "left"])
def test_somebody_who_does_not_treat_here(prescribe, patient, who):
    by = {
        "front desk": lambda: factories.MembershipFactory(clinic=patient.clinic, role="front_desk"),
        "other clinic": lambda: factories.MembershipFactory(),
        "left": lambda: factories.MembershipFactory(clinic=patient.clinic, ended_at=NOW),
    }[who]().user
    with pytest.raises(ValidationError) as refused:
        prescribe(by=by)
    assert codes(refused) == {NON_FIELD_ERRORS: ["outsider"]}


# --- What is asked before (rule 6) -----------------------------------------------------------------------
def test_none_of_these_is_kept_with_name_and_time(prescribe, clinician):
    asked = Screening.objects.get(prescription=prescribe())
    assert (asked.none_of_these, asked.signs) == (True, [])
    assert (asked.asked_by, asked.asked_at) == (clinician, NOW)


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        (ScreeningAnswers(none_of_these=False), {"none_of_these": ["screening"]}),
        (ScreeningAnswers(none_of_these=True, signs=["fever"], **ASSESSED), {"none_of_these": ["screening"]}),
        (ScreeningAnswers(none_of_these=False, signs=["nonsense"], **ASSESSED), {"signs": ["choice"]}),
        (
            ScreeningAnswers(none_of_these=False, signs=["fever"]),
            {"assessed_by": ["required"], "assessed_on": ["required"], "assessed_result": ["required"]},
        ),
        (
            ScreeningAnswers(
                none_of_these=False,
                signs=["fever"],
                **ASSESSED | {"assessed_on": TODAY + dt.timedelta(days=1)},
            ),
            {"assessed_on": ["future"]},
        ),
    ],
    ids=["nothing said", "both said", "unknown sign", "not assessed", "assessed tomorrow"],
)
def test_what_rule_6_asks_is_missing(prescribe, answers, missing):
    with pytest.raises(ValidationError) as refused:
        prescribe(screening=answers)
    assert codes(refused) == missing
    assert not Prescription.objects.exists()


def test_with_a_sign_that_was_assessed_it_goes_on(prescribe):
    answers = ScreeningAnswers(none_of_these=False, signs=["fever"], **ASSESSED)
    asked = prescribe(screening=answers).screening
    assert (asked.signs, asked.assessed_by, asked.assessed_on) == (["fever"], "Dr Rossi", TODAY)


@pytest.fixture
def careful(program, patient, clinician):
    """The patient has osteoporosis, and the first exercise names it."""
    exercise = program.items.get(position=0).exercise
    exercise.precautions = ["osteoporosis", "wrist"]
    exercise.save()
    screening.keep_precautions(patient=patient, codes=["osteoporosis", "pregnancy"], by=clinician, now=NOW)


@pytest.mark.usefixtures("careful")
def test_a_precaution_needs_a_reason_which_stands_with_the_exercise(prescribe):
    with pytest.raises(ValidationError) as refused:
        prescribe()
    assert codes(refused) == {"precautions_reason": ["required"]}
    draft = prescribe(screening=replace(NONE_OF_THESE, precautions_reason=" Bone density is normal. "))
    against, free = draft.versions.get().exercises.all()
    assert (against.against, against.precautions_reason) == (["osteoporosis"], "Bone density is normal.")
    assert (free.against, free.precautions_reason) == ([], "")


@pytest.mark.usefixtures("careful")
def test_a_change_asks_for_a_reason_once_and_again_for_what_is_new(prescribe, clinician):
    draft = prescribe(screening=replace(NONE_OF_THESE, precautions_reason="Normal."))
    running = prescribing.activate(prescription=draft, by=clinician, now=NOW)
    change = {
        "prescription": running,
        "sessions_a_day": 1,
        "weekdays": "1234567",
        "by": clinician,
        "now": NOW,
    }
    lines = lines_of_version(running.versions.get())
    version = adjusting.adjust(lines=lines, **change)
    assert version.exercises.get(position=1).precautions_reason == "Normal."
    new = factories.ExerciseFactory(precautions=["pregnancy"])
    lines = [*lines_of_version(version), Line(new, new.dose())]
    with pytest.raises(ValidationError) as refused:
        adjusting.adjust(lines=lines, **change)
    assert codes(refused) == {"precautions_reason": ["required"]}
    assert running.versions.count() == 2
    version = adjusting.adjust(lines=lines, precautions_reason="Second term, gently.", **change)
    reasons = [one.precautions_reason for one in version.exercises.all()]
    assert reasons == ["Normal.", "", "Second term, gently."]


def test_an_unknown_precaution(patient, clinician):
    with pytest.raises(ValidationError) as refused:
        screening.keep_precautions(patient=patient, codes=["gout"], by=clinician, now=NOW)
    assert codes(refused) == {"precautions": ["choice"]}


# --- Starting ------------------------------------------------------------------------------------------
@pytest.fixture
def activate(clinician):
    return lambda draft, now=NOW: prescribing.activate(prescription=draft, by=clinician, now=now)


def test_a_picked_start_begins_the_count(prescribe, activate):
    running = activate(prescribe(starts_on=day("2026-03-09")))
    assert (running.status, running.activated_on, running.activated_at) == ("active", TODAY, NOW)
    assert (running.counts_from, running.next_review_on) == (day("2026-03-09"), day("2026-03-24"))
    assert Event.objects.filter(verb="activated", object_id=str(running.pk)).count() == 1


def test_without_a_date_the_count_waits_for_the_first_session(prescribe, activate):
    running = activate(prescribe())
    assert (running.starts_on, running.counts_from, running.next_review_on) == (None, None, None)
    assert running.versions.get().starts_on == TODAY


def test_a_draft_without_a_date_that_is_started_later_holds_from_then(prescribe, activate):
    running = activate(prescribe(), now=NOW + dt.timedelta(days=5))
    assert running.versions.get().starts_on == TODAY + dt.timedelta(days=5)


def test_a_draft_whose_start_has_passed(prescribe, activate):
    draft = prescribe(starts_on=TODAY)
    with pytest.raises(ValidationError) as refused:
        activate(draft, now=NOW + dt.timedelta(days=1))
    assert codes(refused) == {NON_FIELD_ERRORS: ["past"]}


@pytest.mark.parametrize("missing", ["emergency_phone", "doctor_phone"])
def test_a_clinic_without_its_emergency_numbers_starts_nothing(prescribe, activate, patient, missing):
    setattr(patient.clinic, missing, "")
    patient.clinic.save()
    draft = prescribe()
    with pytest.raises(ValidationError) as refused:
        activate(draft)
    assert codes(refused) == {NON_FIELD_ERRORS: ["numbers"]}
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_one_programme_runs_at_a_time(prescribe, activate):
    first, second = prescribe(), prescribe()
    activate(first)
    with pytest.raises(ValidationError) as refused:
        activate(second)
    assert codes(refused) == {NON_FIELD_ERRORS: ["active"]}


@pytest.mark.parametrize("status", ["active", "ended"])
def test_only_a_draft_is_started(prescribe, activate, clinician, status):
    running = activate(prescribe())
    if status == "ended":
        prescribing.end(prescription=running, reason=EndReason.OTHER, by=clinician, now=NOW)
    with pytest.raises(ValidationError) as refused:
        activate(running)
    assert codes(refused) == {NON_FIELD_ERRORS: ["not_draft"]}


# --- Drafts ---------------------------------------------------------------------------------------------
def test_a_draft_can_be_changed(prescribe, clinician):
    draft = prescribe()
    adjusting.adjust(
        prescription=draft,
        lines=lines_of_version(draft.versions.get())[:1],
        sessions_a_day=1,
        weekdays="7",
        by=clinician,
        now=NOW,
    )
    assert draft.versions.in_force(TODAY).get().exercises.count() == 1


def test_a_draft_is_thrown_away_and_not_ended(prescribe, clinician):
    draft = prescribe()
    with pytest.raises(ValidationError) as refused:
        prescribing.end(prescription=draft, reason=EndReason.OTHER, by=clinician, now=NOW)
    assert codes(refused) == {NON_FIELD_ERRORS: ["draft"]}
    prescribing.discard(prescription=draft, by=clinician, now=NOW)
    assert not Prescription.objects.exists()
    assert Event.objects.filter(verb="removed").count() == 1


def test_what_was_started_is_not_thrown_away(prescribe, activate, clinician):
    running = activate(prescribe())
    with pytest.raises(ValidationError) as refused:
        prescribing.discard(prescription=running, by=clinician, now=NOW)
    assert codes(refused) == {NON_FIELD_ERRORS: ["not_draft"]}


# --- Reminders -----------------------------------------------------------------------------------------
def times(patient) -> list[dt.time]:
    return list(patient.reminder_times.values_list("at", flat=True))


def test_reminders_are_kept_in_order_and_once_each(patient):
    preferences.set_reminders(
        patient=patient, times=[dt.time(18), dt.time(8, 30), dt.time(18)], now=timezone.now()
    )
    assert times(patient) == [dt.time(8, 30), dt.time(18)]
    preferences.set_reminders(patient=patient, times=[], now=timezone.now())
    assert times(patient) == []


@pytest.mark.parametrize("at", [dt.time(7), dt.time(21)])
def test_the_edges_of_the_day_are_fine(patient, at):
    preferences.set_reminders(patient=patient, times=[at], now=timezone.now())
    assert times(patient) == [at]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ([dt.time(6, 59)], "daytime"),
        ([dt.time(9), dt.time(21, 1)], "daytime"),
        ([dt.time(hour) for hour in range(8, 13)], "many"),
    ],
    ids=["early", "late", "five"],
)
def test_a_wrong_reminder_changes_nothing(patient, wrong, code):
    preferences.set_reminders(patient=patient, times=[dt.time(9)], now=timezone.now())
    with pytest.raises(ValidationError) as refused:
        preferences.set_reminders(patient=patient, times=wrong, now=timezone.now())
    assert codes(refused) == {"reminders": [code]}
    assert times(patient) == [dt.time(9)]
