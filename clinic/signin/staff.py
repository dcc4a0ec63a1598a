"""Staff: inviting, accepting, leaving."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import Clinic, Membership, StaffInvitation, User
from clinic.notices.addresses import forgive
from clinic.notices.outbox import enqueue
from clinic.scoping import Role
from clinic.signin import links, sessions
from clinic.signin.strength import has_second_factor

INVITATION_NOTICE = "staff_invitation"


class NotOpen(Exception):
    """The invitation was used, revoked or ran out."""


@transaction.atomic
def invite_staff(
    *, clinic: Clinic, email: str, name: str, role: str, by: User | None, now: dt.datetime
) -> StaffInvitation:
    """Invite somebody to work in `clinic` as `role`, by mail; the link is good for 14 days and one use.

    An earlier open invitation of the same address to this clinic is revoked. Raises ValidationError for an
    address that is none, an unknown role, or somebody who has that role here already.
    """
    email = _checked(email)
    if role not in Role.values:
        raise ValidationError({"role": _("This role is not known.")})
    _locked(clinic)  # two clicks on the button: the first link is closed by the second
    if Membership.objects.active().filter(clinic=clinic, user__email=email, role=role).exists():
        raise ValidationError({"email": _("This person works here in that role already.")})
    forgive(email)  # a server may have refused it before; the clinic says that it is right
    for old in links.revoke(StaffInvitation.objects.filter(clinic=clinic, email=email), now=now):
        audit.write(verb=audit.Verb.REVOKED, obj=old, actor=by, clinic=clinic, now=now)
    invitation = StaffInvitation(clinic=clinic, email=email, name=name.strip(), role=role, invited_by=by)
    invitation.start(now=now)
    invitation.save()
    audit.write(verb=audit.Verb.INVITED, obj=invitation, actor=by, clinic=clinic, now=now)
    enqueue(
        kind=INVITATION_NOTICE,
        clinic=clinic,
        dedupe_key=f"{INVITATION_NOTICE}:{invitation.pk}",
        due_at=now,
        params={"invitation": str(invitation.pk)},
        expires_at=invitation.expires_at,
        now=now,
    )
    return invitation


def _locked(clinic: Clinic) -> Clinic:
    """The row as it is now, locked until the transaction ends; `no_key`: see patients.locking."""
    return Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)


def _checked(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise ValidationError({"email": wrong.messages}) from wrong
    return email


def invited_user(invitation: StaffInvitation) -> User | None:
    """Who has the invited address already, as a patient or in another clinic."""
    return User.objects.filter(email=invitation.email).first()


def can_prove_themselves(user: User | None) -> bool:
    """Whether `user` has a password or a second factor, and so signs in without the invitation's help."""
    return user is not None and (user.has_usable_password() or has_second_factor(user))


@transaction.atomic
def accept_staff_invitation(*, invitation: StaffInvitation, password: str | None, now: dt.datetime) -> User:
    """Let the invited person in: the user, made or found by the address, becomes a member of the clinic.

    `password` is set for who can't prove themselves yet, and never replaces what somebody has. Until the
    second factor is set up, the mailbox that the invitation came to is the proof. Sessions from before
    somebody worked anywhere end: a patient's device stays signed in too long for staff. Raises NotOpen.
    """
    if not links.use(invitation, now=now):
        raise NotOpen
    user = invited_user(invitation)
    if user is None:
        language = invitation.clinic.language
        user = User.objects.create_user(invitation.email, name=invitation.name, language=language)
    if password and not can_prove_themselves(user):
        user.set_password(password)
    user.name = user.name or invitation.name
    user.is_active = True
    user.save()
    if not user.memberships.active().exists():
        sessions.end_all(user)
    membership, _made = Membership.objects.get_or_create(
        user=user, clinic=invitation.clinic, role=invitation.role
    )
    if membership.ended_at is not None:
        membership.ended_at = None
        membership.save(update_fields=["ended_at"])
    audit.write(verb=audit.Verb.ACCEPTED, obj=invitation, actor=user, clinic=invitation.clinic, now=now)
    audit.write(verb=audit.Verb.JOINED, obj=membership, actor=user, clinic=invitation.clinic, now=now)
    return user


@transaction.atomic
def end_membership(*, membership: Membership, by: User | None, now: dt.datetime) -> None:
    """End `membership` at once, with every session of that person; their account too, if nothing is left.

    Nothing is left: no other membership, no patient they sign in for, no installation they run. Raises
    ValidationError for the last manager of a clinic, who could not be replaced by anybody.
    """
    clinic = _locked(membership.clinic)  # two managers, each other
    membership = Membership.objects.select_related("user").get(pk=membership.pk)
    if membership.ended_at is not None:
        return
    here = Membership.objects.active().filter(clinic=clinic, role=Role.MANAGER).exclude(pk=membership.pk)
    if membership.role == Role.MANAGER and not here.filter(user__is_active=True).exists():
        raise ValidationError(_("A clinic needs a manager: invite another one first."), code="last_manager")
    membership.ended_at = now
    membership.save(update_fields=["ended_at"])
    user = membership.user
    sessions.end_all(user)
    if not _something_left(user):
        user.is_active = False
        user.save(update_fields=["is_active"])
    audit.write(verb=audit.Verb.LEFT, obj=membership, actor=by, clinic=clinic, now=now)


def _something_left(user: User) -> bool:
    # `patients` is the upper floor's relation to a user, reached by its name alone.
    return user.is_operator or user.memberships.active().exists() or user.patients.exists()
