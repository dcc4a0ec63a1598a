"""Planning: what is due and has no notice yet gets one. Apps register their planners in `AppConfig.ready`."""

import datetime as dt
import logging
from collections.abc import Callable

from clinic.notices import heartbeat

logger = logging.getLogger(__name__)

Planner = Callable[[dt.datetime], int]

_planners: list[Planner] = []


def register_planner(planner: Planner) -> None:
    """`planner(now)` makes what is owed at `now` and gives how many it made. Run again, it makes nothing."""
    if planner not in _planners:
        _planners.append(planner)


def plan(now: dt.datetime) -> int:
    """Run every planner; gives how many notices were made.

    One that fails does not stop the others. Raises ExceptionGroup of all failures at the end.
    """
    made, failures = 0, []
    for planner in _planners:
        try:
            made += planner(now)
        except Exception as failure:
            logger.exception("Planner %s failed.", planner.__name__)
            failures.append(failure)
    if failures:
        raise ExceptionGroup("planners failed", failures)
    heartbeat.beat("plan", now=now)
    return made
