"""Celery: the engine that moves notices. The database is the only truth (docs/architecture.md)."""

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")


@setup_logging.connect  # type: ignore[untyped-decorator]
def log_as_everywhere(loglevel: int | None = None, **_: Any) -> None:
    """Worker and beat log as Django's settings say: Celery's own handlers quote what exceptions say."""
    if loglevel:
        logging.getLogger().setLevel(loglevel)


app = Celery("homestretch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
