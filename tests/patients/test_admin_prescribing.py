"""Prescribing in the admin: a programme, rule 6 in its short form, a start, and it runs; and adjusting it."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from clinic.models import Event
from patients.models import Patient, Precautions, PrescribedExercise, Prescription, ReminderTime, Screening
from programs.models import Exercise, Program
from tests.factories import ExerciseFactory, LadderFormFactory, ProgramFactory, ProgramItemFactory, today
from tests.patients.clinic_pages import client_of, report_url
from tests.patients.pages import text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(db) -> Program:
    made: Program = ProgramFactory(items=2, name_en="Gentle start", sessions_a_day=2)
    return made


def prescribe_url(patient: Patient, program: Program | None = None) -> str:
    chosen = f"?program={program.pk}" if program else ""
    return reverse("admin:prescribe", args=[patient.pk]) + chosen


NONE = {"none_of_these": "on", "start": "first_session", "go": "start"}


# --- Which programme ---------------------------------------------------------------------------------
def test_published_programmes_of_ours_and_shared_ones_are_offered(program, cast):
    own = ProgramFactory(items=1, clinic=cast.aurora.clinic, name_en="Our own")
    ProgramFactory(items=1, clinic=cast.bora.clinic, name_en="Theirs")
    ProgramFactory(items=1, status="draft", name_en="Half written")
    ProgramFactory(items=1, status="retired", name_en="Of old")
    said = text(client_of(cast.aurora.clinician).get(prescribe_url(cast.aurora.newcomer)))
    assert "Gentle start" in said
    assert own.name in said
    for other in ("Theirs", "Half written", "Of old"):
        assert other not in said


@pytest.mark.parametrize("which", ["theirs", "draft", "0", "abc", "", "99999999999999999999999", "²"])
def test_what_is_not_offered_cannot_be_prescribed(which, program, cast):
    others = {
        "theirs": lambda: ProgramFactory(clinic=cast.bora.clinic).pk,
        "draft": lambda: ProgramFactory(status="draft").pk,
    }
    chosen = others[which]() if which in others else which
    client = client_of(cast.aurora.clinician)
    address = prescribe_url(cast.aurora.newcomer) + f"?program={chosen}"
    assert client.get(address).status_code == 404
    assert client.post(address, NONE).status_code == 404
    assert not Prescription.objects.filter(patient=cast.aurora.newcomer).exists()


# --- In one go ---------------------------------------------------------------------------------------
def test_none_of_these_and_start(program, aurora):
    answer = client_of(aurora.clinician).post(
        prescribe_url(aurora.newcomer, program),
        {**NONE, "reminder_1": "09:00"},
    )
    prescription = Prescription.objects.get(patient=aurora.newcomer)
    assert answer["Location"] == reverse("admin:prescription_report", args=[prescription.pk])
    assert (prescription.status, prescription.starts_on, prescription.clinician) == (
        "active",
        None,
        aurora.clinician,
    )
    kept = Screening.objects.get(prescription=prescription)
    assert (kept.none_of_these, kept.asked_by) == (True, aurora.clinician)
    assert [one.at for one in ReminderTime.objects.filter(patient=aurora.newcomer)] == [dt.time(9)]
    assert prescription.versions.get().exercises.count() == 2


def test_a_draft_with_a_date_reminders_and_what_is_usual(program, aurora):
    later = today(aurora.newcomer) + dt.timedelta(days=2)
    client_of(aurora.clinician).post(
        prescribe_url(aurora.newcomer, program),
        {
            "none_of_these": "on",
            "start": "date",
            "starts_on": later.isoformat(),
            "go": "draft",
            "reminder_1": "18:30",
            "reminder_2": "08:00",
            "usual_pain": "0",
            "usual_lowest_site": "2",
        },
    )
    prescription = Prescription.objects.get(patient=aurora.newcomer)
    assert (prescription.status, prescription.starts_on) == ("draft", later)
    assert (prescription.usual_pain, prescription.usual_lowest_site) == (0, 2)
    assert {one.at for one in ReminderTime.objects.filter(patient=aurora.newcomer)} == {
        dt.time(8),
        dt.time(18, 30),
    }


def test_a_sign_needs_who_when_and_what_was_found(program, aurora):
    client = client_of(aurora.clinician)
    address = prescribe_url(aurora.newcomer, program)
    refused = client.post(address, {"signs": ["night_pain"], "start": "first_session"})
    assert refused.status_code == 400
    assert text(refused).count("Needed to go on in spite of a sign.") >= 3
    assert not Prescription.objects.filter(patient=aurora.newcomer).exists()
    client.post(
        address,
        {
            "signs": ["night_pain"],
            "assessed_by": "Dr. Neri",
            "assessed_on": today(aurora.newcomer).isoformat(),
            "assessed_result": "Seen, no red flag.",
            "start": "first_session",
        },
    )
    kept = Screening.objects.get(prescription__patient=aurora.newcomer)
    assert (kept.signs, kept.assessed_by, kept.none_of_these) == (["night_pain"], "Dr. Neri", False)
    report = client.get(reverse("admin:prescription_report", args=[kept.prescription_id]))
    assert "Dr. Neri" in text(report)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"none_of_these": ""}, "Say either that there is none of these signs"),
        ({"signs": ["night_pain"]}, "Not together with a sign below."),
        ({"signs": ["moon"]}, "Select a valid choice."),
        ({"start": ""}, "This field is required."),
        ({"start": "date"}, "Choose the date."),
        ({"start": "date", "starts_on": "2020-01-01"}, "The start cannot lie in the past."),
        ({"start": "date", "starts_on": "31/12/2099"}, "Enter a valid date."),
        ({"reminder_1": "03:00"}, "Reminders are sent between 07:00 and 21:00."),
        ({"reminder_1": "noon"}, "Enter a valid time."),
        ({"usual_pain": "11"}, "Select a valid choice."),
        ({"usual_pain": "-1"}, "Select a valid choice."),
        ({"precautions": ["moon"]}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_half_saved(changed, said, program, aurora):
    data = {**NONE, "precautions": ["balance"], **changed}
    answer = client_of(aurora.clinician).post(prescribe_url(aurora.newcomer, program), data)
    assert answer.status_code == 400
    assert said in text(answer)
    assert not Prescription.objects.filter(patient=aurora.newcomer).exists()
    assert not Precautions.objects.filter(patient=aurora.newcomer).exists()


def test_an_empty_form_is_refused_in_words(program, aurora):
    answer = client_of(aurora.clinician).post(prescribe_url(aurora.newcomer, program))
    assert answer.status_code == 400
    assert "Please check your answers" in text(answer)


def test_a_conflict_stands_beside_its_exercise_and_needs_a_reason(program, aurora):
    first = program.items.first().exercise
    Exercise.objects.filter(pk=first.pk).update(precautions=["pregnancy"])
    client = client_of(aurora.clinician)
    address = prescribe_url(aurora.newcomer, program)
    asked = text(client.get(address))
    assert "Ask before" not in asked
    assert "is shown beside it when you go on" in asked
    for demanded_then in ("Assessed by", "Assessed on", "Result"):
        assert f"{demanded_then} (optional)" not in asked
    refused = client.post(address, {**NONE, "precautions": ["pregnancy"]})
    assert refused.status_code == 400
    assert f"{first.name} 2 × 3 · hold 20 s · each side Ask before: Pregnancy" in text(refused)
    assert "Say why, in spite of the precautions." in text(refused)
    assert "because (optional)" not in text(refused)
    client.post(address, {**NONE, "precautions": ["pregnancy"], "precautions_reason": "Small range."})
    line = Prescription.objects.get(patient=aurora.newcomer).versions.get().exercises.first()
    assert (line.against, line.precautions_reason) == (["pregnancy"], "Small range.")
    assert Precautions.objects.get(patient=aurora.newcomer).codes == ["pregnancy"]


def test_what_is_known_of_the_patient_is_not_asked_twice(program, aurora):
    Precautions.objects.create(
        patient=aurora.patient, codes=["wrist"], asked_by=aurora.clinician, asked_at=aurora.patient.created_at
    )
    page = client_of(aurora.clinician).get(prescribe_url(aurora.patient, program)).content.decode()
    assert "checked" in page.split('value="wrist"')[1].split(">")[0]
    assert "checked" not in page.split('value="balance"')[1].split(">")[0]
    assert 'value="18:00"' in page  # the reminder that the patient has


def test_another_one_running_is_said_before_and_after(program, aurora):
    client = client_of(aurora.clinician)
    address = prescribe_url(aurora.patient, program)
    assert "is running: end it before this one can start" in text(client.get(address))
    refused = client.post(address, NONE)
    assert refused.status_code == 400
    assert "Another programme of this patient is running: end it first." in text(refused)
    assert Prescription.objects.filter(patient=aurora.patient).count() == 1


def test_sent_twice_it_is_one_draft(program, aurora):
    client = client_of(aurora.clinician)
    address = prescribe_url(aurora.newcomer, program)
    client.post(address, {**NONE, "go": "draft"})
    second = client.post(address, {**NONE, "go": "draft"})
    assert second.status_code == 400
    assert "A draft of this programme is waiting already" in text(second)
    assert Prescription.objects.filter(patient=aurora.newcomer).count() == 1


def test_without_emergency_numbers_nothing_starts_and_nothing_is_kept(program, aurora):
    aurora.clinic.doctor_phone = ""
    aurora.clinic.save()
    answer = client_of(aurora.clinician).post(prescribe_url(aurora.newcomer, program), NONE)
    assert answer.status_code == 400
    assert "emergency number and doctor out of hours" in text(answer)
    assert not Prescription.objects.filter(patient=aurora.newcomer).exists()


def test_a_programme_without_exercises_is_refused(aurora):
    empty = ProgramFactory(items=0)
    answer = client_of(aurora.clinician).post(prescribe_url(aurora.newcomer, empty), NONE)
    assert answer.status_code == 400
    assert "This programme has no exercises." in text(answer)


# --- Adjusting ---------------------------------------------------------------------------------------
@pytest.fixture
def trial(time_machine) -> Scenario:
    trial = Scenario("ABC")
    PrescribedExercise.objects.update(dose_sources={"sets": "text", "reps": "default", "hold_s": "text"})
    trial.practises(1, 2)
    time_machine.move_to(trial.at(3, "10:00"), tick=False)
    return trial


def adjust_url(trial: Scenario) -> str:
    return reverse("admin:prescription_adjust", args=[trial.pk])


def sent(trial: Scenario, **changed: object) -> dict[str, Any]:
    """The form as the page gives it; `A_reps=5` changes a field of line A."""
    version = trial.prescription.versions.order_by("-number")[0]
    exercises = list(version.exercises.all())
    data: dict[str, Any] = {
        "act": "save",
        "based_on": version.number,
        "sessions_a_day": version.sessions_a_day,
        "weekdays": list(version.weekdays),
        "rows": [str(one.exercise_id) for one in exercises],
    }
    for one in exercises:
        figures = {name: getattr(one, name) or "" for name in one.FIGURES}
        others = {
            "rung": one.rung,
            "note_en": one.note_en,
            "note_it": one.note_it,
            "next_after": one.next_after or "",
            "next_how": "alone" if one.next_alone else "ask",
            "up_to_rung": "" if one.up_to_rung is None else one.up_to_rung,
        }
        for name, value in {**others, **figures}.items():
            data[f"row-{one.exercise_id}-{name}"] = value
    for name, value in changed.items():
        letter, _, field = name.partition("_")
        if letter in trial.lines:
            data[f"row-{trial.lines[letter].exercise.pk}-{field}"] = value
        else:
            data[name] = value
    return data


def with_new(trial: Scenario, exercise: object, **changed: object) -> dict[str, Any]:
    """The form with `exercise`, or an id, as its last row."""
    data = sent(trial, **changed)
    return {**data, "rows": [*data["rows"], str(getattr(exercise, "pk", exercise))]}


def names(trial: Scenario) -> list[str]:
    newest = trial.prescription.versions.order_by("-number")[0]
    letters = {line.line: letter for letter, line in trial.lines.items()}
    return [letters.get(one.line, one.exercise.name) for one in newest.exercises.all()]


def test_changing_two_doses_takes_one_page(trial):
    client = client_of(trial.clinician)
    assert "holds from Wednesday 4 March 2026" in text(client.get(adjust_url(trial)))
    answer = client.post(adjust_url(trial), sent(trial, A_reps=5, B_hold_s=30))
    assert answer["Location"] == report_url(trial)
    version = trial.prescription.versions.get(number=2)
    assert (version.starts_on, version.prescribed_by) == (trial.date(3), trial.clinician)
    a, b, c = version.exercises.all()
    assert (a.reps, b.hold_s, c.reps) == (5, 30, 3)
    assert a.dose_sources == {"sets": "text", "reps": "clinician", "hold_s": "text"}
    assert b.dose_sources == {"sets": "text", "reps": "default", "hold_s": "clinician"}
    assert c.dose_sources == {"sets": "text", "reps": "default", "hold_s": "text"}


def test_what_changes_is_said_before_it_is_saved(trial):
    client = client_of(trial.clinician)
    assert "What changes Nothing yet." in text(client.get(adjust_url(trial)))
    data = sent(trial, act="weigh", A_reps=5, sessions_a_day=2)
    answer = client.post(adjust_url(trial), data, headers={"HX-Request": "true"})
    said = [f"{trial.lines['A'].exercise.name}: repetitions 3 → 5", "How often: once a day → 2 times a day"]
    assert answer.context["changes"] == said
    assert 'id="changes"' in answer.content.decode()
    odd = sent(trial, act="weigh", A_reps="x", sessions_a_day="often", weekdays=["9", "x"])
    assert client.post(adjust_url(trial), odd).context["changes"] == []


def test_as_the_patient_would_see_the_change(trial):
    trial.records(2, done="AB", stopped="C")
    page = client_of(trial.clinician).post(adjust_url(trial), sent(trial, act="see", A_reps=7))
    off = {card.exercise.line: card.exercise.is_off for card in page.context["cards"]}
    assert off == {trial.line("A"): False, trial.line("B"): False, trial.line("C"): True}
    assert page.context["cards"][0].exercise.reps == 7
    assert trial.prescription.versions.count() == 1


def test_it_holds_from_tomorrow_where_today_is_recorded(trial, time_machine):
    trial.records(3, done="ABC")
    client = client_of(trial.clinician)
    assert "holds from Thursday 5 March 2026" in text(client.get(adjust_url(trial)))
    client.post(adjust_url(trial), sent(trial, A_reps=5))
    assert trial.prescription.versions.get(number=2).starts_on == trial.date(4)


def test_order_removal_note_and_schedule(trial):
    data = sent(trial, B_removed="on", C_note_en="Slowly.", sessions_a_day=2, weekdays=["1", "3"])
    data["rows"] = data["rows"][::-1]
    client_of(trial.clinician).post(adjust_url(trial), data)
    version = trial.prescription.versions.get(number=2)
    assert names(trial) == ["C", "A"]
    assert (version.sessions_a_day, version.weekdays) == (2, "13")
    assert version.exercises.first().note_en == "Slowly."


def test_adding_one_of_the_library_comes_last_with_its_dose(trial):
    new = ExerciseFactory(name_en="New one", reps=9)
    client = client_of(trial.clinician)
    page = client.post(adjust_url(trial), sent(trial, act=f"add:{new.pk}"))
    assert [form.row.exercise for form in page.context["sheet"].forms][-1] == new
    data = {**with_new(trial, new), f"row-{new.pk}-reps": "9", f"row-{new.pk}-rung": "0"}
    client.post(adjust_url(trial), data)
    assert names(trial) == ["A", "B", "C", "New one"]
    assert trial.prescription.versions.get(number=2).exercises.last().reps == 9


@pytest.mark.parametrize("which", ["theirs", "draft", "0", "abc"])
def test_what_is_not_offered_cannot_be_added(which, trial, bora):
    others = {
        "theirs": lambda: ExerciseFactory(clinic=bora.clinic).pk,
        "draft": lambda: ExerciseFactory(status="draft").pk,
    }
    chosen = others[which]() if which in others else which
    client = client_of(trial.clinician)
    page = client.post(adjust_url(trial), sent(trial, act=f"add:{chosen}"))
    assert len(page.context["sheet"].forms) == 3
    answer = client.post(adjust_url(trial), with_new(trial, chosen))
    assert answer.status_code == 400
    assert "An exercise is not offered any more" in text(answer)
    assert trial.prescription.versions.count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"A_hold_s": -1}, "greater than or equal to 1"),
        ({"A_hold_s": 0}, "greater than or equal to 1"),
        ({"A_hold_s": 6000}, "less than or equal to 600"),
        ({"A_hold_s": "x"}, "Enter a whole number."),
        ({"A_reps_most": 2}, "This must not be less than the lower figure."),
        ({"A_hold_s": "", "A_hold_most_s": 20}, "Give the lower figure too."),
        ({"sessions_a_day": 5}, "less than or equal to 4"),
        ({"weekdays": []}, "This field is required."),
        ({"weekdays": ["8"]}, "Select a valid choice."),
        ({"A_removed": "on", "B_removed": "on", "C_removed": "on"}, "Leave at least one exercise"),
    ],
)
def test_a_change_that_cannot_be_is_refused_at_its_field(changed, said, trial):
    answer = client_of(trial.clinician).post(adjust_url(trial), sent(trial, **changed))
    assert answer.status_code == 400
    assert said in text(answer)
    assert trial.prescription.versions.count() == 1


def test_an_empty_form_changes_nothing(trial):
    for data in ({}, {"based_on": "1"}, {"based_on": "x"}):
        sent_so = {"act": "save", **data}
        assert client_of(trial.clinician).post(adjust_url(trial), sent_so).status_code == 400
    assert trial.prescription.versions.count() == 1


def test_nothing_changed_makes_no_version(trial):
    answer = client_of(trial.clinician).post(adjust_url(trial), sent(trial), follow=True)
    assert "Nothing was changed." in text(answer)
    assert trial.prescription.versions.count() == 1


def test_the_second_of_two_who_adjust_is_told(trial):
    client, stale = client_of(trial.clinician), sent(trial, A_reps=7)
    client.post(adjust_url(trial), sent(trial, A_reps=5))
    answer = client.post(adjust_url(trial), stale)
    assert answer.status_code == 400
    assert "This programme has a newer version by now" in text(answer)
    assert trial.prescription.versions.count() == 2
    # What changes is now said against the colleague's, and saving it goes through.
    assert answer.context["changes"] == [f"{trial.lines['A'].exercise.name}: repetitions 5 → 7"]
    assert (
        client.post(adjust_url(trial), {**stale, "based_on": answer.context["based_on"]}).status_code == 302
    )
    assert trial.prescription.versions.get(number=3).exercises.first().reps == 7


def test_the_forms_that_were_copied_are_offered_not_those_of_today(trial):
    client, exercise = client_of(trial.clinician), trial.lines["A"].exercise
    copied = [form.rung for form in exercise.forms.all()]
    LadderFormFactory(exercise=exercise, rung=-5, name_en="New in the library")
    form = client.get(adjust_url(trial)).context["sheet"].forms[0]
    assert sorted(rung for rung, _name in form.fields["rung"].choices) == sorted([*copied, 0])
    assert client.post(adjust_url(trial), sent(trial, A_rung=-5)).status_code == 400
    exercise.forms.all().delete()
    form = client.get(adjust_url(trial)).context["sheet"].forms[0]
    assert sorted(rung for rung, _name in form.fields["rung"].choices) == sorted([*copied, 0])
    assert trial.prescription.versions.count() == 1


def test_a_precaution_against_what_is_added_needs_a_reason(trial):
    new = ExerciseFactory(precautions=["wrist"])
    Precautions.objects.create(
        patient=trial.patient, codes=["wrist"], asked_by=trial.clinician, asked_at=trial.at(1)
    )
    client = client_of(trial.clinician)
    refused = client.post(adjust_url(trial), with_new(trial, new))
    assert refused.status_code == 400
    assert "Say why, in spite of the precautions." in text(refused)
    client.post(adjust_url(trial), with_new(trial, new, precautions_reason="On the fists."))
    assert trial.prescription.versions.get(number=2).exercises.last().precautions_reason == "On the fists."


def test_what_has_ended_is_adjusted_no_more(trial):
    data = sent(trial, A_reps=5)
    trial.ends(3)
    client = client_of(trial.clinician)
    assert "nothing can be adjusted any more" in text(client.get(adjust_url(trial)))
    assert client.post(adjust_url(trial), data).status_code == 400
    assert trial.prescription.versions.count() == 1


def test_the_form_that_is_prescribed_is_shown_in_the_report(trial):
    item = ProgramItemFactory(program=ProgramFactory(items=0), rung=-1)
    LadderFormFactory(exercise=item.exercise, rung=-1, name_en="With a strap")
    trial.ends(3)
    client_of(trial.clinician).post(prescribe_url(trial.patient, item.program), NONE)
    made = Prescription.objects.get(patient=trial.patient, program=item.program)
    page = client_of(trial.clinician).get(reverse("admin:prescription_report", args=[made.pk]))
    assert "With a strap" in text(page)
    assert Event.objects.filter(verb="prescribed", object_id=str(made.pk)).count() == 1


# --- A programme of the clinic out of what somebody practises ---------------------------------------------
def test_what_a_patient_practises_becomes_a_programme_without_a_word_of_them(trial):
    PrescribedExercise.objects.update(note_en="For Mrs Rossi")
    client = client_of(trial.clinician)
    page = reverse("admin:prescription_template", args=[trial.pk])
    shown = client.get(page)
    assert len(shown.context["sheet"].forms) == 3
    assert "Mrs Rossi" not in text(shown)
    said = {
        "act": "save",
        "name_en": "After the first days",
        "phase": "persistent",
        "review_after_days": "20",
    }
    data = {**sent(trial), **said}
    data |= {name: "" for name in data if name.endswith("note_en")}
    assert client.post(page, data).status_code == 302
    made = Program.objects.get(name_en="After the first days")
    assert made.clinic == trial.patient.clinic
    assert [item.exercise for item in made.items.all()] == [line.exercise for line in trial.lines.values()]
    assert trial.prescription.versions.count() == 1


def test_what_was_shown_in_the_clinic_is_kept_from_version_to_version(trial):
    client = client_of(trial.clinician)
    client.post(adjust_url(trial), sent(trial, A_shown_in_clinic="on"))
    client.post(adjust_url(trial), sent(trial, A_shown_in_clinic="on", B_reps=9))
    newest = trial.prescription.versions.order_by("-number")[0]
    assert newest.number == 3
    assert [one.shown_in_clinic for one in newest.exercises.all()] == [True, False, False]
