"""Celery as it is, but that `drain` goes by the clock in the file CLOCK: leases can be made to run out.

celery -A tests.faults.celery_app worker
"""

import os
from pathlib import Path

import django

django.setup()

from clinic.celery import app  # noqa: E402
from clinic.notices import drain  # noqa: E402
from tests.faults.clock import SharedClock  # noqa: E402

drain.drain.__kwdefaults__ = {"clock": SharedClock(Path(os.environ["CLOCK"]))}

__all__ = ["app"]
