"""Sending what is due over real SMTP, beside a bare loop of smtplib with as many connections."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench import rows
from bench.figures import TIMES, Line, timed
from clinic.models import Notice
from clinic.notices import planning

CONNECTIONS = 4
MAILS = 1_000
SERVER_TAKES = 0.02  # seconds: a server that writes the mail down and is not far away


def measure() -> Iterator[Line]:
    rows.patients(MAILS * 20 // 17 + 1)
    yield _beside_bare(SERVER_TAKES, at_least=0.8)
    yield _beside_bare(0.0, at_least=None)


def _beside_bare(seconds: float, *, at_least: float | None) -> Line:
    words = f"a server that takes {seconds * 1000:.0f} ms a mail" if seconds else "a server that takes no time"
    line = Line(f"sending over {CONNECTIONS} connections to {words}", "mails/s", at_least=at_least)
    with _sink(seconds) as sink:
        for _ in range(TIMES):
            line.round(ours=lambda: _ours(sink), bare=lambda: _bare(sink))
    return line


class Sink:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.port = self._says()

    def taken(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.write("how many\n")
        self.process.stdin.flush()
        return self._says()

    def _says(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())


@contextmanager
def _sink(seconds: float) -> Iterator[Sink]:
    with _started("bench.sink", str(seconds)) as process:
        yield Sink(process)


@contextmanager
def _started(*words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _ours(sink: Sink) -> float:
    rows.clear_outbox()
    planning.plan(rows.NOW)
    mails = Notice.objects.count()
    rate = _rate(sink, mails, ["drain", str(sink.port)])
    sent = Notice.objects.filter(state="sent").count()
    if sent != mails:
        raise AssertionError(f"{sent} of {mails} sent")
    return rate


def _bare(sink: Sink) -> float:
    return _rate(sink, MAILS, ["bare", str(sink.port), str(MAILS // CONNECTIONS)])


def _rate(sink: Sink, mails: int, words: list[str]) -> float:
    """Mails a second, from the moment when all senders begin to the one when the last has ended."""
    before = sink.taken()
    with ExitStack() as stack:
        senders = [stack.enter_context(_started("bench.senders", *words)) for _ in range(CONNECTIONS)]
        for sender in senders:
            assert sender.stdout is not None
            sender.stdout.readline()
        with timed() as clock:
            for sender in senders:
                assert sender.stdin is not None
                sender.stdin.write("go\n")
                sender.stdin.flush()
            for sender in senders:
                assert sender.stdout is not None
                if sender.stdout.readline() != "done\n":
                    raise AssertionError("a sender failed")
    if sink.taken() - before != mails:
        raise AssertionError(f"{sink.taken() - before} of {mails} mails arrived")
    return mails / clock.seconds
