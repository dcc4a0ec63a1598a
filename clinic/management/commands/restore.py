"""`manage.py restore FILE`: a backup into the empty database, with mail held back until `notices lift`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.restoring import RestoreError, restore

NEXT = """Restored. No notice is sent until you lift the hold:
  python manage.py migrate --noinput
  python manage.py notices status
  python manage.py notices lift --leave-out   (or without --leave-out: docs/deployment.md says which)"""


class Command(BaseCommand):
    help = "Bring a backup back into an empty database; - reads it from standard input."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            if file == "-":
                restore(sys.stdin.buffer)
            else:
                with Path(file).open("rb") as backup:
                    restore(backup)
        except (OSError, RestoreError) as trouble:
            raise CommandError(f"Nothing was restored. {trouble}") from trouble
        self.stdout.write(NEXT)
