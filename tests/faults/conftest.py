"""What the fault tests share: a database that keeps what it acknowledged, a mail server, and the table of
what they saw."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from tests.clinic.mail_faults import BadMailbox, BadPost
from tests.faults.scale import LONG, SEED

SAW = pytest.StashKey[list[tuple[str, ...]]]()
COLUMNS = ("fault", "mails", "kills", "lost", "duplicates", "seconds")


@dataclass
class Summary:
    """One line of the table."""

    rows: list[tuple[str, ...]]
    began: float

    def add(self, fault: str, *, mails: int, kills: int = 0, lost: int = 0, duplicates: int = 0) -> None:
        seconds = f"{time.monotonic() - self.began:.0f}"
        self.rows.append((fault, *map(str, (mails, kills, lost, duplicates)), seconds))


@pytest.fixture
def summary(request: pytest.FixtureRequest) -> Summary:
    return Summary(request.config.stash.setdefault(SAW, []), time.monotonic())


@pytest.fixture
def durable(transactional_db: None) -> None:
    """PostgreSQL as an installation has it: what is committed survives a kill."""
    for setting in ("synchronous_commit", "fsync", "full_page_writes"):
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW {setting}")
            assert cursor.fetchone() == ("on",), f"{setting}: run this by `make test` or `make faults`"


@pytest.fixture
def post() -> Iterator[BadPost]:
    """A mail server of its own; `post.bad` says how it behaves and what arrived."""
    server = BadPost()
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # it tells every line of every mail
    with server:
        yield server


@pytest.fixture
def server(post: BadPost) -> BadMailbox:
    return post.bad


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    terminalreporter.section(f"faults ({'long' if LONG else 'short'} form, SEED={SEED})")
    rows = config.stash.get(SAW, [])
    widths = [max(len(row[place]) for row in [COLUMNS, *rows]) for place in range(len(COLUMNS))]
    for row in [COLUMNS, *rows]:
        first, *figures = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        terminalreporter.line("  ".join([row[0].ljust(widths[0]), *figures]))
