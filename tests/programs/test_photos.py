"""Photos of exercises: what is kept of an upload, who sees it, and that what was prescribed keeps its own."""

import datetime as dt
import importlib
import io

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from patients.adjusting import adjust
from patients.models import PrescribedExercise
from patients.prescribing import prescribe
from patients.versions import lines_of_version
from programs.models import Exercise
from programs.photos import MOST_MB, photo_url
from tests.factories import ExerciseFactory, LadderFormFactory, PrescribedExerciseFactory, ProgramItemFactory
from tests.patients.pages import text
from tests.patients.scenario import NONE_OF_THESE
from tests.programs.test_admin_library import ADD, NEW, change_url, sent

pytestmark = pytest.mark.django_db


def picture(kind: str = "JPEG", size: tuple[int, int] = (1600, 1200), **saved: object) -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", size, "#4a8").save(data, format=kind, **saved)
    return SimpleUploadedFile(f"holiday.{kind.lower()}", data.getvalue(), "image/whatever")


@pytest.fixture
def own(aurora) -> Exercise:
    exercise = ExerciseFactory(clinic=aurora.clinic, figure="glute-bridge")
    exercise.photo.save("own.webp", ContentFile(b"a photo"))
    return exercise


@pytest.fixture
def clinician(aurora, as_staff):
    return as_staff(aurora.clinician)


# --- Uploading -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_photo_is_written_anew_small_and_without_metadata(kind, clinician):
    where = Image.Exif()
    where[0x8825] = {1: "N", 2: (41.0, 53.0, 0.0)}  # a place, as a phone writes it
    clinician.post(ADD, {**NEW, "new_photo": picture(kind, exif=where)})
    exercise = Exercise.objects.get(name_en="Pelvic tilt")
    answer = clinician.get(photo_url(exercise.photo.name))
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    shown = Image.open(io.BytesIO(answer.content))
    assert (shown.format, shown.size) == ("WEBP", (960, 720))
    assert not shown.getexif()
    assert "holiday" not in str(exercise.photo.name)


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "no picture that we can"),
        (picture("GIF"), "no picture that we can read"),
        (picture(size=(10000, 5000)), "too many pixels"),
        (SimpleUploadedFile("a.jpg", b"x" * (MOST_MB * 1024 * 1024 + 1)), "larger than 12 MB"),
        (SimpleUploadedFile("a.jpg", picture().read()[:300]), "no picture that we can read"),
    ],
    ids=["svg", "gif", "50 megapixels", "too large", "cut off"],
)
def test_what_is_no_photo_is_refused_at_its_field(upload, said, clinician):
    upload.seek(0)
    answer = clinician.post(ADD, {**NEW, "new_photo": upload})
    assert answer.status_code == 400
    assert said in text(answer)
    assert not Exercise.objects.filter(name_en="Pelvic tilt").exists()
    assert not is_folded_up(answer), "or nobody sees what is wrong"


def test_the_help_names_the_limit(clinician):
    assert f"at most {MOST_MB} MB" in text(clinician.get(ADD))


def test_the_picture_is_folded_up_where_nothing_is_wrong_with_it(clinician):
    assert is_folded_up(clinician.get(ADD))


def is_folded_up(answer) -> bool:
    before, heading, _after = answer.content.decode().partition('class="fieldset-heading">Picture')
    assert heading
    return "<summary>" in before.rpartition("<fieldset")[2]


def test_a_photo_is_replaced_and_removed_and_its_file_stays(own, clinician):
    first = own.photo.name
    clinician.post(change_url(own), sent(own, figure="glute-bridge", new_photo=picture()))
    own.refresh_from_db()
    assert own.photo.name not in {"", first}
    assert default_storage.exists(first)  # a programme may show it still
    clinician.post(change_url(own), sent(own, figure="glute-bridge", remove_photo="on"))
    own.refresh_from_db()
    assert (own.photo.name, own.figure) == ("", "glute-bridge")


# --- Choosing a figure ------------------------------------------------------------------------------------
def test_a_clinics_own_exercise_takes_one_of_the_figures(clinician):
    said = clinician.get(ADD).content.decode()
    assert "figures.svg#cat-cow-end" in said
    clinician.post(ADD, {**NEW, "figure": "cat-cow"})
    assert Exercise.objects.get(name_en="Pelvic tilt").figure == "cat-cow"


def test_a_figure_that_is_none_is_refused(clinician):
    answer = clinician.post(ADD, {**NEW, "figure": "handstand"})
    assert answer.status_code == 400
    assert "handstand is not one of the available choices" in text(answer)


def test_a_page_shows_the_photo_before_the_figure_and_the_list_too(own, clinician):
    for page in (change_url(own), "/admin/programs/exercise/"):
        assert photo_url(own.photo.name) in clinician.get(page).content.decode()
    own.photo = ""
    own.save()
    for page in (change_url(own), "/admin/programs/exercise/"):
        assert "glute-bridge-hold" in clinician.get(page).content.decode()


# --- Who sees it ------------------------------------------------------------------------------------------
def test_who_may_see_the_exercise_sees_its_photo(own, aurora, bora, as_staff, client):
    address = photo_url(own.photo.name)
    for staff, status in ((aurora.clinician, 200), (bora.clinician, 404), (aurora.front_desk, 404)):
        assert as_staff(staff).get(address).status_code == status
    assert client.get(address).status_code == 404  # signed out


def test_a_patient_sees_the_photos_of_what_is_prescribed(own, aurora, bora, as_patient):
    shown = PrescribedExercise.objects.filter(version__prescription=aurora.prescription).first()
    address = photo_url(own.photo.name)
    assert as_patient(aurora.patient).get(address).status_code == 404
    PrescribedExercise.objects.filter(pk=shown.pk).update(photo=own.photo.name)
    assert as_patient(aurora.patient).get(address).status_code == 200
    assert as_patient(bora.patient).get(address).status_code == 404
    assert address in as_patient(aurora.patient).get("/").content.decode()


def test_other_files_are_not_served(clinician, settings):
    (settings.MEDIA_ROOT / "photos").mkdir(parents=True)
    (settings.MEDIA_ROOT / "photos" / "stray.webp").write_bytes(b"x")
    for name in ("stray.webp", "..%2Fdb.sqlite3", "none.webp"):
        assert clinician.get(f"/media/photos/{name}").status_code == 404
    assert clinician.get("/media/photos/a%00b").status_code == 400


def test_a_photo_whose_file_is_lost_is_not_found(own, clinician):
    default_storage.delete(own.photo.name)
    assert clinician.get(photo_url(own.photo.name)).status_code == 404


# --- What is prescribed keeps its picture ------------------------------------------------------------------
def test_prescribing_copies_pictures_and_adjusting_keeps_them(own, aurora):
    LadderFormFactory(exercise=own, figure="glute-bridge-small-lift")
    program = ProgramItemFactory(exercise=own).program
    prescription = prescribe(
        patient=aurora.newcomer,
        program=program,
        screening=NONE_OF_THESE,
        by=aurora.clinician,
        now=timezone.now(),
    )
    [one] = prescription.versions.get().exercises.filter(exercise=own)
    assert (one.figure, one.photo.name) == ("glute-bridge", own.photo.name)
    assert one.figure_at(-1) == "glute-bridge-small-lift"
    assert (one.photo_at(0), one.photo_at(-1)) == (own.photo.name, "")
    Exercise.objects.filter(pk=own.pk).update(figure="cat-cow", photo="")
    one.refresh_from_db()
    assert one.figure == "glute-bridge"
    [line] = [line for line in lines_of_version(one.version) if line.exercise == own]
    version = adjust(
        prescription=prescription,
        lines=[line],
        sessions_a_day=1,
        weekdays="1234567",
        by=aurora.clinician,
        now=timezone.now() + dt.timedelta(days=1),
    )
    again = version.exercises.get()
    assert (again.figure, again.photo.name) == ("glute-bridge", one.photo.name)


def test_what_was_prescribed_before_there_were_pictures_gets_those_of_shared_exercises(aurora):
    ladder = [{"rung": -1, "name_en": "Less"}, {"rung": 1, "name_en": "More"}]
    shared = PrescribedExerciseFactory(exercise=ExerciseFactory(key="glute-bridge"), ladder=ladder)
    ours = PrescribedExerciseFactory(exercise=ExerciseFactory(key="glute-bridge", clinic=aurora.clinic))
    migration = importlib.import_module("patients.migrations.0003_pictures_of_what_is_prescribed")
    migration.add_figures(apps, None)
    shared.refresh_from_db()
    ours.refresh_from_db()
    assert (shared.figure, ours.figure) == ("glute-bridge", "")
    assert [form["figure"] for form in shared.ladder] == ["glute-bridge-small-lift", "glute-bridge-one-leg"]
