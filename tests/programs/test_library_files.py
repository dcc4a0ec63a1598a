"""The library's files, held against what the source text and the checked facts say."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from programs.library.doses import UNITS
from programs.library.nodes import LibraryError
from programs.library.reading import FOLDER, ExerciseSource, read_library
from programs.vocabulary import Precaution

LIBRARY = read_library()
EXERCISES = {exercise.key: exercise for exercise in LIBRARY.exercises}
PROGRAMS = {program.key: program for program in LIBRARY.programs}

# Worked out by hand from the source text: figure -> (value, source).
DOSES: dict[str, dict[str, tuple[int, str]]] = {
    "supine-hamstring-stretch": {"hold_s": (30, "text"), "reps": (3, "text")},
    "single-knee-to-chest": {
        "hold_s": (15, "text"), "hold_most_s": (20, "text"), "reps": (2, "text"), "reps_most": (4, "text"),
    },
    "supine-spinal-twist": {"hold_s": (20, "text"), "hold_most_s": (30, "default"), "reps": (3, "text")},
    "piriformis-stretch": {
        "hold_s": (5, "text"), "hold_step_s": (5, "default"), "hold_until_s": (30, "text"),
        "reps": (3, "default"),
    },
    "side-lying-quadriceps-stretch": {"hold_s": (30, "default"), "reps": (2, "default")},
    "supported-forward-lean": {"hold_s": (10, "text"), "reps": (3, "default")},
    "standing-side-bend": {"hold_s": (10, "text"), "reps": (3, "default")},
    "crossed-leg-hip-rotator-stretch": {"reps": (8, "text")},
    "supine-figure-four": {"reps": (8, "text")},
    "knee-to-chest-opposite-leg-extended": {"hold_s": (20, "default"), "reps": (2, "default")},
    "edge-of-bed-hip-flexor-stretch": {"hold_s": (15, "default"), "reps": (2, "default")},
    "double-knee-to-chest-breathing": {"hold_s": (5, "text"), "reps": (8, "default")},
    "double-knee-to-chest-knees-apart": {"hold_s": (5, "default"), "reps": (8, "default")},
    "glute-bridge": {"hold_s": (4, "text"), "reps": (8, "text")},
    "supine-sciatic-mobilisation": {"reps": (6, "default"), "reps_most": (8, "default")},
    "seated-sciatic-mobilisation": {"reps": (6, "text"), "reps_most": (8, "text")},
    "supine-trunk-rotation-open-arm": {"reps": (8, "default")},
    "forearm-plank": {
        "hold_s": (10, "default"), "hold_step_s": (5, "default"), "hold_until_s": (30, "default"),
        "reps": (3, "default"),
    },
    "cat-cow": {"reps": (10, "default")},
    "seated-forward-bend": {"hold_s": (30, "default"), "reps": (2, "default")},
}  # fmt: skip

# The rungs beside the usual form, and the other exercise that a form is.
LADDERS: dict[str, dict[int, str]] = {
    "supine-hamstring-stretch": {-1: "", 1: ""},
    "single-knee-to-chest": {-1: "", 1: "knee-to-chest-opposite-leg-extended"},
    "supine-spinal-twist": {-1: "", 1: ""},
    "piriformis-stretch": {-1: ""},
    "side-lying-quadriceps-stretch": {-1: ""},
    "supine-figure-four": {-1: ""},
    "double-knee-to-chest-breathing": {1: "double-knee-to-chest-knees-apart"},
    "glute-bridge": {-1: "", 1: ""},
    "seated-sciatic-mobilisation": {-1: ""},
    "forearm-plank": {-2: "", -1: "", 1: ""},
    "cat-cow": {-1: ""},
    "seated-forward-bend": {-1: ""},
}

FINISH_ONE_SIDE = {
    "supine-hamstring-stretch", "piriformis-stretch", "side-lying-quadriceps-stretch",
    "crossed-leg-hip-rotator-stretch", "supine-figure-four", "edge-of-bed-hip-flexor-stretch",
    "supine-sciatic-mobilisation", "seated-sciatic-mobilisation", "supine-trunk-rotation-open-arm",
}  # fmt: skip
CHANGE_EACH_TIME = {
    "single-knee-to-chest", "supine-spinal-twist", "standing-side-bend",
    "knee-to-chest-opposite-leg-extended",
}  # fmt: skip


def texts(values: dict[str, Any], language: str) -> dict[str, str]:
    return {name[:-3]: text for name, text in values.items() if name.endswith(f"_{language}")}


def all_texts(exercise: ExerciseSource, language: str) -> list[str]:
    own = list(texts(exercise.values, language).values())
    return own + [text for form in exercise.forms for text in texts(form.values, language).values()]


def test_all_twenty_exercises_are_there() -> None:
    assert set(EXERCISES) == set(DOSES)
    assert len(EXERCISES) == 20


@pytest.mark.parametrize("key", DOSES)
def test_the_dose_and_its_sources(key: str) -> None:
    given = {name: tuple(pair) for unit in UNITS for name, pair in EXERCISES[key].values[unit].items()}
    assert given == DOSES[key]


@pytest.mark.parametrize("key", DOSES)
def test_the_ladder(key: str) -> None:
    forms = EXERCISES[key].forms
    assert {form.rung: form.becomes for form in forms} == LADDERS.get(key, {})
    assert [form.rung for form in forms] == sorted(form.rung for form in forms)


def test_which_are_done_on_each_side_and_in_which_order() -> None:
    orders = {key: exercise.values["side_order"] for key, exercise in EXERCISES.items()}
    assert {key for key, order in orders.items() if order == "finish"} == FINISH_ONE_SIDE
    assert {key for key, order in orders.items() if order == "alternate"} == CHANGE_EACH_TIME
    for key, exercise in EXERCISES.items():
        assert exercise.values["each_side"] == (key in FINISH_ONE_SIDE | CHANGE_EACH_TIME)
        assert bool(exercise.values["side_means_it"]) == exercise.values["each_side"]


def test_precautions_are_known_codes_and_those_of_the_facts() -> None:
    known = set(Precaution.values)
    for exercise in EXERCISES.values():
        assert exercise.values["precautions"]
        assert set(exercise.values["precautions"]) <= known
    assert EXERCISES["supine-spinal-twist"].values["precautions"] == [
        "hip-replacement", "osteoporosis", "stenosis-or-slip", "hypermobility", "recent-surgery",
    ]  # fmt: skip
    plank = EXERCISES["forearm-plank"].values["precautions"]
    assert plank == ["shoulder", "blood-pressure", "pregnancy", "hernia"]


def test_what_the_text_mistranslates_is_built_as_it_is_meant() -> None:
    on_the_back = ["supine-hamstring-stretch", "single-knee-to-chest", "supine-spinal-twist"]
    assert {EXERCISES[key].values["starting_position"] for key in on_the_back} == {"supine"}
    for key in on_the_back:
        assert EXERCISES[key].values["steps_en"].startswith("Lie on your back")
        assert EXERCISES[key].values["steps_it"].startswith("Sdraiati sulla schiena")
    assert EXERCISES["forearm-plank"].values["starting_position"] == "prone"
    assert EXERCISES["supine-hamstring-stretch"].values["target_en"] == "Hamstrings"
    assert "flexors" in EXERCISES["edge-of-bed-hip-flexor-stretch"].values["target_en"]


def test_where_the_stop_rule_is_said() -> None:
    silent = {
        "side-lying-quadriceps-stretch", "supported-forward-lean", "glute-bridge", "forearm-plank", "cat-cow",
    }  # fmt: skip
    leg = "Stop if the pain in your back grows, or moves, for example into the leg."
    for key, exercise in EXERCISES.items():
        stop = exercise.values["stop_en"]
        if key == "standing-side-bend":
            assert "side that closes" in stop
        else:
            assert stop == ("" if key in silent else leg)


@pytest.mark.parametrize("key", DOSES)
def test_every_text_is_there_in_both_languages_with_the_same_number_of_steps(key: str) -> None:
    exercise = EXERCISES[key]
    for values in [exercise.values, *(form.values for form in exercise.forms)]:
        english, italian = texts(values, "en"), texts(values, "it")
        assert [name for name, text in english.items() if text] == [n for n, text in italian.items() if text]
        lines = "steps" if "steps" in english else "how"
        assert english[lines].count("\n") == italian[lines].count("\n")
    assert 3 <= len(exercise.values["steps_en"].splitlines()) <= 7


@pytest.mark.parametrize("key", DOSES)
def test_instructions_hold_no_figures_and_no_left_or_right(key: str) -> None:
    """A clinician changes the dose, and the person chooses the side: the words must stay true."""
    for language in ("en", "it"):
        names = texts(EXERCISES[key].values, language)
        words = " ".join(all_texts(EXERCISES[key], language))
        without_names = words.replace(names["name"], "").replace(names["plain_name"], "")
        assert not re.search(r"\d", without_names)
        sides = r"\b(left|right (leg|arm|hand|knee|foot|side)|sinistr\w+|destr\w+)\b"
        assert not re.search(sides, words.lower())


def test_the_three_templates() -> None:
    assert {key: [item.exercise for item in program.items] for key, program in PROGRAMS.items()} == {
        "first-20-days": [
            "supine-hamstring-stretch", "single-knee-to-chest", "supine-spinal-twist", "piriformis-stretch",
            "glute-bridge", "cat-cow",
        ],
        "gentle-start": ["single-knee-to-chest", "piriformis-stretch", "glute-bridge", "supine-spinal-twist"],
        "maintenance": [
            "single-knee-to-chest", "piriformis-stretch", "supine-spinal-twist", "glute-bridge",
            "forearm-plank", "cat-cow",
        ],
    }  # fmt: skip
    easier = [(key, item.exercise) for key, p in PROGRAMS.items() for item in p.items if item.values["rung"]]
    assert easier == [("gentle-start", "supine-spinal-twist")]
    assert PROGRAMS["gentle-start"].items[3].values["rung"] == -1
    assert {key: program.values["weekdays"] for key, program in PROGRAMS.items()} == {
        "first-20-days": "1234567",
        "gentle-start": "1234567",
        "maintenance": "135",
    }
    assert {program.values["review_after_days"] for program in PROGRAMS.values()} == {20}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the library's files, to be broken."""
    only_data = shutil.ignore_patterns("*.py", "__pycache__")
    return Path(shutil.copytree(FOLDER, tmp_path / "library", ignore=only_data))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("least: 10", "least: 0", "cat-cow.yaml: reps: Ensure this value is greater than or equal to 1."),
        ("least: 10", "least: ten", "cat-cow.yaml: dose.reps.least: expected a whole number"),
        ("least: 10", "least: 10, most: 8", "cat-cow.yaml: dose.reps.most_source: is missing"),
        ("least: 10", "least: 10, most: 8, most_source: text", "cat-cow.yaml: reps_most: This must not be"),
        ("source: default", "source: clinician", "cat-cow.yaml: dose.reps.source: expected one of text"),
        ("source: default", "from: default", "cat-cow.yaml: dose.reps.source: is missing"),
        ("[wrist, knee,", "[wrist, kneee,", "cat-cow.yaml: precautions: Choose from the list."),
        ("kind: mobilisation", "kind: dance", "cat-cow.yaml: kind: Value 'dance' is not a valid choice."),
        ("tion: hands-and-knees\n", "tion: hands-and-knees\nstpo: x\n", "cat-cow.yaml: stpo: is not a field"),
        ("key: cat-cow", "key: cat", "cat-cow.yaml: key: must be as the file is called, cat-cow"),
        ("  - \"Go onto your hands and knees.\"\n", "", "cat-cow.yaml: steps: 3 in English, 4 in Italian"),
        ("  it: Gatto e mucca\n", "", "cat-cow.yaml: plain_name.it: is missing"),
        ("  it: Gatto e mucca\n", "  it: 12\n", "cat-cow.yaml: plain_name.it: expected a text"),
        ("rung: -1", "rung: 0", "cat-cow.yaml: ladder.1.rung: below 0 is easier"),
        ("equipment: [chair]", "exercise: cat-dog", "cat-cow.yaml: there is no other exercise cat-dog"),
        ("key: cat-cow", "key: [cat-cow", "cat-cow.yaml: this is not YAML"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_with_its_field(folder: Path, old: str, new: str, problem: str) -> None:
    file = folder / "exercises" / "cat-cow.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(LibraryError, match=re.escape(problem)):
        read_library(folder)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "- exercise: cat-cow",
            "- exercise: dog",
            "programs.yaml: 1.items.6.exercise: there is no exercise dog",
        ),
        ("rung: -1", "rung: -2", "programs.yaml: 2.items.4.rung: supine-spinal-twist has no form -2"),
        ("[1, 3, 5]", "[1, 3, 8]", "programs.yaml: 3.weekdays.3: expected a whole number from 1 to 7"),
        ("key: gentle-start", "key: maintenance", "programs.yaml: a key stands here twice"),
        ("phase: acute", "phase: cute", "programs.yaml: 2.phase: Value 'cute' is not a valid choice."),
    ],
)
def test_a_wrong_template_is_named_with_its_field(folder: Path, old: str, new: str, problem: str) -> None:
    file = folder / "programs.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(LibraryError, match=re.escape(problem)):
        read_library(folder)
