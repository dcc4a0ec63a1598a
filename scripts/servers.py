#!/usr/bin/env python3
"""A PostgreSQL and a Redis of one's own, on free ports, in a temporary folder, for as long as a command runs.

scripts/servers.py COMMAND...          the command finds DATABASE_URL and REDIS_URL in its environment
DURABLE=1 scripts/servers.py COMMAND   for fault tests: acknowledged commits survive a kill (slower)

However the command ends, also by Ctrl-C, the servers are stopped and the folder is removed.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

PACKAGES = ("postgresql", "redis-server")
TRIES = 5  # a port that was free may be taken a moment later
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


def main(command: Sequence[str]) -> int:
    if not command:
        sys.exit(__doc__)
    end_on_signals()
    install(*PACKAGES)
    with servers(durable=bool(os.environ.get("DURABLE"))) as addresses:
        return run(command, os.environ | addresses)


def end_on_signals() -> None:
    """Turn a request to end into an exception, so that every `finally` runs."""

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def install(*packages: str) -> None:
    """See to it that these Debian packages are there; ends with a clear sentence where they can't be had."""
    script = Path(__file__).with_name("system-packages.sh")
    if subprocess.run([script, *packages]).returncode:
        sys.exit(1)


def run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run `command` to its end and return its status; it does not outlive us."""
    process = subprocess.Popen(command, env=environment)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            process.kill()


@contextlib.contextmanager
def servers(*, durable: bool = False) -> Iterator[dict[str, str]]:
    """Start both; gives DATABASE_URL and REDIS_URL."""
    folder = Path(tempfile.mkdtemp(prefix="homestretch-servers-"))
    folder.chmod(0o755)  # PostgreSQL's own user must get in
    try:
        with postgres(folder / "postgres", durable=durable) as pg_port, redis(folder / "redis") as redis_port:
            yield {
                "DATABASE_URL": f"postgres://postgres@127.0.0.1:{pg_port}/postgres",
                "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres(folder: Path, *, durable: bool) -> Iterator[int]:
    """A new cluster in `folder`; gives its port. It hears this machine alone and asks for no password."""
    programs = postgres_programs()
    folder.mkdir()
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data, log = folder / "data", folder / "log"
    encoding = ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    checked(as_postgres(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", *encoding))
    for attempt in range(TRIES):
        port = free_port()
        settings = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}"]
        options = " ".join(f"-c {setting}" for setting in settings + ([] if durable else FAST))
        start = as_postgres(programs / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
        if subprocess.run(start, stdout=subprocess.DEVNULL).returncode == 0:
            break
        if attempt == TRIES - 1:
            sys.exit(f"PostgreSQL did not start:\n{log.read_text()}")
    try:
        yield port
    finally:
        subprocess.run(
            as_postgres(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"),
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # a second Ctrl-C must not leave it running
        )


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[int]:
    """A Redis that keeps nothing; gives its port."""
    folder.mkdir()
    for _attempt in range(TRIES):
        port = free_port()
        process = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        if answers(port, process):
            break
        process.kill()
    else:
        sys.exit("Redis did not start.")
    try:
        yield port
    finally:
        process.kill()  # it has nothing to keep
        process.wait()


def answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether something listens on `port` within ten seconds, while `process` lives."""
    end = time.monotonic() + 10
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.05)
    return False


def postgres_programs() -> Path:
    """The folder of PostgreSQL's own programs, the newest if there are several; off the PATH on Debian."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        sys.exit("No PostgreSQL server found (initdb).")
    return found[-1].parent if found else Path(str(on_path)).parent


def as_postgres(*command: str | Path) -> list[str | Path]:
    """`command`, as the user postgres where we are root: PostgreSQL refuses to run as root."""
    if os.getuid() == 0:
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
    return list(command)


def checked(command: list[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command}:\n{done.stdout}{done.stderr}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
