"""The mail that invites a patient: first name, clinic, link, nothing else."""

import datetime as dt

from clinic.localtime import local_date
from clinic.models import Notice
from clinic.notices.kinds import WANTED, Answer, ByHand, Mail, NoticeKind, not_wanted
from clinic.notices.writing import write
from clinic.signin import links
from clinic.signin.notices import tell_inviter
from patients.models import Invitation
from patients.notices import unreached
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
    return write(
        notice,
        "invitation",
        language=patient.language,
        name=patient.given_name,
        path=links.path("come_in", invitation),
        until=local_date(invitation.expires_at, patient.zone),
    )


def _on_failure(notice: Notice, now: dt.datetime) -> None:
    invitation = _invitation(notice)
    if invitation is not None:
        patient = [invitation.patient_id]
        tell_inviter(notice, by=invitation.invited_by, page="admin:patient", args=patient, now=now)
        unreached.tell_clinic(notice, patient=invitation.patient, now=now)


INVITATION_KIND = NoticeKind(
    name=INVITATION_NOTICE,
    address=_address,
    still_wanted=_still_wanted,
    render=_render,
    on_failure=_on_failure,
    by_hand=ByHand.NEVER,
    is_care=True,
)
