"""The library's files as plain data, checked: what is returned can be saved as it stands."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from clinic.weekdays import joined
from programs.library.doses import UNITS, read_dose, to_columns
from programs.library.nodes import LibraryError, Node
from programs.models import Exercise, LadderForm, Program

FOLDER = Path(__file__).parent

# Columns by name; the dose by the units of programs.library.doses.
Values = dict[str, Any]


@dataclass(frozen=True)
class FormSource:
    """An easier (negative rung) or harder form; `becomes` is the key of the exercise that it is, or ""."""

    rung: int
    values: Values
    becomes: str


@dataclass(frozen=True)
class ExerciseSource:
    """One exercise; `near` is the key of one that is close to it, or ""."""

    key: str
    values: Values
    near: str
    forms: tuple[FormSource, ...]


@dataclass(frozen=True)
class ItemSource:
    """One exercise of a program, by its key; `values` hold the exercise's dose, as a program has its own."""

    exercise: str
    values: Values


@dataclass(frozen=True)
class ProgramSource:
    """One program template."""

    key: str
    values: Values
    items: tuple[ItemSource, ...]


@dataclass(frozen=True)
class Library:
    """All that the files say."""

    exercises: tuple[ExerciseSource, ...]
    programs: tuple[ProgramSource, ...]


def read_library(folder: Path = FOLDER) -> Library:
    """All files of `folder`. Raises LibraryError at the first thing that is wrong."""
    nodes = [Node.open(file) for file in sorted((folder / "exercises").glob("*.yaml"))]
    exercises = tuple(_exercise(node) for node in nodes)
    by_key = {exercise.key: exercise for exercise in exercises}
    for node, exercise in zip(nodes, exercises, strict=True):
        for key in filter(None, [exercise.near, *(form.becomes for form in exercise.forms)]):
            if key not in by_key or key == exercise.key:
                node.fail(f"there is no other exercise {key}")
    listed = Node.open(folder / "programs.yaml")
    programs = tuple(_program(item, by_key) for item in listed.items())
    if len({program.key for program in programs}) < len(programs):
        listed.fail("a key stands here twice")
    return Library(exercises=exercises, programs=programs)


def _exercise(node: Node) -> ExerciseSource:
    given = node.fields(
        "key", "kind", "region", "position", "equipment", "precautions",
        "name", "plain_name", "target", "feel", "steps", "sides", "dose",
        maybe=("figure", "tempo", "technique", "stop", "near", "ladder"),
    )  # fmt: skip
    key = given["key"].text()
    if key != node.file.stem:
        given["key"].fail(f"must be as the file is called, {node.file.stem}")
    values: Values = {name: given[name].text() for name in ("kind", "region")}
    values["starting_position"] = given["position"].text()
    values["figure"] = _key(given, "figure")
    values |= {name: given[name].texts() for name in ("equipment", "precautions")}
    for name in ("name", "plain_name", "target", "feel", "tempo", "technique", "stop"):
        values |= _bilingual(given, name)
    values |= _lines(given["steps"], "steps") | _sides(given["sides"]) | read_dose(given["dose"])
    _check(node, Exercise(key=key, **to_columns(values)), but={"loaded"})
    forms = tuple(_form(form) for form in given["ladder"].items()) if "ladder" in given else ()
    if len({form.rung for form in forms}) < len(forms):
        given["ladder"].fail("a rung stands here twice")
    return ExerciseSource(key=key, values=values, near=_key(given, "near"), forms=forms)


def _form(node: Node) -> FormSource:
    given = node.fields("rung", "name", "how", maybe=("figure", "equipment", "exercise"))
    values = _bilingual(given, "name") | _lines(given["how"], "how")
    values["equipment"] = given["equipment"].texts() if "equipment" in given else []
    values["figure"] = _key(given, "figure")
    rung = given["rung"].whole(among=range(-5, 6))
    if rung == 0:
        given["rung"].fail("below 0 is easier, above 0 harder; the usual form has no entry")
    _check(node, LadderForm(rung=rung, **values), but={"exercise", "loaded"})
    return FormSource(rung=rung, values=values, becomes=_key(given, "exercise"))


def _program(node: Node, exercises: dict[str, ExerciseSource]) -> ProgramSource:
    given = node.fields(
        "key", "name", "description", "phase", "sessions_a_day", "weekdays", "review_after_days", "items"
    )
    values: Values = {"phase": given["phase"].text()}
    values |= {name: given[name].whole() for name in ("sessions_a_day", "review_after_days")}
    values |= _bilingual(given, "name") | _bilingual(given, "description")
    values["weekdays"] = joined(day.whole(among=range(1, 8)) for day in given["weekdays"].items())
    key = given["key"].text()
    _check(node, Program(key=key, **values), but={"loaded"})
    listed = list(enumerate(given["items"].items(), start=1))
    items = tuple(_item(item, position, exercises) for position, item in listed)
    if len({item.exercise for item in items}) < len(items):
        given["items"].fail("an exercise stands here twice")
    return ProgramSource(key=key, values=values, items=items)


def _item(node: Node, position: int, exercises: dict[str, ExerciseSource]) -> ItemSource:
    given = node.fields("exercise", maybe=("rung",))
    key = _key(given, "exercise")
    if key not in exercises:
        given["exercise"].fail(f"there is no exercise {key}")
    exercise = exercises[key]
    rung = given["rung"].whole() if "rung" in given else 0
    if rung not in {0, *(form.rung for form in exercise.forms)}:
        given["rung"].fail(f"{key} has no form {rung}")
    dose = {name: exercise.values[name] for name in (*UNITS, "each_side", "side_order")}
    return ItemSource(exercise=key, values={"position": position, "rung": rung, **dose})


def _key(given: dict[str, Node], name: str) -> str:
    return given[name].text() if name in given else ""


def _bilingual(given: dict[str, Node], name: str) -> Values:
    if name not in given:
        return {f"{name}_en": "", f"{name}_it": ""}
    return {f"{name}_{language}": text.text() for language, text in given[name].bilingual().items()}


def _lines(node: Node, name: str) -> Values:
    """Steps in both languages, one a line; step N says the same in both."""
    lines = {language: steps.texts() for language, steps in node.bilingual().items()}
    if len(lines["en"]) != len(lines["it"]):
        node.fail(f"{len(lines['en'])} in English, {len(lines['it'])} in Italian")
    return {f"{name}_{language}": "\n".join(steps) for language, steps in lines.items()}


def _sides(node: Node) -> Values:
    each = node.fields("each", maybe=("order", "means"))["each"].yes()
    if not each:
        node.fields("each")
        return {"each_side": False, "side_order": "", "side_means_en": "", "side_means_it": ""}
    given = node.fields("each", "order", "means")
    means = {f"side_means_{language}": text.text() for language, text in given["means"].bilingual().items()}
    return {"each_side": True, "side_order": given["order"].text(), **means}


def _check(node: Node, row: models.Model, *, but: set[str]) -> None:
    """The model's own rules: choices, lengths, ranges. They are written once, in programs.models."""
    try:
        row.clean_fields(exclude=but)
        row.clean()
    except ValidationError as error:
        field, problems = next(iter(error.message_dict.items()))
        where = f"{node.field}.{field}" if node.field else field
        raise LibraryError(node.file, where, " ".join(problems)) from error
