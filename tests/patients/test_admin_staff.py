"""The staff's page, for managers: who works here, inviting, leaving, handing patients over."""

import pytest
from django.urls import reverse

from clinic.models import Event, Membership, Notice, StaffInvitation, User
from clinic.scoping import Role
from patients.leaving import keeps_something
from patients.models import Prescription
from tests.factories import MembershipFactory, WorkItemFactory
from tests.patients.pages import text

pytestmark = pytest.mark.django_db


def url(name: str, house, *more: object) -> str:
    return reverse(f"admin:{name}", args=[house.clinic.slug, *more])


@pytest.fixture
def manager(aurora, as_staff):
    return as_staff(aurora.manager)


@pytest.fixture
def colleague(aurora) -> User:
    return MembershipFactory(clinic=aurora.clinic, role=Role.CLINICIAN, user__name="Ciro").user


def works_here(user: User, house) -> bool:
    return Membership.objects.active().filter(user=user, clinic=house.clinic).exists()


# --- Who works here ------------------------------------------------------------------------------------
def test_everybody_stands_in_one_line_with_all_roles(aurora, manager):
    MembershipFactory(clinic=aurora.clinic, user=aurora.manager, role=Role.CLINICIAN)
    said = text(manager.get(url("clinic_staff", aurora)))
    assert f"Adele Manager, Physiotherapist {aurora.manager.email} – –" in said
    assert f"Alba Physiotherapist {aurora.clinician.email} 2 –" in said
    assert "Bruno" not in said


def test_who_has_left_is_not_listed(aurora, colleague, manager):
    assert "Ciro Physiotherapist" in text(manager.get(url("clinic_staff", aurora)))
    manager.post(url("staff_leave", aurora, colleague.pk))
    assert "Ciro Physiotherapist" not in text(manager.get(url("clinic_staff", aurora)))


# --- Inviting ------------------------------------------------------------------------------------------
def test_inviting_somebody(aurora, manager):
    data = {"name": "Dario", "email": "Dario@Post.example", "role": "clinician"}
    answer = manager.post(url("staff_invite", aurora), data, follow=True)
    invitation = StaffInvitation.objects.get()
    assert (invitation.email, invitation.role, invitation.clinic) == (
        "dario@post.example",
        "clinician",
        aurora.clinic,
    )
    assert Notice.objects.filter(kind="staff_invitation").count() == 1
    assert "Dario, Physiotherapist dario@post.example" in text(answer)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": ""}, "This field is required."),
        ({"email": "dario"}, "Enter a valid email address."),
        ({"role": "king"}, "Select a valid choice."),
        ({"email": "alba@aurora.example"}, "This person works here in that role already."),
    ],
)
def test_an_invitation_that_cannot_be_is_refused(changed, said, aurora, manager):
    data = {"name": "Dario", "email": "dario@post.example", "role": "clinician", **changed}
    answer = manager.post(url("staff_invite", aurora), data)
    assert answer.status_code == 400
    assert said in text(answer)
    assert not StaffInvitation.objects.exists()


# --- Leaving ------------------------------------------------------------------------------------------
def test_who_keeps_nothing_leaves_at_once(aurora, as_staff, manager):
    desk = as_staff(aurora.front_desk)
    assert desk.get("/admin/patients/patient/").status_code == 200
    assert "still has patients" not in text(manager.get(url("staff_leave", aurora, aurora.front_desk.pk)))
    manager.post(url("staff_leave", aurora, aurora.front_desk.pk))
    assert not works_here(aurora.front_desk, aurora)
    assert desk.get("/admin/patients/patient/").status_code == 302  # the session is over
    assert Event.objects.filter(verb="left", actor=aurora.manager).count() == 1


def test_patients_and_open_work_go_to_a_colleague_first(aurora, colleague, manager):
    item = WorkItemFactory(prescription=aurora.prescription)
    address = url("staff_leave", aurora, aurora.clinician.pk)
    assert "still has patients or open work" in text(manager.get(address))
    refused = manager.post(address, {"taker": ""})
    assert refused.status_code == 400
    assert "Say who takes over." in text(refused)
    assert works_here(aurora.clinician, aurora)
    manager.post(address, {"taker": colleague.pk})
    assert not works_here(aurora.clinician, aurora)
    item.refresh_from_db()
    assert item.owner == colleague
    assert set(
        Prescription.objects.values_list("clinician", flat=True).filter(patient__clinic=aurora.clinic)
    ) == {colleague.pk}
    assert not keeps_something(aurora.clinician, aurora.clinic)


@pytest.mark.parametrize("who", ["self", "front desk", "stranger", "abc"])
def test_only_somebody_else_who_treats_here_takes_over(who, aurora, bora, manager):
    takers = {
        "self": aurora.clinician.pk,
        "front desk": aurora.front_desk.pk,
        "stranger": bora.clinician.pk,
    }
    answer = manager.post(url("staff_leave", aurora, aurora.clinician.pk), {"taker": takers.get(who, who)})
    assert answer.status_code == 400
    assert works_here(aurora.clinician, aurora)
    assert Prescription.objects.filter(clinician=aurora.clinician).exists()


def test_the_last_manager_stays(aurora, manager):
    answer = manager.post(url("staff_leave", aurora, aurora.manager.pk))
    assert answer.status_code == 400
    assert "A clinic needs a manager" in text(answer)
    assert works_here(aurora.manager, aurora)


# --- Handing over -------------------------------------------------------------------------------------
def test_handing_over_all_or_some(aurora, colleague, manager):
    address = url("staff_hand_over", aurora, aurora.clinician.pk)
    page = text(manager.get(address))
    assert str(aurora.patient) in page
    assert str(aurora.newcomer) not in page  # nothing is prescribed to them
    manager.post(address, {"taker": colleague.pk, "which": "chosen", "patients": [aurora.patient.pk]})
    assert Prescription.objects.get(patient=aurora.patient).clinician == colleague
    assert Prescription.objects.get(patient=aurora.couple[0]).clinician == aurora.clinician
    manager.post(address, {"taker": colleague.pk, "which": "all"})
    assert Prescription.objects.get(patient=aurora.couple[0]).clinician == colleague


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"which": "all"},
        {"which": "chosen", "taker": "colleague"},
        {"which": "chosen", "taker": "colleague", "patients": ["stranger"]},
        {"which": "moon", "taker": "colleague"},
    ],
)
def test_what_is_left_open_is_refused(data, aurora, bora, colleague, manager):
    sent = dict(data)
    if "taker" in sent:
        sent["taker"] = colleague.pk
    if "patients" in sent:
        sent["patients"] = [bora.patient.pk]
    answer = manager.post(url("staff_hand_over", aurora, aurora.clinician.pk), sent)
    assert answer.status_code == 400
    assert not Prescription.objects.filter(clinician=colleague).exists()


def test_somebody_of_another_clinic_is_not_found(aurora, bora, manager):
    for name in ("staff_leave", "staff_hand_over"):
        assert manager.get(url(name, aurora, bora.clinician.pk)).status_code == 404
        assert manager.post(url(name, aurora, bora.clinician.pk)).status_code == 404
    assert works_here(bora.clinician, bora)
