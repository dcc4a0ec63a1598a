"""A real gunicorn, and what a browser that is signed in asks of it."""

import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from django.test import Client
from servers import free_port

from tests.processes import Running, running


@dataclass
class Web:
    port: int
    process: Running

    def get(self, path: str, client: Client | None = None) -> int:
        return self._ask("GET", path, client)

    def post(self, path: str, data: Mapping[str, object], client: Client) -> int:
        return self._ask("POST", path, client, data)

    def _ask(
        self, method: str, path: str, client: Client | None, data: Mapping[str, object] | None = None
    ) -> int:
        """The status of the answer."""
        token = secrets.token_hex(16)  # of Django's own length
        cookies = {name: morsel.value for name, morsel in client.cookies.items()} if client else {}
        cookies["csrftoken"] = token
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": token,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body=urlencode(data) if data else None, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status


@dataclass
class Visits:
    """Pages asked for again and again while the block runs: the statuses, and the longest wait (s)."""

    web: Web
    pages: dict[str, Client]
    statuses: list[int] = field(default_factory=list)
    longest: float = 0

    def __enter__(self) -> Self:
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._enough.set()
        self._thread.join()

    def note(self, ask: Callable[[], int]) -> int:
        began = time.monotonic()
        self.statuses.append(status := ask())
        self.longest = max(self.longest, time.monotonic() - began)
        return status

    def _go_on(self) -> None:
        while not self._enough.wait(timeout=0.1):
            for path, client in self.pages.items():
                self.note(partial(self.web.get, path, client))


@contextmanager
def web(variables: dict[str, str], folder: Path) -> Iterator[Web]:
    """As docker-compose.yml starts it, but that no files of a release are collected first."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "clinic.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", "4", "--access-logfile", "-"]
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_POOL": "8"}
    with running(command, variables | settings, folder / "web.log") as process:
        process.wait_until_it_says("Booting worker")
        yield Web(port, process)
