"""Turning a kind of notice off with one click from a mail (RFC 8058), without signing in.

The link is signed, holds ids alone and does not run out: who keeps an old mail can still say no.
"""

import datetime as dt
from typing import Any

from django.core import signing
from django.urls import reverse

from clinic.models import Notice
from clinic.notices import kinds
from clinic.notices.kinds import Subscription

SALT = "clinic.notices.unsubscribing"


def path(notice: Notice) -> str:
    """The page that turns off what `notice` belongs to."""
    return reverse("unsubscribe", args=[signing.dumps([notice.kind, notice.params], salt=SALT)])


def read(token: str) -> tuple[Subscription, dict[str, Any]]:
    """What the token of a link turns off, and for which params. Raises ValueError if it is not ours."""
    try:
        kind, params = signing.loads(token, salt=SALT)
        subscription = kinds.get(kind).subscription
    except (signing.BadSignature, kinds.UnknownKindError) as wrong:
        raise ValueError("not a link of ours") from wrong
    if subscription is None:
        raise ValueError("nothing that can be turned off")
    return subscription, params


def unsubscribe(token: str, *, now: dt.datetime) -> Subscription:
    """Turn it off; doing so twice is the same as once. Raises ValueError for a token that is not ours."""
    subscription, params = read(token)
    subscription.turn_off(params, now)
    return subscription
