"""Putting a notice into the outbox: in the transaction of whatever causes it, once per dedupe key."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from clinic.models import Clinic, Notice, User
from clinic.notices import kinds
from clinic.notices.nudge import nudge_drain


def enqueue(
    *,
    kind: str,
    clinic: Clinic,
    dedupe_key: str,
    due_at: dt.datetime,
    params: dict[str, Any],
    recipient: User | None = None,
    expires_at: dt.datetime | None = None,
    now: dt.datetime,
) -> bool:
    """Owe a notice; True if it is new, False if `dedupe_key` was owed (or sent) before.

    `params` holds ids only. `dedupe_key` is kind + subject + occurrence + recipient, e.g. "stop_alert:71:3".
    Runs in the caller's transaction and nudges the worker after its commit.
    Raises UnknownKindError for a kind that nobody registered.
    """
    kinds.get(kind)
    notice = Notice(
        kind=kind,
        clinic=clinic,
        recipient=recipient,
        params=params,
        dedupe_key=dedupe_key,
        due_at=due_at,
        expires_at=expires_at,
        created_at=now,
    )
    try:
        with transaction.atomic():  # a savepoint: the caller's transaction outlives the conflict
            notice.save(force_insert=True)
    except IntegrityError:
        if Notice.objects.filter(dedupe_key=dedupe_key).exists():
            return False
        raise
    if due_at <= now:
        transaction.on_commit(nudge_drain)
    return True
