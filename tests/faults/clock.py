"""A clock that several processes share and a test moves on: the real one, plus seconds from a file."""

import datetime as dt
import os
from pathlib import Path

from django.utils import timezone


class SharedClock:
    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            self._write(0)

    def __call__(self) -> dt.datetime:
        return timezone.now() + self._ahead

    def forward(self, **by: float) -> None:
        self._write((self._ahead + dt.timedelta(**by)).total_seconds())

    def set(self, now: dt.datetime) -> None:
        self._write((now - timezone.now()).total_seconds())

    @property
    def _ahead(self) -> dt.timedelta:
        return dt.timedelta(seconds=float(self.path.read_text()))

    def _write(self, seconds: float) -> None:
        new = self.path.with_suffix(".new")
        new.write_text(str(seconds))
        os.replace(new, self.path)  # a reader sees the old or the new, never half of one
