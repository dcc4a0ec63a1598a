"""`manage.py notices plan | drain`: the two ticks by hand, without a broker. `hold | lift | status`: holding
mail back, sending it again, and what waits."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.db.models import Count, Min
from django.utils import timezone

from clinic.models import Notice
from clinic.notices import drain, holding, planning

STEPS = ("plan", "drain", "hold", "lift", "status")

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Make the notices that are due (plan), send them (drain), send none until further notice (hold), "
        "send again (lift), tell what waits (status)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("step", choices=STEPS)
        parser.add_argument(
            "--leave-out",
            action="store_true",
            help="with lift: do not send what fell due before the hold, but for what must arrive",
        )

    def handle(self, *args: Any, step: str, leave_out: bool = False, **options: Any) -> None:
        if leave_out and step != "lift":
            raise CommandError("--leave-out goes with lift.")
        if step == "lift":
            self._lift(leave_out=leave_out)
        else:
            {"plan": self._plan, "drain": self._drain, "hold": self._hold, "status": self._status}[step]()

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
        if holding.current_hold():
            self.stdout.write("held back: nothing is sent until `notices lift`")
        else:
            self.stdout.write(
                ", ".join(f"{state}: {n}" for state, n in sorted(counts.items())) or "nothing due"
            )

    def _hold(self) -> None:
        began = holding.hold(now=timezone.now()).began_at
        self.stdout.write(f"held back since {began:%Y-%m-%d %H:%M} UTC; `notices lift` ends it")

    def _lift(self, *, leave_out: bool) -> None:
        if not holding.current_hold():
            raise CommandError("Nothing is held back.")
        left_out = holding.lift(leave_out=leave_out, now=timezone.now())
        self.stdout.write(f"lifted; left out: {left_out}")

    def _status(self) -> None:
        now, held = timezone.now(), holding.current_hold()
        since = f"since {held.began_at:%Y-%m-%d %H:%M} UTC" if held else "no"
        self.stdout.write(f"held back: {since}")
        must = holding.must_arrive()
        due = Notice.objects.unsent().filter(due_at__lte=now).order_by("kind").values("kind")
        for row in due.annotate(n=Count("pk"), oldest=Min("due_at")):
            arrives = ", goes out also with --leave-out" if row["kind"] in must else ""
            self.stdout.write(
                f"due: {row['kind']}: {row['n']}, the oldest of {row['oldest']:%Y-%m-%d %H:%M} UTC{arrives}"
            )
