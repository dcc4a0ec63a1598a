"""How long a device stays signed in, and how all of them are signed out at once."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from clinic import audit
from clinic.models import User

STAFF_SESSION = dt.timedelta(hours=12)


def limit(request: HttpRequest, user: Any, *, now: dt.datetime) -> None:
    """End the session of somebody who works in a clinic 12 hours after `now`; a patient's device has
    `SESSION_COOKIE_AGE` (90 days)."""
    request.session.set_expiry(now + STAFF_SESSION if user.is_staff else None)


@transaction.atomic
def sign_out_everywhere(*, user: User, by: User | None, now: dt.datetime) -> None:
    """End every session of `user`, on every device, at once."""
    end_all(user)
    audit.write(verb=audit.Verb.SIGNED_OUT_EVERYWHERE, obj=user, actor=by, clinic=None, now=now)


def end_all(user: User) -> None:
    """Count up what every session's hash is made of: none of them fits any more."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
