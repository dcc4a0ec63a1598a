"""`manage.py import_free_exercise_db`: exercises of the public free-exercise-db as drafts of a clinic."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.models import Clinic
from programs.importing.free_exercise_db import import_free_exercise_db
from programs.importing.reading import NotImportable


class Command(BaseCommand):
    help = (
        "Adds exercises of a free-exercise-db file (JSON) to a clinic, as drafts that nobody is prescribed "
        "from until they are published. Run again, it adds only what is missing and changes nothing."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file, for example exercises.json")
        parser.add_argument("--clinic", required=True, metavar="SLUG", help="the clinic's short name")
        parser.add_argument(
            "--category", action="append", default=[], help="only this one; may be given several times"
        )
        parser.add_argument(
            "--muscle",
            action="append",
            default=[],
            help="only what works on this one, first or second; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.filter(slug=options["clinic"]).first()
        if clinic is None:
            raise CommandError(f'There is no clinic with the short name "{options["clinic"]}".')
        try:
            report = import_free_exercise_db(
                clinic=clinic,
                source=options["file"],
                categories=options["category"],
                muscles=options["muscle"],
                now=timezone.now(),
                progress=self._show if self.stdout.isatty() else None,
            )
        except NotImportable as error:
            raise CommandError(f"Nothing was imported. {error}") from error
        for line in report.lines():
            self.stdout.write(line)

    def _show(self, done: int, total: int) -> None:
        """One line that is written over: only for a terminal, a log would fill with it."""
        self.stdout.write(f"\rChecked {done} of {total}", ending="\n" if done == total else "")
        self.stdout.flush()
