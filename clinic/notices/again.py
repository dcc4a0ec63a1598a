"""Sending a notice again because somebody of the clinic asks for it: when that makes sense, and if not, why.

It goes with the Message-ID that it had, so that who has it already sees one mail twice and not two. The
tries so far stay in the log and count: a server that never answers gets no mail for ever.
"""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.models import Notice, User
from clinic.notices import addresses, kinds
from clinic.notices.kinds import ByHand
from clinic.notices.nudge import nudge_drain

State = Notice.State

WORTH_SENDING = dt.timedelta(days=1)  # what had expired, from the press of the button on


class WhyNot(models.TextChoices):
    ON_ITS_WAY = "on_its_way", _("It is on its way.")
    SENT = "sent", _("The mail server has taken it: it is not sent twice.")
    OVERTAKEN = "overtaken", _("It was not sent because things had changed meanwhile.")
    MADE_ANEW = "made_anew", _("An invitation's link works once: invite again instead.")
    TOO_LATE = "too_late", _("It was for its own hour, and that is over.")
    UNWANTED = "unwanted", _("It would not be sent now either.")
    NO_ADDRESS = "no_address", _("There is no address to send it to.")
    ADDRESS_REFUSED = "address_refused", _("A mail server has refused the address: mend it first.")
    UNKNOWN = "unknown", _("It is of an older version and cannot be written any more.")


@dataclass(frozen=True)
class Ruling:
    """Whether it may go again. `reason`: with UNWANTED, what its kind answers (a code of the log)."""

    why_not: WhyNot | None = None
    reason: str = ""

    @property
    def may(self) -> bool:
        return self.why_not is None


def rule(notice: Notice, *, now: dt.datetime) -> Ruling:
    """Whether `notice` may be sent again by hand at `now`."""
    why_not = _by_state(notice)
    if why_not is not None:
        return Ruling(why_not)
    try:
        kind = kinds.get(notice.kind)
    except kinds.UnknownKindError:
        return Ruling(WhyNot.UNKNOWN)
    if kind.by_hand is ByHand.NEVER:
        return Ruling(WhyNot.MADE_ANEW)
    if _is_over(notice, now) and kind.by_hand is not ByHand.LATE:
        return Ruling(WhyNot.TOO_LATE)
    answer = kind.still_wanted(notice, now)
    if not answer.wanted:
        return Ruling(WhyNot.UNWANTED, answer.reason)
    address = kind.address(notice)
    if not address:
        return Ruling(WhyNot.NO_ADDRESS)
    return Ruling(WhyNot.ADDRESS_REFUSED) if addresses.is_refused(address) else Ruling()


@transaction.atomic
def send_again(
    *, notice: Notice, attempt: int, by: User, now: dt.datetime, subject: models.Model | None = None
) -> None:
    """Put `notice` back among those to be sent. `subject` is the patient whom it is about.

    `attempt` is the number of tries that `by` has seen: of two who press at once one is told that somebody
    was faster, and so is who looks at a page of before. What a worker is sending it leaves alone. Raises
    ValidationError for that, and where `rule` says no.
    """
    ruling = rule(notice, now=now)
    if ruling.why_not is not None:
        raise ValidationError(str(ruling.why_not.label), code=ruling.why_not)
    # No lock: the UPDATE itself asks whether it is still as it was read.
    unchanged = Notice.objects.filter(pk=notice.pk, state=notice.state, attempt=attempt)
    taken = unchanged.update(
        state=State.QUEUED,
        state_reason="by_hand",
        next_try_at=None,
        asked_again_at=now,
        expires_at=now + WORTH_SENDING if _is_over(notice, now) else notice.expires_at,
    )
    if not taken:
        raise ValidationError(_("Somebody was faster: look at how it stands now."), code="changed")
    audit.write(verb=Verb.RESENT, obj=notice, actor=by, clinic=notice.clinic, subject=subject, now=now)
    transaction.on_commit(nudge_drain)


def _by_state(notice: Notice) -> WhyNot | None:
    """What its state alone says against it."""
    if notice.state == State.SENT:
        return WhyNot.SENT
    if notice.state in {State.QUEUED, State.RETRY, State.SENDING}:
        return WhyNot.ON_ITS_WAY
    if notice.state == State.SUPPRESSED and notice.state_reason not in {
        "address_refused",
        "restored",
    }:
        return WhyNot.OVERTAKEN
    return None


def _is_over(notice: Notice, now: dt.datetime) -> bool:
    return notice.expires_at is not None and notice.expires_at <= now
