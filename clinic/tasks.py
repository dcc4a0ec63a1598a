"""Two ticks without arguments. Losing or repeating one changes only latency: the database is the truth."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from clinic.notices import drain as draining
from clinic.notices import planning
from clinic.notices.nudge import nudge_drain


@shared_task  # type: ignore[untyped-decorator]
def plan() -> None:
    if planning.plan(timezone.now()):
        nudge_drain()


@shared_task  # type: ignore[untyped-decorator]
def drain() -> None:
    draining.drain()


@worker_ready.connect  # type: ignore[untyped-decorator]
def tick_at_once(**_: Any) -> None:
    """A worker that starts does not wait for beat."""
    plan.apply_async()
    drain.apply_async()
