"""The mail that invites somebody to work in a clinic."""

import datetime as dt

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clinic.models import Notice, StaffInvitation
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, not_wanted
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
    with translation.override(invitation.clinic.language), timezone.override(invitation.clinic.time_zone):
        context = {
            "invitation": invitation,
            "clinic": invitation.clinic,
            "link": links.address("staff_invitation", invitation),
        }
        subject = _("Your invitation to %(clinic)s") % {"clinic": invitation.clinic.name}
        return Mail(subject=subject, text=render_to_string("notices/staff_invitation.txt", context))


STAFF_INVITATION_KIND = NoticeKind(
    name=INVITATION_NOTICE, address=_address, still_wanted=_still_wanted, render=_render
)
