"""The gallery: what is found and in which order, favourites, our own copies; nothing of another clinic."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from clinic.folding import folded
from clinic.models import Event
from patients.versions import lines_of_program
from programs.copying import copy_exercise
from programs.gallery import Wanted, gallery, remember_use, set_favourite, targets
from programs.models import Exercise, ExerciseUse, Favourite
from programs.models.search import searchable
from tests.factories import ExerciseFactory, LadderFormFactory, MembershipFactory, ProgramItemFactory
from tests.patients.pages import text

pytestmark = pytest.mark.django_db
PAGE = "/admin/library/"


@pytest.fixture
def clinician(aurora, as_staff):
    return as_staff(aurora.clinician)


SHELF = {"Bridge", "Plank", "Nerve glide", "Our stretch", "Not ready", "Of old"}


def names(user, **wanted) -> list[str]:
    """Of what stands on the shelf below, what is found; the cast has exercises of its own."""
    found = [exercise.name_en for exercise in gallery(user, Wanted(**wanted))]
    return [name for name in found if name in SHELF]


@pytest.fixture
def shelf(aurora) -> dict[str, Exercise]:
    """Four exercises that differ in everything that one can look for."""
    bridge = ExerciseFactory(
        name_en="Bridge", name_it="Ponte", kind="strengthening", target_en="Gluteals", equipment=["mat"]
    )
    plank = ExerciseFactory(
        name_en="Plank",
        name_it="Però sì",
        plain_name_it="Così",
        kind="strengthening",
        starting_position="prone",
        target_en="Whole trunk",
    )
    glide = ExerciseFactory(
        name_en="Nerve glide", kind="neurodynamic", starting_position="sitting", equipment=["strap", "chair"]
    )
    own = ExerciseFactory(clinic=aurora.clinic, name_en="Our stretch", region="other")
    ExerciseFactory(name_en="Not ready", status="draft")
    ExerciseFactory(name_en="Of old", status="retired")
    return {"bridge": bridge, "plank": plank, "glide": glide, "own": own}


# --- Folding -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "found"), [("Però  SÌ", "pero si"), ("Straße", "strasse"), ("  a\tB\n", "a b"), ("", "")]
)
def test_letters_are_folded(said, found):
    assert folded(said) == found


def test_the_column_follows_every_way_of_writing(shelf):
    plank = shelf["plank"]
    assert "pero si" in plank.search.splitlines()
    plank.name_it = "Àsse"
    plank.save()
    assert Exercise.objects.get(pk=plank.pk).search == searchable(plank)
    [made] = Exercise.objects.bulk_create([Exercise(key="x", name_en="Été", plain_name_en="Sommer")])
    assert Exercise.objects.get(pk=made.pk).search == "ete\nsommer"


# --- What is found ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["Bridge", "Nerve glide", "Our stretch", "Plank"]),
        ({"words": "PONTE"}, ["Bridge"]),
        ({"words": "pero SI"}, ["Plank"]),
        ({"words": "sì però"}, ["Plank"]),  # each word by itself, in any order
        ({"words": "trunk"}, ["Plank"]),
        ({"words": "handstand"}, []),
        ({"words": "%"}, []),
        ({"kind": "strengthening"}, ["Bridge", "Plank"]),
        ({"position": "prone"}, ["Plank"]),
        ({"equipment": "chair"}, ["Nerve glide"]),
        ({"equipment": "mat"}, ["Bridge"]),
        ({"target": "Gluteals"}, ["Bridge"]),
        ({"region": "other"}, ["Our stretch"]),
        ({"whose": "own"}, ["Our stretch"]),
        ({"whose": "shared", "kind": "stretch"}, []),
        ({"status": "draft"}, ["Not ready"]),
        ({"status": "retired"}, ["Of old"]),
        ({"kind": "strengthening", "words": "brid"}, ["Bridge"]),
    ],
)
def test_what_is_wanted_is_found(wanted, found, shelf, aurora):
    assert names(aurora.clinician, **wanted) == found


def test_by_the_phase_of_a_programme_that_one_may_see(shelf, aurora, bora):
    ProgramItemFactory(exercise=shelf["bridge"], program__phase="maintenance", program__clinic=None)
    ProgramItemFactory(exercise=shelf["plank"], program__phase="maintenance", program__clinic=bora.clinic)
    assert names(aurora.clinician, phase="maintenance") == ["Bridge"]


def test_favourites_come_first_then_what_was_used_last(shelf, aurora, bora):
    user, now = aurora.clinician, timezone.now()
    dose = shelf["plank"].dose()
    remember_use(doses={shelf["plank"].pk: dose}, user=user, now=now - dt.timedelta(days=2))
    remember_use(doses={shelf["own"].pk: dose}, user=user, now=now)
    set_favourite(exercise=shelf["glide"], user=user, wanted=True)
    set_favourite(exercise=shelf["glide"], user=user, wanted=True)  # twice is once
    assert names(user) == ["Nerve glide", "Our stretch", "Plank", "Bridge"]
    assert names(user, favourites=True) == ["Nerve glide"]
    assert names(bora.clinician)[0] == "Bridge"  # everybody has their own
    set_favourite(exercise=shelf["glide"], user=user, wanted=False)
    assert names(user, favourites=True) == []


def test_names_are_sorted_in_the_language_of_the_page(shelf, aurora):
    with translation.override("it"):
        found = [exercise.name_it for exercise in gallery(aurora.clinician, Wanted(kind="strengthening"))]
        found = [name for name in found if name in {"Però sì", "Ponte"}]
    assert found == ["Però sì", "Ponte"]


def test_targets_are_offered_once(shelf, aurora):
    ExerciseFactory(target_en="Gluteals")
    assert targets(aurora.clinician) == ["Gluteals", "Whole trunk"]


def test_the_last_dose_is_kept_when_prescribing(aurora):
    before = ExerciseUse.objects.count()
    program = ProgramItemFactory(exercise=ExerciseFactory(), reps=7).program
    [line] = [line for line in lines_of_program(program) if line.dose["reps"] == 7]
    for reps in (7, 9):
        dose = {**line.dose, "reps": reps}
        remember_use(doses={line.exercise.pk: dose}, user=aurora.clinician, now=timezone.now())
    assert ExerciseUse.objects.count() == before + 1
    assert ExerciseUse.objects.get(exercise=line.exercise).reps == 9


# --- The page ---------------------------------------------------------------------------------------------
def test_the_page_finds_with_and_without_htmx(shelf, clinician):
    whole = clinician.get(f"{PAGE}?words=bridge")
    assert "<html" in whole.content.decode()
    assert "Bridge" in text(whole)
    assert "Plank" not in text(whole)
    part = clinician.get(f"{PAGE}?words=bridge", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert part.content.decode().lstrip().startswith('<section id="found"')
    assert "HX-Request" in whole["Vary"]
    assert "HX-Request" in part["Vary"]


def test_what_is_not_understood_in_the_address_is_left_open(shelf, clinician):
    for query in (
        "kind=moon",
        "page=-1",
        "page=x",
        "status=gone",
        "words=" + "x" * 200,
        "favourites=perhaps",
    ):
        assert clinician.get(f"{PAGE}?{query}").status_code == 200


def test_nothing_is_found_in_words(shelf, clinician):
    assert "Nothing fits" in text(clinician.get(f"{PAGE}?words=handstand"))


def test_a_thousand_exercises_cost_what_ten_cost(aurora, clinician):
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert clinician.get(f"{PAGE}?words=exercise").status_code == 200
        return len(counted)

    ExerciseFactory.create_batch(10)
    queries()
    few = queries()
    Exercise.objects.bulk_create(
        Exercise(key=f"many-{number}", name_en=f"Exercise {number}", plain_name_en="x", figure="cat-cow")
        for number in range(1000)
    )
    assert queries() == few
    page = clinician.get(PAGE).content.decode()
    assert page.count("gallery-card") == 24
    assert len(page) < 90_000


def test_another_clinics_exercise_is_not_there(shelf, bora, clinician):
    theirs = ExerciseFactory(clinic=bora.clinic, name_en="Their stretch")
    assert "Their stretch" not in text(clinician.get(PAGE))
    for what in ("favourite", "copy"):
        for pk in (theirs.pk, 10**12, 10**20):
            answer = clinician.post(f"{PAGE}{pk}/{what}/", {"wanted": "yes", "clinic": "aurora"})
            assert answer.status_code == 404
    assert not Favourite.objects.exists()


def test_the_front_desk_and_patients_have_no_gallery(aurora, as_staff):
    assert as_staff(aurora.front_desk).get(PAGE).status_code == 404
    assert as_staff(aurora.patient.user).get(PAGE, follow=True).status_code == 404


def test_a_star_is_set_with_and_without_htmx(shelf, aurora, clinician):
    star = f"{PAGE}{shelf['bridge'].pk}/favourite/"
    answer = clinician.post(star, {"wanted": "yes", "back": f"{PAGE}?kind=stretch"})
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?kind=stretch")
    assert Favourite.objects.filter(user=aurora.clinician).count() == 1
    part = clinician.post(star, {"wanted": "no"}, headers={"HX-Request": "true"})
    assert 'aria-pressed="false"' in part.content.decode()
    assert not Favourite.objects.exists()
    elsewhere = clinician.post(star, {"wanted": "yes", "back": "https://elsewhere.example/"})
    assert elsewhere["Location"] == PAGE
    assert clinician.get(star).status_code == 405


# --- Our own copy -------------------------------------------------------------------------------------------
def test_our_own_copy_is_a_draft_with_everything(shelf, aurora, clinician):
    bridge = shelf["bridge"]
    Exercise.objects.filter(pk=bridge.pk).update(
        figure="glute-bridge", provenance="Our own words.", precautions=["pregnancy"]
    )
    LadderFormFactory(exercise=bridge, rung=-1, figure="glute-bridge-small-lift")
    answer = clinician.post(f"{PAGE}{bridge.pk}/copy/", {"clinic": aurora.clinic.slug})
    made = Exercise.objects.get(clinic=aurora.clinic, key=bridge.key)
    assert answer["Location"] == f"/admin/programs/exercise/{made.pk}/change/"
    assert made.status == "draft"
    for field in ("name_it", "kind", "steps_en", "reps", "hold_s", "dose_sources", "equipment", "search"):
        assert getattr(made, field) == getattr(bridge, field)
    assert (made.figure, made.precautions) == ("glute-bridge", ["pregnancy"])
    assert made.provenance == "Copy of “Bridge”. Our own words."
    assert [(form.rung, form.figure) for form in made.forms.all()] == [(-1, "glute-bridge-small-lift")]
    assert made.loaded == {}
    event = Event.objects.get(verb="added", object_id=str(made.pk))
    assert (event.actor, event.clinic) == (aurora.clinician, aurora.clinic)


def test_a_second_copy_has_a_key_of_its_own(shelf, aurora):
    given = {"exercise": shelf["bridge"], "clinic": aurora.clinic, "by": aurora.clinician}
    first, second = (copy_exercise(**given, now=timezone.now()) for _ in range(2))
    assert second.key == f"{first.key}-2"


def test_a_copy_goes_into_a_clinic_where_one_works(shelf, aurora, bora, clinician):
    answer = clinician.post(f"{PAGE}{shelf['bridge'].pk}/copy/", {"clinic": bora.clinic.slug})
    assert answer.status_code == 404
    MembershipFactory(user=aurora.clinician, clinic=bora.clinic, role="clinician")
    answer = clinician.post(f"{PAGE}{shelf['bridge'].pk}/copy/", {"clinic": bora.clinic.slug})
    assert answer.status_code == 302
    page = text(clinician.get(f"/admin/programs/exercise/{shelf['bridge'].pk}/change/"))
    assert "Make a copy for Bora" in page


def test_the_page_of_an_exercise_offers_copy_and_video(shelf, clinician):
    Exercise.objects.filter(pk=shelf["bridge"].pk).update(video_url="https://video.example/1")
    page = clinician.get(f"/admin/programs/exercise/{shelf['bridge'].pk}/change/")
    assert "Make our own copy" in text(page)
    assert 'href="https://video.example/1" target="_blank" rel="noopener noreferrer"' in page.content.decode()
