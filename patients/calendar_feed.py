"""A patient's calendar: a secret address that any calendar can subscribe to, off until they make one.

Who knows the address sees days and times and the one word "Exercises", so a calendar that is shared tells
no more. The secret is not kept (clinic.models.links): a new address is a new row, and the old one is gone.
"""

import datetime as dt

from django.db import transaction

from clinic import audit
from clinic.audit import Verb
from clinic.models import User
from clinic.models.links import hashed
from patients.locking import locked_patient
from patients.models import CalendarFeed, Patient


@transaction.atomic
def make_feed(*, patient: Patient, by: User, now: dt.datetime) -> CalendarFeed:
    """A new address for `patient`'s calendar; one that was there before leads nowhere from now on."""
    end_feed(patient=patient, by=by, now=now)
    feed = CalendarFeed(patient=patient, made_at=now)
    feed.token_hash = hashed(feed.token())
    feed.save(force_insert=True)
    _write(Verb.ADDED, feed, by=by, now=now)
    return feed


@transaction.atomic
def end_feed(*, patient: Patient, by: User, now: dt.datetime) -> None:
    """No calendar address any more. Where there was none, nothing happens."""
    locked_patient(patient)  # two presses at once: one address is left
    for feed in CalendarFeed.objects.filter(patient=patient).select_related("patient__clinic"):
        _write(Verb.REMOVED, feed, by=by, now=now)
        feed.delete()


def find_feed(token: str) -> CalendarFeed | None:
    """The feed with this token, with its patient and clinic; None where there is none any more."""
    return CalendarFeed.objects.select_related("patient__clinic").filter(token_hash=hashed(token)).first()


def _write(verb: Verb, feed: CalendarFeed, *, by: User, now: dt.datetime) -> None:
    patient = feed.patient
    audit.write(verb=verb, obj=feed, actor=by, clinic=patient.clinic, subject=patient, now=now)
