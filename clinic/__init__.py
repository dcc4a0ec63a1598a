"""Ground floor: the clinic, its people, notices, audit; and the composition root."""

from clinic.celery import app as celery_app

__all__ = ["celery_app"]
