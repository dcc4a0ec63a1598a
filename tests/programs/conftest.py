"""Fixtures of the library's tests."""

import json
from pathlib import Path

import pytest

from clinic.models import Clinic
from programs.importing.free_exercise_db import import_free_exercise_db
from programs.importing.report import ImportReport
from tests.factories import ClinicFactory
from tests.programs.importing import NOW, Importing


@pytest.fixture
def clinic() -> Clinic:
    made: Clinic = ClinicFactory(slug="aurora")
    return made


@pytest.fixture
def importing(clinic: Clinic, tmp_path: Path) -> Importing:
    """`importing(entry(), ...)`: a file of these entries, imported."""

    def write_and_import(*entries: object, **options: object) -> ImportReport:
        file = tmp_path / "exercises.json"
        file.write_text(json.dumps(entries))
        return import_free_exercise_db(**{"clinic": clinic, "source": file, "now": NOW} | options)

    return write_and_import
