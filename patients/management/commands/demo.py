"""`manage.py demo`: two made-up clinics that are alive, and everything that serves them."""

import argparse
import datetime as dt
import os
import signal
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic import serving
from patients.demo import seed


class Command(BaseCommand):
    help = "Make the demo's two clinics and serve them; Ctrl-C ends all of it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="Only make the data.")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["no_serve"]:
            self._refuse_to_serve(options["port"])
        call_command("migrate", verbosity=0)
        try:
            seed.refuse_foreign_data()
        except seed.NotADemoError as error:
            raise CommandError(str(error)) from error
        self._seed(today=timezone.now().date())
        if not options["no_serve"]:
            self._serve(options["port"])

    def _seed(self, *, today: dt.date) -> None:
        """Make the clinics; a demo of another day is made anew, since its patients would all be silent."""
        made_on = seed.seeded_on()
        if made_on == today:
            return
        if made_on is not None:
            self.stdout.write("The demo is from another day, so it begins anew.")
            call_command("flush", interactive=False, verbosity=0)
        self.stdout.write("Making the demo clinics ...")
        seed.seed(now=timezone.now(), say=self.stdout.write)

    def _refuse_to_serve(self, port: int) -> None:
        if not settings.DEMO:
            raise CommandError("Set DEMO=1 to serve the demo: it lets anybody enter as anybody.")
        if not serving.is_free(port):
            raise CommandError(
                f"Port {port} is taken: choose another one, for example PORT={port + 1} make demo"
            )

    def _serve(self, port: int) -> None:
        # Being told to end is the same as Ctrl-C; a script's background job would not hear even that.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)  # WhiteNoise warns of a folder that is missing
        running = serving.start(serving.commands(port))
        try:
            if serving.wait_until_open(port, seconds=60):
                self.stdout.write(self.style.SUCCESS(f"\nHomestretch is at http://localhost:{port}/"))
                self.stdout.write(
                    f"Enter as anybody with one click: http://localhost:{port}/demo/ (Ctrl-C ends it)\n"
                )
                self.stdout.flush()  # who reads it through a pipe waits for the address
            ended = serving.watch(running)
        finally:
            serving.stop(running)
        if ended:
            sys.exit(f"The {ended} process ended by itself, so the demo was stopped.")
