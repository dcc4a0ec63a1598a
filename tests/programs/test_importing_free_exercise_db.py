"""Exercises of the public free-exercise-db: what becomes a draft, what is rejected, and a second run."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Clinic, Event
from programs.importing import free_exercise_db
from programs.importing.free_exercise_db import import_free_exercise_db
from programs.importing.reading import NotImportable
from programs.models import Exercise
from tests.factories import ClinicFactory, ExerciseFactory
from tests.programs.importing import EXCERPT, NOW, Importing, entry, reasons

pytestmark = pytest.mark.django_db


# What an entry becomes.


def test_what_stands_in_the_row(clinic: Clinic) -> None:
    report = import_free_exercise_db(clinic=clinic, source=EXCERPT, now=NOW)
    assert (len(report.added), reasons(report)) == (13, {6: "no instructions"})
    cat = Exercise.objects.get(key="free-exercise-db-cat-stretch")
    assert (cat.clinic, cat.status, cat.kind, cat.region) == (clinic, "draft", "stretch", "back")
    assert (cat.name_en, cat.plain_name_en, cat.name_it, cat.plain_name_it) == (
        "Cat Stretch",
        "Cat Stretch",
        "",
        "",
    )
    assert cat.steps_en == (
        "Position yourself on the floor on your hands and knees.\n"
        "Pull your belly in and round your spine, lower back, shoulders, and neck, letting your head drop.\n"
        "Hold for 15 seconds."
    )
    assert cat.target_en == "Lower back; also middle back, traps"
    assert (cat.starting_position, cat.equipment, cat.precautions, cat.figure) == ("other", [], [], "")
    assert (cat.has_dose(), cat.dose_sources, cat.each_side) == (False, {}, False)
    assert (cat.provenance, cat.licence) == ("free-exercise-db: Cat_Stretch", "Unlicense (public domain)")
    cat.full_clean()


def test_kinds_regions_and_equipment_of_real_entries(clinic: Clinic) -> None:
    import_free_exercise_db(clinic=clinic, source=EXCERPT, now=NOW)
    rows = {row.key.removeprefix("free-exercise-db-"): row for row in Exercise.objects.all()}
    said = {key: (row.kind, row.region, row.equipment) for key, row in rows.items()}
    assert said == {
        "3-4-sit-up": ("strengthening", "other", []),
        "cat-stretch": ("stretch", "back", []),
        "childs-pose": ("stretch", "back", []),
        "hug-a-ball": ("stretch", "back", ["other"]),
        "lower-back-smr": ("stretch", "back", ["other"]),
        "superman": ("stretch", "back", []),
        "clean": ("strengthening", "other", ["other"]),  # the lower back is only its fourth helper
        "walking-treadmill": ("mobilisation", "other", ["other"]),
        "band-pull-apart": ("strengthening", "other", ["other"]),
        "rope-jumping": ("mobilisation", "other", ["other"]),
        "seated-calf-stretch": ("stretch", "other", []),
        "upright-cable-row": ("strengthening", "back", ["other"]),
        "sumo-deadlift": ("strengthening", "other", ["other"]),
    }
    assert rows["lower-back-smr"].provenance == "free-exercise-db: Lower_Back-SMR; equipment: foam roll"
    # "other" is a word of ours, too.
    assert rows["rope-jumping"].provenance == "free-exercise-db: Rope_Jumping"
    assert len(rows["clean"].steps) == 5  # a sixth one is empty in the file


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("Stretching", "stretch"),
        ("strength", "strengthening"),
        ("powerlifting", "strengthening"),
        ("olympic weightlifting", "strengthening"),
        ("strongman", "strengthening"),
        ("plyometrics", "strengthening"),
        ("cardio", "mobilisation"),
        ("dance", "mobilisation"),
        (None, "mobilisation"),
    ],
)
def test_the_kind_follows_the_category(importing: Importing, category: str | None, kind: str) -> None:
    importing(entry(category=category))
    assert Exercise.objects.get().kind == kind


@pytest.mark.parametrize(
    ("muscle", "region"),
    [
        ("lower back", "back"),
        ("Middle Back", "back"),
        ("lats", "back"),
        ("traps", "back"),
        ("neck", "other"),
        ("glutes", "other"),
    ],
)
def test_the_region_is_the_back_for_its_muscles_alone(importing: Importing, muscle: str, region: str) -> None:
    importing(entry(primaryMuscles=[muscle], secondaryMuscles=["lower back"]))
    assert Exercise.objects.get().region == region


@pytest.mark.parametrize(
    ("equipment", "codes", "provenance"),
    [
        (None, [], "free-exercise-db: Knee_Hug"),
        ("body only", [], "free-exercise-db: Knee_Hug"),
        ("Chair", ["chair"], "free-exercise-db: Knee_Hug"),
        ("bands", ["other"], "free-exercise-db: Knee_Hug; equipment: bands"),
    ],
)
def test_equipment_without_a_word_of_ours_is_kept_beside_the_id(
    importing: Importing, equipment: str | None, codes: list[str], provenance: str
) -> None:
    importing(entry(equipment=equipment))
    row = Exercise.objects.get()
    assert (row.equipment, row.provenance) == (codes, provenance)


def test_texts_are_folded_so_that_a_step_is_one_line(importing: Importing) -> None:
    steps = [" Lie\non  your\tback. ", "   ", "Rest\u2028there.\r\n"]
    importing(entry(name="Knee \n hug", instructions=steps))
    row = Exercise.objects.get()
    assert (row.name_en, row.steps_en) == ("Knee hug", "Lie on your back.\nRest there.")


def test_of_the_secondary_muscles_as_many_are_named_as_fit(importing: Importing) -> None:
    # "Glutes; also " are 13 characters, each muscle has 40 and all but the first a comma and a space before
    # it: 4 of them make 13 + 160 + 6 = 179, a fifth would make 221.
    importing(entry(secondaryMuscles=[str(number) * 40 for number in range(1, 6)]))
    target = Exercise.objects.get().target_en
    assert len(target) == 179
    assert target.endswith(f"{'3' * 40}, {'4' * 40}")


def test_what_the_data_lacks_stays_empty(importing: Importing) -> None:
    assert importing({"id": "A", "name": "A", "instructions": ["Sit."]}).rejected == []
    row = Exercise.objects.get()
    assert (row.target_en, row.equipment, row.region) == ("", [], "other")


def test_drafts_are_not_offered_but_searched(clinic: Clinic) -> None:
    import_free_exercise_db(clinic=clinic, source=EXCERPT, now=NOW)
    offered = Exercise.objects.available_to(clinic).published()
    assert not offered.exists()
    found = Exercise.objects.matching("cat stretch")
    assert [row.name_en for row in found] == ["Cat Stretch"]
    found.update(status="published")
    assert [row.name_en for row in offered] == ["Cat Stretch"]


# What is rejected.


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"instructions": []}, "no instructions"),
        ({"instructions": [" ", ""]}, "no instructions"),
        ({"instructions": None}, "no instructions"),
        ({"instructions": "Sit."}, "instructions: must be a list"),
        ({"instructions": ["Sit.", 2]}, "instructions: must be text"),
        ({"instructions": ["Sit\x00."]}, "instructions: has characters that cannot be shown"),
        ({"instructions": ["Sit \ud83d."]}, "instructions: has characters that cannot be shown"),
        ({"name": None}, "no name"),
        ({"name": " \u200b"}, "no name"),
        ({"name": 7}, "name: must be text"),
        ({"name": "x" * 121}, "name_en: Ensure this value has at most 120 characters (it has 121)."),
        ({"id": None}, "no id"),
        ({"id": 7}, "id: must be text"),
        ({"id": "--"}, "id: has no letter or digit of which a key can be made"),
        # "free-exercise-db-" are 17 characters.
        ({"id": "x" * 64}, "key: Ensure this value has at most 80 characters (it has 81)."),
        ({"category": ["strength"]}, "category: must be text"),
        ({"equipment": False}, "equipment: must be text"),
        # "free-exercise-db: Other; equipment: " are 36 characters.
        ({"equipment": "x" * 165}, "provenance: Ensure this value has at most 200 characters (it has 201)."),
        ({"primaryMuscles": "glutes"}, "primaryMuscles: must be a list"),
        ({"secondaryMuscles": [None]}, "secondaryMuscles: must be text"),
        ({"primaryMuscles": ["x" * 201]},
         "target_en: Ensure this value has at most 200 characters (it has 201)."),
    ],
)  # fmt: skip
def test_a_broken_entry_is_rejected_and_the_others_go_in(
    importing: Importing, fields: dict[str, object], reason: str
) -> None:
    report = importing(entry("First"), entry("Other") | fields, entry("Last"))
    assert reasons(report) == {2: reason}
    assert report.added == ["free-exercise-db-first", "free-exercise-db-last"]


def test_the_longest_that_fits_goes_in(importing: Importing) -> None:
    # 17 characters of "free-exercise-db-" and 63 of the id.
    report = importing(entry("x" * 63, name="x" * 120))
    assert (len(report.added), report.rejected) == (1, [])


def test_of_two_with_one_id_key_or_name_the_first_goes_in(importing: Importing) -> None:
    report = importing(
        entry("Knee_Hug", name="A"),
        entry("Knee_Hug", name="B"),
        entry("knee-hug", name="C"),
        entry("Other", name="à"),
        entry("Last", name="D"),
    )
    assert report.added == ["free-exercise-db-knee-hug", "free-exercise-db-last"]
    assert reasons(report) == {
        2: "entry 1 has this id",
        3: "entry 1 has another id, of which the same key is made",
        4: "entry 1 has this name",
    }
    assert Exercise.objects.get(key="free-exercise-db-knee-hug").name_en == "A"


def test_what_was_rejected_stands_in_nobodys_way(importing: Importing) -> None:
    report = importing(entry("Knee_Hug", instructions=[]), entry("Knee_Hug"))
    assert reasons(report) == {1: "no instructions"}
    assert report.added == ["free-exercise-db-knee-hug"]


def test_an_id_that_makes_the_key_of_an_earlier_import_is_rejected(importing: Importing) -> None:
    importing(entry("Knee_Hug", equipment="bands"))
    report = importing(entry("knee-hug", name="Another"), entry("Knee", name="One more"))
    assert reasons(report) == {1: "another entry has the key free-exercise-db-knee-hug already"}
    assert report.added == ["free-exercise-db-knee"]


@pytest.mark.parametrize("status", ["published", "draft", "retired"])
def test_a_name_that_the_clinic_can_choose_already_is_rejected(
    importing: Importing, clinic: Clinic, status: str
) -> None:
    ExerciseFactory(clinic=clinic, key="ours", name_en="KNEE hug", status=status)
    ExerciseFactory(key="shared", name_en="Bridge", status=status)
    ExerciseFactory(clinic=ClinicFactory(), key="theirs", name_en="Twist")
    report = importing(entry("Knee_Hug"), entry("Bridge"), entry("Twist"))
    assert reasons(report) == {
        1: "the exercise ours has this name already",
        2: "the exercise shared has this name already",
    }
    assert report.added == ["free-exercise-db-twist"]


# Filters.


def test_filters_take_any_of_their_values_and_ignore_capitals(importing: Importing) -> None:
    entries = [
        entry("A", category="strength", primaryMuscles=["lower back"]),
        entry("B", primaryMuscles=["Lower Back"]),
        entry("C", secondaryMuscles=["lower back"]),
        entry("D", primaryMuscles=["neck"]),
        entry("E", primaryMuscles=["calves"], instructions=[]),
    ]
    report = importing(*entries, categories=["STRETCHING"], muscles=["lower  back", "neck"])
    assert report.added == [f"free-exercise-db-{letter}" for letter in "bcd"]
    # E is left out before anybody asks for its instructions.
    assert (report.left_out, report.rejected) == (2, [])
    report = importing(*entries, categories=["strength", "stretching"])
    assert (report.added, report.already_there, report.left_out) == (
        ["free-exercise-db-a"],
        ["free-exercise-db-b", "free-exercise-db-c", "free-exercise-db-d"],
        0,
    )
    assert reasons(report) == {5: "no instructions"}


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"categories": ["stretch"]}, 'No entry has the category "stretch". Known: cardio, stretching.'),
        ({"muscles": ["back"]}, 'No entry has the muscle "back". Known: glutes, lats.'),
        ({"muscles": ["glutes", ""]}, 'No entry has the muscle "". Known: glutes, lats.'),
    ],
)
def test_a_filter_that_no_entry_meets_is_told(
    importing: Importing, filters: dict[str, list[str]], sentence: str
) -> None:
    with pytest.raises(NotImportable) as raised:
        importing(entry("A", category="cardio"), entry("B", secondaryMuscles=["Lats"]), **filters)
    assert str(raised.value) == sentence
    assert not Exercise.objects.exists()


# Again, at once, and half way.


def test_the_second_run_adds_nothing_and_keeps_what_was_edited(clinic: Clinic) -> None:
    import_free_exercise_db(clinic=clinic, source=EXCERPT, now=NOW)
    edited = {"name_en": "The cat", "provenance": "Ours by now", "hold_s": 15, "status": "published"}
    Exercise.objects.filter(key="free-exercise-db-cat-stretch").update(**edited)
    before = list(Exercise.objects.order_by("pk").values())
    events = Event.objects.count()
    report = import_free_exercise_db(clinic=clinic, source=EXCERPT, now=NOW + dt.timedelta(days=1))
    assert (report.added, len(report.already_there), len(report.rejected)) == ([], 13, 1)
    assert list(Exercise.objects.order_by("pk").values()) == before
    assert Event.objects.count() == events


def test_each_clinic_has_its_own(clinic: Clinic, importing: Importing) -> None:
    other = ClinicFactory()
    assert len(importing(entry()).added) == len(importing(entry(), clinic=other).added) == 1
    assert {row.clinic for row in Exercise.objects.all()} == {clinic, other}


def test_an_event_is_written_for_each(clinic: Clinic, importing: Importing) -> None:
    importing(entry("A"), entry("B"), entry("C", instructions=[]))
    events = Event.objects.filter(verb="added", at=NOW, actor__isnull=True, clinic=clinic)
    assert Event.objects.count() == 2
    rows = {str(pk) for pk in Exercise.objects.values_list("pk", flat=True)}
    assert {(event.object_type, event.object_id) for event in events} == {
        ("programs.Exercise", pk) for pk in rows
    }


def test_the_number_of_queries_does_not_grow_with_the_file(importing: Importing) -> None:
    def queries(letter: str, size: int) -> list[str]:
        with CaptureQueriesContext(connection) as caught:
            assert len(importing(*(entry(f"{letter}{number}") for number in range(size))).added) == size
        starts = [query["sql"].split("(")[0].split(' "s')[0] for query in caught]  # savepoints have numbers
        # SQLite takes 999 values at once, so Django cuts one insertion into several there, and only there.
        once = "INSERT" if connection.vendor == "sqlite" else "nothing"
        return [
            start
            for number, start in enumerate(starts)
            if not (start.startswith(once) and start in starts[:number])
        ]

    few, many = queries("a", 3), queries("b", 60)
    assert few == many
    assert len(few) <= 8


def test_a_failure_half_way_saves_nothing(importing: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**options: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(free_exercise_db.audit, "write_many", fail)
    with pytest.raises(RuntimeError):
        importing(entry())
    assert not Exercise.objects.exists()
