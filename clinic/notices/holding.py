"""Holding mail back: after a restore, until an operator who knows what was sent since the backup lifts it.

The restored outbox takes for unsent what was sent after the backup. Nothing in it can tell, so it is never
guessed: clinic.restoring sets the hold in the transaction that brings the rows.
"""

import datetime as dt
import logging

from django.db import transaction
from django.db.models import Q

from clinic.models import Hold, Notice
from clinic.notices import kinds
from clinic.notices.kinds import SendAgain
from clinic.notices.nudge import nudge_drain

logger = logging.getLogger(__name__)


def current_hold() -> Hold | None:
    """The hold that is not lifted, the first of them; None where mail goes out."""
    return Hold.objects.filter(lifted_at=None).first()


def hold(*, why: Hold.Why = Hold.Why.BY_HAND, now: dt.datetime) -> Hold:
    """Send no more notices from now on. A mail that is under way is not called back."""
    return current_hold() or Hold.objects.create(why=why, began_at=now)


@transaction.atomic
def lift(*, leave_out: bool = False, now: dt.datetime) -> int:
    """Send again. Gives how many notices were left out.

    With `leave_out`, what fell due before the hold began and would harm nobody by missing is not sent: it
    most likely was, after the backup. Reviews, alerts and invitations go out all the same: once too often
    is better than never.
    """
    began = current_hold()
    left_out = _leave_out(before=began.began_at, now=now) if began and leave_out else 0
    Hold.objects.filter(lifted_at=None).update(lifted_at=now)
    transaction.on_commit(nudge_drain)
    return left_out


def _leave_out(*, before: dt.datetime, now: dt.datetime) -> int:
    """Also what somebody was sending when the backup was made: nobody sends it now."""
    waiting = Q(state__in=[Notice.State.QUEUED, Notice.State.RETRY])
    given_up = Q(state=Notice.State.SENDING, lease_until__lte=now)
    rows = Notice.objects.filter(waiting | given_up, due_at__lte=before).exclude(kind__in=must_arrive())
    return rows.update(
        state=Notice.State.SUPPRESSED,
        state_reason="restored",
        next_try_at=None,
        claim=None,
        lease_until=None,
    )


def must_arrive() -> list[str]:
    """The kinds that harm care when they are missing."""
    return kinds.names_by(SendAgain.ALWAYS)
