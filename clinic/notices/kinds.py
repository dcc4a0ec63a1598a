"""The kinds of notices. What the outbox must ask about one, the app that owes it registers here.

    register(NoticeKind(name="reminder", address=..., still_wanted=..., render=...))

is called in that app's `AppConfig.ready`. Everything is asked just before sending, so it is true then.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from clinic.models import Notice


class UnknownKindError(LookupError):
    """No app has registered this kind of notice."""


@dataclass(frozen=True)
class Mail:
    """What is sent. No health data: first name, clinic, link. `html` says what `text` says, or is empty."""

    subject: str
    text: str
    html: str = ""


class Answer(NamedTuple):
    """Whether a notice is still wanted and, if not, why (a short code for the delivery log)."""

    wanted: bool
    reason: str = ""


WANTED = Answer(wanted=True)


def not_wanted(reason: str) -> Answer:
    return Answer(wanted=False, reason=reason)


class SendAgain(StrEnum):
    """What to do when it can't be known whether the server took the mail (the same Message-ID goes again)."""

    ALWAYS = "always"  # missing it would harm care
    ONCE = "once"
    NEVER = "never"


class ByHand(StrEnum):
    """Until when somebody of the clinic may have it sent again (clinic.notices.again)."""

    LATE = "late"  # also after it has expired: it is still of use
    IN_TIME = "in_time"
    NEVER = "never"  # an invitation, which is made anew: its link works once, and only its hash is kept


@dataclass(frozen=True)
class Subscription:
    """What somebody can turn off with one click. `turn_off(params, now)` gets the notice's params."""

    what: Any  # a (lazy) text, e.g. "reminders"
    how_to_turn_on: Any  # a (lazy) text, a sentence
    turn_off: Callable[[dict[str, Any], dt.datetime], None]


def _nothing_more(notice: Notice, now: dt.datetime) -> None:
    """The failure stands in the delivery log; nobody else is told."""


def _always(notice: Notice, now: dt.datetime) -> Answer:
    return WANTED


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice.

    `address(notice)`: where it goes, None where there is no address.
    `render(notice)`: the mail in the recipient's language (see clinic.notices.writing).
    `still_wanted(notice, now)`: WANTED, or not_wanted("paused").
    `on_failure(notice, now)`: told once, in a transaction, when it could not be delivered for good.
    `urgent`: goes ahead of what fell due before it.
    `is_care`: it belongs to a patient's treatment, and says in its foot that it is not advertising.
    `ask_together(notices, now)`: the answers of `still_wanted` by pk for many at once, where there are many;
    it may leave in `notice.about` whom or what they are about, for `address` and `render`.
    """

    name: str
    address: Callable[[Notice], str | None]
    render: Callable[[Notice], Mail]
    still_wanted: Callable[[Notice, dt.datetime], Answer] = _always
    on_failure: Callable[[Notice, dt.datetime], None] = _nothing_more
    send_again_when_uncertain: SendAgain = SendAgain.ALWAYS
    subscription: Subscription | None = None
    urgent: bool = False
    by_hand: ByHand = ByHand.IN_TIME
    is_care: bool = False
    ask_together: Callable[[list[Notice], dt.datetime], dict[int, Answer]] | None = None


_kinds: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> None:
    """Make `kind` known. Registering a name again replaces it."""
    _kinds[kind.name] = kind


def get(name: str) -> NoticeKind:
    """The kind called `name`; UnknownKindError where nobody registered it."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKindError(name) from None


def urgent_names() -> list[str]:
    return [kind.name for kind in _kinds.values() if kind.urgent]


def names_by(again: SendAgain) -> list[str]:
    """The kinds that go again in this way when nobody knows whether they arrived."""
    return [kind.name for kind in _kinds.values() if kind.send_again_when_uncertain is again]
