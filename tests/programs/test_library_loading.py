"""The library in the database: loaded once and again, beside what people edited meanwhile."""

import datetime as dt
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Clinic, Event
from programs.library import loading
from programs.library.loading import load_library
from programs.library.nodes import LibraryError
from programs.library.reading import FOLDER
from programs.models import Exercise, LadderForm, Program, ProgramItem

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2025, 3, 3, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the library's files, to be changed."""
    only_data = shutil.ignore_patterns("*.py", "__pycache__")
    return Path(shutil.copytree(FOLDER, tmp_path / "library", ignore=only_data))


def rewrite(folder: Path, file: str, *changes: tuple[str, str]) -> None:
    path = folder / file
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)


def test_the_first_load_makes_everything_shared() -> None:
    report = load_library(now=NOW)
    assert Exercise.objects.filter(clinic__isnull=True).count() == 20
    assert LadderForm.objects.count() == 18
    assert list(Program.objects.values_list("key", flat=True).order_by("key")) == [
        "first-20-days",
        "gentle-start",
        "maintenance",
    ]
    assert ProgramItem.objects.count() == 6 + 4 + 6
    assert len(report.created) == 20 + 18 + 3 + 16
    assert (report.changed, report.kept, report.unchanged) == ({}, {}, [])


def test_what_stands_in_the_row() -> None:
    load_library(now=NOW)
    twist = Exercise.objects.get(key="supine-spinal-twist")
    assert (twist.hold_s, twist.hold_most_s, twist.reps, twist.sets, twist.rest_s) == (20, 30, 3, None, None)
    assert twist.dose_sources == {"hold_s": "text", "hold_most_s": "default", "reps": "text"}
    assert (twist.each_side, twist.side_order, twist.side_means_it) == (
        True,
        "alternate",
        "il ginocchio che pieghi",
    )
    assert twist.steps[0] == "Lie on your back with your legs straight."
    assert [form.rung for form in twist.forms.all()] == [-1, 1]
    twist.full_clean()
    near = Exercise.objects.get(key="crossed-leg-hip-rotator-stretch").near
    assert near is not None
    assert near.key == "supine-trunk-rotation-open-arm"
    harder = LadderForm.objects.get(exercise__key="single-knee-to-chest", rung=1)
    assert harder.becomes is not None
    assert harder.becomes.key == "knee-to-chest-opposite-leg-extended"


def test_the_items_of_a_program_are_in_order_and_have_the_dose_of_the_exercise() -> None:
    load_library(now=NOW)
    items = list(Program.objects.get(key="gentle-start").items.select_related("exercise"))
    assert [(item.exercise.key, item.rung) for item in items] == [
        ("single-knee-to-chest", 0),
        ("piriformis-stretch", 0),
        ("glute-bridge", 0),
        ("supine-spinal-twist", -1),
    ]
    assert [item.dose() for item in items] == [item.exercise.dose() for item in items]
    piriformis = items[1]
    assert (piriformis.hold_s, piriformis.hold_step_s, piriformis.hold_until_s) == (5, 5, 30)
    assert (piriformis.each_side, piriformis.side_order) == (True, "finish")
    assert piriformis.dose_sources["hold_until_s"] == "text"


def test_the_second_load_writes_nothing() -> None:
    load_library(now=NOW)
    events = Event.objects.count()
    with CaptureQueriesContext(connection) as queries:
        report = load_library(now=NOW)
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []
    assert (report.created, report.changed, report.kept) == ([], {}, {})
    assert len(report.unchanged) == 20 + 18 + 3 + 16
    assert Event.objects.count() == events


def test_the_number_of_queries_does_not_grow_with_the_library(folder: Path) -> None:
    load_library(now=NOW, folder=folder)
    for number in range(5):
        key = f"cat-{number}"
        shutil.copy(folder / "exercises/cat-cow.yaml", folder / f"exercises/{key}.yaml")
        rewrite(folder, f"exercises/{key}.yaml", ("key: cat-cow", f"key: {key}"))
    load_library(now=NOW, folder=folder)
    assert Exercise.objects.count() == 25
    for file in (folder / "exercises").glob("cat-*.yaml"):
        rewrite(folder, f"exercises/{file.name}", ("like a cat", "as a cat does"))
    with CaptureQueriesContext(connection) as six:
        assert len(load_library(now=NOW, folder=folder).changed) == 6
    rewrite(folder, "exercises/cat-cow.yaml", ("as a cat does", "like a cat"))
    with CaptureQueriesContext(connection) as one:
        assert len(load_library(now=NOW, folder=folder).changed) == 1
    assert len(six) == len(one) <= 9


def test_a_changed_file_is_followed_and_an_edited_field_stays(folder: Path) -> None:
    load_library(now=NOW, folder=folder)
    Exercise.objects.filter(key="cat-cow").update(plain_name_en="Cat stretch")
    rewrite(
        folder,
        "exercises/cat-cow.yaml",
        ("en: Cat and cow", "en: Cat, then cow"),
        ("it: Gatto e mucca", "it: Gatto, poi mucca"),
        ("least: 10, source: default", "least: 12, source: text"),
    )
    report = load_library(now=NOW, folder=folder)
    row = Exercise.objects.get(key="cat-cow")
    item = ProgramItem.objects.get(exercise=row, program__key="maintenance")
    assert (item.reps, item.dose_sources) == (12, {"reps": "text"})
    assert (row.plain_name_en, row.plain_name_it) == ("Cat stretch", "Gatto, poi mucca")
    assert (row.reps, row.dose_sources) == (12, {"reps": "text"})
    assert report.changed == {
        "exercise cat-cow": ["plain_name_it", "dose.reps"],
        "program first-20-days, item cat-cow": ["dose.reps"],
        "program maintenance, item cat-cow": ["dose.reps"],
    }
    assert report.kept == {"exercise cat-cow": ["plain_name_en"]}
    assert load_library(now=NOW, folder=folder).kept == {"exercise cat-cow": ["plain_name_en"]}


def test_an_edited_figure_keeps_its_source_and_the_other_end_of_its_range(folder: Path) -> None:
    load_library(now=NOW, folder=folder)
    row = Exercise.objects.get(key="single-knee-to-chest")
    row.hold_s = row.hold_most_s = 25
    row.dose_sources |= {"hold_s": "clinician", "hold_most_s": "clinician"}
    row.save()
    rewrite(
        folder,
        "exercises/single-knee-to-chest.yaml",
        ("least: 15, source: text, most: 20, most_source: text", "least: 10, source: default"),
        ("most: 4, most_source: text", "most: 5, most_source: default"),
    )
    report = load_library(now=NOW, folder=folder)
    row.refresh_from_db()
    assert (row.hold_s, row.hold_most_s, row.reps, row.reps_most) == (25, 25, 2, 5)
    assert row.dose_sources == {
        "hold_s": "clinician", "hold_most_s": "clinician", "reps": "text", "reps_most": "default",
    }  # fmt: skip
    assert report.kept == {"exercise single-knee-to-chest": ["dose.hold"]}


def test_a_field_that_is_set_back_follows_the_files_again(folder: Path) -> None:
    load_library(now=NOW, folder=folder)
    Exercise.objects.filter(key="cat-cow").update(plain_name_en="Cat stretch")
    rewrite(folder, "exercises/cat-cow.yaml", ("en: Cat and cow", "en: Cat, then cow"))
    load_library(now=NOW, folder=folder)
    Exercise.objects.filter(key="cat-cow").update(plain_name_en="Cat and cow")
    load_library(now=NOW, folder=folder)
    assert Exercise.objects.get(key="cat-cow").plain_name_en == "Cat, then cow"


def test_forms_and_items_and_programs_are_merged_alike(folder: Path) -> None:
    load_library(now=NOW, folder=folder)
    LadderForm.objects.filter(exercise__key="cat-cow").update(name_en="On a kitchen chair")
    ProgramItem.objects.filter(program__key="gentle-start", exercise__key="glute-bridge").update(rung=-1)
    Program.objects.filter(key="maintenance").update(weekdays="246")
    rewrite(
        folder,
        "exercises/cat-cow.yaml",
        ("en: Sitting on a chair", "en: Seated"),
        ("it: Seduti su una sedia", "it: Da seduti"),
    )
    bridge, twist = "  - exercise: glute-bridge\n", "  - exercise: supine-spinal-twist\n    rung: -1\n"
    rewrite(
        folder,
        "programs.yaml",
        (f"{bridge}{twist}", f"{twist}{bridge}"),
        ("weekdays: [1, 3, 5]\n  review_after_days: 20", "weekdays: [1, 4]\n  review_after_days: 30"),
    )
    report = load_library(now=NOW, folder=folder)
    form = LadderForm.objects.get(exercise__key="cat-cow")
    assert (form.name_en, form.name_it) == ("On a kitchen chair", "Da seduti")
    maintenance = Program.objects.get(key="maintenance")
    assert (maintenance.weekdays, maintenance.review_after_days) == ("246", 30)
    items = Program.objects.get(key="gentle-start").items.select_related("exercise")
    order = [(item.exercise.key, item.rung) for item in items]
    assert order[2:] == [("supine-spinal-twist", -1), ("glute-bridge", -1)]
    assert report.kept == {
        "exercise cat-cow, form -1": ["name_en"],
        "program maintenance": ["weekdays"],
        "program gentle-start, item glute-bridge": ["rung"],
    }


def test_what_leaves_the_files_stays_in_the_database(folder: Path) -> None:
    load_library(now=NOW, folder=folder)
    (folder / "exercises/seated-forward-bend.yaml").unlink()
    rewrite(folder, "programs.yaml", ("  - exercise: cat-cow\n- key: gentle-start", "- key: gentle-start"))
    report = load_library(now=NOW, folder=folder)
    assert Exercise.objects.filter(key="seated-forward-bend").exists()
    assert ProgramItem.objects.filter(program__key="first-20-days", exercise__key="cat-cow").exists()
    assert (report.created, report.changed) == ([], {})


def test_what_was_removed_here_does_not_come_back() -> None:
    load_library(now=NOW)
    LadderForm.objects.filter(exercise__key="forearm-plank", rung=-2).delete()
    ProgramItem.objects.filter(program__key="maintenance", exercise__key="forearm-plank").delete()
    report = load_library(now=NOW)
    assert not LadderForm.objects.filter(exercise__key="forearm-plank", rung=-2).exists()
    assert not ProgramItem.objects.filter(program__key="maintenance", exercise__key="forearm-plank").exists()
    assert report.kept == {
        "exercise forearm-plank, form -2": ["removed"],
        "program maintenance, item forearm-plank": ["removed"],
    }


def test_a_form_that_is_new_in_the_files_is_added(folder: Path) -> None:
    load_library(now=NOW, folder=folder)
    form = "- rung: 1\n  name: {en: Deeper, it: Più ampio}\n  how: {en: [Go further.], it: [Vai oltre.]}\n"
    path = folder / "exercises/cat-cow.yaml"
    path.write_text(path.read_text() + form)
    assert load_library(now=NOW, folder=folder).created == ["exercise cat-cow, form 1"]
    assert LadderForm.objects.get(exercise__key="cat-cow", rung=1).name_it == "Più ampio"


def test_a_clinics_own_exercise_of_the_same_key_is_left_alone() -> None:
    clinic = Clinic.objects.create(name="Own", slug="own")
    own = Exercise.objects.create(
        clinic=clinic, key="cat-cow", kind="stretch", starting_position="sitting",
        name_en="Ours", plain_name_en="Ours", steps_en="Sit.",
    )  # fmt: skip
    load_library(now=NOW)
    own.refresh_from_db()
    assert (own.name_en, own.loaded) == ("Ours", {})
    assert Exercise.objects.filter(key="cat-cow").count() == 2


def test_a_broken_file_saves_nothing(folder: Path) -> None:
    rewrite(folder, "exercises/supine-spinal-twist.yaml", ("kind: stretch", "kind: dance"))
    with pytest.raises(LibraryError, match=r"supine-spinal-twist\.yaml: kind"):
        load_library(now=NOW, folder=folder)
    assert not Exercise.objects.exists()
    assert not Event.objects.exists()


def test_a_failure_half_way_saves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(loading, "_load_programs", fail)
    with pytest.raises(RuntimeError):
        load_library(now=NOW)
    assert not Exercise.objects.exists()


def test_an_event_is_written_for_each_row_that_changed(folder: Path) -> None:
    load_library(now=NOW, folder=folder)
    events = Event.objects.filter(verb="added", at=NOW, actor__isnull=True, clinic__isnull=True)
    assert events.count() == Event.objects.count() == 20 + 18 + 3 + 16
    rewrite(folder, "exercises/cat-cow.yaml", ("en: Cat and cow", "en: Cat, then cow"))
    tomorrow = NOW + dt.timedelta(days=1)
    load_library(now=tomorrow, folder=folder)
    event = Event.objects.get(at=tomorrow)
    cat_cow = Exercise.objects.get(key="cat-cow")
    assert (event.verb, event.object_type) == ("changed", "programs.Exercise")
    assert event.object_id == str(cat_cow.pk)


def test_the_command_says_what_it_did() -> None:
    out = StringIO()
    call_command("load_library", stdout=out)
    assert out.getvalue().strip() == (
        "Library: 57 created, 0 changed, 0 unchanged, 0 with something kept as edited here."
    )
    Exercise.objects.filter(key="cat-cow").update(name_it="Il gatto")
    out = StringIO()
    call_command("load_library", stdout=out)
    assert out.getvalue().splitlines() == [
        "Library: 0 created, 0 changed, 56 unchanged, 1 with something kept as edited here.",
        "  kept: exercise cat-cow (name_it)",
    ]


def test_the_command_refuses_a_broken_file_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    rewrite(folder, "exercises/cat-cow.yaml", ("kind: mobilisation", "kind: dance"))
    monkeypatch.setattr(load_library, "__kwdefaults__", {"folder": folder})
    with pytest.raises(CommandError, match=r"^Nothing was loaded\. cat-cow\.yaml: kind: "):
        call_command("load_library", stdout=StringIO())
