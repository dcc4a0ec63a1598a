#!/usr/bin/env python3
"""The tests: units in parallel, then what starts processes and browsers, one after the other, then faults.

scripts/run_tests.py             on PostgreSQL and Redis of their own
scripts/run_tests.py --sqlite    the units alone, on SQLite, without any server

T=path runs that path alone; ARGS="-k word" goes to pytest; WORKERS is the number of units at a time.
FAULTS=long is for tests/faults/, YEAR=long (or a number of patients) for tests/year/, and
SEED=number for both.
"""

import contextlib
import os
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from servers import PACKAGES, end_on_signals, install, run, servers

ROOT = Path(__file__).resolve().parent.parent
# These start processes and watch the clock: two at a time are slower and prove less.
SERIAL = ("tests/test_deployment.py", "tests/test_demo.py", "tests/browser")
FAULTS = "tests/faults"  # on a PostgreSQL that keeps what it acknowledged, also when it is killed
NOTHING_COLLECTED = 5


def main(arguments: list[str]) -> int:
    os.chdir(ROOT)
    end_on_signals()
    sqlite = "--sqlite" in arguments
    install(*([] if sqlite else [*PACKAGES, "chromium"]), "printing")
    with tempfile.TemporaryDirectory(prefix="homestretch-tests-", ignore_cleanup_errors=True) as var:
        return worst(phase(words, var, sqlite=sqlite) for words in phases(sqlite=sqlite))


@contextlib.contextmanager
def addresses(*, sqlite: bool, durable: bool) -> Iterator[dict[str, str]]:
    if sqlite:
        yield {}
        return
    with servers(durable=durable) as found:
        yield found


def environment(found: dict[str, str]) -> dict[str, str]:
    """What the tests see: nothing of an installation that whoever starts them may have set."""
    kept = (
        "HOME",
        "PATH",
        "LANG",
        "TERM",
        "TMPDIR",
        "USER",
        "CI",
        "COLUMNS",
        "PYTEST_ADDOPTS",
        "FAULTS",
        "SEED",
        "YEAR",
    )
    return {name: os.environ[name] for name in kept if name in os.environ} | found


def phases(*, sqlite: bool) -> Iterator[list[str]]:
    """The words for pytest, phase by phase."""
    chosen = os.environ.get("T")
    if chosen:
        yield shlex.split(chosen)
        return
    workers = os.environ.get("WORKERS") or "2"
    later = (*SERIAL, FAULTS)
    yield ["-n", workers, "--dist", "worksteal", *(f"--ignore={path}" for path in later), "tests"]
    if not sqlite:
        yield [path for path in SERIAL if Path(path).exists()]
        yield [FAULTS]


def phase(words: list[str], var: str, *, sqlite: bool) -> int:
    """Run pytest once, on servers of its own, and return its status; that ARGS chose nothing of this phase
    is no failure."""
    extra = shlex.split(os.environ.get("ARGS") or "")
    print("==", *words, *extra, flush=True)
    command = [sys.executable, "-m", "pytest", "--durations=10", "--durations-min=1", *words, *extra]
    durable = any(word.startswith(FAULTS) for word in words)
    with addresses(sqlite=sqlite, durable=durable) as found:
        status = run(command, environment(found | {"HOMESTRETCH_VAR": var}))
    return 0 if status == NOTHING_COLLECTED and extra else status


def worst(statuses: Iterator[int]) -> int:
    """All phases run, also after a failure; 0 only where each was."""
    return max((abs(status) for status in statuses), default=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
