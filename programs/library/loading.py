"""`load_library`: the files of the shared library into the database, again and again."""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from clinic import audit
from programs.library.merging import CHILDREN, Row, merge
from programs.library.reading import FOLDER, Library, Values, read_library
from programs.library.report import LoadReport
from programs.models import Exercise, LadderForm, Program, ProgramItem
from programs.models.search import refresh_search

Rows = dict[Any, Any]  # by the key in the files: a key, (exercise, rung) or (program, exercise)


def load_library(*, now: dt.datetime, folder: Path = FOLDER) -> LoadReport:
    """Make or refresh the shared exercises, their forms and the shared program templates.

    Follows the files except in fields that were edited here; deletes nothing, and does not bring back a form
    or an item that was removed here. All or nothing, in a number of queries that does not grow with the
    library. Raises LibraryError, before anything is saved, when a file is wrong.
    """
    library = read_library(folder)
    report = LoadReport()
    with transaction.atomic():
        exercises = _load_exercises(library, report)
        _load_programs(library, exercises, report)
        _write_events(report, now=now)
    return report


def _write_events(report: LoadReport, *, now: dt.datetime) -> None:
    """One event a row that was made or has followed the files; the system did it, for no clinic."""
    outcomes = [(outcome, outcome.row) for outcome in report.rows.values()]
    added = [row for outcome, row in outcomes if row and outcome.created]
    changed = [row for outcome, row in outcomes if row and outcome.changed and not outcome.created]
    for verb, objs in ((audit.Verb.ADDED, added), (audit.Verb.CHANGED, changed)):
        if objs:
            audit.write_many(verb=verb, objs=objs, actor=None, clinic=None, now=now)


def _load_exercises(library: Library, report: LoadReport) -> Rows:
    shared = Exercise.objects.filter(clinic__isnull=True).select_for_update()
    rows: Rows = {exercise.key: exercise for exercise in shared}
    wanted = {exercise.key: exercise.values for exercise in library.exercises}
    _store(Exercise, rows, wanted, _named, "exercise {}".format, report)
    _load_forms(library, rows, report)
    # Only now has every exercise a row that another one can be close to.
    later = {
        exercise.key: {
            "near_id": _pk(rows, exercise.near),
            CHILDREN: [form.rung for form in exercise.forms],
        }
        for exercise in library.exercises
    }
    _store(Exercise, rows, later, _named, "exercise {}".format, report)
    return rows


def _load_forms(library: Library, exercises: Rows, report: LoadReport) -> None:
    found = LadderForm.objects.filter(exercise__in=exercises.values()).select_for_update()
    keys = {exercise.pk: key for key, exercise in exercises.items()}
    rows: Rows = {(keys[form.exercise_id], form.rung): form for form in found}
    wanted = {
        (exercise.key, form.rung): form.values | {"becomes_id": _pk(exercises, form.becomes)}
        for exercise in library.exercises
        for form in exercise.forms
    }
    _leave_out_removed(exercises, rows, wanted, _form_label, report)

    def identity(key: tuple[str, int]) -> dict[str, Any]:
        return {"exercise": exercises[key[0]], "rung": key[1]}

    _store(LadderForm, rows, wanted, identity, _form_label, report)


def _load_programs(library: Library, exercises: Rows, report: LoadReport) -> None:
    shared = Program.objects.filter(clinic__isnull=True).exclude(key="").select_for_update()
    rows: Rows = {program.key: program for program in shared}
    wanted = {program.key: program.values for program in library.programs}
    _store(Program, rows, wanted, _named, "program {}".format, report)
    _load_items(library, rows, exercises, report)
    _raise_editions(library, rows, report)
    later = {
        program.key: {CHILDREN: [item.exercise for item in program.items]} for program in library.programs
    }
    _store(Program, rows, later, _named, "program {}".format, report)


def _raise_editions(library: Library, programs: Rows, report: LoadReport) -> None:
    """Whoever builds on a programme that was written here is told when they save."""
    labels = {program.key: [f"program {program.key}"] for program in library.programs}
    for program in library.programs:
        labels[program.key] += [_item_label((program.key, item.exercise)) for item in program.items]
    written = [
        programs[key].pk
        for key, names in labels.items()
        if any(report.of(name).created or report.of(name).changed for name in names)
    ]
    if written:
        Program.objects.filter(pk__in=written).update(edition=F("edition") + 1)


def _load_items(library: Library, programs: Rows, exercises: Rows, report: LoadReport) -> None:
    found = ProgramItem.objects.filter(program__in=programs.values()).select_for_update()
    program_keys = {program.pk: key for key, program in programs.items()}
    exercise_keys = {exercise.pk: key for key, exercise in exercises.items()}
    rows: Rows = {
        (program_keys[item.program_id], exercise_keys.get(item.exercise_id)): item for item in found
    }
    wanted = {
        (program.key, item.exercise): item.values for program in library.programs for item in program.items
    }
    _leave_out_removed(programs, rows, wanted, _item_label, report)

    def identity(key: tuple[str, str]) -> dict[str, Any]:
        return {"program": programs[key[0]], "exercise": exercises[key[1]]}

    _store(ProgramItem, rows, wanted, identity, _item_label, report)


def _leave_out_removed(
    parents: Rows, rows: Rows, wanted: dict[Any, Values], label: Callable[[Any], str], report: LoadReport
) -> None:
    """A child that was loaded before and has no row any more was removed here: it is not made again."""
    for key in list(wanted):
        parent, child = key
        if key not in rows and child in parents[parent].loaded.get(CHILDREN, []):
            report.of(label(key)).kept.append("removed")
            del wanted[key]


def _store(
    model: type[Row],
    rows: Rows,
    wanted: Mapping[Any, Values],
    identity: Callable[[Any], dict[str, Any]],
    label: Callable[[Any], str],
    report: LoadReport,
) -> None:
    """Make the rows that are not there yet (also in `rows`), merge the others, write what differs."""
    fresh, touched, columns = [], [], set()
    for key, values in wanted.items():
        outcome = report.of(label(key))
        if key not in rows:
            rows[key] = model(**identity(key))
            merge(rows[key], values)
            fresh.append(rows[key])
            outcome.row, outcome.created = rows[key], True
            continue
        result = merge(rows[key], values)
        outcome.row = rows[key]
        outcome.changed += result.changed
        outcome.kept += result.kept
        if result.columns():
            touched.append(rows[key])
            columns |= result.columns()
    model._default_manager.bulk_create(fresh)
    if touched and model is Exercise:
        columns |= refresh_search(touched)
    if touched:
        model._default_manager.bulk_update(touched, sorted(columns))


def _named(key: str) -> dict[str, Any]:
    return {"key": key}


def _form_label(key: tuple[str, int]) -> str:
    return f"exercise {key[0]}, form {key[1]}"


def _item_label(key: tuple[str, str]) -> str:
    return f"program {key[0]}, item {key[1]}"


def _pk(rows: Rows, key: str) -> int | None:
    return rows[key].pk if key else None
