"""Merging and taking over while somebody else does something at the same moment, on PostgreSQL."""

import uuid

import pytest
from django.core.exceptions import ValidationError

from clinic.models import User
from patients import care_team, caseload, emergency, recording, treating
from patients.locking import locked, locked_patients
from patients.merging import merge_patients
from patients.models import CareTeamMember, EmergencyReport, Patient, PracticeSession, TreatmentNote
from patients.vocabulary import EmergencySign, TreatmentKind
from tests.factories import MembershipFactory, PatientFactory, PrescriptionFactory
from tests.patients.colliding import at_once
from tests.patients.scenario import Scenario

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def trial() -> Scenario:
    """Its patient is the record that is merged into `keep`."""
    return Scenario("ABC")


@pytest.fixture
def keep(trial) -> Patient:
    return PatientFactory(clinic=trial.clinic, email=trial.patient.email, user=trial.patient.user)


def code(error: object) -> str:
    assert isinstance(error, ValidationError), error
    return error.error_list[0].code or ""


def merge(trial: Scenario, keep: Patient, other: Patient) -> Patient:
    return merge_patients(keep=keep, other=other, by=trial.clinician, now=trial.at(3))


@pytest.mark.parametrize("other_way_round", [False, True])
def test_two_who_merge_the_same_pair_at_once(other_way_round, trial, keep):
    other = trial.patient
    pairs = [(keep, other), (other, keep) if other_way_round else (keep, other)]
    given = at_once(
        lambda: locked_patients([keep.pk, other.pk]),
        *(lambda pair=pair: merge(trial, *pair) for pair in pairs),
    )
    (refused,) = [one for one in given if not isinstance(one, Patient)]
    assert code(refused) == "gone"
    assert Patient.objects.filter(pk__in=[keep.pk, other.pk]).count() == 1
    assert trial.prescription.patient == Patient.objects.get(pk__in=[keep.pk, other.pk])


def test_a_session_that_is_recorded_meanwhile_is_of_the_one_kept(trial, keep):
    prescription = trial.prescription

    def record() -> recording.Recorded:
        return recording.record_session(
            prescription=prescription,
            uid=uuid.uuid4(),
            practised_on=trial.date(2),
            answers=trial.answers(done="AB", stopped="C"),
            now=trial.at(2),
            by=trial.patient.user,
        )

    (recorded,) = at_once(lambda: merge(trial, keep, trial.patient), record)
    assert recorded.session.patient == keep
    assert PracticeSession.objects.get().patient == keep
    assert keep.work_items.count() == 1


def test_a_session_that_was_being_recorded_comes_along(trial, keep):
    prescription, other = trial.prescription, trial.patient

    def record() -> None:
        recording.record_session(
            prescription=prescription,
            uid=uuid.uuid4(),
            practised_on=trial.date(2),
            answers=trial.answers(done="ABC"),
            now=trial.at(2),
            by=other.user,
        )

    at_once(record, lambda: merge(trial, keep, other))
    assert PracticeSession.objects.get().patient == keep


def test_who_adds_something_to_the_record_that_goes_is_told(trial, keep):
    other, now = trial.patient, trial.at(3)

    def report() -> EmergencyReport:
        signs = [EmergencySign.FEVER]
        return emergency.report_emergency(patient=other, signs=signs, by=other.user, now=now)

    def note() -> TreatmentNote:
        return treating.note_treatment(
            patient=other,
            kind=TreatmentKind.MANUAL,
            given_on=trial.date(3),
            words="",
            by=trial.clinician,
            now=now,
        )

    given = at_once(lambda: merge(trial, keep, other), report, note)
    assert [code(one) for one in given] == ["gone", "gone"]


def test_two_colleagues_who_take_over_at_once(trial):
    prescription, first = trial.prescription, trial.clinician
    colleagues = [MembershipFactory(clinic=trial.clinic).user for _ in range(2)]

    def take_over(user: User) -> None:
        caseload.take_over_prescribing(
            prescription=prescription, by=user, instead_of=first.pk, now=trial.at(3)
        )

    given = at_once(lambda: locked(prescription), *(lambda user=user: take_over(user) for user in colleagues))
    (refused,) = [one for one in given if one is not None]
    assert code(refused) == "stale"
    team = care_team.team_of(trial.patient)
    assert team.prescribing in colleagues
    assert [member.user for member in team.others] == [first]


def test_joining_twice_at_once_is_once(trial):
    user = MembershipFactory(clinic=trial.clinic).user

    def join() -> CareTeamMember:
        return care_team.join_team(patient=trial.patient, user=user, by=user, now=trial.at(3))

    at_once(lambda: locked_patients([trial.patient.pk]), join, join)
    assert [place.user for place in CareTeamMember.objects.all()] == [user]


def test_handing_all_patients_over_while_two_of_them_are_merged(trial, keep):
    """Both lock the prescriptions of the pair: in one order, so that neither waits for the other for ever."""
    draft = PrescriptionFactory(
        patient=keep, clinician=trial.clinician, status="draft", starts_on=None, created_at=trial.at(2)
    )
    taker = MembershipFactory(clinic=trial.clinic).user

    def hand_over() -> int:
        return caseload.hand_over_patients(
            clinic=trial.clinic, giver=trial.clinician, taker=taker, by=taker, now=trial.at(3)
        )

    merged, number = at_once(
        lambda: [locked(one) for one in (trial.prescription, draft)],
        lambda: merge(trial, keep, trial.patient),
        hand_over,
    )
    assert merged == keep
    assert number == 2
    assert not keep.prescriptions.filter(clinician=trial.clinician).exists()
