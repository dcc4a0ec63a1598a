"""Inviting a patient by mail, and the link that lets them in."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import User
from clinic.notices.outbox import enqueue
from clinic.signin import links
from patients import mail_address
from patients.locking import locked_patient
from patients.models import Invitation, Patient
from patients.signin.linking import link_by_email

INVITATION_NOTICE = "invitation"


class NotOpen(Exception):
    """The invitation was used, revoked or ran out, or the patient's address has changed since."""


@transaction.atomic
def invite_patient(*, patient: Patient, by: User | None, now: dt.datetime) -> Invitation:
    """Send `patient` a link to come in; it works once, for 14 days. Every role of the clinic may do it.

    From now on the owner of the patient's address signs in for them. An earlier open invitation is
    revoked. Raises ValidationError for a patient without e-mail.
    """
    if not patient.email:
        raise ValidationError(
            {"email": _("Without an e-mail address there is nowhere to send it: use a paper code.")}
        )
    locked_patient(patient)  # two clicks on the button: the first link is closed by the second
    revoke_invitations(patient=patient, by=by, now=now)
    # A server may have refused it before; the clinic says that it is right.
    mail_address.try_again(patient=patient, by=by, now=now)
    link_by_email(patient=patient, by=by, now=now)
    invitation = Invitation(patient=patient, invited_by=by)
    invitation.start(now=now)
    invitation.save()
    audit.write(
        verb=audit.Verb.INVITED, obj=invitation, actor=by, clinic=patient.clinic, now=now, subject=patient
    )
    enqueue(
        kind=INVITATION_NOTICE,
        clinic=patient.clinic,
        dedupe_key=f"{INVITATION_NOTICE}:{invitation.pk}",
        due_at=now,
        params={"invitation": str(invitation.pk)},
        subject=patient,
        expires_at=invitation.expires_at,
        now=now,
    )
    return invitation


@transaction.atomic
def revoke_invitations(*, patient: Patient, by: User | None, now: dt.datetime) -> None:
    """Close the patient's open invitations: for a new one, or because the address was wrong."""
    closed = links.revoke(Invitation.objects.filter(patient=patient), now=now)
    audit.write_many(
        verb=audit.Verb.REVOKED, objs=closed, actor=by, clinic=patient.clinic, now=now, subject=patient
    )


def find_invitation(token: str) -> Invitation | None:
    """The invitation with this token, open or not."""
    return links.find(Invitation.objects.select_related("patient__clinic", "patient__user"), token)


def is_open(invitation: Invitation, *, now: dt.datetime) -> bool:
    """Whether the link lets somebody in: not used up, and still the address that the patient has."""
    patient = invitation.patient
    same_address = patient.user is not None and patient.user.email == patient.email.strip().lower()
    return same_address and invitation.is_open(now=now)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, now: dt.datetime) -> User:
    """Use the link up, and say who comes in. Raises NotOpen."""
    user = invitation.patient.user
    if user is None or not is_open(invitation, now=now) or not links.use(invitation, now=now):
        raise NotOpen
    audit.write(
        verb=audit.Verb.ACCEPTED,
        obj=invitation,
        actor=user,
        clinic=invitation.patient.clinic,
        now=now,
        subject=invitation.patient,
    )
    return user
