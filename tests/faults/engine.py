"""A real Celery worker and beat, as docker-compose.yml starts them, with a clock for their leases."""

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from clinic.models import Notice
from tests.faults.clock import SharedClock
from tests.faults.crew import NEXT, wait_until
from tests.processes import Running, running

CELERY = [sys.executable, "-m", "celery", "-A", "tests.faults.celery_app"]

DRAIN = r"clinic\.tasks\.drain\[([-0-9a-f]+)\]"


@dataclass
class Engine:
    workers: list[Running]
    beats: list[Running]
    clock: SharedClock

    def assert_all_live(self) -> None:
        for process in [*self.workers, *self.beats]:
            assert process.process.poll() is None, process.said

    @property
    def failures(self) -> int:
        """How many tasks ended with an exception so far."""
        return sum(worker.said.count("raised unexpected") for worker in self.workers)

    def finish(self) -> None:
        """Let them work until nothing is owed; the clock is moved on when nothing more is in hand."""
        for _ in range(20):
            wait_until(self.is_idle, seconds=300)
            if not Notice.objects.unsent().exists():
                return
            self.clock.forward(seconds=NEXT.total_seconds())
        raise AssertionError(f"still unsent: {list(Notice.objects.unsent().values())}")

    def is_idle(self) -> bool:
        """Nothing is due, and no task is under way: what is claimed was claimed by one that came to grief."""
        self.assert_all_live()
        now = self.clock()
        if Notice.objects.ready(now=now).exists() or Notice.objects.run_out(now=now).exists():
            return False
        return all(begun(worker) == ended(worker) for worker in self.workers)


def begun(worker: Running) -> set[str]:
    return set(re.findall(rf"Task {DRAIN} received", worker.said))


def ended(worker: Running) -> set[str]:
    """Well, badly, or thrown away because the next one was there."""
    well = re.findall(rf"Task {DRAIN} (?:succeeded|raised)", worker.said)
    return {*well, *re.findall(rf"Discarding revoked task: {DRAIN}", worker.said)}


@contextmanager
def engine(
    variables: dict[str, str], folder: Path, *, workers: int = 1, threads: int = 2, beats: int = 1
) -> Iterator[Engine]:
    """They are ready when the block begins, and gone at its end."""
    clock = SharedClock(folder / "clock")
    variables = variables | {"CLOCK": str(clock.path)}
    with ExitStack() as stack:

        def start(name: str, *words: str) -> Running:
            return stack.enter_context(running([*CELERY, *words], variables, folder / f"{name}.log"))

        work = ["worker", "-P", "threads", "-c", str(threads), "--loglevel", "INFO", "--without-mingle"]
        working = [start(f"worker{n}", *work, "--hostname", f"worker{n}@test") for n in range(workers)]
        beating = [start(f"beat{n}", "beat", "--loglevel", "INFO") for n in range(beats)]
        for worker in working:
            worker.wait_until_it_says("ready.")
        for beat in beating:
            beat.wait_until_it_says("beat: Starting")
        yield Engine(working, beating, clock)
