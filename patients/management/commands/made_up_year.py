"""`manage.py made_up_year`: a made-up clinic's year, for tests and for measuring."""

import argparse
import datetime as dt
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from patients.made_up.progress import Bar
from patients.made_up.year import NotEmptyError, load_year


class Command(BaseCommand):
    help = (
        "Load a made-up clinic's year into an empty, migrated database: patients, programmes, sessions, "
        "reviews, the worklist. The same seed, sizes and date make the same rows. All or nothing: where it "
        "fails or is interrupted, nothing is left. Mail is held, and no notice is made; a worker that runs "
        "would plan some."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--patients", type=int, default=5000, help="with a running programme (5000)")
        parser.add_argument("--sessions", type=int, default=1_000_000, help="that count (1000000)")
        parser.add_argument("--seed", type=int, default=1, help="another seed, another year (1)")
        parser.add_argument(
            "--until", type=dt.date.fromisoformat, default=None, help="last day, YYYY-MM-DD (today, in UTC)"
        )
        parser.add_argument(
            "--password", help="lets manager@example.org sign in; without it nobody can, having no password"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            loaded = load_year(
                patients=options["patients"],
                sessions=options["sessions"],
                seed=options["seed"],
                until=options["until"] or timezone.now().date(),
                progress=Bar(self.stdout).show,
                password=options["password"],
            )
        except NotEmptyError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("Interrupted: nothing was loaded.") from error
        for name, count in sorted(loaded.rows.items()):
            self.stdout.write(f"{count:>9} {name}")
        minutes, seconds = divmod(round(time.monotonic() - began), 60)
        self.stdout.write(
            self.style.SUCCESS(
                f"{loaded.active} patients with a running programme and {loaded.former} former ones, "
                f"in {minutes} min {seconds} s. Mail is held; `manage.py notices` says how to lift that."
            )
        )
