"""Real processes beside the test: Celery's worker and beat, gunicorn, a command. They see its database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection
from redis import Redis

ROOT = Path(__file__).resolve().parent.parent


def database_url() -> str:
    """The address of the test's own database."""
    assert connection.vendor == "postgresql", "other processes share a test's database on PostgreSQL alone"
    known = connection.settings_dict
    return f"postgres://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


def environment(**more: str) -> dict[str, str]:
    """What a process of an installation sees: this test's database, Redis and secret key, and `more`."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/"),
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "HTTPS": "0",
        "DATABASE_URL": database_url(),
        "REDIS_URL": os.environ["REDIS_URL"],
        "HOMESTRETCH_VAR": os.environ["HOMESTRETCH_VAR"],
    } | more


def forget_messages() -> None:
    """What an earlier test left in the queue is not for this one's worker."""
    with Redis.from_url(os.environ["REDIS_URL"]) as queue:
        queue.flushdb()


class Running:
    """A process with what it has said so far."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process, self._log = process, log

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def wait_until(self, true: Callable[["Running"], bool], *, seconds: float = 60) -> None:
        """Wait for `true(self)`; an AssertionError with all it said where that never comes."""
        end = time.monotonic() + seconds
        while not true(self):
            ended = self.process.poll()
            if ended is not None:
                raise AssertionError(f"ended with {ended}:\n{self.said}")
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s:\n{self.said}")
            time.sleep(0.05)

    def wait_until_it_says(self, words: str, *, seconds: float = 60) -> None:
        self.wait_until(lambda running: words in running.said, seconds=seconds)

    def kill(self) -> None:
        """As a power cut: nothing of it gets to clean up."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(command: Sequence[str], variables: Mapping[str, str], log: Path) -> Iterator[Running]:
    """Start `command` in the project's folder; it and its children are gone at the end of the block."""
    with log.open("wb") as out:
        process = _start(command, variables, out)
        try:
            yield Running(process, log)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()


def _start(command: Sequence[str], variables: Mapping[str, str], out: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, env=dict(variables), cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
    )


CELERY = [sys.executable, "-m", "celery", "-A", "clinic"]


@contextmanager
def worker(variables: Mapping[str, str], folder: Path) -> Iterator[Running]:
    """A Celery worker that is ready for tasks."""
    command = [*CELERY, "worker", "-P", "threads", "-c", "2", "--loglevel", "INFO", "--without-mingle"]
    with running(command, variables, folder / "worker.log") as process:
        process.wait_until_it_says("ready.")
        yield process


@contextmanager
def beat(variables: Mapping[str, str], folder: Path) -> Iterator[Running]:
    """Celery's beat, started."""
    with running([*CELERY, "beat", "--loglevel", "INFO"], variables, folder / "beat.log") as process:
        process.wait_until_it_says("beat: Starting")
        yield process
