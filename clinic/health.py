"""For whoever runs the installation: does this process live (/healthz), and can it work (/readyz)?"""

from functools import lru_cache
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic.models import Notice


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers. Asks nobody."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if the database answers and is migrated, else 503.

    `oldest_due_notice_s`: how long the oldest notice that is due waits to be sent, in seconds (null: none).
    Mail that is stuck does not make the pages unready.
    """
    state: dict[str, Any] = {"database": False, "migrated": False, "oldest_due_notice_s": None}
    try:
        applied = MigrationRecorder(connection).applied_migrations()
        state["database"] = True
        state["migrated"] = _migrations() <= set(applied)
        if state["migrated"]:
            state["oldest_due_notice_s"] = oldest_due_notice_s()
    except DatabaseError:
        pass  # the answer says it
    return JsonResponse(state, status=200 if state["database"] and state["migrated"] else 503)


def oldest_due_notice_s() -> int | None:
    """Seconds since the oldest unsent notice fell due, None where nothing waits."""
    now = timezone.now()
    waiting = Notice.objects.unsent().filter(due_at__lte=now).order_by("due_at")
    due_at = waiting.values_list("due_at", flat=True).first()
    return None if due_at is None else int((now - due_at).total_seconds())


@lru_cache(maxsize=1)
def _migrations() -> frozenset[tuple[str, str]]:
    """Every migration that this version of the code brings."""
    return frozenset(MigrationLoader(None).disk_migrations)
