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
MAILS = 600
AWAY, WRITING = 0.01, 0.02  # seconds: a server in the same country that writes a mail down before it answers


def measure() -> Iterator[Line]:
    rows.patients(MAILS * 20 // 17 + 1)
    words = f"sending over {CONNECTIONS} connections, "
    with _sink(AWAY, WRITING) as sink:
        yield _beside_bare(
            sink, words + f"server {AWAY * 1000:.0f} ms away, writes {WRITING * 1000:.0f} ms", at_least=0.8
        )
    with _sink(0, 0) as sink:
        yield _beside_bare(sink, words + "server that takes no time", at_least=None)


def _beside_bare(sink: "Sink", words: str, *, at_least: float | None) -> Line:
    line = Line(words, "mails/s", at_least=at_least)
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
def _sink(away: float, writing: float) -> Iterator[Sink]:
    with _started("bench.sink", str(away), str(writing)) as process:
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
