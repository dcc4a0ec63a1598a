"""Putting a notice into the outbox: in the transaction of whatever causes it, once per dedupe key."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, transaction
from django.db.models import Expression, F, Model, QuerySet, Value

from clinic.models import Clinic, Notice, User
from clinic.notices import kinds
from clinic.notices.nudge import nudge_drain

Column = Expression | F


def enqueue(
    *,
    kind: str,
    clinic: Clinic,
    dedupe_key: str,
    due_at: dt.datetime,
    params: dict[str, Any],
    recipient: User | None = None,
    subject: Model | None = None,
    expires_at: dt.datetime | None = None,
    about_new_row: bool = False,
    now: dt.datetime,
) -> bool:
    """Owe a notice; True if it is new, False if `dedupe_key` was owed (or sent) before.

    `about_new_row`: the key names a row that this very transaction made, so that nobody can owe it yet
    and two statements are saved.

    `params` holds ids only; `subject` is the patient whose programme it is about. `dedupe_key` is kind +
    subject + occurrence + recipient, e.g. "stop_alert:71:3".
    Runs in the caller's transaction and nudges the worker after its commit.
    Raises UnknownKindError for a kind that nobody registered.
    """
    kinds.get(kind)
    notice = Notice(
        kind=kind,
        clinic=clinic,
        recipient=recipient,
        subject_id=None if subject is None else subject.pk,
        params=params,
        dedupe_key=dedupe_key,
        due_at=due_at,
        expires_at=expires_at,
        created_at=now,
    )
    if about_new_row:
        notice.save(force_insert=True)
    else:
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


def enqueue_many(owed: Iterable[Notice], *, now: dt.datetime) -> int:
    """Owe all of these (not saved yet) that are not there yet, in two statements however many they are; gives
    how many are new. For planners: nobody is nudged."""
    by_key = {notice.dedupe_key: notice for notice in owed}
    if not by_key:
        return 0
    made = set(Notice.objects.filter(dedupe_key__in=by_key).values_list("dedupe_key", flat=True))
    new = [notice for key, notice in by_key.items() if key not in made]
    for notice in new:
        kinds.get(notice.kind)
        notice.created_at = now
    Notice.objects.bulk_create(new, ignore_conflicts=True)  # another planner may have been as quick
    return len(new)


def enqueue_all(
    rows: QuerySet[Any],
    *,
    kind: str,
    clinic: Column,
    dedupe_key: Column,
    due_at: Column,
    params: Column,
    subject_id: Column,
    expires_at: Column,
    now: dt.datetime,
) -> int:
    """Owe one notice for each of `rows`, in one statement however many they are; gives how many were new.

    The arguments are expressions over the rows. Nobody is nudged: planning does that once for all.
    """
    kinds.get(kind)
    columns: dict[str, Any] = {
        "kind": Value(kind),
        "channel": Value(Notice.Channel.EMAIL),
        "clinic_id": clinic,
        "subject_id": subject_id,
        "params": params,
        "dedupe_key": dedupe_key,
        "due_at": due_at,
        "expires_at": expires_at,
        "state": Value(Notice.State.QUEUED),
        "state_reason": Value(""),
        "attempt": Value(0),
        "message_id": Value(""),
        "created_at": Value(now),
    }
    selected = rows.order_by().annotate(**{f"notice_{name}": value for name, value in columns.items()})
    query = selected.values_list(*(f"notice_{name}" for name in columns)).query
    select, arguments = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    table = connection.ops.quote_name(Notice._meta.db_table)
    statement = f"INSERT INTO {table} ({names}) {select} ON CONFLICT (dedupe_key) DO NOTHING"  # noqa: S608 our own names; values are arguments
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return int(cursor.rowcount)
