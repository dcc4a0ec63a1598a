"""Several sender processes, of which those that die are replaced, as a supervisor does it."""

import random
import sys
import time
from collections.abc import Callable, Sized
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from clinic.models import Notice
from clinic.notices import claims, drain
from tests.faults.clock import SharedClock
from tests.faults.sender import IDLE, READY
from tests.processes import Running, running

SENDER = [sys.executable, "-m", "tests.faults.sender"]
# Whatever a sender that is gone had in hand, and whatever waits for its next try, is due after this.
NEXT = max(claims.LEASE, drain.LONGEST_WAIT)


class Crew:
    """`size` senders that drain again and again, with what they see in `variables`."""

    def __init__(self, size: int, variables: dict[str, str], folder: Path) -> None:
        self.size, self.folder = size, folder
        self.clock = SharedClock(folder / "clock")
        self.variables = variables | {"CLOCK": str(self.clock.path)}
        self.senders: list[Running] = []
        self.doomed: list[Running] = []
        self.deaths = 0
        self._seen: dict[Running, int] = {}  # how often each had found nothing when that was asked first
        self._started = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def add(self, **more: str) -> Running:
        self._started += 1
        log = self.folder / f"sender-{self._started}.log"
        command = [*SENDER, "--again", "drain"]
        sender = self._stack.enter_context(running(command, self.variables | more, log))
        self.senders.append(sender)
        return sender

    def add_doomed(self, point: str, *, nth: int) -> None:
        """One that dies by itself (tests/faults/dying.py)."""
        self.doomed.append(self.add(DIE_AT=point, DIE_ON=str(nth)))

    @property
    def ready(self) -> list[Running]:
        """Those that live and have begun."""
        return [one for one in self.senders if one.process.poll() is None and READY in one.said]

    def fill(self) -> None:
        """Returns when all of them are there."""
        wait_until(lambda: self._replaced() and len(self.ready) == self.size)

    def work_until(self, true: Callable[[], bool]) -> None:
        """Let them work until `true()`. The dead are replaced; when nobody has anything to do, the clock is
        moved on, past the leases of the dead."""
        for _ in range(50):
            self._seen.clear()
            wait_until(lambda: self._replaced() and (true() or self.is_idle()), seconds=300)
            if true():
                return
            self.clock.forward(seconds=NEXT.total_seconds())
        raise AssertionError(f"still unsent: {list(Notice.objects.unsent().values())}")

    def finish(self) -> None:
        """Let them work until nothing is owed any more."""
        self.work_until(lambda: self.is_idle() and not Notice.objects.unsent().exists())

    def is_idle(self) -> bool:
        """Each of them is at rest, and has looked since this was asked first and found nothing.

        Twice, because the look that was under way then may have begun earlier.
        """
        looks = {sender: sender.said.count(IDLE) for sender in self.ready}
        for sender, number in looks.items():
            self._seen.setdefault(sender, number)
        return len(looks) == len(self.senders) and all(
            number >= self._seen[sender] + 2 and last_words(sender) == IDLE
            for sender, number in looks.items()
        )

    def kill(self, chance: random.Random) -> None:
        """Kill one of those that are at work and would have lived on."""
        wait_until(lambda: self._replaced() and bool(set(self.ready) - set(self.doomed)))
        chance.choice([one for one in self.ready if one not in self.doomed]).kill()
        self.replace_the_dead()

    def replace_the_dead(self) -> None:
        for sender in [one for one in self.senders if one.process.poll() is not None]:
            self.senders.remove(sender)
            self.deaths += 1
            assert sender.process.returncode == -9, f"it was not killed, it failed:\n{sender.said}"
        while len(self.senders) < self.size:
            self.add()

    def _replaced(self) -> bool:
        self.replace_the_dead()
        return True


def last_words(sender: Running) -> str:
    return sender.said.rstrip("\n").rpartition("\n")[2]


def at_least(number: int, things: Sized) -> Callable[[], bool]:
    return lambda: len(things) >= number


def wait_until(true: Callable[[], bool], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.005)
