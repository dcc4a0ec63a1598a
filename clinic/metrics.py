"""/metrics, for Prometheus: the engine of notices, worked out from the database as it is asked.

Every process answers the same, so it does not matter which one is asked, nor how many there are. Figures
of the installation alone, none of a clinic; all the same it asks for a token (docs/deployment.md, "Health").
"""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from clinic.health import engine
from clinic.models import Notice
from clinic.notices import heartbeat

PREFIX = "homestretch_"


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """200 with the figures, 404 without METRICS_TOKEN, 401 for another token, 503 without a database."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Engine(now=timezone.now()))
    try:
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    except DatabaseError:
        return HttpResponse(status=503)


class _Engine(Collector):
    def __init__(self, *, now: dt.datetime) -> None:
        self.now = now

    def describe(self) -> list[Metric]:
        return []  # so that registering it asks nobody yet

    def collect(self) -> Iterator[Metric]:
        state = engine(now=self.now)
        yield GaugeMetricFamily(
            f"{PREFIX}oldest_due_notice_seconds",
            "How long the oldest notice that is due waits to be sent; 0 where none does.",
            value=state["oldest_due_notice_s"] or 0,
        )
        beats = GaugeMetricFamily(
            f"{PREFIX}heartbeat_age_seconds",
            "Since a step of the engine last ran to its end; missing where it never did.",
            labels=["step"],
        )
        for step in heartbeat.STEPS:
            age = state[f"{step}_s"]
            if age is not None:
                beats.add_metric([step], age)
        yield beats
        yield GaugeMetricFamily(
            f"{PREFIX}notices_held",
            "1 while mail is held back after a restore.",
            value=int(bool(state["held"])),
        )
        yield self._unsent()

    def _unsent(self) -> Metric:
        counted = dict(Notice.objects.unsent().order_by().values_list("state").annotate(Count("pk")))
        unsent = GaugeMetricFamily(
            f"{PREFIX}notices_unsent", "Notices that are still to be sent, due or not.", labels=["state"]
        )
        for state in (Notice.State.QUEUED, Notice.State.SENDING, Notice.State.RETRY):
            unsent.add_metric([state.value], counted.get(state.value, 0))
        return unsent
