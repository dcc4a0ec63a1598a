"""`manage.py load_library`: make or refresh the shared library from its files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from programs.library.loading import load_library
from programs.library.nodes import LibraryError


class Command(BaseCommand):
    help = "Loads the shared exercises and program templates; what was edited here stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_library(now=timezone.now())
        except LibraryError as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        for line in report.lines():
            self.stdout.write(line)
