"""The mail that invites somebody to work in a clinic, and the one that says that one did not arrive."""

import datetime as dt
from typing import Any

from django.urls import reverse

from clinic.localtime import local_date
from clinic.models import Notice, StaffInvitation, User
from clinic.notices.kinds import WANTED, Answer, ByHand, Mail, NoticeKind, not_wanted
from clinic.notices.outbox import enqueue
from clinic.notices.writing import first_name, write
from clinic.scoping import Role
from clinic.signin import links
from clinic.signin.staff import INVITATION_NOTICE


def _invitation(notice: Notice) -> StaffInvitation | None:
    return StaffInvitation.objects.select_related("clinic").filter(pk=notice.params["invitation"]).first()


def _address(notice: Notice) -> str | None:
    invitation = _invitation(notice)
    return invitation.email if invitation else None


def _still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    invitation = _invitation(notice)
    return WANTED if invitation and invitation.is_open(now=now) else not_wanted("closed")


def _render(notice: Notice) -> Mail:
    invitation = _invitation(notice)
    if invitation is None:
        raise StaffInvitation.DoesNotExist
    return write(
        notice,
        "staff_invitation",
        language=invitation.clinic.language,
        name=first_name(invitation.name),
        path=links.path("staff_invitation", invitation),
        role=Role(invitation.role).label,
        until=local_date(invitation.expires_at, invitation.clinic.time_zone),
    )


def tell_inviter(notice: Notice, *, by: User | None, page: str, args: list[Any], now: dt.datetime) -> None:
    """An invitation could not be delivered: owe a mail to who sent it, with a link to `page` of the admin."""
    enqueue(
        kind=UNDELIVERED_KIND.name,
        clinic=notice.clinic,
        recipient=by,
        dedupe_key=f"{UNDELIVERED_KIND.name}:{notice.pk}",
        due_at=now,
        params={"page": page, "args": args},
        now=now,
    )


def _on_failure(notice: Notice, now: dt.datetime) -> None:
    invitation = _invitation(notice)
    by = invitation.invited_by if invitation else None
    tell_inviter(notice, by=by, page="admin:index", args=[], now=now)


def _inviter(notice: Notice) -> User | None:
    """Who sent the invitation, as long as they work there."""
    user = notice.recipient
    return user if user and notice.clinic.memberships.active().filter(user=user).exists() else None


def _address_of_inviter(notice: Notice) -> str | None:
    user = _inviter(notice)
    return (user.email if user else None) or notice.clinic.email or None


def _render_undelivered(notice: Notice) -> Mail:
    user = _inviter(notice)
    return write(
        notice,
        "undelivered_invitation",
        language=user.language if user else notice.clinic.language,
        name=first_name(user.name) if user else "",
        path=reverse(notice.params["page"], args=notice.params["args"]),
    )


UNDELIVERED_KIND = NoticeKind(
    name="undelivered_invitation", address=_address_of_inviter, render=_render_undelivered
)
STAFF_INVITATION_KIND = NoticeKind(
    name=INVITATION_NOTICE,
    address=_address,
    still_wanted=_still_wanted,
    render=_render,
    on_failure=_on_failure,
    by_hand=ByHand.NEVER,
)
