"""The care team on the patient's page, on the programme's page, and where somebody leaves."""

import pytest
from django.urls import reverse

from clinic.models import User
from clinic.scoping import Role
from patients.models import CareTeamMember, Prescription
from tests.factories import CareTeamMemberFactory, MembershipFactory, PrescriptionFactory
from tests.patients.pages import text

pytestmark = pytest.mark.django_db

JOIN, TAKE_OVER = "I treat this patient too", "I prescribe from now on"


@pytest.fixture
def colleague(aurora) -> User:
    return MembershipFactory(clinic=aurora.clinic, user__name="Ciro").user


@pytest.fixture
def ciro(colleague, as_staff):
    return as_staff(colleague)


@pytest.fixture
def alba(aurora, as_staff):
    return as_staff(aurora.clinician)


def url(aurora, name: str = "patient", *more: object) -> str:
    return reverse(f"admin:{name}", args=[aurora.patient.pk, *more])


def team(aurora) -> list[User]:
    return [member.user for member in aurora.patient.care_team.all()]


def test_one_click_and_who_presses_it_is_in_the_team(aurora, colleague, ciro):
    page = text(ciro.get(url(aurora)))
    assert "Alba prescribes" in page
    assert JOIN in page
    answer = ciro.post(url(aurora, "patient_team_join"), {"user": colleague.pk}, follow=True)
    assert "Ciro is in the care team." in text(answer)
    assert "Ciro treats too, since" in text(answer)
    assert JOIN not in text(answer)
    assert team(aurora) == [colleague]


def test_who_prescribes_adds_a_colleague_and_takes_them_out(aurora, colleague, alba):
    page = alba.get(url(aurora))
    assert JOIN not in text(page)
    assert TAKE_OVER not in text(page)
    offered = page.context["team_form"].fields["user"].queryset
    assert list(offered) == [colleague]  # neither the desk, the manager, nor who prescribes
    alba.post(url(aurora, "patient_team_join"), {"user": colleague.pk})
    assert team(aurora) == [colleague]
    page = alba.get(url(aurora))
    assert not page.context["team_form"].offered
    answer = alba.post(url(aurora, "patient_team_leave", colleague.pk), follow=True)
    assert "Ciro is in the care team no more." in text(answer)
    assert team(aurora) == []


@pytest.mark.parametrize("who", ["front_desk", "manager", "clinician", "stranger", "patient", "abc", ""])
def test_who_cannot_be_in_the_team_is_refused_at_the_field(who, aurora, bora, alba):
    users = {"stranger": bora.clinician, "patient": aurora.patient.user}
    user = users.get(who) or getattr(aurora, who, None)
    answer = alba.post(url(aurora, "patient_team_join"), {"user": user.pk if isinstance(user, User) else who})
    assert answer.status_code == 400
    assert answer.context["team_form"].errors
    assert team(aurora) == []


def test_one_who_is_in_no_team_cannot_be_taken_out(aurora, alba):
    assert alba.post(url(aurora, "patient_team_leave", aurora.manager.pk)).status_code == 404


def test_taking_over_on_the_patients_page(aurora, colleague, ciro):
    assert TAKE_OVER in text(ciro.get(url(aurora)))
    answer = ciro.post(
        reverse("admin:prescription_take_over", args=[aurora.prescription.pk]),
        {"instead_of": aurora.clinician.pk, "next": url(aurora)},
        follow=True,
    )
    assert answer.redirect_chain[-1][0] == url(aurora)
    assert "Ciro prescribes" in text(answer)
    assert "Alba treats too" in text(answer)
    assert Prescription.objects.get(pk=aurora.prescription.pk).clinician == colleague


def test_taking_over_on_the_programmes_page(aurora, colleague, ciro, alba):
    report = reverse("admin:prescription_report", args=[aurora.prescription.pk])
    assert TAKE_OVER not in text(alba.get(report))
    assert TAKE_OVER in text(ciro.get(report))
    answer = ciro.post(
        reverse("admin:prescription_take_over", args=[aurora.prescription.pk]),
        {"instead_of": aurora.clinician.pk},
        follow=True,
    )
    assert answer.redirect_chain[-1][0] == report
    assert "Ciro with Alba" in text(answer)
    assert TAKE_OVER not in text(answer)
    third = MembershipFactory(clinic=aurora.clinic).user
    aurora.prescription.refresh_from_db()
    stale = {"instead_of": aurora.clinician.pk}
    Prescription.objects.update(clinician=third)
    answer = alba.post(
        reverse("admin:prescription_take_over", args=[aurora.prescription.pk]), stale, follow=True
    )
    # She prescribed before, and saw herself so: the page was open for long.
    assert "has taken over meanwhile" in text(answer)
    assert Prescription.objects.get(pk=aurora.prescription.pk).clinician == third


@pytest.mark.parametrize("odd", ["", "abc", "-1", "9" * 30])
def test_a_form_that_says_nothing_of_who_was_seen_takes_over_all_the_same(odd, aurora, colleague, ciro):
    address = reverse("admin:prescription_take_over", args=[aurora.prescription.pk])
    assert ciro.post(address, {"instead_of": odd}).status_code == 302
    assert Prescription.objects.get(pk=aurora.prescription.pk).clinician == colleague


def test_a_manager_reads_who_treats_and_changes_nothing(aurora, colleague, as_staff):
    CareTeamMemberFactory(patient=aurora.patient, user=colleague)
    page = text(as_staff(aurora.manager).get(url(aurora)))
    assert "Ciro treats too" in page
    for words in (JOIN, TAKE_OVER, "Add a colleague", "Take Ciro out of the team"):
        assert words not in page


def test_the_front_desk_does_not_see_it(aurora, colleague, as_staff):
    CareTeamMemberFactory(patient=aurora.patient, user=colleague)
    assert "Ciro" not in text(as_staff(aurora.front_desk).get(url(aurora)))


def test_a_patient_without_a_programme_can_have_a_team(aurora, colleague, ciro):
    address = reverse("admin:patient", args=[aurora.newcomer.pk])
    assert "Nobody yet." in text(ciro.get(address))
    ciro.post(reverse("admin:patient_team_join", args=[aurora.newcomer.pk]), {"user": colleague.pk})
    assert "Ciro treats, since" in text(ciro.get(address))


# --- Where somebody leaves, or hands over -----------------------------------------------------------------
def test_leaving_says_what_becomes_of_the_places(aurora, colleague, as_staff):
    manager = as_staff(aurora.manager)
    address = reverse("admin:staff_leave", args=[aurora.clinic.slug, colleague.pk])
    assert "together with colleagues" not in text(manager.get(address))
    CareTeamMemberFactory(patient=aurora.patient, user=colleague)
    assert "Ciro also treats a patient together with colleagues. Their place" in text(manager.get(address))
    PrescriptionFactory(patient=aurora.newcomer, clinician=colleague)
    assert "Whoever takes over gets their place in the care teams too." in text(manager.get(address))
    manager.post(address, {"taker": aurora.clinician.pk})
    # Alba prescribes for that patient.
    assert not CareTeamMember.objects.exists()


def test_a_patient_of_the_team_can_be_handed_over(aurora, colleague, as_staff):
    CareTeamMemberFactory(patient=aurora.newcomer, user=colleague)
    address = reverse("admin:staff_hand_over", args=[aurora.clinic.slug, colleague.pk])
    manager = as_staff(aurora.manager)
    assert str(aurora.newcomer) in text(manager.get(address))
    manager.post(address, {"taker": aurora.clinician.pk, "which": "chosen", "patients": [aurora.newcomer.pk]})
    assert [member.user for member in aurora.newcomer.care_team.all()] == [aurora.clinician]


def test_only_clinicians_of_the_clinic_are_offered(aurora, alba):
    MembershipFactory(clinic=aurora.clinic, ended_at=aurora.prescription.created_at)
    MembershipFactory(clinic=aurora.clinic, user__is_active=False)
    MembershipFactory(clinic=aurora.clinic, role=Role.FRONT_DESK)
    assert list(alba.get(url(aurora)).context["team_form"].offered) == []
