"""Runs every file of `bench/measures/` (or those named) and prints a line for each thing measured.

    scripts/run_bench.py [planning] [sending]

It wants an empty PostgreSQL in DATABASE_URL, which is migrated first. Ends with 1 where a goal is missed.
"""

import importlib
import pkgutil
import sys

import django
from django.core.management import call_command

from bench import measures
from bench.figures import HEAD


def main(chosen: list[str]) -> int:
    django.setup()
    call_command("migrate", verbosity=0)
    lines = []
    for name in chosen or [module.name for module in pkgutil.iter_modules(measures.__path__)]:
        print(f"measuring {name} ...", flush=True)
        call_command("flush", interactive=False, verbosity=0)  # what the one before made is not in its way
        for line in importlib.import_module(f"bench.measures.{name}").measure():
            lines.append(line)
            print(line, flush=True)
    print("", HEAD, *lines, sep="\n")
    return 0 if all(line.is_met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
