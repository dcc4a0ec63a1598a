"""docker-compose.yml as the tests read it: what docker compose would make of it, without docker."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?:(?P<kind>:-|:\?)(?P<rest>[^}]*))?\}")


class Missing(Exception):  # noqa: N818 what docker compose says, not a fault of ours
    """A variable that the file requires is not set; the words are those that the operator reads."""


def services(variables: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The services, with `variables` put in as docker compose does."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]
    filled: dict[str, dict[str, Any]] = _filled(found, variables)
    return filled


def required() -> set[str]:
    """The variables without which docker compose starts nothing."""
    return {found["name"] for found in VARIABLE.finditer(_code()) if found["kind"] == ":?"}


def optional() -> set[str]:
    """The others."""
    return {found["name"] for found in VARIABLE.finditer(_code()) if found["name"]} - required()


def _code() -> str:
    return "\n".join(line for line in FILE.read_text().splitlines() if not line.lstrip().startswith("#"))


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(part, variables) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, variables) for part in value]
    return VARIABLE.sub(lambda found: _value(found, variables), value) if isinstance(value, str) else value


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    given = variables.get(found["name"], "")
    if not given and found["kind"] == ":?":
        raise Missing(found["rest"])
    return given or (found["rest"] if found["kind"] == ":-" else "") or ""
