"""The delivery log speaks in words: every kind and reason that the code knows has some, in both languages.

The reasons are found where the code writes them, so that a new one without words fails here.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import clinic
import patients
from clinic.models import Notice
from clinic.notices import again, kinds
from patients.notices import due, words
from tests.factories import NoticeFactory, PatientFactory, UserFactory
from tests.patients.reminding import MONDAY

# Where notices come to an end, or say what speaks against them.
PLACES = (
    *Path(clinic.__file__).parent.glob("notices/*.py"),
    *Path(clinic.__file__).parent.glob("signin/*.py"),
    *Path(patients.__file__).parent.glob("notices/*.py"),
    *Path(patients.__file__).parent.glob("signin/*.py"),
    Path(patients.__file__).parent / "merging.py",
)


def written_reasons() -> set[str]:
    """Every reason in the code: what `not_wanted` and the outbox are given, and the keys of such tables."""
    return {found for place in PLACES for found in _in_file(ast.parse(place.read_text()))} - {""}


def _in_file(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id == "not_wanted":
                yield from _texts(node.args)
            yield from _texts(
                [word.value for word in node.keywords if word.arg in {"reason", "state_reason"}]
            )
        elif isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "reasons" for target in node.targets
        ):
            assert isinstance(node.value, ast.Dict)
            yield from _texts(node.value.keys)


def _texts(nodes: list[ast.expr] | list[ast.expr | None]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_the_search_finds_what_is_known_to_be_there() -> None:
    found = written_reasons()
    assert {"refused", "address_refused", "no_address", "put_off_too_often", "uncertain"} <= found  # outbox
    assert {"overtaken", "acknowledged", "merged", "by_hand", "answered", "nothing_new"} <= found


def test_every_reason_has_words_and_none_is_left_over() -> None:
    assert written_reasons() | set(due.unwanted(on=MONDAY)) == set(words.REASONS)


def test_every_kind_has_words() -> None:
    registered = {name for name in kinds._kinds if name != "test"}
    assert registered == set(words.KINDS)
    assert registered >= words.TO_PATIENTS


@pytest.mark.parametrize(
    "table",
    [words.KINDS, words.REASONS, dict(again.WhyNot.choices), dict(Notice.State.choices)],
    ids=["kinds", "reasons", "why not", "states"],
)
def test_they_are_written_in_italian_too(table) -> None:
    with translation.override("en"):
        english = {code: str(said) for code, said in table.items()}
    with translation.override("it"):
        italian = {code: str(said) for code, said in table.items()}
    assert [code for code in table if not english[code] or english[code] == italian[code]] == []


@pytest.mark.django_db
def test_whom_it_goes_to() -> None:
    patient, alba = PatientFactory(given_name="Anna", family_name="Rossi"), UserFactory(name="Alba Bo")
    assert words.recipient(NoticeFactory(kind="review_due", recipient=alba), patient) == "Alba Bo"
    assert words.recipient(NoticeFactory(kind="reminder"), patient) == "Anna Rossi"
    assert words.recipient(NoticeFactory(kind="stop_alert"), patient) == "the clinic's own address"
    assert words.recipient(NoticeFactory(kind="staff_invitation"), None) == "whom it invites"


def test_a_code_of_an_older_version_stands_as_it_is() -> None:
    assert words.reason("of_before") == "of_before"
    assert words.kind(Notice(kind="of_before")) == "of_before"
