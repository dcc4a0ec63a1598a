"""Who is sending a notice: claiming it, keeping it, and writing down how it ended.

A claim is an UPDATE that holds only where the row is still as it was read, so that it needs no row lock and
is the same on PostgreSQL and SQLite. No transaction stays open while a mail is under way. A sender that
dies leaves its claim behind; it counts until the lease ends.
"""

import datetime as dt
import uuid
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, Value, When

from clinic.models import Notice, NoticeAttempt
from clinic.notices import holding, kinds

# Longer than everything that one mail may take: a mail is about a dozen socket operations, each of which may
# last EMAIL_TIMEOUT. It starts anew with each mail of a batch.
LEASE = dt.timedelta(minutes=5)

State = Notice.State


def claim(*, now: dt.datetime, limit: int) -> list[Notice]:
    """Take up to `limit` notices that are due: urgent kinds first, then the least tried, then by time.

    None at all while mail is held back.
    """
    if holding.current_hold():
        return []
    token = uuid.uuid4()
    urgent = Case(When(kind__in=kinds.urgent_names(), then=Value(0)), default=Value(1))
    ready = Notice.objects.ready(now=now).order_by(urgent, "attempt", "due_at", "pk")
    with transaction.atomic():
        # The lock only spares PostgreSQL's drainers from waiting for each other; the UPDATE asks again.
        pks = list(ready.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        if not pks:
            return []
        Notice.objects.ready(now=now).filter(pk__in=pks).update(
            state=State.SENDING,
            claim=token,
            attempt=F("attempt") + 1,
            lease_until=now + LEASE,
            data_started_at=None,
        )
    mine = Notice.objects.filter(claim=token, state=State.SENDING).select_related("clinic", "recipient")
    return sorted(mine, key=lambda notice: pks.index(notice.pk))


def begin(notice: Notice, *, now: dt.datetime) -> bool:
    """Write down that the mail is about to be handed over. False: the claim was lost, so don't."""
    notice.data_started_at = now
    kept = Notice.objects.held_as(notice).update(
        lease_until=now + LEASE, data_started_at=now, message_id=notice.message_id
    )
    return bool(kept)


def end(notice: Notice, state: State, *, now: dt.datetime, reason: str = "", **fields: Any) -> bool:
    """Write down what became of a claimed notice. False: the claim was lost, so nothing is written."""
    if state is State.SENT:
        fields["sent_at"] = now
    kept = Notice.objects.held_as(notice).update(
        state=state, state_reason=reason, claim=None, lease_until=None, **fields
    )
    notice.state, notice.state_reason = state, reason
    return bool(kept)


def need_not_wait() -> None:
    """Let the end of the running transaction not wait until the disk has it (PostgreSQL).

    For the end of a mail that has arrived: `begin` of the next one waits, and the log is written in order, so
    a sender has one end at most that a crash of the database can take back. That mail is then uncertain, as
    one whose sender was killed: one duplicate a sender and stop, no loss.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")


def note_attempt(notice: Notice, outcome: State, *, now: dt.datetime, answer: str = "") -> None:
    """Add this try to the delivery log, with the server's words."""
    attempt = NoticeAttempt(
        notice=notice,
        number=notice.attempt,
        started_at=notice.data_started_at or now,
        ended_at=now,
        outcome=outcome,
        answer=answer,
    )
    # It is there already where the lease ended meanwhile and somebody noted the try as uncertain.
    NoticeAttempt.objects.bulk_create([attempt], ignore_conflicts=True)


def give_back(notices: list[Notice], *, now: dt.datetime) -> None:
    """Let go of claimed notices that nothing was done with: they are due as before."""
    for notice in notices:
        Notice.objects.held_as(notice).update(
            state=State.QUEUED, claim=None, lease_until=None, attempt=F("attempt") - 1
        )
