"""`manage.py notices plan` and `manage.py notices drain`: the two ticks by hand, without a broker."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from clinic.notices import drain, planning

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Make the notices that are due (plan), or send them (drain)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("step", choices=["plan", "drain"])

    def handle(self, *args: Any, step: str, **options: Any) -> None:
        if step == "plan":
            self._plan()
        else:
            self._drain()

    def _plan(self) -> None:
        try:
            made = planning.plan(timezone.now())
        except ExceptionGroup as failed:
            raise CommandError(f"{len(failed.exceptions)} planner(s) failed; the log says why.") from failed
        self.stdout.write(f"made: {made}")

    def _drain(self) -> None:
        try:
            counts = drain.drain()
        except DatabaseError as failed:
            logger.exception("Sending stopped.")
            raise CommandError("The database failed; the log says how.") from failed
        self.stdout.write(", ".join(f"{state}: {n}" for state, n in sorted(counts.items())) or "nothing due")
