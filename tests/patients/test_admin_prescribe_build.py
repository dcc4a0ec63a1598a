"""Building for one patient: from nothing, a programme or a prescription; the questions; the start."""

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.models import Event
from patients.models import Precautions, Prescription, ReminderTime
from programs.models import Exercise, Program
from tests.factories import (
    ExerciseFactory,
    LadderFormFactory,
    PrescriptionFactory,
    ProgramFactory,
    ReminderTimeFactory,
    today,
)
from tests.patients.pages import text

pytestmark = pytest.mark.django_db
START = {"none_of_these": "on", "go": "start"}


@pytest.fixture
def clinician(aurora, as_staff):
    return as_staff(aurora.clinician)


def build_url(patient, query: str = "") -> str:
    return reverse("admin:prescribe_build", args=[patient.pk]) + query


def sent(*exercises: Exercise, act: str = "save", **changed: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "act": act,
        "name_en": "For her",
        "sessions_a_day": "1",
        "review_after_days": "20",
        "weekdays": list("135"),
        "start": "first_session",
        "rows": [str(one.pk) for one in exercises],
    }
    for one in exercises:
        data |= {f"row-{one.pk}-{name}": str(getattr(one, name) or "") for name in one.FIGURES}
    return {**data, **changed}


def test_from_nothing_through_the_questions_to_the_start(clinician, aurora):
    one, two = ExerciseFactory(reps=3), ExerciseFactory(clinic=aurora.clinic)
    assert "Go on to the questions" in text(clinician.get(build_url(aurora.newcomer)))
    data = sent(two, one, **{f"row-{one.pk}-reps": "9", f"row-{one.pk}-note_en": "Slowly."})
    answer = clinician.post(build_url(aurora.newcomer), data)
    assert answer.status_code == 302
    questions = answer["Location"]
    assert not Prescription.objects.filter(patient=aurora.newcomer, name_en="For her").exists()
    page = clinician.get(questions)
    assert "Prescribe: For her" in text(page)
    assert "2 × 9" in text(page)
    refused = clinician.post(questions, {"go": "start"})
    assert refused.status_code == 400  # nothing of rule 6 was answered
    assert clinician.post(questions, START).status_code == 302
    made = Prescription.objects.get(patient=aurora.newcomer, name_en="For her")
    version = made.versions.get()
    assert (made.program, version.weekdays, made.status) == (None, "135", "active")
    first, second = version.exercises.all()
    assert (first.exercise, second.exercise) == (two, one)
    assert (second.reps, second.note_en, second.dose_sources["reps"]) == (9, "Slowly.", "clinician")
    assert made.screening.none_of_these
    assert clinician.get(questions, follow=True).redirect_chain  # once, and no second time


def test_from_a_programme_that_stays_as_it_is(clinician, aurora):
    program = ProgramFactory(clinic=aurora.clinic, name_en="Ours", sessions_a_day=2)
    page = clinician.get(build_url(aurora.newcomer, f"?program={program.pk}"))
    exercises = [form.row.exercise for form in page.context["sheet"].forms]
    assert exercises == [item.exercise for item in program.items.all()]
    data = sent(*exercises, sessions_a_day="2", **{f"row-{exercises[0].pk}-removed": "on"})
    questions = clinician.post(build_url(aurora.newcomer, f"?program={program.pk}"), data)["Location"]
    clinician.post(questions, START)
    made = Prescription.objects.get(patient=aurora.newcomer, name_en="For her")
    assert made.program == program
    assert [one.exercise for one in made.versions.get().exercises.all()] == exercises[1:]
    assert program.items.count() == 3


def test_from_what_another_patient_practises_without_a_word_of_theirs(clinician, aurora):
    lines = aurora.prescription.versions.get().exercises
    lines.update(note_en="For Mrs Rossi", tempo_en="As slowly as Mrs Rossi")
    Prescription.objects.filter(pk=aurora.prescription.pk).update(name_en="After Mrs Rossi fell")
    page = clinician.get(build_url(aurora.newcomer, f"?prescription={aurora.prescription.pk}"))
    assert len(page.context["sheet"].forms) == lines.count()
    assert "Mrs Rossi" not in page.content.decode()
    read = Event.objects.filter(verb="read", subject_id=aurora.patient.pk)
    assert read.filter(object_id=str(aurora.prescription.pk), actor=aurora.clinician).exists()
    own = f"?prescription={aurora.prescription.pk}"
    assert "After Mrs Rossi fell" in clinician.get(build_url(aurora.patient, own)).content.decode()


def test_what_was_built_is_changed_once_more_before_it_is_prescribed(clinician, aurora):
    program = ProgramFactory(clinic=aurora.clinic, name_en="Ours")
    one = program.items.first().exercise
    start = build_url(aurora.newcomer, f"?program={program.pk}")
    questions = clinician.post(start, sent(one, **{f"row-{one.pk}-reps": "9"}))["Location"]
    page = clinician.get(questions)
    assert "Prescribe: For her" in text(page)
    back = clinician.get(page.context["build_url"])
    [form] = back.context["sheet"].forms
    assert (form.row.exercise, form.row.dose["reps"]) == (one, 9)
    assert back.context["scheme"]["name_en"].value() == "For her"
    again = clinician.post(page.context["build_url"], sent(one, **{f"row-{one.pk}-reps": "4"}))["Location"]
    clinician.post(again, START)
    made = Prescription.objects.get(patient=aurora.newcomer, name_en="For her")
    assert (made.versions.get().exercises.get().reps, made.program) == (4, program)


def test_what_the_patient_was_given_before_is_offered_as_a_start(clinician, aurora):
    choose = reverse("admin:prescribe", args=[aurora.patient.pk])
    start = build_url(aurora.patient, f"?prescription={aurora.prescription.pk}")
    assert start in clinician.get(choose).content.decode()
    assert "Begin with what they were given before" not in text(
        clinician.get(reverse("admin:prescribe", args=[aurora.newcomer.pk]))
    )
    sheet = clinician.get(start).context["sheet"]
    lines = aurora.prescription.versions.get().exercises.all()
    assert [form.row.exercise for form in sheet.forms] == [line.exercise for line in lines]


def test_without_an_exercise_nobody_is_asked_the_questions(clinician, aurora):
    answer = clinician.post(build_url(aurora.newcomer), sent())
    assert answer.status_code == 400
    assert "Choose at least one exercise." in text(answer)


def test_precautions_stand_beside_rows_and_cards(clinician, aurora):
    risky = ExerciseFactory(name_en="Risky", precautions=["hernia"])
    Precautions.objects.create(
        patient=aurora.newcomer, codes=["hernia"], asked_by=aurora.clinician, asked_at="2026-01-01T00:00Z"
    )
    page = clinician.post(build_url(aurora.newcomer), sent(act=f"add:{risky.pk}", words="Risky"))
    assert text(page).count("Ask before: Hernia of the abdomen") == 2
    questions = clinician.post(build_url(aurora.newcomer), sent(risky))["Location"]
    said = {**START, "precautions": ["hernia"]}
    assert "Say why" in text(clinician.post(questions, said))
    assert clinician.post(questions, {**said, "precautions_reason": "Mild."}).status_code == 302


def test_what_waited_too_long_or_is_not_offered_any_more_is_told(clinician, aurora):
    one = ExerciseFactory()
    questions = clinician.post(build_url(aurora.newcomer), sent(one))["Location"]
    Exercise.objects.filter(pk=one.pk).update(status="retired")
    assert "not offered any more" in text(clinician.get(questions, follow=True))
    cache.clear()
    assert "waited for too long" in text(clinician.get(questions, follow=True))


def test_what_was_built_is_its_owners_and_this_patients_alone(clinician, aurora, bora, as_staff):
    questions = clinician.post(build_url(aurora.newcomer), sent(ExerciseFactory()))["Location"]
    other = questions.replace(f"/{aurora.newcomer.pk}/", f"/{aurora.patient.pk}/")
    assert "waited for too long" in text(clinician.get(other, follow=True))
    assert as_staff(bora.clinician).get(questions).status_code == 404


def test_another_clinics_start_is_not_there(clinician, aurora, bora):
    theirs = ProgramFactory(clinic=bora.clinic)
    prescription = PrescriptionFactory(patient=bora.newcomer, clinician=bora.clinician, status="draft")
    for query in (
        f"?program={theirs.pk}",
        f"?prescription={prescription.pk}",
        f"?prescription={bora.prescription.pk}",
        "?program=0&prescription=99999999",
    ):
        assert clinician.get(build_url(aurora.newcomer, query)).status_code == 404, query
    assert clinician.get(build_url(bora.newcomer)).status_code == 404
    assert clinician.get(build_url(aurora.newcomer, "?program=x")).status_code == 200


def test_who_does_not_treat_builds_for_nobody(aurora, as_staff):
    for someone in (aurora.manager, aurora.front_desk):
        assert as_staff(someone).get(build_url(aurora.newcomer)).status_code == 404


def test_the_way_there_stands_on_the_page_before(clinician, aurora):
    program = Program.objects.filter(clinic=None).first() or ProgramFactory()
    choose = clinician.get(reverse("admin:prescribe", args=[aurora.newcomer.pk]))
    assert build_url(aurora.newcomer) in choose.content.decode()
    ask = clinician.get(reverse("admin:prescribe", args=[aurora.newcomer.pk]) + f"?program={program.pk}")
    assert build_url(aurora.newcomer, f"?program={program.pk}") in ask.content.decode()


def test_as_the_patient_sees_it_in_their_language_and_nothing_is_saved(clinician, aurora):
    aurora.newcomer.language = "it"
    aurora.newcomer.save()
    one = ExerciseFactory(plain_name_it="Ponte", name_it="Ponte")
    key = f"row-{one.pk}"
    data = sent(one, act="see", **{f"{key}-reps": "9", f"{key}-note_it": "Piano.", f"{key}-note_en": "Slow."})
    before = Prescription.objects.count()
    page = clinician.post(build_url(aurora.newcomer), data)
    assert page.status_code == 200
    seen = text(page)
    assert "Giorno 1 di 20" in seen
    assert "9 volte" in seen
    assert "Piano." in seen
    assert "Slow." not in seen
    assert 'lang="it"' in page.content.decode()
    assert reverse("session") not in page.content.decode()  # a clinician is not led to the patient's form
    assert Prescription.objects.count() == before
    twice = clinician.post(build_url(aurora.newcomer), {**data, "sessions_a_day": "2"})
    assert "Oggi registrate 0 sedute su 2." in text(twice)
    odd = {**data, f"{key}-reps": "many", "review_after_days": "x"}
    assert clinician.post(build_url(aurora.newcomer), odd).status_code == 200
    assert clinician.post(build_url(aurora.newcomer), sent(act="see")).status_code == 200


def test_nobody_else_looks_at_a_patients_page(aurora, bora, as_staff):
    for someone in (aurora.manager, bora.clinician):
        answer = as_staff(someone).post(build_url(aurora.newcomer), sent(ExerciseFactory(), act="see"))
        assert answer.status_code == 404


# --- Start and reminders ---------------------------------------------------------------------------------
def test_start_and_reminders_are_said_in_the_builder_and_not_asked_again(clinician, aurora):
    one, later = ExerciseFactory(), today(aurora.newcomer) + dt.timedelta(days=3)
    data = sent(one, start="date", starts_on=later.isoformat(), sessions_a_day="2")
    data |= {"reminder_1": "08:15", "reminder_2": "19:00", "reminder_3": "20:00"}
    questions = clinician.post(build_url(aurora.newcomer), data)["Location"]
    page = clinician.get(questions)
    assert "Reminders: 08:15, 19:00." in text(page)
    assert not {"start", "starts_on", "reminder_1"} & set(page.context["form"].fields)
    again = clinician.get(build_url(aurora.newcomer, "?" + questions.partition("?")[2]))
    scheme = again.context["scheme"]
    assert (scheme["start"].value(), scheme["starts_on"].value()) == ("date", later)
    assert [str(field.value() or "")[:5] for field in scheme.reminders()] == ["08:15", "19:00", "", ""]
    assert clinician.post(questions, START).status_code == 302
    made = Prescription.objects.get(patient=aurora.newcomer, name_en="For her")
    assert made.starts_on == later
    times = ReminderTime.objects.filter(patient=aurora.newcomer).order_by("slot")
    assert [one.at for one in times] == [dt.time(8, 15), dt.time(19)]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"start": "date", "starts_on": "2020-01-01"}, "The start cannot lie in the past."),
        ({"start": "date", "starts_on": "2198-01-01"}, "Choose a day within a year from now."),
        ({"start": "date"}, "Choose the date."),
        ({"start": "some day"}, "Select a valid choice"),
        ({"reminder_1": "03:00"}, "between 07:00 and 21:00"),
        ({"reminder_1": "at nine"}, "Enter a valid time"),
    ],
)
def test_a_start_or_a_reminder_that_cannot_be_is_refused_in_the_builder(changed, said, clinician, aurora):
    answer = clinician.post(build_url(aurora.newcomer), sent(ExerciseFactory(), **changed))
    assert answer.status_code == 400
    assert said in text(answer)
    assert '<details class="fold" open>\n      <summary>Start and reminders' in answer.content.decode()


def test_where_no_reminder_is_given_the_patients_own_stay_and_the_page_says_so(clinician, aurora):
    assert "No reminder." in text(after_building(clinician, aurora))
    ReminderTimeFactory(patient=aurora.newcomer, at=dt.time(8, 15))
    assert "The patient's own reminders stay." in text(after_building(clinician, aurora))


def after_building(clinician, aurora):
    built = clinician.post(build_url(aurora.newcomer), sent(ExerciseFactory()))
    return clinician.get(built["Location"])


def test_reminders_that_the_patient_turned_off_are_not_turned_on_unseen(clinician, aurora):
    ReminderTimeFactory(patient=aurora.newcomer, at=dt.time(8, 15))
    begun = clinician.get(build_url(aurora.newcomer)).context["scheme"]
    assert begun["reminder_1"].value() == dt.time(8, 15)
    aurora.newcomer.reminders_stopped_at = timezone.now()
    aurora.newcomer.save()
    begun = clinician.get(build_url(aurora.newcomer)).context["scheme"]
    assert not any(field.value() for field in begun.reminders())


# --- Tempo -------------------------------------------------------------------------------------------------
def test_a_tempo_of_ones_own_is_copied_else_the_librarys(clinician, aurora):
    one, two = ExerciseFactory(tempo_en="Slowly."), ExerciseFactory(tempo_en="One breath each.")
    page = clinician.post(build_url(aurora.newcomer), sent(one, act=f"add:{two.pk}"))
    assert page.context["sheet"].forms[1]["tempo_en"].value() == "One breath each."
    one.tempo_it = "Piano."
    one.save()
    data = sent(one, two, **{f"row-{one.pk}-tempo_en": "Count to five.", f"row-{one.pk}-tempo_it": "Piano."})
    questions = clinician.post(build_url(aurora.newcomer), data)["Location"]
    clinician.post(questions, START)
    made = Prescription.objects.get(patient=aurora.newcomer, name_en="For her")
    tempos = made.versions.get().exercises.values_list("tempo_en", flat=True)
    assert list(tempos) == ["Count to five.", "One breath each."]
    adjust = reverse("admin:prescription_adjust", args=[made.pk])
    Exercise.objects.filter(pk=two.pk).update(tempo_en="Faster.")
    form = clinician.get(adjust).context["sheet"].forms[1]
    assert form["tempo_en"].value() == "One breath each."  # as it was prescribed
    start = build_url(aurora.newcomer, f"?prescription={made.pk}")
    again = clinician.get(start).context["sheet"].forms
    assert [form["tempo_en"].value() for form in again] == ["Count to five.", "One breath each."]


# --- What speaks for stretching ----------------------------------------------------------------------------
def test_what_speaks_for_stretching_is_kept_and_gates_nothing(clinician, aurora):
    questions = clinician.post(build_url(aurora.newcomer), sent(ExerciseFactory()))["Location"]
    assert "What speaks for stretching" in text(clinician.get(questions))
    assert clinician.post(questions, {**START, "for_stretching": ["nonsense"]}).status_code == 400
    chosen = ["morning", "one_position"]
    assert clinician.post(questions, {**START, "for_stretching": chosen}).status_code == 302
    made = Prescription.objects.get(patient=aurora.newcomer, name_en="For her")
    assert made.screening.for_stretching == chosen
    page = text(clinician.get(reverse("admin:prescription_report", args=[made.pk])))
    assert "Worse in the morning; Hard to stay in one position" in page


# --- Queries -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("act", ["weigh", "see", "find"])
def test_the_queries_do_not_grow_with_the_programme(act, clinician, aurora):
    counts = []
    for number in (2, 12):
        exercises = [LadderFormFactory(exercise__clinic=aurora.clinic).exercise for _one in range(number)]
        data = sent(*exercises, act=act, words="nothing is called so")
        data |= {f"row-{one.pk}-next_after": "3" for one in exercises}
        with CaptureQueriesContext(connection) as queries:
            assert clinician.post(build_url(aurora.newcomer), data).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
