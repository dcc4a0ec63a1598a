"""Notices to clinicians: where they go, and what happens if they can't.

The mail says that something waits and where, nothing of whom or what.
"""

import datetime as dt
import logging
from typing import Any

from clinic.models import Membership, Notice, User
from clinic.notices import writing
from clinic.notices.kinds import Mail
from clinic.notices.outbox import enqueue
from clinic.scoping import HEALTH_ROLES
from patients.models import Patient

logger = logging.getLogger(__name__)


def reachable(notice: Notice) -> User | None:
    """The recipient, as long as they treat in this clinic and have an address."""
    user = notice.recipient
    if user is None or not user.is_active or not user.email:
        return None
    here = Membership.objects.active().filter(user=user, clinic=notice.clinic, role__in=HEALTH_ROLES)
    return user if here.exists() else None


def address(notice: Notice) -> str | None:
    """The clinician's; where they can't be reached any more, the clinic's own: care must not wait."""
    user = reachable(notice)
    return user.email if user else notice.clinic.email or None


def write(notice: Notice, template: str, *, path: str, **more: Any) -> Mail:
    user = reachable(notice)
    return writing.write(
        notice,
        template,
        language=user.language if user else notice.clinic.language,
        name=writing.first_name(user.name) if user else "",
        path=path,
        **more,
    )


def send_to_clinic(notice: Notice, now: dt.datetime) -> None:
    """It did not reach the clinician: the clinic's own address gets it instead, once."""
    if notice.recipient is None or not notice.clinic.email:
        logger.error("Notice %s (%s) reached nobody; it stands on the worklist.", notice.pk, notice.kind)
        return
    enqueue(
        kind=notice.kind,
        clinic=notice.clinic,
        subject=Patient.objects.filter(pk__in=[notice.subject_id]).first(),
        dedupe_key=f"{notice.dedupe_key}:clinic",
        due_at=now,
        params=notice.params,
        now=now,
    )
