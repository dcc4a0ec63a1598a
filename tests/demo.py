"""The demo as somebody at this machine has it: its own process, and a browser without a screen."""

import html
import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from servers import free_port

from tests.processes import ROOT, Running, running

MANAGE = [sys.executable, str(ROOT / "manage.py")]


def variables(var: Path, **more: str) -> dict[str, str]:
    """The environment of a machine that knows nothing of Homestretch but where it may write."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"DEMO": "1", "HOMESTRETCH_VAR": str(var)} | more


class Answer(NamedTuple):
    """A page as it was read, redirects followed."""

    status: int
    url: str
    text: str


@dataclass
class Visitor:
    """Somebody with a browser of their own: cookies are kept, redirects followed, forms sent as they are."""

    base: str
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def get(self, path: str) -> Answer:
        """`path` is a path or an address of the demo, as a mail names it."""
        return self._open(path, None)

    def press(self, page: str, *, action: str, **given: str) -> Answer:
        """Send the form of `page` that leads to `action`, with its hidden fields and what is `given`."""
        form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', self.get(page).text, re.DOTALL)
        assert form, f"no form to {action} on {page}"
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
        fields = {name: html.unescape(value) for name, value in hidden} | given
        return self._open(action, urllib.parse.urlencode(fields).encode())

    def _open(self, path: str, data: bytes | None) -> Answer:
        handler = urllib.request.HTTPCookieProcessor(self.cookies)
        opener = urllib.request.build_opener(handler)
        opener.addheaders = [("Referer", self.base)]
        address = urllib.parse.urljoin(self.base, path)
        assert address.startswith(self.base), f"{address} is not of this demo"
        try:
            answer = opener.open(address, data, timeout=30)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return Answer(answer.status, answer.url, answer.read().decode())


@dataclass(frozen=True)
class Demo:
    """A demo that runs."""

    var: Path
    port: int
    process: Running

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    def visitor(self) -> Visitor:
        return Visitor(self.base)

    def interrupt(self, *, seconds: float = 30) -> int:
        """Ctrl-C; gives the status that it ends with."""
        self.process.process.send_signal(signal.SIGINT)
        return self.process.process.wait(timeout=seconds)


@contextmanager
def demo(var: Path, log: Path) -> Iterator[Demo]:
    """`manage.py demo`, as soon as it says that it is there."""
    port = free_port()
    with running([*MANAGE, "demo"], variables(var, PORT=str(port)), log) as process:
        process.wait_until_it_says(f"Homestretch is at http://localhost:{port}/", seconds=120)
        yield Demo(var, port, process)


def processes_of(var: Path) -> dict[int, str]:
    """Every process of the demo in `var`, whoever its parent is: its number and its command."""
    mark = f"HOMESTRETCH_VAR={var}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found[int(folder.name)] = command
        except OSError:  # it has ended meanwhile, or is somebody else's
            continue
    return found


def wait_for(what: Callable[[], bool], *, seconds: float, told: Callable[[], object]) -> float:
    """Wait until `what()`, and give how many seconds it took; `told()` is said where it never came."""
    start = time.monotonic()
    while not what():
        if time.monotonic() - start > seconds:
            raise AssertionError(f"not within {seconds} s: {told()}")
        time.sleep(0.1)
    return time.monotonic() - start


def manage(var: Path, *words: str, **more: str) -> tuple[int, str]:
    """Run a command of manage.py in the demo's environment: its status, and all that it said."""
    done = subprocess.run(
        [*MANAGE, *words], env=variables(var, **more), cwd=ROOT, capture_output=True, text=True, timeout=180
    )
    return done.returncode, done.stdout + done.stderr
