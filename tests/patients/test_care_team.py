"""The care team: who prescribes, who treats too, taking over, and that who leaves keeps no place."""

import pytest
from django.core.exceptions import ValidationError

from clinic.models import Event, User
from clinic.scoping import Role
from patients import care_team, caseload, leaving
from patients.models import CareTeamMember, Prescription, WorkItem
from tests.factories import (
    CareTeamMemberFactory,
    MembershipFactory,
    PatientFactory,
    PrescriptionFactory,
    WorkItemFactory,
)
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial() -> Scenario:
    return Scenario("A")


@pytest.fixture
def colleague(trial) -> User:
    return MembershipFactory(clinic=trial.clinic, user__name="Irene").user


def joins(trial: Scenario, user: User) -> CareTeamMember:
    return care_team.join_team(patient=trial.patient, user=user, by=user, now=trial.at(2))


def others(trial: Scenario) -> list[User]:
    return [member.user for member in care_team.team_of(trial.patient).others]


def written(verb: str) -> list[tuple[User | None, int | None]]:
    return list(Event.objects.filter(verb=verb).values_list("actor", "subject_id"))


# --- Joining and leaving -------------------------------------------------------------------------------
def test_who_prescribes_belongs_to_it_without_joining(trial):
    team = care_team.team_of(trial.patient)
    assert (team.prescribing, team.others) == (trial.clinician, [])
    assert team.has(trial.clinician)


def test_without_a_running_programme_nobody_prescribes(trial, colleague):
    joins(trial, colleague)
    trial.ends(3)
    team = care_team.team_of(trial.patient)
    assert (team.prescribing, [one.user for one in team.others]) == (None, [colleague])


def test_joining_is_written_down_and_twice_is_once(trial, colleague):
    assert joins(trial, colleague) == joins(trial, colleague)
    assert others(trial) == [colleague]
    assert written("joined") == [(colleague.pk, trial.patient.pk)]
    assert care_team.team_of(trial.patient).has(colleague)


def test_leaving_is_written_down_and_twice_is_once(trial, colleague):
    joins(trial, colleague)
    for _twice in range(2):
        care_team.leave_team(patient=trial.patient, user=colleague, by=trial.clinician, now=trial.at(3))
    assert others(trial) == []
    assert written("left") == [(trial.clinician.pk, trial.patient.pk)]


def test_only_who_treats_in_the_clinic_joins(trial, a_stranger):
    desk = MembershipFactory(clinic=trial.clinic, role=Role.FRONT_DESK).user
    gone = MembershipFactory(clinic=trial.clinic, ended_at=trial.at(1)).user
    off = MembershipFactory(clinic=trial.clinic, user__is_active=False).user
    for outsider in (desk, gone, off, a_stranger, trial.patient.user):
        with pytest.raises(ValidationError) as refused:
            joins(trial, outsider)
        assert refused.value.code == "outsider"
    assert others(trial) == []


def test_who_prescribes_does_not_join(trial):
    with pytest.raises(ValidationError) as refused:
        joins(trial, trial.clinician)
    assert refused.value.code == "prescribes"
    assert others(trial) == []


# --- Taking over prescribing ---------------------------------------------------------------------------
def takes_over(trial: Scenario, user: User, **kwargs) -> None:
    caseload.take_over_prescribing(prescription=trial.prescription, by=user, now=trial.at(4), **kwargs)


def test_who_takes_over_prescribes_and_the_former_one_stays(trial, colleague):
    joins(trial, colleague)
    takes_over(trial, colleague, instead_of=trial.clinician.pk)
    team = care_team.team_of(trial.patient)
    assert (team.prescribing, [one.user for one in team.others]) == (colleague, [trial.clinician])
    assert trial.prescription.clinician == colleague
    (event,) = Event.objects.filter(verb="handed_over")
    assert (event.actor, event.object_id, event.subject_id) == (colleague, str(trial.pk), trial.patient.pk)


def test_drafts_and_open_work_come_along_and_nothing_else(trial, colleague):
    draft = PrescriptionFactory(patient=trial.patient, clinician=trial.clinician, status="draft")
    third = MembershipFactory(clinic=trial.clinic).user
    ended = PrescriptionFactory(
        patient=trial.patient,
        clinician=trial.clinician,
        status="ended",
        ended_on=trial.date(1),
        starts_on=trial.date(1),
        end_reason="improved",
        next_review_on=None,
    )
    mine = WorkItemFactory(prescription=trial.prescription, owner=trial.clinician)
    theirs = WorkItemFactory(prescription=trial.prescription, owner=third, kind="review")
    elsewhere = PrescriptionFactory(
        patient=PatientFactory(clinic=trial.clinic), clinician=trial.clinician, status="draft"
    )
    takes_over(trial, colleague)
    whose = dict(Prescription.objects.values_list("pk", "clinician"))
    assert [whose[one.pk] for one in (draft, ended, elsewhere)] == [
        colleague.pk,
        trial.clinician.pk,
        trial.clinician.pk,
    ]
    assert dict(WorkItem.objects.values_list("pk", "owner")) == {mine.pk: colleague.pk, theirs.pk: third.pk}


def test_taking_over_twice_changes_nothing(trial, colleague):
    for _twice in range(2):
        takes_over(trial, colleague, instead_of=trial.clinician.pk)
    assert len(written("handed_over")) == 1


def test_who_saw_somebody_else_prescribe_is_told(trial, colleague):
    third = MembershipFactory(clinic=trial.clinic).user
    takes_over(trial, third)
    with pytest.raises(ValidationError) as refused:
        takes_over(trial, colleague, instead_of=trial.clinician.pk)
    assert refused.value.code == "stale"
    assert trial.prescription.clinician == third


def test_a_programme_that_has_ended_is_nobodys_to_take(trial, colleague):
    trial.ends(3)
    with pytest.raises(ValidationError) as refused:
        takes_over(trial, colleague)
    assert refused.value.code == "ended"
    assert trial.prescription.clinician == trial.clinician


def test_an_outsider_takes_nothing_over(trial, a_stranger):
    with pytest.raises(ValidationError) as refused:
        takes_over(trial, a_stranger)
    assert refused.value.code == "outsider"
    assert trial.prescription.clinician == trial.clinician


def test_a_former_one_who_works_here_no_more_does_not_stay(trial, colleague):
    trial.clinician.memberships.update(ended_at=trial.at(2))
    takes_over(trial, colleague)
    assert others(trial) == []


# --- Who leaves ----------------------------------------------------------------------------------------
def leaves(trial: Scenario, user: User, *, taker: User | None = None) -> None:
    leaving.leave(user=user, clinic=trial.clinic, taker=taker, by=trial.clinician, now=trial.at(5))


def test_who_leaves_without_a_taker_keeps_no_place(trial, colleague):
    joins(trial, colleague)
    leaves(trial, colleague)
    assert not CareTeamMember.objects.filter(user=colleague).exists()


def test_places_go_to_the_taker_once(trial, colleague):
    """The taker is in the second team already, and prescribes for the third patient."""
    taker = MembershipFactory(clinic=trial.clinic).user
    second, third = (PatientFactory(clinic=trial.clinic) for _ in range(2))
    PrescriptionFactory(patient=third, clinician=taker)
    for patient in (trial.patient, second, third):
        CareTeamMemberFactory(patient=patient, user=colleague)
    CareTeamMemberFactory(patient=second, user=taker)
    leaves(trial, colleague, taker=taker)
    places = CareTeamMember.objects.order_by("patient").values_list("patient", "user")
    assert list(places) == sorted([(trial.patient.pk, taker.pk), (second.pk, taker.pk)])
    assert len(written("left")) == 3 + 1  # with the membership itself
    assert [subject for _actor, subject in written("joined")] == [trial.patient.pk]


def test_places_in_another_clinic_stay(trial, colleague):
    other = MembershipFactory(user=colleague).clinic
    place = CareTeamMemberFactory(patient=PatientFactory(clinic=other), user=colleague)
    joins(trial, colleague)
    leaves(trial, colleague)
    assert list(CareTeamMember.objects.all()) == [place]


def test_handing_over_some_patients_takes_their_places_along_alone(trial, colleague):
    taker = MembershipFactory(clinic=trial.clinic).user
    other = CareTeamMemberFactory(patient=PatientFactory(clinic=trial.clinic), user=colleague)
    joins(trial, colleague)
    caseload.hand_over_patients(
        clinic=trial.clinic,
        giver=colleague,
        taker=taker,
        by=trial.clinician,
        now=trial.at(3),
        patients=[trial.patient],
    )
    assert others(trial) == [taker]
    assert CareTeamMember.objects.get(user=colleague) == other
