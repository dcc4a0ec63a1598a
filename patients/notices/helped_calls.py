"""Has it helped? Who has no address is asked on the phone: a line on the worklist at the review point.

There is no second one after 3 days: the line stays until somebody writes what came of it.
"""

import datetime as dt
import logging
import zoneinfo
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from clinic.localtime import local_date
from patients.calls import owe_calls_about_reviews
from patients.models import WorkItemEntry
from patients.notices.helped import in_zone, not_held_back, waiting, zones
from patients.vocabulary import Alert

logger = logging.getLogger(__name__)


def plan_helped_calls(now: dt.datetime) -> int:
    """A planner: a few queries for each zone, however many patients there are. It makes lines, no notices."""
    for zone in zones(_unasked()):
        try:
            on = local_date(now, zone)
        except zoneinfo.ZoneInfoNotFoundError:
            logger.error("Nobody is asked in an unknown time zone.")  # noqa: TRY400
            continue
        rows = not_held_back(_unasked().filter(in_zone(zone)), on=on)
        due = rows.select_related("prescription__clinician", "prescription__patient__clinic")
        owe_calls_about_reviews(list(due.order_by("pk")), now=now)
    return 0


def _unasked() -> QuerySet[Any]:
    asked = WorkItemEntry.objects.filter(review=OuterRef("pk"), what=Alert.CALL_HELPED)
    return waiting().filter(~Exists(asked), prescription__patient__email="")
