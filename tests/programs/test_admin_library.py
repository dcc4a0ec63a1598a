"""The library in the admin: found and read by all who treat, edited by its owner, retired and not deleted."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Event
from clinic.scoping import Role
from programs.models import Exercise, LadderForm
from tests.factories import (
    ExerciseFactory,
    LadderFormFactory,
    MembershipFactory,
    ProgramItemFactory,
    UserFactory,
)
from tests.patients.pages import text

pytestmark = pytest.mark.django_db
LIST = "/admin/programs/exercise/"
ADD = f"{LIST}add/"
NO_FORMS = {
    "forms-TOTAL_FORMS": "0",
    "forms-INITIAL_FORMS": "0",
    "forms-MIN_NUM_FORMS": "0",
    "forms-MAX_NUM_FORMS": "1000",
}
NEW = {
    "name_en": "Pelvic tilt",
    "plain_name_en": "Pelvis rock",
    "steps_en": "Lie down.\nRock.",
    "status": "published",
    "kind": "mobilisation",
    "region": "back",
    "starting_position": "supine",
    "precautions": ["pregnancy", "hernia"],
    "equipment": ["mat"],
    "reps": "10",
    **NO_FORMS,
}


def change_url(exercise: Exercise) -> str:
    return f"{LIST}{exercise.pk}/change/"


def sent(exercise: Exercise, **changed: object) -> dict[str, object]:
    """The form as the page gives it."""
    names = (
        *Exercise.wording_fields(),
        *Exercise.FIGURES,
        *("status", "kind", "region", "starting_position", "target_en", "target_it"),
        *("side_order", "provenance", "licence", "precautions", "equipment"),
    )
    data = {name: "" if getattr(exercise, name) is None else getattr(exercise, name) for name in names}
    side = {"each_side": "on"} if exercise.each_side else {}
    return {**data, **side, **NO_FORMS, **changed}


@pytest.fixture
def own(aurora) -> Exercise:
    return ExerciseFactory(clinic=aurora.clinic, name_en="Our bridge", dose_sources={"reps": "text"})


@pytest.fixture
def clinician(aurora, as_staff):
    return as_staff(aurora.clinician)


# --- Who sees what -------------------------------------------------------------------------------------
def test_shared_ones_and_our_own_are_listed(own, bora, clinician):
    ExerciseFactory(name_en="Everybody's stretch")
    ExerciseFactory(clinic=bora.clinic, name_en="Their stretch")
    said = text(clinician.get(LIST))
    assert "Everybody's stretch" in said
    assert "Our bridge" in said
    assert "Their stretch" not in said
    assert "Bora" not in said


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=bridge", {"Our bridge"}),
        ("q=PONTE", {"Our bridge"}),
        ("q=glutei", {"Our bridge"}),
        ("kind__exact=strengthening", {"Our bridge"}),
        ("starting_position__exact=standing", {"Side bend"}),
        ("status__exact=retired", {"Side bend"}),
        ("whose=own", {"Our bridge"}),
        ("whose=shared", {"Side bend"}),
        ("whose=moon", {"Our bridge", "Side bend"}),
    ],
)
def test_search_and_filters(query, found, own, clinician):
    Exercise.objects.filter(pk=own.pk).update(
        name_it="Ponte", kind="strengthening", target_en="Glutei and hamstrings"
    )
    ExerciseFactory(name_en="Side bend", starting_position="standing", status="retired")
    said = text(clinician.get(f"{LIST}?{query}"))
    assert {name for name in ("Our bridge", "Side bend") if name in said} == found


def test_filters_reach_no_other_clinic(bora, clinician):
    theirs = ExerciseFactory(clinic=bora.clinic, name_en="Their stretch")
    for query in (f"id__exact={theirs.pk}", f"clinic__id__exact={bora.clinic.pk}", "clinic__name=Bora"):
        assert "Their stretch" not in text(clinician.get(f"{LIST}?{query}", follow=True))


def test_the_list_asks_the_same_whatever_its_length(clinician):
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            clinician.get(LIST)
        return len(counted)

    queries()
    few = queries()
    ExerciseFactory.create_batch(5)
    assert queries() == few


@pytest.mark.parametrize("view", ["change", "history", "delete"])
def test_another_clinics_exercise_does_not_exist(view, bora, clinician):
    theirs = ExerciseFactory(clinic=bora.clinic)
    for pk in (theirs.pk, 0, "abc", 10**30):
        assert clinician.get(f"{LIST}{pk}/{view}/").status_code == 404
    assert clinician.post(change_url(theirs), sent(theirs, name_en="Taken")).status_code == 404


def test_the_front_desk_and_patients_have_no_library(own, aurora, as_staff):
    desk = as_staff(aurora.front_desk)
    assert desk.get(LIST).status_code == 403
    assert desk.get(change_url(own)).status_code == 404
    assert desk.get(ADD).status_code == 403
    assert as_staff(aurora.patient.user).get(LIST, follow=True).status_code == 404


# --- Reading -------------------------------------------------------------------------------------------
def test_a_shared_one_is_read_in_both_languages_with_its_sources(clinician):
    exercise = ExerciseFactory(precautions=["pregnancy"], equipment=["strap"], provenance="Our own words")
    LadderFormFactory(exercise=exercise)
    item = ProgramItemFactory(exercise=exercise)
    page = clinician.get(change_url(exercise))
    said = text(page)
    for part in (
        exercise.plain_name_en,
        exercise.plain_name_it,
        "Bring one knee to the chest.",
        "Porta un ginocchio al petto.",
        "2 × 3 · hold 20 s · each side",
        "Sets 2 source text",
        "Repetitions 3 clinical default",
        "Pregnancy",
        "Strap",
        "With a strap",
        "Con una cinghia",
        item.program.name,
        "Our own words",
    ):
        assert part in said
    assert 'name="_save"' not in page.content.decode()


def test_a_shared_one_is_edited_by_operators_alone(cast, clinician, as_staff):
    exercise = ExerciseFactory(name_en="Everybody's stretch")
    assert clinician.post(change_url(exercise), sent(exercise, name_en="Ours now")).status_code == 403
    as_staff(cast.operator).post(change_url(exercise), sent(exercise, name_en="Better named"))
    exercise.refresh_from_db()
    assert exercise.name_en == "Better named"


def test_operators_see_no_clinics_own(own, cast, as_staff):
    operator = as_staff(cast.operator)
    assert "Our bridge" not in text(operator.get(LIST))
    assert operator.get(change_url(own)).status_code == 404


# --- Adding and changing -------------------------------------------------------------------------------
def test_a_clinic_adds_its_own(aurora, clinician):
    clinician.post(ADD, NEW)
    tilt = Exercise.objects.get(name_en="Pelvic tilt")
    assert (tilt.clinic, tilt.key, tilt.status) == (aurora.clinic, "pelvic-tilt", "published")
    assert (tilt.precautions, tilt.equipment, tilt.reps, tilt.sets) == (
        ["pregnancy", "hernia"],
        ["mat"],
        10,
        None,
    )
    assert tilt.dose_sources == {"reps": "clinician"}
    clinician.post(ADD, NEW)
    assert set(Exercise.objects.filter(name_en="Pelvic tilt").values_list("key", flat=True)) == {
        "pelvic-tilt",
        "pelvic-tilt-2",
    }
    assert Event.objects.filter(verb="added", object_id=str(tilt.pk), clinic=aurora.clinic).count() == 1


def test_an_operator_adds_to_the_shared_library(cast, as_staff):
    as_staff(cast.operator).post(ADD, NEW)
    assert Exercise.objects.get(name_en="Pelvic tilt").clinic is None


def test_nobody_adds_to_another_clinic(cast, clinician):
    clinician.post(ADD, {**NEW, "clinic": cast.bora.clinic.pk})
    assert Exercise.objects.get(name_en="Pelvic tilt").clinic == cast.aurora.clinic


def test_somebody_of_two_clinics_says_whose_it_is(cast, as_staff):
    both = UserFactory()
    for house in (cast.aurora, cast.bora):
        MembershipFactory(clinic=house.clinic, user=both, role=Role.CLINICIAN)
    client = as_staff(both)
    assert "This field is required" in text(client.post(ADD, NEW))
    client.post(ADD, {**NEW, "clinic": cast.bora.clinic.pk})
    assert Exercise.objects.get(name_en="Pelvic tilt").clinic == cast.bora.clinic


def test_a_figure_that_a_clinician_changes_is_theirs(own, clinician):
    Exercise.objects.filter(pk=own.pk).update(
        dose_sources={"sets": "text", "reps": "default", "hold_s": "text"}
    )
    own.refresh_from_db()
    assert "Source: clinical default" in text(clinician.get(change_url(own)))
    clinician.post(change_url(own), sent(own, reps="8", hold_s=""))
    own.refresh_from_db()
    assert (own.reps, own.hold_s) == (8, None)
    assert own.dose_sources == {"sets": "text", "reps": "clinician"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name_en": ""}, "This field is required."),
        ({"steps_en": ""}, "This field is required."),
        ({"kind": "moon"}, "Select a valid choice."),
        ({"precautions": ["moon"]}, "Select a valid choice."),
        ({"equipment": ["moon"]}, "Select a valid choice."),
        ({"hold_s": "-1"}, "greater than or equal to"),
        ({"hold_s": "9999999"}, "less than or equal to 600"),
        ({"reps_most": "2"}, "This must not be less than the lower figure."),
        ({"reps": "", "reps_most": "5"}, "Give the lower figure too."),
        ({"hold_until_s": "10"}, "This must not be less than the lower figure."),
        ({"near": "0"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(changed, said, own, clinician):
    before = Exercise.objects.values().get(pk=own.pk)
    assert said in text(clinician.post(change_url(own), sent(own, **changed)))
    assert Exercise.objects.values().get(pk=own.pk) == before


def test_close_to_offers_what_one_sees(own, bora, clinician):
    theirs = ExerciseFactory(clinic=bora.clinic, name_en="Their stretch")
    assert "Their stretch" not in clinician.get(change_url(own)).content.decode()
    assert "Select a valid choice." in text(clinician.post(change_url(own), sent(own, near=theirs.pk)))


# --- The ladder ------------------------------------------------------------------------------------
def ladder(**changed: object) -> dict[str, object]:
    return {
        **NO_FORMS,
        "forms-TOTAL_FORMS": "1",
        "forms-0-rung": "-1",
        "forms-0-name_en": "With a strap",
        "forms-0-how_en": "Hold a strap.",
        "forms-0-equipment": ["strap"],
        **{f"forms-0-{name}": value for name, value in changed.items()},
    }


def test_a_form_of_the_ladder_is_added_within_the_page(own, clinician):
    clinician.post(change_url(own), sent(own, **ladder()))
    form = own.forms.get()
    assert (form.rung, form.name_en, form.equipment) == (-1, "With a strap", ["strap"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rung": "0"}, "the usual form needs no entry"),
        ({"rung": "9"}, "From -5"),
        ({"rung": "x"}, "Enter a whole number."),
        ({"equipment": ["moon"]}, "Select a valid choice."),
        ({"name_en": ""}, "This field is required."),
    ],
)
def test_a_form_that_cannot_be_is_refused(changed, said, own, clinician):
    assert said in text(clinician.post(change_url(own), sent(own, **ladder(**changed))))
    assert not LadderForm.objects.exists()


def test_a_rung_is_taken_once(own, clinician):
    LadderFormFactory(exercise=own, rung=-1)
    old = own.forms.get()
    rows = {
        **NO_FORMS,
        "forms-TOTAL_FORMS": "2",
        "forms-INITIAL_FORMS": "1",
        "forms-0-id": old.pk,
        "forms-0-rung": "-1",
        "forms-0-name_en": old.name_en,
        "forms-0-how_en": old.how_en,
        "forms-1-rung": "-1",
        "forms-1-name_en": "Another",
        "forms-1-how_en": "So.",
    }
    assert clinician.post(change_url(own), sent(own, **rows)).status_code == 400
    assert own.forms.count() == 1
    # Deleted and made anew in one go: told, or done, but never an error page.
    swapped = clinician.post(change_url(own), sent(own, **rows, **{"forms-0-DELETE": "on"}))
    assert swapped.status_code in {200, 302}
    assert own.forms.count() == 1


def test_two_forms_exchange_their_rungs(own, clinician):
    first, second = (LadderFormFactory(exercise=own, rung=rung, name_en=f"Form {rung}") for rung in (-2, -1))
    rows = {**NO_FORMS, "forms-TOTAL_FORMS": "2", "forms-INITIAL_FORMS": "2"}
    for number, (form, rung) in enumerate(((first, "-1"), (second, "-2"))):
        rows |= {
            f"forms-{number}-id": form.pk,
            f"forms-{number}-rung": rung,
            f"forms-{number}-name_en": form.name_en,
            f"forms-{number}-how_en": form.how_en,
        }
    assert clinician.post(change_url(own), sent(own, **rows)).status_code == 302
    assert dict(own.forms.values_list("rung", "name_en")) == {-2: "Form -1", -1: "Form -2"}


def test_forms_of_somebody_elses_exercise_stay_untouched(own, bora, clinician):
    theirs = LadderFormFactory(exercise__clinic=bora.clinic)
    rows = ladder(id=theirs.pk, name_en="Taken") | {"forms-INITIAL_FORMS": "1"}
    clinician.post(change_url(own), sent(own, **rows))
    theirs.refresh_from_db()
    assert theirs.name_en == "With a strap"
    assert theirs.exercise.clinic == bora.clinic


@pytest.mark.parametrize("broken", [{}, {"forms-TOTAL_FORMS": "x"}, {"forms-TOTAL_FORMS": "99999999"}])
def test_a_form_without_its_management_is_no_error_page(broken, own, clinician):
    data = {name: value for name, value in sent(own).items() if not name.startswith("forms-")}
    before = time.monotonic()
    assert clinician.post(change_url(own), {**data, **broken}).status_code == 400
    assert time.monotonic() - before < 10  # rows that were only claimed cost nothing


# --- Retired, never deleted --------------------------------------------------------------------------
def test_retiring_is_written_down(own, clinician):
    clinician.post(change_url(own), sent(own, status="retired"))
    own.refresh_from_db()
    assert own.status == "retired"
    assert Event.objects.filter(verb="retired", object_id=str(own.pk)).count() == 1
    assert "retired" in text(clinician.get(f"{LIST}{own.pk}/history/"))


def test_a_used_one_is_not_deleted(own, clinician):
    item = ProgramItemFactory(exercise=own, program__clinic=own.clinic)
    delete = f"{LIST}{own.pk}/delete/"
    assert delete not in clinician.get(change_url(own)).content.decode()
    assert clinician.post(delete, {"post": "yes"}).status_code == 403
    item.delete()
    clinician.post(delete, {"post": "yes"})
    assert not Exercise.objects.filter(pk=own.pk).exists()
    assert Event.objects.filter(verb="removed", object_id=str(own.pk)).count() == 1


def test_one_that_was_prescribed_is_not_deleted(aurora, clinician):
    exercise = aurora.prescription.versions.get().exercises.first().exercise
    Exercise.objects.filter(pk=exercise.pk).update(clinic=aurora.clinic)
    assert clinician.post(f"{LIST}{exercise.pk}/delete/", {"post": "yes"}).status_code == 403
