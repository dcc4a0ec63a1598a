"""For whoever runs the installation: does this process live (/healthz), and can it work (/readyz)?"""

import datetime as dt
from functools import lru_cache
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic.models import Notice
from clinic.notices import heartbeat, holding


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers. Asks nobody."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if the database answers and is migrated, else 503. What stands beside it is for who watches:

    `oldest_due_notice_s`: how long the oldest notice that is due waits to be sent, in seconds (null: none).
    `plan_s`, `drain_s`: since these steps of the engine last ran to their end, in seconds (null: never).
    `held`: whether mail is held back after a restore.
    Mail that is stuck does not make the pages unready.
    """
    state: dict[str, Any] = {"database": False, "migrated": False}
    try:
        applied = MigrationRecorder(connection).applied_migrations()
        state["database"] = True
        state["migrated"] = _migrations() <= set(applied)
        if state["migrated"]:
            state |= engine(now=timezone.now())
    except DatabaseError:
        pass  # the answer says it
    return JsonResponse(state, status=200 if state["database"] and state["migrated"] else 503)


def engine(*, now: dt.datetime) -> dict[str, int | bool | None]:
    """How the engine of notices is doing, in whole seconds; also what /metrics says."""
    oldest = (
        Notice.objects.unsent()
        .filter(due_at__lte=now)
        .aggregate(at=Min(Coalesce("asked_again_at", "due_at")))["at"]
    )
    ages = {f"{step}_s": age for step, age in heartbeat.ages(now=now).items()}
    waits = {"oldest_due_notice_s": None if oldest is None else (now - oldest).total_seconds()}
    seconds = {name: None if age is None else int(age) for name, age in (waits | ages).items()}
    return seconds | {"held": holding.current_hold() is not None}


@lru_cache(maxsize=1)
def _migrations() -> frozenset[tuple[str, str]]:
    """Every migration that this version of the code brings."""
    return frozenset(MigrationLoader(None).disk_migrations)
