"""The builder's page without a script: each button, what is wrong, and whose programmes may be built."""

from typing import Any

import pytest

from programs.admin.builder_forms import MOST_ROWS
from programs.models import NO_PROGRESSION, Exercise, Program, ProgramItem, Progression
from tests.factories import ExerciseFactory, LadderFormFactory, MembershipFactory, ProgramFactory
from tests.patients.pages import text

pytestmark = pytest.mark.django_db
NEW = "/admin/programmes/build/"


@pytest.fixture
def clinician(aurora, as_staff):
    return as_staff(aurora.clinician)


@pytest.fixture
def two(aurora):
    """Two exercises: one shared with a ladder, one of our own."""
    shared = ExerciseFactory(name_en="Bridge", sets=None, reps=8, hold_s=4, each_side=False)
    LadderFormFactory(exercise=shared, name_en="A smaller lift")
    return shared, ExerciseFactory(clinic=aurora.clinic, name_en="Our stretch", reps=3, hold_s=30)


def sent(*exercises, act: str, **changed: Any) -> dict[str, Any]:
    """What the page would send, with `exercises` as its rows."""
    data: dict[str, Any] = {
        "act": act,
        "name_en": "First days",
        "name_it": "",
        "phase": "acute",
        "sessions_a_day": "1",
        "review_after_days": "20",
        "weekdays": list("1234567"),
        "rows": [str(exercise.pk) for exercise in exercises],
    }
    for exercise in exercises:
        for name in exercise.FIGURES:
            value = getattr(exercise, name)
            data[f"row-{exercise.pk}-{name}"] = "" if value is None else str(value)
        data[f"row-{exercise.pk}-rung"] = "0"
    return {**data, **changed}


def order(answer) -> list[str]:
    return [form.row.exercise.name_en for form in answer.context["sheet"].forms]


# --- Each button -----------------------------------------------------------------------------------------
def test_a_programme_is_built_from_nothing(clinician, aurora, two):
    bridge, stretch = two
    assert "Choose an exercise of the library" in text(clinician.get(NEW))
    answer = clinician.post(NEW, sent(act=f"add:{bridge.pk}"))
    assert order(answer) == ["Bridge"]
    assert "1 exercise, about 1 minute" in text(answer)
    answer = clinician.post(NEW, sent(bridge, act=f"add:{stretch.pk}"))
    assert order(answer) == ["Bridge", "Our stretch"]
    answer = clinician.post(NEW, sent(bridge, stretch, act=f"up:{stretch.pk}"))
    assert order(answer) == ["Our stretch", "Bridge"]
    data = sent(stretch, bridge, act="save", **{f"row-{bridge.pk}-reps": "6", f"row-{bridge.pk}-rung": "-1"})
    assert clinician.post(NEW, data).status_code == 302
    made = Program.objects.get(name_en="First days")
    assert made.clinic == aurora.clinic
    first, second = made.items.all()
    assert (first.exercise, second.exercise) == (stretch, bridge)
    assert (second.reps, second.rung, second.dose_sources["reps"]) == (6, -1, "clinician")
    assert first.dose_sources == stretch.dose_sources


@pytest.mark.parametrize(
    ("sides", "kept"),
    [
        ("no", (False, "")),
        ("any", (True, "")),
        ("finish", (True, "finish")),
        ("alternate", (True, "alternate")),
        (None, (True, "finish")),
    ],
)
def test_sides_are_said_in_place(sides, kept, clinician):
    one = ExerciseFactory(each_side=True, side_order="finish", sets=None, reps=3, hold_s=10)
    data = sent(one, act="save") | ({f"row-{one.pk}-sides": sides} if sides else {})
    assert clinician.post(NEW, data).status_code == 302
    item = Program.objects.get(name_en="First days").items.get()
    assert (item.each_side, item.side_order) == kept
    seconds = clinician.post(NEW, {**data, "act": "weigh"}).context["burden"].seconds
    assert seconds == (60 if kept[0] else 30)


def test_a_row_is_removed_and_comes_back(clinician, two):
    bridge, stretch = two
    answer = clinician.post(NEW, sent(bridge, stretch, act=f"remove:{bridge.pk}"))
    assert "Removed: Bridge" in text(answer)
    assert "1 exercise, about" in text(answer)
    gone = {f"row-{bridge.pk}-removed": "on", f"row-{bridge.pk}-reps": "5"}
    answer = clinician.post(NEW, sent(bridge, stretch, act=f"restore:{bridge.pk}", **gone))
    assert "Removed" not in text(answer)
    assert f'name="row-{bridge.pk}-reps" value="5"' in answer.content.decode()
    clinician.post(NEW, sent(bridge, stretch, act="save", **gone))
    assert [item.exercise for item in ProgramItem.objects.filter(program__name_en="First days")] == [stretch]


def test_adding_what_is_there_or_was_removed_makes_no_second_row(clinician, two):
    bridge, stretch = two
    for removed in ({}, {f"row-{bridge.pk}-removed": "on"}):
        answer = clinician.post(NEW, sent(bridge, stretch, act=f"add:{bridge.pk}", **removed))
        assert order(answer) == ["Bridge", "Our stretch"]
        assert "Removed" not in text(answer)


def test_finding_keeps_what_is_built(clinician, two):
    answer = clinician.post(NEW, sent(two[0], act="find", words="stretch", name_en="Half"))
    assert order(answer) == ["Bridge"]
    assert 'value="Half"' in answer.content.decode()
    assert [card["exercise"].name_en for card in answer.context["cards"]] == ["Our stretch"]


def test_htmx_gets_the_part_that_changes(clinician, two):
    bridge = two[0]
    for act, begins, place in (
        (f"add:{bridge.pk}", '<div id="sheet"', "#sheet"),
        ("find", '<div id="builder-found"', "#builder-found"),
        ("weigh", '<p id="burden"', "#burden"),
    ):
        answer = clinician.post(NEW, sent(act=act), headers={"HX-Request": "true"})
        assert begins in answer.content.decode()
        assert answer["HX-Retarget"] == place
        assert "<html" not in answer.content.decode()
    answer = clinician.post(NEW, sent(bridge, act="save"), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/admin/programs/program/"


# --- What is wrong -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name_en", "", "This field is required."),
        ("sessions_a_day", "9", "less than or equal to 4"),
        ("review_after_days", "0", "greater than or equal to 1"),
        ("weekdays", [], "This field is required."),
        ("phase", "moon", "Select a valid choice."),
        ("row-{pk}-reps", "0", "greater than or equal to 1"),
        ("row-{pk}-hold_s", "-5", "greater than or equal to 1"),
        ("row-{pk}-reps_most", "2", "This must not be less than the lower figure."),
        ("row-{pk}-rung", "4", "Select a valid choice."),
        ("row-{pk}-reps", "many", "Enter a whole number."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_saved(field, value, said, clinician, two):
    bridge = two[0]
    before = Program.objects.count()
    answer = clinician.post(NEW, sent(bridge, act="save", **{field.format(pk=bridge.pk): value}))
    assert answer.status_code == 400
    assert said in text(answer)
    assert order(answer) == ["Bridge"]
    assert Program.objects.count() == before


def test_without_an_exercise_nothing_is_saved(clinician):
    answer = clinician.post(NEW, sent(act="save"))
    assert answer.status_code == 400
    assert "Choose at least one exercise." in text(answer)


def test_nobody_is_told_that_a_name_is_missing_while_they_build(clinician, two):
    answer = clinician.post(NEW, sent(act=f"add:{two[0].pk}", name_en=""))
    assert answer.status_code == 200
    assert "This field is required" not in text(answer)


def test_the_second_of_two_who_build_is_told_and_keeps_what_they_built(clinician, aurora, two):
    program = ProgramFactory(clinic=aurora.clinic)
    page = f"/admin/programmes/{program.pk}/build/"
    assert clinician.post(page, sent(two[0], act="save", based_on="1")).status_code == 302
    answer = clinician.post(page, sent(two[1], act="save", based_on="1", name_en="Mine"))
    assert answer.status_code == 400
    assert "Somebody has changed this programme since you opened it" in text(answer)
    assert order(answer) == ["Our stretch"]
    assert Program.objects.get(pk=program.pk).name_en == "First days"
    # Having looked at it, they save what the page now holds.
    again = sent(two[1], act="save", based_on=str(answer.context["based_on"]), name_en="Mine")
    assert clinician.post(page, again).status_code == 302
    assert Program.objects.get(pk=program.pk).name_en == "Mine"


def test_what_was_saved_in_the_ordinary_form_is_not_overwritten_either(clinician, aurora, two):
    program = ProgramFactory(clinic=aurora.clinic)
    form = f"/admin/programs/program/{program.pk}/change/"
    fields = clinician.get(form).context["adminform"].form
    data = {name: fields.initial.get(name, "") for name in fields.fields} | {"name_en": "Theirs"}
    items = program.items.all()
    data |= {"items-TOTAL_FORMS": len(items), "items-INITIAL_FORMS": len(items)}
    for place, item in enumerate(items):
        data |= {f"items-{place}-id": item.pk, f"items-{place}-program": program.pk}
        data |= {f"items-{place}-exercise": item.exercise_id, f"items-{place}-position": place + 1}
        data[f"items-{place}-rung"] = 0
    assert clinician.post(form, {k: "" if v is None else v for k, v in data.items()}).status_code == 302
    answer = clinician.post(f"/admin/programmes/{program.pk}/build/", sent(two[0], act="save", based_on="1"))
    assert "Somebody has changed this programme since you opened it" in text(answer)
    assert Program.objects.get(pk=program.pk).name_en == "Theirs"


def test_a_row_that_is_offered_no_more_is_told_on_whatever_button(clinician, two):
    bridge, stretch = two
    Exercise.objects.filter(pk=bridge.pk).update(status="retired")
    answer = clinician.post(NEW, sent(bridge, stretch, act=f"down:{stretch.pk}"))
    assert "not offered any more and was left out" in text(answer)
    assert "not offered any more" in text(clinician.post(NEW, sent(bridge, stretch, act="save")))
    assert not Program.objects.filter(name_en="First days").exists()


def test_more_than_a_page_holds_is_told(clinician, two):
    many = [ExerciseFactory() for _ in range(MOST_ROWS)]
    answer = clinician.post(NEW, sent(*many, act=f"add:{two[0].pk}"))
    assert "at most 40 exercises" in text(answer)
    assert len(order(answer)) == MOST_ROWS


@pytest.mark.postgres
def test_a_nul_in_what_is_looked_for_is_no_fault(clinician, two):
    assert clinician.post(NEW, sent(two[0], act="find", words="bri\0dge")).status_code == 200


def test_garbage_is_no_fault(clinician, two):
    for act in ("", "x", "add:", "add:9" + "9" * 30, "up:none", "remove:", "add:0", "weigh:", "save:x"):
        assert clinician.post(NEW, sent(two[0], act=act)).status_code in (200, 302)
    answer = clinician.post(NEW, {"act": "down:1", "rows": ["x", "-1", "9" * 40, "0"]})
    assert answer.status_code == 200
    assert order(answer) == []


# --- Progression -----------------------------------------------------------------------------------------
def growth(exercise, **fields: Any) -> dict[str, Any]:
    return {f"row-{exercise.pk}-{name}": value for name, value in fields.items()}


def test_a_progression_is_kept_with_the_programme_and_shown_again(clinician, two):
    bridge, stretch = two
    LadderFormFactory(exercise=bridge, rung=1, name_en="One leg")
    grows = growth(bridge, hold_step_s=4, hold_until_s=12, next_after=3, next_how="alone", up_to_rung=1)
    seen = text(clinician.post(NEW, sent(bridge, stretch, act="weigh", **grows)))
    assert (
        "Bridge: 4 → 8 → 12 s, then One leg: 4 → 8 → 12 s; after 3 comfortable sessions, on its own" in seen
    )
    assert clinician.post(NEW, sent(bridge, stretch, act="save", **grows)).status_code == 302
    made = Program.objects.get(name_en="First days")
    kept, plain = made.items.all()
    assert kept.progression == Progression(3, True, 1)
    assert plain.progression == NO_PROGRESSION
    form = clinician.get(f"/admin/programmes/{made.pk}/build/").context["sheet"].forms[0]
    assert [field.value() for field in form.growth()] == [4, 12, 1, 3, "alone"]
    assert form.grows


def test_an_exercise_without_a_ladder_offers_no_form_to_grow_to(clinician, two):
    answer = clinician.post(NEW, sent(two[1], act="weigh"))
    assert [field.name for field in answer.context["sheet"].forms[0].growth()] == [
        "hold_step_s",
        "hold_until_s",
        "next_after",
        "next_how",
    ]


# --- Whose -------------------------------------------------------------------------------------------------
def test_another_clinics_exercise_or_programme_is_not_there(clinician, bora, two):
    theirs = ExerciseFactory(clinic=bora.clinic, name_en="Theirs")
    program = ProgramFactory(clinic=bora.clinic)
    answer = clinician.post(NEW, sent(theirs, act=f"add:{theirs.pk}"))
    assert order(answer) == []
    assert "Theirs" not in text(answer)
    for pk in (program.pk, 10**12, 10**20):
        assert clinician.get(f"/admin/programmes/{pk}/build/").status_code == 404
        assert clinician.get(f"{NEW}?from={pk}").status_code == 404


def test_a_draft_or_retired_exercise_is_not_offered(clinician):
    for status in ("draft", "retired"):
        exercise = ExerciseFactory(status=status)
        assert order(clinician.post(NEW, sent(act=f"add:{exercise.pk}"))) == []


def test_a_shared_programme_is_the_start_of_our_own(clinician, aurora):
    shared = ProgramFactory(clinic=None, name_en="Of all", sessions_a_day=2)
    answer = clinician.get(f"/admin/programmes/{shared.pk}/build/")
    assert answer["Location"] == f"{NEW}?from={shared.pk}"
    answer = clinician.get(answer["Location"])
    exercises = [form.row.exercise for form in answer.context["sheet"].forms]
    assert exercises == [item.exercise for item in shared.items.all()]
    data = sent(*exercises, act="save", sessions_a_day="2")
    assert clinician.post(f"{NEW}?from={shared.pk}", data).status_code == 302
    ours = Program.objects.get(name_en="First days")
    assert (ours.clinic, ours.sessions_a_day) == (aurora.clinic, 2)
    assert Program.objects.get(pk=shared.pk).name_en == "Of all"


def test_an_operator_builds_what_all_share(cast, as_staff, two):
    client = as_staff(cast.operator)
    assert client.post(NEW, sent(two[0], act="save")).status_code == 302
    assert Program.objects.get(name_en="First days").clinic is None
    assert order(client.post(NEW, sent(act=f"add:{two[1].pk}"))) == []  # a clinic's own


def test_who_works_in_two_clinics_says_for_which(clinician, aurora, bora, two):
    MembershipFactory(user=aurora.clinician, clinic=bora.clinic, role="clinician")
    clinician.post(NEW, sent(two[0], act="save", clinic=bora.clinic.slug))
    assert Program.objects.get(name_en="First days").clinic == bora.clinic


def test_the_front_desk_and_patients_build_nothing(aurora, as_staff):
    for someone in (aurora.front_desk, aurora.patient.user):
        assert as_staff(someone).get(NEW, follow=True).status_code == 404


# --- What a refused save says ----------------------------------------------------------------------------
def test_all_that_is_wrong_is_said_at_the_top_which_takes_the_focus(clinician, two):
    bridge, stretch = two
    wrong = {f"row-{bridge.pk}-reps": "0", f"row-{stretch.pk}-next_after": "3", "name_en": ""}
    answer = clinician.post(NEW, sent(bridge, stretch, act="save", **wrong), headers={"HX-Request": "true"})
    assert 'id="problems" role="alert" tabindex="-1" autofocus' in answer.content.decode()
    anchors = [anchor for anchor, _label, _message in answer.context["problems"]]
    wanted = {"id_name_en", f"id_row-{bridge.pk}-reps", f"id_row-{stretch.pk}-next_after"}
    assert wanted <= set(anchors)
    assert 'id="problems"' not in clinician.post(NEW, sent(bridge, act="weigh", name_en="")).content.decode()


def test_the_librarys_dose_stands_beside_another_one(clinician, two):
    bridge, _stretch = two
    same = text(clinician.post(NEW, sent(bridge, act="weigh")))
    assert "The library:" not in same
    other = sent(bridge, act="weigh", **{f"row-{bridge.pk}-reps": "12"})
    assert "The library: 8 times · hold 4 s" in text(clinician.post(NEW, other))


def test_the_form_of_now_is_no_form_to_grow_to(clinician, two):
    bridge, _stretch = two
    LadderFormFactory(exercise=bridge, rung=1, name_en="One leg")
    form = clinician.post(NEW, sent(bridge, act="weigh")).context["sheet"].forms[0]
    assert [value for value, _name in form.fields["up_to_rung"].choices] == ["", 1]
