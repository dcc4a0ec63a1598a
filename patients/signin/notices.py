"""The mail that invites a patient: first name, clinic, link, nothing else."""

import datetime as dt

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clinic.models import Notice
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, not_wanted
from clinic.signin import links
from patients.models import Invitation
from patients.signin.invitations import INVITATION_NOTICE, is_open


def _invitation(notice: Notice) -> Invitation | None:
    rows = Invitation.objects.select_related("patient__clinic", "patient__user")
    return rows.filter(pk=notice.params["invitation"]).first()


def _address(notice: Notice) -> str | None:
    invitation = _invitation(notice)
    return invitation.patient.email or None if invitation else None


def _still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    invitation = _invitation(notice)
    return WANTED if invitation and is_open(invitation, now=now) else not_wanted("closed")


def _render(notice: Notice) -> Mail:
    invitation = _invitation(notice)
    if invitation is None:
        raise Invitation.DoesNotExist
    patient = invitation.patient
    with translation.override(patient.language), timezone.override(patient.zone):
        context = {
            "invitation": invitation,
            "patient": patient,
            "clinic": patient.clinic,
            "link": links.address("come_in", invitation),
        }
        subject = _("%(name)s, your exercises from %(clinic)s") % {
            "name": patient.given_name,
            "clinic": patient.clinic.name,
        }
        return Mail(subject=subject, text=render_to_string("notices/invitation.txt", context))


INVITATION_KIND = NoticeKind(
    name=INVITATION_NOTICE, address=_address, still_wanted=_still_wanted, render=_render
)
