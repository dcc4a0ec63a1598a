"""The audit trail: the one place that writes an Event, and the list of its verbs.

Domain functions call `write` inside the transaction of what they do. An event says who did what to which
object, when: ids, no content. Django's own signals are not used for it.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic, Event, User


class Verb(models.TextChoices):
    """Everything that is written down. What is said of which object is in the comment."""

    # Any object.
    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    REMOVED = "removed", _("removed")
    RETIRED = "retired", _("retired")  # exercise, program: no longer offered, never deleted
    READ = "read", _("read")  # a patient's record, a report: who looked
    PRINTED = "printed", _("printed")
    EXPORTED = "exported", _("exported")
    # Signing in. The object is the user, the invitation or the paper code.
    SIGNED_IN = "signed_in", _("signed in")
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere", _("signed out everywhere")
    INVITED = "invited", _("invited")  # invitation of a patient or of staff
    ACCEPTED = "accepted", _("accepted")  # the same, used
    REVOKED = "revoked", _("revoked")  # invitation, paper code
    LOCKED = "locked", _("locked")  # paper code: five wrong tries
    MFA_ADDED = "mfa_added", _("second factor added")  # passkey, authenticator app
    MFA_REMOVED = "mfa_removed", _("second factor removed")
    # Staff and patients.
    JOINED = "joined", _("joined")  # membership, care team
    LEFT = "left", _("left")  # membership, care team
    LINKED = "linked", _("linked")  # patient: who signs in for them
    UNLINKED = "unlinked", _("unlinked")
    MERGED = "merged", _("merged")  # patient: the object is gone, the subject is the one that was kept
    HANDED_OVER = "handed_over", _("handed over")  # prescription, work item
    # A prescription's life.
    PRESCRIBED = "prescribed", _("prescribed")
    SCREENED = "screened", _("asked before prescribing")
    ACTIVATED = "activated", _("activated")
    ADJUSTED = "adjusted", _("adjusted")  # a new version
    STEPPED = "stepped", _("went a step on")  # version: an exercise's next step
    STEPPED_BACK = "stepped_back", _("went a step back")  # version: after a week's gap
    DECLINED = "declined", _("left as it is")  # step request
    MAINTAINED = "maintained", _("goes on as maintenance")  # prescription
    PAUSED = "paused", _("paused")
    PAUSE_ENDED = "pause_ended", _("pause ended")
    SUSPENDED = "suspended", _("suspended")
    CLEARED = "cleared", _("cleared")  # emergency report: the programme may go on
    ENDED = "ended", _("ended")
    # Practice.
    RECORDED = "recorded", _("recorded")  # session
    SET_ASIDE = "set_aside", _("kept for the clinic")  # a session that arrived and could not be recorded
    CORRECTED = "corrected", _("corrected")  # session: a new revision
    SETTLED = "settled", _("told whether it settled")  # session, at the one after
    STOPPED = "stopped", _("stopped")  # exercise, session
    STOP_TAKEN_BACK = "stop_taken_back", _("stop taken back")  # stop, within its session
    RESUMED = "resumed", _("resumed")  # exercise that was stopped
    REPORTED = "reported", _("reported")  # emergency sign
    # Work and reviews.
    ASKED = "asked", _("asked")  # message: the patient's question or wish
    OPENED = "opened", _("opened")  # work item, review
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    CLOSED = "closed", _("closed")  # work item; message: without an answer in words
    ESCALATED = "escalated", _("passed on")
    RESENT = "resent", _("sent again")  # notice: by hand
    FORGIVEN = "forgiven", _("address to be tried again")  # patient: a mail server had refused the address
    ANSWERED = "answered", _("answered")  # the patient's part of a review; message
    SIGNED = "signed", _("signed")  # the clinician's part


def write(
    *,
    verb: str,
    obj: models.Model,
    actor: User | None,
    clinic: Clinic | None,
    now: dt.datetime,
    subject: models.Model | None = None,
) -> None:
    """Add one line. No `actor`: the system did it; no `clinic`: it belongs to none, as the shared library.

    `subject` is the patient whose record it is about. Raises ValueError for a verb that is not in `Verb`,
    or for an object that is not saved.
    """
    write_many(verb=verb, objs=[obj], actor=actor, clinic=clinic, now=now, subject=subject)


def write_many(
    *,
    verb: str,
    objs: Iterable[models.Model],
    actor: User | None,
    clinic: Clinic | None,
    now: dt.datetime,
    subject: models.Model | None = None,
) -> None:
    """One line for each of `objs`, in one query."""
    write_each(events=[(verb, obj) for obj in objs], actor=actor, clinic=clinic, now=now, subject=subject)


def write_each(
    *,
    events: Iterable[tuple[str, models.Model]],
    actor: User | None,
    clinic: Clinic | None,
    now: dt.datetime,
    subject: models.Model | None = None,
) -> None:
    """One line for each of `events`, a verb and its object, in one query."""
    _add(((verb, obj, subject) for verb, obj in events), actor=actor, clinic=clinic, now=now)


def write_about_each(
    *,
    verb: str,
    objs: Iterable[tuple[models.Model, models.Model]],
    actor: User | None,
    clinic: Clinic | None,
    now: dt.datetime,
) -> None:
    """One line for each of `objs`, an object and the patient whose record it is about, in one query."""
    _add(((verb, obj, subject) for obj, subject in objs), actor=actor, clinic=clinic, now=now)


def _add(
    events: Iterable[tuple[str, models.Model, models.Model | None]],
    *,
    actor: User | None,
    clinic: Clinic | None,
    now: dt.datetime,
) -> None:
    Event.objects.bulk_create(
        [
            Event(
                at=now,
                actor=actor,
                clinic=clinic,
                subject_id=None if subject is None else subject.pk,
                verb=Verb(verb),
                object_type=obj._meta.label,
                object_id=_key(obj),
            )
            for verb, obj, subject in events
        ]
    )


def _key(obj: models.Model) -> str:
    if obj.pk is None:
        raise ValueError(f"{obj!r} is not saved: the audit trail names objects by their id.")
    return str(obj.pk)
