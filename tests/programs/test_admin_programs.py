"""A programme as one page in the admin: schedule, exercises in order, doses as in the library or changed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from clinic.models import Event
from programs.models import Exercise, Program, ProgramItem
from tests.factories import ExerciseFactory, LadderFormFactory, ProgramFactory, ProgramItemFactory
from tests.patients.pages import text

pytestmark = pytest.mark.django_db
LIST = "/admin/programs/program/"
ADD = f"{LIST}add/"
SCHEDULE = {"status": "published", "phase": "subacute", "sessions_a_day": 1, "review_after_days": 20}


def sent(*rows: dict[str, object], initial: int = 0, **changed: object) -> dict[str, object]:
    """The form of a programme with `rows`, of which the first `initial` are there already."""
    data: dict[str, object] = {
        "name_en": "For the garden",
        **SCHEDULE,
        "weekdays": list("1234567"),
        "items-TOTAL_FORMS": len(rows),
        "items-INITIAL_FORMS": initial,
        "items-MIN_NUM_FORMS": 0,
        "items-MAX_NUM_FORMS": 1000,
        **changed,
    }
    for number, row in enumerate(rows):
        for name, value in {"rung": "0", **row}.items():
            data[f"items-{number}-{name}"] = value
    return data


def row_of(item: ProgramItem, **changed: object) -> dict[str, object]:
    figures = {name: getattr(item, name) or "" for name in item.FIGURES}
    return {
        "id": item.pk,
        "position": item.position,
        "exercise": item.exercise_id,
        "rung": item.rung,
        **figures,
        **changed,
    }


@pytest.fixture
def clinician(aurora, as_staff):
    return as_staff(aurora.clinician)


@pytest.fixture
def exercise(db) -> Exercise:
    return ExerciseFactory(name_en="Bridge", sets=2, reps=8, hold_s=5)


@pytest.fixture
def own(aurora, exercise) -> Program:
    program = ProgramFactory(items=0, clinic=aurora.clinic, name_en="Our own")
    ProgramItemFactory(
        program=program,
        exercise=exercise,
        position=1,
        dose_sources={"sets": "text", "reps": "text", "hold_s": "default"},
    )
    return program


def change_url(program: Program) -> str:
    return f"{LIST}{program.pk}/change/"


# --- Writing one ---------------------------------------------------------------------------------------
def test_a_programme_is_written_on_one_page(aurora, clinician, exercise):
    other = ExerciseFactory(name_en="Cat-cow", reps=10, sets=None, hold_s=None, each_side=False)
    rows = (
        {"position": "2", "exercise": exercise.pk},
        {"position": "1", "exercise": other.pk, "reps": "6", "note_en": "Slowly.", "note_it": "Piano."},
    )
    answer = clinician.post(ADD, sent(*rows, weekdays=["1", "3", "5"], review_after_days=14))
    assert answer.status_code == 302
    program = Program.objects.get(name_en="For the garden")
    assert (program.clinic, program.weekdays, program.review_after_days) == (aurora.clinic, "135", 14)
    first, second = program.items.all()
    assert (first.exercise, first.reps, first.note_it) == (other, 6, "Piano.")
    assert first.dose_sources == {"reps": "clinician"}
    # Left without any dose: the library's, its sources and sides included.
    assert second.dose() == exercise.dose()
    assert Event.objects.filter(verb="added", object_id=str(program.pk), clinic=aurora.clinic).count() == 1


def test_rows_without_a_place_keep_the_order_of_the_page(clinician, exercise):
    other = ExerciseFactory()
    clinician.post(
        ADD, sent({"exercise": other.pk, "position": ""}, {"exercise": exercise.pk, "position": ""})
    )
    items = Program.objects.get(name_en="For the garden").items.all()
    assert [item.exercise for item in items] == [other, exercise]


def test_an_empty_row_is_no_exercise(clinician, exercise):
    clinician.post(ADD, sent({"exercise": exercise.pk, "position": "1"}, {"exercise": "", "position": "9"}))
    assert Program.objects.get(name_en="For the garden").items.count() == 1


def test_the_page_tells_new_rows_their_place(own, clinician):
    page = clinician.get(change_url(own)).content.decode()
    assert 'name="items-1-position" value="2"' in page


def test_a_changed_figure_is_the_clinicians(own, clinician):
    item = own.items.get()
    clinician.post(change_url(own), sent(row_of(item, reps=12), initial=1))
    item.refresh_from_db()
    assert (item.reps, item.sets) == (12, 2)
    assert item.dose_sources == {"sets": "text", "reps": "clinician", "hold_s": "default"}


def test_another_exercise_in_its_place_brings_its_own_dose(own, clinician):
    item, other = own.items.get(), ExerciseFactory(reps=4, sets=None, hold_s=30, each_side=False)
    clinician.post(change_url(own), sent(row_of(item, exercise=other.pk), initial=1))
    item.refresh_from_db()
    assert item.exercise == other
    assert item.dose() == other.dose()


def test_removing_a_row(own, clinician):
    item = own.items.get()
    clinician.post(change_url(own), sent(row_of(item, DELETE="on"), initial=1))
    assert not own.items.exists()
    assert Event.objects.filter(verb="changed", object_id=str(own.pk)).count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"exercise": "0"}, "Select a valid choice."),
        ({"exercise": "abc"}, "Select a valid choice."),
        ({"exercise": "", "reps": "3"}, "This field is required."),
        ({"rung": "-1"}, "This exercise has no such form."),
        ({"rung": "7"}, "Select a valid choice."),
        ({"reps": "0"}, "greater than or equal to 1"),
        ({"hold_s": "601"}, "less than or equal to 600"),
        ({"hold_s": "20", "hold_until_s": "10"}, "This must not be less than the lower figure."),
        ({"hold_until_s": "10"}, "Give the lower figure too."),
        ({"position": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_row_that_cannot_be_is_refused_at_its_field(changed, said, clinician, exercise):
    answer = clinician.post(ADD, sent({"position": "1", "exercise": exercise.pk, **changed}))
    assert said in text(answer)
    assert not Program.objects.filter(name_en="For the garden").exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name_en": ""}, "This field is required."),
        ({"weekdays": []}, "This field is required."),
        ({"weekdays": ["8"]}, "Select a valid choice."),
        ({"sessions_a_day": 0}, "greater than or equal to 1"),
        ({"sessions_a_day": 5}, "less than or equal to 4"),
        ({"review_after_days": 0}, "greater than or equal to 1"),
        ({"review_after_days": 366}, "less than or equal to 365"),
        ({"phase": "moon"}, "Select a valid choice."),
    ],
)
def test_a_programme_that_cannot_be_is_refused_at_its_field(changed, said, clinician):
    assert said in text(clinician.post(ADD, sent(**changed)))
    assert not Program.objects.filter(name_en="For the garden").exists()


def test_an_exercise_comes_once(own, clinician, exercise):
    answer = clinician.post(
        change_url(own),
        sent(row_of(own.items.get()), {"position": "2", "exercise": exercise.pk}, initial=1),
    )
    assert answer.status_code == 400
    assert own.items.count() == 1


def test_a_removed_exercise_put_in_again_is_no_error_page(own, clinician, exercise):
    rows = (row_of(own.items.get(), DELETE="on"), {"position": "2", "exercise": exercise.pk})
    assert clinician.post(change_url(own), sent(*rows, initial=1)).status_code in {200, 302}
    assert own.items.count() == 1


def test_two_rows_exchange_their_exercises(own, clinician, exercise):
    other = ProgramItemFactory(program=own, position=2)
    rows = (
        row_of(own.items.first(), exercise=other.exercise_id),
        row_of(other, exercise=exercise.pk),
    )
    assert clinician.post(change_url(own), sent(*rows, initial=2)).status_code == 302
    assert [item.exercise for item in own.items.all()] == [other.exercise, exercise]


def test_the_form_of_the_ladder_is_kept(clinician, exercise):
    LadderFormFactory(exercise=exercise, rung=-1)
    clinician.post(ADD, sent({"position": "1", "exercise": exercise.pk, "rung": "-1"}))
    assert ProgramItem.objects.get(program__name_en="For the garden").rung == -1


# --- Whose -------------------------------------------------------------------------------------------
def test_the_picker_offers_what_one_sees(own, bora, clinician):
    theirs = ExerciseFactory(clinic=bora.clinic, name_en="Their stretch")
    assert "Their stretch" not in clinician.get(ADD).content.decode()
    answer = clinician.post(ADD, sent({"position": "1", "exercise": theirs.pk}))
    assert "Select a valid choice." in text(answer)


def test_the_pickers_cost_the_same_however_many_rows(own, clinician):
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            clinician.get(change_url(own))
        return len(counted)

    queries()
    few = queries()
    for place in range(2, 6):
        ProgramItemFactory(program=own, position=place)
    assert queries() == few


def test_a_shared_one_is_read_and_not_edited(exercise, clinician, cast, as_staff):
    shared = ProgramFactory(items=0, name_en="First 20 days", description_en="Six exercises.")
    ProgramItemFactory(program=shared, exercise=exercise)
    page = clinician.get(change_url(shared))
    said = text(page)
    assert "Six exercises." in said
    assert "Bridge 2 × 8 · hold 5 s · each side" in said
    assert 'name="_save"' not in page.content.decode()
    assert clinician.post(change_url(shared), sent(name_en="Ours now")).status_code == 403
    item = shared.items.get()
    as_staff(cast.operator).post(change_url(shared), sent(row_of(item), initial=1, name_en="Better"))
    shared.refresh_from_db()
    assert shared.name_en == "Better"


def test_an_operator_never_puts_a_clinics_exercise_into_a_shared_one(cast, as_staff):
    own = ExerciseFactory(clinic=cast.aurora.clinic, name_en="Our bridge")
    operator = as_staff(cast.operator)
    assert "Our bridge" not in operator.get(ADD).content.decode()
    answer = operator.post(ADD, sent({"position": "1", "exercise": own.pk}))
    assert "Select a valid choice." in text(answer)


@pytest.mark.parametrize("view", ["change", "history", "delete"])
def test_another_clinics_programme_does_not_exist(view, bora, clinician):
    theirs = ProgramFactory(clinic=bora.clinic)
    for pk in (theirs.pk, 0, "abc", 10**30):
        assert clinician.get(f"{LIST}{pk}/{view}/").status_code == 404
    assert theirs.name not in text(clinician.get(LIST))


def test_the_front_desk_has_no_programmes(own, aurora, as_staff):
    desk = as_staff(aurora.front_desk)
    assert desk.get(LIST).status_code == 403
    assert desk.get(change_url(own)).status_code == 404


# --- Retired, never deleted --------------------------------------------------------------------------
def test_one_that_was_prescribed_is_not_deleted(own, aurora, clinician):
    aurora.prescription.program = own
    aurora.prescription.save()
    assert clinician.post(f"{LIST}{own.pk}/delete/", {"post": "yes"}).status_code == 403
    aurora.prescription.program = None
    aurora.prescription.save()
    clinician.post(f"{LIST}{own.pk}/delete/", {"post": "yes"})
    assert not Program.objects.filter(pk=own.pk).exists()


def test_retiring_is_written_down(own, clinician):
    clinician.post(change_url(own), sent(row_of(own.items.get()), initial=1, status="retired"))
    assert Event.objects.filter(verb="retired", object_id=str(own.pk)).count() == 1


def test_the_list_says_how_often_and_how_many(own, clinician):
    Program.objects.filter(pk=own.pk).update(sessions_a_day=2, weekdays="135")
    cells = clinician.get(LIST).content.decode().split("Our own</a>")[1].split("</tr>")[0].replace("<", " <")
    assert " ".join(strip_tags(cells).split()) == (
        "Subacute 1 2 times a day, Mon, Wed, Fri 20 Aurora Published"
    )
