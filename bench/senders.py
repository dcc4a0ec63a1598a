"""One of the senders that are measured: a process of its own, which waits until all are ready.

    python -m bench.senders bare PORT COUNT    a bare loop of smtplib: the same mail COUNT times
    python -m bench.senders drain PORT COUNT   `drain`, as a worker runs it: all that is due

It prints "ready"; for each line that it reads it sends, and prints "done".
"""

import smtplib
import sys
from collections.abc import Callable

import django
from django.conf import settings


def bare(port: int, count: int) -> Callable[[], object]:
    """A mail as a reminder is, over one connection."""
    text = (
        "Content-Type: text/plain; charset=utf-8\r\nSubject: Your reminder from Aurora\r\n"
        "From: Aurora <homestretch@localhost>\r\nTo: 1@x.example\r\nMessage-ID: <1@localhost>\r\n\r\n"
    ) + "Everything for today is here: http://localhost/\r\n" * 15

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
            for _ in range(count):
                server.sendmail("homestretch@localhost", ["1@x.example"], text)

    return send


def drain(port: int) -> Callable[[], object]:
    django.setup()
    settings.EMAIL_BACKEND = "clinic.notices.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    from bench.rows import NOW  # noqa: PLC0415 models can be imported only now
    from clinic.notices.drain import drain as drain_all  # noqa: PLC0415

    return lambda: drain_all(clock=lambda: NOW)


if __name__ == "__main__":
    kind, *numbers = sys.argv[1:]
    port, count = (int(number) for number in numbers)
    send = bare(port, count) if kind == "bare" else drain(port)
    print("ready", flush=True)
    while sys.stdin.readline():
        send()
        print("done", flush=True)
