"""The documents say what is so: commands, links, files, names and variables that they mention exist."""

import ast
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands, load_command_class
from PIL import Image

from clinic.management.commands import notices
from tests import compose

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
DEPLOYMENT = ROOT / "docs" / "deployment.md"
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
FOLDERS = "clinic|docs|locale|patients|programs|scripts|static|templates|tests"

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def code(document: Path) -> list[str]:
    """What stands in backticks or fences: a piece each."""
    text = document.read_text()
    return [*FENCE.findall(text), *re.findall(r"`([^`\n]+)`", FENCE.sub("", text))]


def found(pattern: str, document: Path) -> Iterator[re.Match[str]]:
    for piece in code(document):
        yield from re.finditer(pattern, piece)


def anchors(document: Path) -> set[str]:
    """The names under which the headings of `document` can be linked to."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", document.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_the_documents_are_there():
    names = {document.name for document in DOCUMENTS}
    asked = {"README", "CONTRIBUTING", "architecture", "privacy", "deployment", "intended-purpose"}
    assert names >= {f"{name}.md" for name in asked}


@every_document
def test_every_link_leads_somewhere(document: Path):
    text = document.read_text()
    targets = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    for target in targets:
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        page = (document.parent / path).resolve() if path else document
        assert page.exists(), target
        assert not anchor or anchor in anchors(page), target


@every_document
def test_every_make_target_exists(document: Path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {match[1] for match in found(r"\bmake ([a-z][a-z-]*)", document)}
    assert named <= targets


@every_document
def test_every_command_of_manage_py_exists_with_its_options(document: Path):
    known = get_commands()
    for match in found(r"manage\.py ([a-z_]+)((?:\\\n|[^\n`|#])*)", document):
        name, words = match[1], match[2]
        assert name in known, match[0]
        parser = load_command_class(str(known[name]), name).create_parser("manage.py", name)
        assert set(re.findall(r"--[a-z-]+", words)) <= set(parser._option_string_actions), match[0]
    steps = {match[1] for match in found(r"manage\.py notices ([a-z]+)", document)}
    assert steps <= set(notices.STEPS)


@every_document
def test_every_file_and_name_of_ours_exists(document: Path):
    for match in found(rf"(?<![\w./-])(?:{FOLDERS})/[\w./*-]*", document):
        # The Italian catalogue is named where one says how to write it.
        if match[0] != "locale/it/LC_MESSAGES/django.po":
            assert list(ROOT.glob(match[0].rstrip("/"))), match[0]
    for match in found(r"^(clinic|programs|patients)\.([A-Z]\w+)$", document):
        apps.get_model(match[1], match[2])
    for match in found(r"^(?:clinic|programs|patients)(?:\.[a-z_]\w*)+$", document):
        pkgutil.resolve_name(match[0])


def test_what_the_code_says_of_the_documents_is_so():
    """`docs/architecture.md, "Notices"` names a heading; `README, 'Running it for real'` too."""
    said = re.compile(r"(docs/[\w-]+\.md|README)(?:, [\"']([^\"']+)[\"'])?")
    for folder in ("clinic", "programs", "patients", "scripts"):
        for path in (ROOT / folder).rglob("*.py"):
            for match in said.finditer(path.read_text()):
                document = ROOT / (match[1] if match[1].endswith(".md") else f"{match[1]}.md")
                assert document.exists(), f"{path.relative_to(ROOT)}: {match[0]}"
                heading = (match[2] or "").lower().replace(" ", "-")
                assert not heading or heading in anchors(document), f"{path.relative_to(ROOT)}: {match[0]}"


# --- The environment --------------------------------------------------------------------------------
def read_by(path: Path) -> set[str]:
    """The variables that a module reads: `env.str("X")`, `variables.get("X")`, `os.environ.get("X")`."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        source, first = ast.unparse(node.func.value), node.args[0]
        if source in {"env", "variables", "os.environ"} and isinstance(first, ast.Constant):
            names.add(str(first.value))
    return names


def described() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", DEPLOYMENT.read_text(), re.MULTILINE))


def test_every_variable_is_described_and_no_other():
    read = read_by(ROOT / "clinic" / "environment.py") | read_by(ROOT / "clinic" / "settings.py")
    assert {"SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "TRUSTED_PROXIES"} <= read, "it reads the modules"
    assert described() == read | compose.required() | compose.optional()


def test_the_template_of_env_names_no_unknown_variable():
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert named
    assert named <= described()


# --- What must not be there -------------------------------------------------------------------------
@every_document
def test_no_path_of_a_machine_and_no_registry_is_named(document: Path):
    text = document.read_text()
    assert not re.findall(r"(?<![\w.])(?:/(?:home|root|work|tmp|Users|private)/|[A-Z]:\\)\S*", text)
    assert not re.findall(r"\b(?:pypi|pythonhosted|npmjs|crates)\.\w+", text)


@pytest.mark.parametrize(("name", "width"), [("today.png", 720), ("report.png", 1280)])
def test_the_pictures_are_small(name: str, width: int):
    path = ROOT / "docs" / "pictures" / name
    assert path.stat().st_size < 300_000
    with Image.open(path) as picture:
        assert picture.width == width
