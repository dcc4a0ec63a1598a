"""The mail that invites somebody to work in a clinic."""

import datetime as dt

from clinic.localtime import local_date
from clinic.models import Notice, StaffInvitation
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, not_wanted
from clinic.notices.writing import first_name, write
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
        "staff_invitation",
        language=invitation.clinic.language,
        clinic=invitation.clinic,
        name=first_name(invitation.name),
        path=links.path("staff_invitation", invitation),
        invitation=invitation,
        until=local_date(invitation.expires_at, invitation.clinic.time_zone),
    )


STAFF_INVITATION_KIND = NoticeKind(
    name=INVITATION_NOTICE, address=_address, still_wanted=_still_wanted, render=_render
)
