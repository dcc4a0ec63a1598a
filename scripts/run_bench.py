#!/usr/bin/env python3
"""The benchmarks of bench/, on a PostgreSQL of their own that keeps what it acknowledges.

scripts/run_bench.py             all of them
scripts/run_bench.py planning    those named
"""

import os
import sys
import tempfile
from pathlib import Path

from servers import PACKAGES, end_on_signals, install, run, servers

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("HOME", "PATH", "LANG", "TERM", "TMPDIR", "USER")


def main(chosen: list[str]) -> int:
    os.chdir(ROOT)
    end_on_signals()
    install(*PACKAGES)
    with (
        tempfile.TemporaryDirectory(prefix="homestretch-bench-", ignore_cleanup_errors=True) as var,
        servers(durable=True) as addresses,
    ):
        variables = {name: os.environ[name] for name in KEPT if name in os.environ} | addresses
        variables |= {
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
            "ALLOWED_HOSTS": "localhost",
            "HTTPS": "0",
            "HOMESTRETCH_VAR": var,
        }
        return run([sys.executable, "-m", "bench", *chosen], variables)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
