"""Sending what is due: claim, commit, send, commit. Each notice on its own; none holds up another.

What happens when is said in docs/architecture.md, "Notices". Every step can be run alone, says whether it
did something, and may be run by any number of workers at once.
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable
from secrets import SystemRandom

from django.core.mail import EmailMessage
from django.db import Error as DatabaseError
from django.db import OperationalError, transaction
from django.utils import timezone

from clinic.models import Notice
from clinic.notices import addresses, claims, heartbeat, kinds, writing
from clinic.notices.asking import Answers
from clinic.notices.kinds import SendAgain
from clinic.notices.post import Delivery, Fate, Post, ServerDownError

logger = logging.getLogger(__name__)

Clock = Callable[[], dt.datetime]
Counts = Counter[str]
State = Notice.State

BATCH = 20
BEAT_EACH = dt.timedelta(seconds=10)
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=30), dt.timedelta(minutes=30)
GIVE_UP_AFTER = dt.timedelta(days=5)  # as mail servers do, for what keeps being put off
# How often a notice that perhaps arrived goes again. A server that never answers gets no mail for ever.
AGAIN = {SendAgain.NEVER: 0, SendAgain.ONCE: 1, SendAgain.ALWAYS: 4}
STOPPED = "The sender stopped before the answer."


def drain(*, clock: Clock = timezone.now) -> Counts:
    """Send everything that is due; gives how many notices came to which state."""
    counts: Counts = Counter()
    counts[State.EXPIRED] += expire(now=clock())
    settle_run_out(now=clock())
    with Post() as post:
        beaten_at = clock()
        while send_batch(post=post, clock=clock, counts=counts):
            if clock() - beaten_at >= BEAT_EACH:  # one that has much to do is alive all the same
                beaten_at = clock()
                heartbeat.beat("drain", now=beaten_at)
    heartbeat.beat("drain", now=clock())
    return +counts


def expire(*, now: dt.datetime) -> int:
    """What waited too long is not sent any more: never a burst after an outage."""
    late = Notice.objects.filter(state__in=[State.QUEUED, State.RETRY], expires_at__lte=now)
    return late.update(state=State.EXPIRED, next_try_at=None)


def settle_run_out(*, now: dt.datetime) -> int:
    """Decide about notices whose sender died: certainly unsent, or perhaps sent. Gives how many."""
    unsent = Notice.objects.run_out(now=now).filter(data_started_at=None)
    settled = unsent.update(state=State.QUEUED, claim=None, lease_until=None)
    for notice in Notice.objects.run_out(now=now).select_related("clinic", "recipient"):
        with transaction.atomic():
            settled += _settle_uncertain(notice, STOPPED, next_try_at=now, now=now)
    return settled


def send_batch(*, post: Post, clock: Clock, counts: Counts) -> bool:
    """Claim a few notices and send them; False when nothing is due, or the server is down."""
    batch = claims.claim(now=clock(), limit=BATCH)
    answers = Answers(batch)
    for place, notice in enumerate(batch):
        state = send(notice, post=post, clock=clock, answers=answers)
        counts[state] += 1
        if post.is_down:
            claims.give_back(batch[place + 1 :], now=clock())
            return False
    return bool(batch)


def send(notice: Notice, *, post: Post, clock: Clock, answers: Answers | None = None) -> State:
    """Send one claimed notice, if it is still wanted. Gives the state that it came to."""
    try:
        message = _prepare(notice, answers or Answers([notice]), now=clock())
        if message is None:
            return State(notice.state)
        post.connect()
        if not claims.begin(notice, now=clock()):
            logger.warning("Notice %s: another sender has it now.", notice.pk)
            return State(notice.state)
    except ServerDownError as down:
        return _try_later(notice, str(down), is_trouble=True, now=clock())
    except DatabaseError:
        raise  # the lease will say what becomes of it
    except Exception:  # a fault of ours in one notice: the others go on
        logger.exception("Notice %s (%s) could not be written.", notice.pk, notice.kind)
        return _try_later(notice, "It could not be written.", is_trouble=False, now=clock())
    delivery = post.hand_over(message)
    if delivery.address_refused and answers is not None:
        answers.note_refused(message.to[0])
    return _write_down(notice, delivery, address=message.to[0], now=clock())


def _prepare(notice: Notice, answers: Answers, *, now: dt.datetime) -> EmailMessage | None:
    """The message, or None where the notice has come to an end without one."""
    kind = kinds.get(notice.kind)
    if notice.expires_at is not None and notice.expires_at <= now:
        claims.end(notice, State.EXPIRED, now=now)
        return None
    answer = answers.wanted(notice, now=now)
    if not answer.wanted:
        claims.end(notice, State.SUPPRESSED, reason=answer.reason, now=now)
        return None
    address = kind.address(notice)
    if not address:
        _fail(notice, State.FAILED, reason="no_address", now=now)
        return None
    if answers.is_refused(address):
        _fail(notice, State.SUPPRESSED, reason="address_refused", now=now)
        return None
    notice.message_id = notice.message_id or writing.new_message_id()
    return writing.in_envelope(notice, kind.render(notice), address)


@transaction.atomic
def _write_down(notice: Notice, delivery: Delivery, *, address: str, now: dt.datetime) -> State:
    """What the server's answer makes of the notice."""
    if delivery.fate is Fate.ACCEPTED:
        claims.need_not_wait()
        claims.note_attempt(notice, State.SENT, answer=delivery.answer, now=now)
        if not claims.end(notice, State.SENT, now=now):
            logger.warning("Notice %s was sent, but after its lease: it may go again.", notice.pk)
        return State.SENT
    if delivery.fate is Fate.REFUSED:
        if delivery.address_refused:
            addresses.mark_refused(address, now=now)
        claims.note_attempt(notice, State.FAILED, answer=delivery.answer, now=now)
        _fail(notice, State.FAILED, reason="refused", now=now)
        return State.FAILED
    if delivery.fate is Fate.UNKNOWN:
        _settle_uncertain(notice, delivery.answer, next_try_at=now + _wait(notice.attempt), now=now)
        return State(notice.state)
    return _try_later(notice, delivery.answer, is_trouble=delivery.is_trouble, now=now)


@transaction.atomic
def _try_later(notice: Notice, answer: str, *, is_trouble: bool, now: dt.datetime) -> State:
    """Certainly unsent: again after a while. Trouble with the server never uses a notice up."""
    if not is_trouble and now - (notice.asked_again_at or notice.due_at) >= GIVE_UP_AFTER:
        claims.note_attempt(notice, State.FAILED, answer=answer, now=now)
        _fail(notice, State.FAILED, reason="put_off_too_often", now=now)
        return State.FAILED
    claims.note_attempt(notice, State.RETRY, answer=answer, now=now)
    claims.end(notice, State.RETRY, next_try_at=now + _wait(notice.attempt), now=now)
    return State.RETRY


def _settle_uncertain(notice: Notice, answer: str, *, next_try_at: dt.datetime, now: dt.datetime) -> bool:
    """Perhaps sent: note it, and send it again (with the same Message-ID) as far as its kind wants that."""
    claims.note_attempt(notice, State.UNCERTAIN, answer=answer, now=now)
    if _goes_again(notice, now=now):
        return claims.end(notice, State.RETRY, reason="uncertain", next_try_at=next_try_at, now=now)
    return _fail(notice, State.UNCERTAIN, reason="", now=now)


def _goes_again(notice: Notice, *, now: dt.datetime) -> bool:
    if notice.expires_at is not None and notice.expires_at <= now:
        return False
    so_far = notice.attempts.filter(outcome=State.UNCERTAIN).count()  # this one included
    try:
        kind = kinds.get(notice.kind)
    except kinds.UnknownKindError:
        return False  # of an older version: it must not hold up the others
    return so_far <= AGAIN[kind.send_again_when_uncertain]


@transaction.atomic
def _fail(notice: Notice, state: State, *, reason: str, now: dt.datetime) -> bool:
    """It will not be delivered, or nobody knows: an end, of which its kind is told once."""
    ours = claims.end(notice, state, reason=reason, now=now)
    if ours:
        try:
            with transaction.atomic():
                kinds.get(notice.kind).on_failure(notice, now)
        except OperationalError:
            raise  # a lock that could not be had: the lease ends, and it is told then
        except Exception:
            logger.exception("Nobody was told that notice %s (%s) failed.", notice.pk, notice.kind)
    return ours


def _wait(attempt: int) -> dt.timedelta:
    """Twice as long after each try, and never the same, so that a crowd does not come back at once."""
    longest = min(FIRST_WAIT * 2 ** min(attempt - 1, 10), LONGEST_WAIT)
    return longest * SystemRandom().uniform(0.5, 1.0)
