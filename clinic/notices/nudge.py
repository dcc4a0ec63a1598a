"""Telling the worker that there is something to send. A convenience: the next tick would find it anyway."""

import logging
import time

from django.conf import settings

from clinic.celery import app

logger = logging.getLogger(__name__)

DRAIN = "clinic.tasks.drain"
# Without the first two kombu tries to connect for ever; the timeouts are what a page may lose, in seconds.
IMPATIENT = {"max_retries": 0, "interval_start": 0, "socket_connect_timeout": 1, "socket_timeout": 1}

_quiet_until = 0.0  # of time.monotonic(): a broker that was down is left alone until about the next tick


def nudge_drain() -> None:
    """Ask for a drain now. Never raises, and waits at most a second or two for a broker that is down."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **IMPATIENT}
    try:
        with app.connection_for_write(transport_options=options) as connection:
            app.send_task(
                DRAIN,
                connection=connection,
                retry=False,
                ignore_result=True,
                expires=settings.NOTICE_TICK_SECONDS,
            )
    except Exception as trouble:  # whatever the broker does, the page that owes the notice is not to fail
        _quiet_until = time.monotonic() + settings.NOTICE_TICK_SECONDS
        logger.warning("The worker was not nudged (%s); the next tick will find what is due.", trouble)
