"""Sending what is due over real SMTP, beside a bare loop of smtplib with as many connections."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Self

from bench import rows
from bench.figures import TIMES, Line, timed
from clinic.models import Notice
from clinic.notices import planning

CONNECTIONS = 4
MAILS = 600
AWAY, WRITING = 0.01, 0.02  # seconds: a server in the same country that writes a mail down before it answers


def measure() -> Iterator[Line]:
    rows.patients(MAILS * 20 // 17 + 1)
    words = f"sending over {CONNECTIONS} connections, "
    far = f"server {AWAY * 1000:.0f} ms away that writes for {WRITING * 1000:.0f} ms"
    yield _beside_bare(words + far, away=AWAY, writing=WRITING, at_least=0.8)
    yield _beside_bare(words + "server that takes no time", away=0, writing=0, at_least=None)


def _beside_bare(words: str, *, away: float, writing: float, at_least: float | None) -> Line:
    line = Line(words, "mails/s", at_least=at_least)
    with Process("bench.sink", str(away), str(writing)) as sink, ExitStack() as stack:
        port = sink.says()
        senders = {
            kind: [
                stack.enter_context(Process("bench.senders", kind, port, str(MAILS // CONNECTIONS)))
                for _ in range(CONNECTIONS)
            ]
            for kind in ("drain", "bare")
        }
        for sender in (*senders["drain"], *senders["bare"]):
            sender.says()
        _ours(sink, senders["drain"])  # once for nothing: templates are read, statements are planned
        for _ in range(TIMES):
            line.round(
                ours=lambda: _ours(sink, senders["drain"]), bare=lambda: _rate(sink, senders["bare"], MAILS)
            )
    return line


class Process:
    """A module of this folder that runs beside us, and talks line by line."""

    def __init__(self, *words: str) -> None:
        command = [sys.executable, "-m", *words]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.communicate()

    def tell(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("go on\n")
        self._process.stdin.flush()

    def says(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError("A process of the bench has ended.")
        return line.strip()


def _ours(sink: Process, senders: list[Process]) -> float:
    rows.clear_outbox()
    planning.plan(rows.NOW)
    mails = Notice.objects.count()
    rate = _rate(sink, senders, mails)
    sent = Notice.objects.filter(state="sent").count()
    if sent != mails:
        raise AssertionError(f"{sent} of {mails} sent")
    return rate


def _rate(sink: Process, senders: list[Process], mails: int) -> float:
    """Mails a second, from the moment when all senders begin to the one when the last has ended."""
    before = _taken(sink)
    with timed() as clock:
        for sender in senders:
            sender.tell()
        for sender in senders:
            sender.says()
    arrived = _taken(sink) - before
    if arrived != mails:
        raise AssertionError(f"{arrived} of {mails} mails arrived")
    return mails / clock.seconds


def _taken(sink: Process) -> int:
    sink.tell()
    return int(sink.says())
