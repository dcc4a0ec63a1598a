"""Counting beforehand what adherence says of running programmes, so that a list of thousands is one query.

`patients.locking` says of which programmes something changed; a planner's tick counts those anew. What is
counted holds at every later moment: of each date it is kept how it counts while it is today and once it is
over, some dates ahead, so nothing has to be done at midnight, in no time zone.

Who counts holds the programmes of a batch, and leaves out those that somebody else holds: so nothing changes
meanwhile, no two count the same, and nobody is waited for. What is left out is counted by the next tick.
"""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import F, Q, QuerySet

from patients import facts
from patients.adherence import over_and_today
from patients.facts import TrialFacts
from patients.models import CountedDay, Prescription
from patients.totals import NAMES, NOTHING
from patients.trial import ONE_DAY

logger = logging.getLogger(__name__)

AHEAD = dt.timedelta(days=14)
RENEWED = dt.timedelta(days=7)  # before the last date that is counted
BATCH = 20  # programmes in one transaction: who records a session in one of them waits until it is over
MOST_A_TICK = 100  # a tick has mails to plan as well, which do not wait for more than this
ROWS_A_STATEMENT = 500
FIGURES = [
    *("day_number", *NAMES, "last_session_on"),
    *("today_sessions_done", "today_sessions_due", "today_dose_halves_done", "today_doses_due"),
]


def count_changed(now: dt.datetime) -> int:
    """A planner: count anew what changed, a part of it if it is much. It owes no notices, so gives 0."""
    count_stale(now=now, most=MOST_A_TICK)
    return 0


def count_stale(*, now: dt.datetime, most: int | None = None) -> int:
    """Count anew every programme of which something changed, at most `most`. Gives how many were counted.

    One that cannot be counted is logged and left as it was: the others do not wait for it.
    """
    ids = list(_stale(now).order_by("pk").values_list("pk", flat=True)[:most])
    return sum(_count_some(ids[start : start + BATCH], now=now) for start in range(0, len(ids), BATCH))


def _count_some(ids: Sequence[int], *, now: dt.datetime) -> int:
    try:
        return _count(ids, now=now)
    except Exception:
        if len(ids) == 1:
            logger.exception("Programme %s cannot be counted.", ids[0])
            return 0
        return sum(_count_some([pk], now=now) for pk in ids)


def _stale(now: dt.datetime) -> QuerySet[Prescription]:
    runs = Q(status=Prescription.Status.ACTIVE, starts_on__isnull=False)
    behind = Q(counted_changes__isnull=True) | ~Q(counted_changes=F("changes"))
    return Prescription.objects.filter(
        (runs & (behind | Q(counted_to__lt=now.date() + RENEWED))) | (~runs & Q(counted_to__isnull=False))
    )


@transaction.atomic
def _count(ids: Sequence[int], *, now: dt.datetime) -> int:
    rows = Prescription.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    chosen = list(rows.filter(pk__in=ids).order_by("pk"))
    known = facts.load(chosen)
    last = now.date() + AHEAD
    runs = [one for one in chosen if one.status == Prescription.Status.ACTIVE and one.starts_on]
    wanted = {(day.prescription_id, day.on): day for one in runs for day in _days(one, known[one.pk], last)}
    _keep(chosen, wanted)
    for one in chosen:
        counted = one in runs
        one.counted_changes = one.changes if counted else None
        one.counted_to = last if counted else None
    Prescription.objects.bulk_update(chosen, ["counted_changes", "counted_to"])
    return len(chosen)


def _days(prescription: Prescription, trial: TrialFacts, last: dt.date) -> Iterator[CountedDay]:
    """From the start to `last`, in order."""
    totals, number, heard_on, on = NOTHING, 0, None, prescription.starts_on
    while on is not None and on <= last:
        over, today = over_and_today(trial, on)
        number += not trial.paused.hold(on)
        heard_on = on if over.sessions_recorded else heard_on
        yield CountedDay(
            prescription=prescription,
            on=on,
            day_number=number or None,
            last_session_on=heard_on,
            **{name: getattr(totals, name) for name in NAMES},
            today_sessions_done=today.sessions_done,
            today_sessions_due=today.sessions_due,
            today_dose_halves_done=today.dose_halves_done,
            today_doses_due=today.doses_due,
        )
        totals += over.totals
        on += ONE_DAY


def _keep(chosen: list[Prescription], wanted: dict[tuple[int, dt.date], CountedDay]) -> None:
    """Write what differs from what is stored, in the order of its key, and drop what is not wanted."""
    stored = CountedDay.objects.filter(prescription__in=chosen).order_by()
    found = {(row[0], row[1]): row[2:] for row in stored.values_list("prescription_id", "on", *FIGURES)}
    differing = [day for key, day in sorted(wanted.items()) if found.get(key) != _figures(day)]
    CountedDay.objects.bulk_create(
        differing,
        batch_size=ROWS_A_STATEMENT,
        update_conflicts=True,
        unique_fields=["prescription", "on"],
        update_fields=FIGURES,
    )
    gone = set(found) - set(wanted)
    for prescription_id in sorted({pk for pk, _on in gone}):
        dates = [on for pk, on in gone if pk == prescription_id]
        stored.filter(prescription=prescription_id, on__in=dates).delete()


def _figures(day: CountedDay) -> tuple[object, ...]:
    return tuple(getattr(day, name) for name in FIGURES)
