"""Made-up entries of free-exercise-db, and what the tests of its import share."""

import datetime as dt
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from programs.importing.report import ImportReport

NOW = dt.datetime(2025, 3, 3, 9, 0, tzinfo=dt.UTC)
# Fourteen entries of the public file as they are (public domain), one of them without instructions.
EXCERPT = Path(__file__).parent / "data/free-exercise-db.json"

Importing = Callable[..., ImportReport]


def entry(id: object = "Knee_Hug", **fields: object) -> dict[str, object]:
    """A made-up entry that can be imported."""
    usual: dict[str, object] = {
        "id": id,
        "name": str(id).replace("_", " "),
        "category": "stretching",
        "equipment": None,
        "primaryMuscles": ["glutes"],
        "secondaryMuscles": [],
        "instructions": ["Lie on your back.", "Pull one knee to you."],
    }
    return usual | fields


def reasons(report: ImportReport) -> dict[int, str]:
    """Why each was rejected, by its place in the file."""
    return {one.number: one.reason for one in report.rejected}


def run(*arguments: object, out: StringIO | None = None) -> str:
    out = out or StringIO()
    call_command("import_free_exercise_db", *map(str, arguments), stdout=out)
    return out.getvalue()
