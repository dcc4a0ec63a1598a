"""When a member of staff leaves a clinic: nothing of theirs stays open, and every session of theirs ends."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic.absences import end_absences
from clinic.models import Clinic, Membership, User
from clinic.signin.staff import end_membership
from patients.care_team import leave_all_teams
from patients.caseload import hand_over_patients
from patients.models import Prescription, WorkItem
from patients.work import ask_anew


def keeps_something(user: User, clinic: Clinic) -> bool:
    """Whether `user` still has a programme that has not ended, or open work, in `clinic`."""
    prescriptions = Prescription.objects.filter(clinician=user, patient__clinic=clinic)
    if prescriptions.exclude(status=Prescription.Status.ENDED).exists():
        return True
    return WorkItem.objects.open().filter(owner=user, patient__clinic=clinic).exists()


@transaction.atomic
def leave(*, user: User, clinic: Clinic, taker: User | None, by: User, now: dt.datetime) -> None:
    """End all that `user` is in `clinic`; what they keep goes to `taker` first, places in care teams too.

    Without a taker those places end. What they had taken of a colleague's work asks for its owner again.

    Raises ValidationError at `taker` where something would stay open or the taker does not treat here,
    and for the last manager.
    """
    if taker == user:
        raise ValidationError({"taker": ValidationError(_("Choose somebody else."), code="self")})
    if taker is not None:
        hand_over_patients(clinic=clinic, giver=user, taker=taker, by=by, now=now)
    elif keeps_something(user, clinic):
        raise ValidationError({"taker": ValidationError(_("Say who takes over."), code="required")})
    taken = WorkItem.objects.open().filter(acknowledged_by=user, patient__clinic=clinic)
    ask_anew(taken, now=now)
    end_absences(user=user, clinic=clinic, by=by, now=now)
    leave_all_teams(user=user, clinic=clinic, by=by, now=now)
    for membership in Membership.objects.active().filter(user=user, clinic=clinic):
        end_membership(membership=membership, by=by, now=now)
