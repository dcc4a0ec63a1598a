#!/usr/bin/env python3
"""What an installation needs of requirements.lock: its dependencies and theirs, not the developers' tools.

runtime_requirements.py pyproject.toml requirements.lock > runtime.txt

There is one lock for everything. Under each package it says who asked for it (`# via`), which is enough to
follow the dependencies down. Reads no installed package, so it runs where there is none yet.
"""

import re
import sys
import tomllib
from pathlib import Path

ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==", re.MULTILINE)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def entries(lock: str) -> dict[str, str]:
    """Each package's own lines of the lock, by name."""
    starts = [*ENTRY.finditer(lock)]
    ends = [start.start() for start in starts[1:]] + [len(lock)]
    return {normal(start["name"]): lock[start.start() : end] for start, end in zip(starts, ends, strict=True)}


def asked_by(entry: str) -> set[str]:
    """The packages that need this one."""
    comments = entry.split("# via", 1)[1].replace("#", " ").split() if "# via" in entry else []
    return {normal(word) for word in comments if not word.startswith("(")}


def runtime(pyproject: str, lock: str) -> str:
    """The entries of `lock` that `project.dependencies` of `pyproject` lead to."""
    found = entries(lock)
    dependencies = tomllib.loads(pyproject)["project"]["dependencies"]
    kept = {normal(re.split(r"[\[<>=!~; ]", dependency)[0]) for dependency in dependencies}
    while more := {name for name, entry in found.items() if name not in kept and asked_by(entry) & kept}:
        kept |= more
    return "".join(entry for name, entry in found.items() if name in kept)


if __name__ == "__main__":
    sys.stdout.write(runtime(*(Path(path).read_text() for path in sys.argv[1:3])))
