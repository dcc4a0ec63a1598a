"""The import of free-exercise-db as a command: what it says, and files that are none."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError

from clinic.models import Clinic
from programs.importing import reading
from programs.importing.reading import NotImportable
from programs.models import Exercise
from tests.programs.importing import EXCERPT, Importing, entry, run

pytestmark = pytest.mark.django_db


def test_the_command_says_what_it_did(clinic: Clinic) -> None:
    rejected = "rejected: entry 6 ('Side_Bridge'): no instructions"
    assert run(EXCERPT, "--clinic", "aurora", "--category", "stretching", "--muscle", "lower back") == (
        "6 added as drafts, 0 already there, 0 rejected, 8 left out by the filters.\n"
    )
    assert run(EXCERPT, "--clinic", "aurora").splitlines() == [
        rejected,
        "7 added as drafts, 6 already there, 1 rejected, 0 left out by the filters.",
    ]
    assert run(EXCERPT, "--clinic=aurora", "--category=cardio", "--category=strength").splitlines() == [
        rejected,
        "0 added as drafts, 5 already there, 1 rejected, 8 left out by the filters.",
    ]


def test_progress_is_one_line_of_a_terminal(clinic: Clinic) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    shown = run(EXCERPT, "--clinic", "aurora", "--muscle", "glutes", "--muscle", "traps", out=Terminal())
    steps = "".join(f"\rChecked {done} of 9" for done in range(1, 10))
    assert shown.startswith(f"{steps}\n9 added")


def test_what_a_file_says_does_not_steer_the_terminal(clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "odd.json"
    file.write_text(json.dumps([entry("\x1b[2J\u202e")]))
    assert run(file, "--clinic", "aurora").splitlines()[0] == (
        r"rejected: entry 1 ('\x1b[2J\u202e'): id: has characters that cannot be shown"
    )


def test_an_unknown_clinic_is_named() -> None:
    with pytest.raises(CommandError, match=r'^There is no clinic with the short name "borea"\.$'):
        run(EXCERPT, "--clinic", "borea")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not JSON: Expecting value: line 1 column 1"),
        (b'[{"id": "A",', "is not JSON: "),
        (b"%PDF-1.7", "is not JSON: "),
        (b"[" * 100_000, "is nested too deeply."),
        (b"[" + b"9" * 5000 + b"]", "is not JSON: "),
        (b'{"id": "A"}', "is not a JSON list."),
        (b'"A"', "is not a JSON list."),
        (b'[{"id": "A"}, "B"]', "entry 2 of the list is not an object."),
        (b"[null]", "entry 1 of the list is not an object."),
        ('[{"id": "Però"}]'.encode("latin-1"), "is not in UTF-8 (byte 13)."),
        ("[]".encode("utf-16"), "is not in UTF-8 (byte 1)."),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(
    clinic: Clinic, tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "broken.json"
    file.write_bytes(content)
    with pytest.raises(CommandError) as raised:
        run(file, "--clinic", "aurora")
    assert str(raised.value).startswith(f"Nothing was imported. {file}")
    assert sentence in str(raised.value)
    assert not Exercise.objects.exists()


def test_a_file_that_cannot_be_opened_or_is_too_large_is_refused(clinic: Clinic, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no.json cannot be read: No such file or directory"):
        run(tmp_path / "no.json", "--clinic", "aurora")
    with pytest.raises(CommandError, match="cannot be read: Is a directory"):
        run(tmp_path, "--clinic", "aurora")
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(200_000_000)  # a hole: it takes no room on the disk
    with pytest.raises(CommandError, match="is larger than 20 MB"):
        run(large, "--clinic", "aurora")


def test_a_file_of_just_the_size_is_read(importing: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(json.dumps([entry()]))
    monkeypatch.setattr(reading, "MOST_BYTES", size)
    assert len(importing(entry()).added) == 1
    monkeypatch.setattr(reading, "MOST_BYTES", size - 1)
    with pytest.raises(NotImportable, match="is larger than"):
        importing(entry())


def test_a_byte_order_mark_and_an_empty_list_are_fine(clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    file.write_text("[]", encoding="utf-8-sig")
    assert run(file, "--clinic", "aurora") == (
        "0 added as drafts, 0 already there, 0 rejected, 0 left out by the filters.\n"
    )
