"""The servers below the notices, stopped as they stop in life: at once."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection
from servers import as_postgres, free_port, postgres_programs


class Postgres:
    """The cluster of the test's own database. After `start` the test has a connection again."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            self._data = cursor.fetchone()[0]
        self._log = Path(self._data).parent / "log"

    def stop_at_once(self) -> None:
        """Connections are cut, nothing is flushed; what was acknowledged is in the log that it replays."""
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        self._control("restart", "-l", str(self._log))  # with the options that it had
        connection.close()

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        self.stop_at_once()
        try:
            yield
        finally:
            self.start()

    def _control(self, *words: str) -> None:
        command = as_postgres(postgres_programs() / "pg_ctl", "-D", self._data, "-w", *words)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Queue:
    """A Redis of one test alone, which keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def __enter__(self) -> "Queue":
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop_at_once()

    def start(self) -> None:
        """Returns when it answers."""
        here = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        self._process = subprocess.Popen(
            ["redis-server", *here],  # noqa: S607 by its name on the PATH
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        end = time.monotonic() + 30
        with Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                    return
                except NoConnection:
                    assert self._process.poll() is None, "Redis ended"
                    assert time.monotonic() < end, "Redis does not answer"
                    time.sleep(0.01)

    def stop_at_once(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def empty(self) -> None:
        with Redis.from_url(self.url) as client:
            client.flushall()
