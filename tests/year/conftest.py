"""The year that all tests of a module look at, loaded once, and the words about what was compared."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from clinic.models import Clinic, Membership
from clinic.scoping import Role
from patients.counting import count_stale
from patients.made_up.year import load_year
from tests.cast import BORA, house
from tests.clients import signed_in
from tests.year import asked
from tests.year.checking import Compared, Slow, work_out
from tests.year.scale import LONG, NOW, SEED, UNTIL, dice, sizes

SAID = pytest.StashKey[list[str]]()


@dataclass
class Year:
    """One clinic on the evening of its year's last day, as its manager sees it, and what the slow way says of
    it. `figures` counts what was compared."""

    clinic: Clinic
    client: Client
    slow: Slow
    said: list[str]
    figures: Counter[str]

    def holds(self, compared: Compared) -> None:
        """Fail with the first differences; else note what was compared."""
        self.figures.update(compared.figures)
        few = "\n".join(compared.differences[:20])
        assert not compared.differences, f"{len(compared.differences)} differences:\n{few}"
        assert compared.figures.total() > 0


@pytest.fixture(scope="module")
def year(request: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[Year]:
    """Undone at the end, like each test in it."""
    said = request.config.stash.setdefault(SAID, [])
    with django_db_blocker.unblock(), transaction.atomic():
        began = time.monotonic()
        loaded = load_year(**sizes())
        with time_machine.travel(NOW, tick=False):
            count_stale(now=NOW)  # as the planner would at this hour
            house("Bora", BORA)  # another clinic, of which nobody may be counted
            said.append(
                f"loaded {loaded.active} running and {loaded.former} former patients in {_since(began)}"
            )
            found = _year(loaded.clinic, said)
            yield found
            said.append(f"compared {found.figures.total()} figures:")
            said += [f"{number:>9} {what}" for what, number in sorted(found.figures.items())]
        transaction.set_rollback(True)


def _year(pk: int, said: list[str]) -> Year:
    clinic = Clinic.objects.get(pk=pk)
    manager = Membership.objects.filter(clinic=clinic, role=Role.MANAGER).order_by("pk")[0].user
    periods = asked.periods(pk, last=UNTIL, dice=dice("periods"))
    slow = work_out(clinic=pk, name=clinic.name, now=NOW, dates=asked.DATES, asked=periods, today=UNTIL)
    said.append(
        f"the slow way went over {slow.programmes} programmes and {slow.sessions} sessions in "
        f"{slow.seconds:.0f} s"
    )
    return Year(clinic, signed_in(manager, method="mfa"), slow, said, Counter())


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.0f} s"


@pytest.fixture
def compared() -> Compared:
    return Compared()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    said = config.stash.get(SAID, [])
    if said:
        terminalreporter.section(f"made-up year ({'long' if LONG else 'short'} form, SEED={SEED})")
    for line in said:
        terminalreporter.line(line)
