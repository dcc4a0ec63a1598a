"""Web, worker and beat as children of one process: the demo on one machine, ended by one Ctrl-C.

A clinic runs the same three commands as services of their own (docker-compose.yml).
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>: the kernel signals a child whose parent has died


def commands(port: int) -> dict[str, list[str]]:
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "clinic", "--quiet"]
    return {
        "web": [
            python,
            "-m",
            "gunicorn",
            "clinic.wsgi",
            "--bind",
            f"127.0.0.1:{port}",
            "--worker-class",
            "gthread",
            "--threads",
            "4",
            "--log-level",
            "warning",
        ],
        "worker": [
            *celery,
            "worker",
            "-P",
            "threads",
            "-c",
            "2",
            "--loglevel",
            "WARNING",
            "--without-gossip",
            "--without-mingle",
        ],
        "beat": [*celery, "beat", "--loglevel", "WARNING"],
    }


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_until_open(port: int, *, seconds: float) -> bool:
    """Whether something answers on the port before `seconds` are over."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def start(children: Mapping[str, Sequence[str]]) -> dict[str, subprocess.Popen[bytes]]:
    # A session of their own: Ctrl-C reaches us alone, and we end them in order.
    return {
        name: subprocess.Popen(command, preexec_fn=_die_with_parent, start_new_session=True)  # noqa: S603 our own commands
        for name, command in children.items()
    }


def watch(running: dict[str, subprocess.Popen[bytes]]) -> str | None:
    """Wait until one of them ends by itself and give its name; None after Ctrl-C."""
    try:
        while True:
            for name, process in running.items():
                if process.poll() is not None:
                    return name
            time.sleep(0.5)
    except KeyboardInterrupt:
        return None


def stop(running: dict[str, subprocess.Popen[bytes]], *, seconds: float = 10) -> None:
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    ends = time.monotonic() + seconds
    for process in running.values():
        try:
            process.wait(timeout=max(ends - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _die_with_parent() -> None:
    """In the child, before it becomes its command: a demo that was killed leaves nothing running."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
