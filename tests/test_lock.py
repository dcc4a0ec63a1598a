"""requirements.lock: the same versions on every Python that Homestretch runs on, no registry's address."""

import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from runtime_requirements import runtime

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))? \\$", re.MULTILINE)
PYTHONS = ["3.11.9", "3.12.9", "3.13.2"]


def pins(python: str) -> dict[str, list[str]]:
    """The versions that are installed under `python` on Linux, by name."""
    machine: dict[str, str | frozenset[str]] = {
        **{name: str(value) for name, value in default_environment().items()},
        "sys_platform": "linux",
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
    }
    found: dict[str, list[str]] = {}
    for pin in PIN.finditer(LOCK):
        if not pin["marker"] or Marker(pin["marker"]).evaluate(machine):
            found.setdefault(canonicalize_name(pin["name"]), []).append(pin["version"])
    return found


@pytest.mark.parametrize("python", PYTHONS)
def test_each_python_gets_one_version_of_each_package_and_all_that_is_asked(python):
    found = pins(python)
    assert {name: versions for name, versions in found.items() if len(versions) != 1} == {}
    for line in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]:
        asked = Requirement(line)
        version = found[canonicalize_name(asked.name)][0]
        assert asked.specifier.contains(version), f"{line}: locked at {version}"


def test_the_versions_are_the_same_on_each_python():
    assert pins("3.11.9") == pins("3.12.9") == pins("3.13.2")


def test_every_pin_has_hashes_and_no_address_is_named():
    for pin, following in zip(PIN.finditer(LOCK), PIN.split(LOCK)[4::4], strict=True):
        assert "--hash=sha256:" in following, pin["name"]
    assert "://" not in LOCK


def test_what_is_installed_here_is_what_is_locked():
    here = ".".join(map(str, sys.version_info[:3]))
    for name, (version,) in pins(here).items():
        assert metadata.version(name) == version


def test_an_installation_gets_its_dependencies_whole_and_no_tools_for_developers():
    kept = runtime((ROOT / "pyproject.toml").read_text(), LOCK)
    names = {canonicalize_name(pin["name"]) for pin in PIN.finditer(kept)}
    assert names >= {"django", "redis", "psycopg-binary", "psycopg-pool", "fido2"}  # the last ones by extras
    assert names & {"pytest", "ruff", "mypy", "playwright", "factory-boy"} == set()
    installed = {name for name in names if name in pins(PYTHONS[0])}
    for name in installed:
        for line in metadata.requires(name) or []:
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                assert canonicalize_name(needed.name) in names, f"{name} needs {line}"
