"""The care team: who prescribes, and the clinicians who treat the patient together with them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.models import Clinic, User
from patients.locking import locked_patient, locked_patients
from patients.models import CareTeamMember, Patient, Prescription
from patients.work import refuse_outsider


@dataclass(frozen=True)
class Team:
    """`prescribing` is None where no programme runs; `others` are in order of joining."""

    prescribing: User | None
    others: list[CareTeamMember]

    def has(self, user: User) -> bool:
        return user == self.prescribing or any(user == other.user for other in self.others)


def team_of(patient: Patient) -> Team:
    """The care team of `patient`: two queries."""
    running = Prescription.objects.active().filter(patient=patient).select_related("clinician").first()
    prescribing = running.clinician if running else None
    members = CareTeamMember.objects.filter(patient=patient).select_related("user", "added_by")
    return Team(prescribing, [member for member in members if member.user != prescribing])


@transaction.atomic
def join_team(*, patient: Patient, user: User, by: User, now: dt.datetime) -> CareTeamMember:
    """`user` treats `patient` too. Nothing happens where they do so already.

    Raises ValidationError for somebody who does not treat in this clinic, and for who prescribes.
    """
    refuse_outsider(user, patient.clinic)
    patient = locked_patient(patient)  # two clicks on the button make one member
    if Prescription.objects.active().filter(patient=patient, clinician=user).exists():
        raise ValidationError(
            _("%(name)s prescribes for this patient already.") % {"name": user}, code="prescribes"
        )
    member, is_new = CareTeamMember.objects.get_or_create(
        patient=patient, user=user, defaults={"added_by": by, "added_at": now}
    )
    if is_new:
        audit.write(verb=Verb.JOINED, obj=member, actor=by, clinic=patient.clinic, subject=patient, now=now)
    return member


@transaction.atomic
def leave_team(*, patient: Patient, user: User, by: User, now: dt.datetime) -> None:
    """`user` does not treat `patient` any more. Nothing happens to who is not in the team."""
    _end(CareTeamMember.objects.filter(patient=patient, user=user), clinic=patient.clinic, by=by, now=now)


def leave_all_teams(*, user: User, clinic: Clinic, by: User, now: dt.datetime) -> None:
    """End every place that `user` has in a care team of `clinic`."""
    _end(CareTeamMember.objects.filter(user=user, patient__clinic=clinic), clinic=clinic, by=by, now=now)


def hand_over_places(
    *,
    clinic: Clinic,
    giver: User,
    taker: User,
    by: User,
    now: dt.datetime,
    patients: Iterable[Patient] | None = None,
) -> None:
    """The places of `giver` in care teams of `clinic`, all or those of `patients`, become `taker`'s.

    The caller has made sure that `taker` treats here, and calls this before it locks a prescription.
    """
    places = CareTeamMember.objects.filter(user=giver, patient__clinic=clinic)
    if patients is not None:
        places = places.filter(patient__in=[patient.pk for patient in patients])
    concerned = locked_patients(places.values_list("patient", flat=True))
    there = {
        *CareTeamMember.objects.filter(user=taker, patient__in=concerned).values_list("patient", flat=True),
        *Prescription.objects.active()
        .filter(clinician=taker, patient__in=concerned)
        .values_list("patient", flat=True),
    }
    _end(places.filter(patient__in=concerned), clinic=clinic, by=by, now=now)
    made = CareTeamMember.objects.bulk_create(
        CareTeamMember(patient=patient, user=taker, added_by=by, added_at=now)
        for patient in concerned
        if patient.pk not in there
    )
    audit.write_about_each(
        verb=Verb.JOINED,
        objs=[(member, member.patient) for member in made],
        actor=by,
        clinic=clinic,
        now=now,
    )


def _end(places: QuerySet[CareTeamMember], *, clinic: Clinic, by: User, now: dt.datetime) -> None:
    ended = list(places.select_related("patient"))
    audit.write_about_each(
        verb=Verb.LEFT, objs=[(place, place.patient) for place in ended], actor=by, clinic=clinic, now=now
    )
    CareTeamMember.objects.filter(pk__in=[place.pk for place in ended]).delete()
