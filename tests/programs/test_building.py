"""Building a programme: the burden, saving as a whole, and two who build at once."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinic.models import Event
from programs.building import Row, create_program, rows_of, save_program, usual_dose
from programs.burden import Burden, burden
from programs.gallery import remember_use
from programs.models import Program
from tests.factories import ExerciseFactory, ProgramFactory

pytestmark = pytest.mark.django_db
VALUES = {
    "name_en": "First days",
    "name_it": "Primi giorni",
    "phase": "acute",
    "sessions_a_day": 1,
    "review_after_days": 20,
    "weekdays": "135",
}


def row(**given) -> Row:
    exercise = ExerciseFactory(**given)
    return Row(exercise, exercise.dose())


# --- The burden ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("dose", "seconds"),
    [
        ({}, 4),  # one repetition, one slow breath
        ({"reps": 10}, 40),
        ({"reps": 8, "hold_s": 4}, 32),
        ({"reps": 3, "hold_s": 30, "each_side": True}, 180),
        ({"sets": 2, "reps": 10, "rest_s": 30}, 110),  # 80 of work, one rest between two sets
        ({"reps": 3, "hold_s": 10, "rest_s": 5}, 40),  # two rests between three repetitions
        ({"reps": 3, "hold_s": 10, "rest_s": 5, "each_side": True}, 80),
        ({"reps": 2, "reps_most": 4, "hold_s": 15, "hold_most_s": 20}, 30),  # the lower figures
    ],
)
def test_seconds_of_a_dose(dose, seconds):
    assert burden([dose]) == Burden(exercises=1, seconds=seconds)


def test_a_session_has_changes_between_its_exercises_and_is_rounded_up():
    assert burden([]) == Burden(exercises=0, seconds=0)
    two = burden([{"reps": 10}, {"reps": 10}])  # 40 + 20 + 40
    assert (two.seconds, two.minutes) == (100, 2)
    assert (burden([{}] * 3).is_many, burden([{}] * 4).is_many) == (False, True)


# --- Saving ------------------------------------------------------------------------------------------------
def test_a_new_programme_has_its_rows_in_order(aurora):
    first, second = row(), row(clinic=aurora.clinic)
    made = create_program(
        clinic=aurora.clinic, rows=[second, first], by=aurora.clinician, now=timezone.now(), **VALUES
    )
    assert (made.key, made.edition, made.weekdays, made.clinic) == ("first-days", 1, "135", aurora.clinic)
    assert [item.exercise for item in made.items.all()] == [second.exercise, first.exercise]
    assert rows_of(made) == [second, first]
    assert Event.objects.filter(verb="added", object_id=str(made.pk), actor=aurora.clinician).exists()


def test_saving_replaces_the_rows_and_keeps_what_the_library_noted(aurora):
    program = ProgramFactory(clinic=aurora.clinic)
    kept = program.items.first()
    kept.loaded = {"rung": 0}
    kept.save()
    rows = rows_of(program)
    save_program(
        program=program, rows=rows[:1], based_on=1, by=aurora.clinician, now=timezone.now(), **VALUES
    )
    saved = Program.objects.get(pk=program.pk)
    assert (saved.edition, saved.name_en) == (2, "First days")
    assert [item.loaded for item in saved.items.all()] == [{"rung": 0}]


def test_the_second_of_two_who_save_is_told_and_nothing_is_overwritten(aurora):
    program = ProgramFactory(clinic=aurora.clinic, name_en="Before")
    given = {"rows": rows_of(program), "based_on": 1, "by": aurora.clinician, "now": timezone.now()}
    save_program(program=program, **given, **VALUES)
    with pytest.raises(ValidationError, match="Somebody has changed this programme"):
        save_program(program=program, **given, **{**VALUES, "name_en": "Mine"})
    assert Program.objects.get(pk=program.pk).name_en == "First days"


@pytest.mark.parametrize("wrong", ["empty", "twice", "clinic"])
def test_what_cannot_stand_there_is_refused_and_nothing_is_kept(wrong, aurora, bora):
    one = row()
    rows = {"empty": [], "twice": [one, one], "clinic": [one, row(clinic=bora.clinic)]}[wrong]
    before = Program.objects.count()
    with pytest.raises(ValidationError) as refused:
        create_program(clinic=aurora.clinic, rows=rows, by=aurora.clinician, now=timezone.now(), **VALUES)
    assert refused.value.code == wrong
    assert Program.objects.count() == before


def test_the_dose_that_one_gave_last_is_offered(aurora, bora):
    exercise = ExerciseFactory(reps=3)
    dose = {**exercise.dose(), "reps": 7}
    remember_use(doses={exercise.pk: dose}, user=aurora.clinician, now=timezone.now())
    assert usual_dose(exercise, aurora.clinician)["reps"] == 7
    assert usual_dose(exercise, bora.clinician)["reps"] == 3
