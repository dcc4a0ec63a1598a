"""A real Celery worker and beat, as docker-compose.yml starts them, with a clock for their leases."""

import itertools
import re
import sys
from collections.abc import Callable, Iterator
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
    start_worker: Callable[[], Running]
    restarts: int = 0

    def supervise(self) -> bool:
        """Start a worker that has ended again, as `restart: unless-stopped` does; beats must not end."""
        for beat in self.beats:
            assert beat.process.poll() is None, beat.said
        for place, worker in enumerate(self.workers):
            if worker.process.poll() is not None:
                self.workers[place] = self.start_worker()
                self.restarts += 1
        return True

    @property
    def failures(self) -> int:
        """How many tasks ended with an exception so far."""
        return sum(worker.said.count("raised unexpected") for worker in self.workers)

    @property
    def waiting(self) -> int:
        """How many tasks have come to the workers and have not ended."""
        said = "".join(worker.said for worker in self.workers)
        return said.count("] received") - len(re.findall(r"\] (?:succeeded|raised)|Discarding revoked", said))

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
        self.supervise()
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
    variables, numbers = variables | {"CLOCK": str(clock.path)}, itertools.count()
    with ExitStack() as stack:

        def start(name: str, *words: str) -> Running:
            return stack.enter_context(running([*CELERY, *words], variables, folder / f"{name}.log"))

        def start_worker() -> Running:
            name = f"worker{next(numbers)}"
            options = ["--loglevel", "INFO", "--without-mingle", "--hostname", f"{name}@test"]
            return start(name, "worker", "-P", "threads", "-c", str(threads), *options)

        working = [start_worker() for _ in range(workers)]
        beating = [start(f"beat{number}", "beat", "--loglevel", "INFO") for number in range(beats)]
        for worker in working:
            worker.wait_until_it_says("ready.")
        for beat in beating:
            beat.wait_until_it_says("beat: Starting")
        yield Engine(working, beating, clock, start_worker)
