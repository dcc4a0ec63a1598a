"""The pages on which two records of one person are found, compared and merged."""

import datetime as dt

import pytest
from django.urls import reverse

from clinic.models import Event
from clinic.scoping import Role
from patients.merging import merge_patients
from patients.models import Patient
from tests.factories import (
    EmergencyReportFactory,
    InvitationFactory,
    MembershipFactory,
    PatientFactory,
    PrecautionsFactory,
    PrescriptionFactory,
    ReminderTimeFactory,
)
from tests.patients.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def alba(aurora, as_staff):
    return as_staff(aurora.clinician)


@pytest.fixture
def twin(aurora) -> Patient:
    """The patient of Aurora once more, entered without an address."""
    return PatientFactory(
        clinic=aurora.clinic,
        given_name=aurora.patient.given_name,
        family_name=aurora.patient.family_name,
        birth_on=aurora.patient.birth_on,
        email="",
        phone="+39 333 4455",
        user=None,
    )


def same_url(patient: Patient) -> str:
    return reverse("admin:patient_same", args=[patient.pk])


def merge_url(keep: Patient, other: Patient) -> str:
    return reverse("admin:patient_merge", args=[keep.pk, other.pk])


# --- Whom to compare with ----------------------------------------------------------------------------
def test_from_the_patients_page_to_the_likely_ones(aurora, alba, twin):
    assert (
        same_url(aurora.patient)
        in alba.get(reverse("admin:patient", args=[aurora.patient.pk])).content.decode()
    )
    page = alba.get(same_url(aurora.patient))
    assert page.context["likely"] == [twin]
    assert merge_url(aurora.patient, twin) in page.content.decode()


def test_the_front_desk_is_not_led_there(aurora, as_staff):
    page = as_staff(aurora.front_desk).get(reverse("admin:patient", args=[aurora.patient.pk]))
    assert "Same person as another?" not in text(page)


@pytest.mark.parametrize(
    ("given", "family", "birth", "likely"),
    [
        ("Zoë", "De Luca", "1955-04-12", True),
        ("ZOE", "de  luca", "1955-04-12", True),
        ("De Luca", "Zoë", "1955-04-12", True),  # the two names in each other's field
        ("Zoë", "De Luca", "1955-12-04", True),  # day and month in each other's place
        ("Zoë", "De Luca", "1955-04-21", True),  # one of the three differs
        ("Zoë", "De Luca", "1965-04-12", True),
        ("Zoë", "De Luca", "1955-06-12", True),
        ("Zoë", "De Luca", "1965-06-12", False),  # two of them
        ("Zoë", "De Lucca", "1955-04-12", False),
        ("Zoë", "Luca", "1955-04-12", False),
    ],
)
def test_who_is_likely_the_same(given, family, birth, likely, aurora, alba):
    zoe = PatientFactory(
        clinic=aurora.clinic, given_name="Zoë", family_name="De Luca", birth_on=dt.date(1955, 4, 12)
    )
    other = PatientFactory(
        clinic=aurora.clinic, given_name=given, family_name=family, birth_on=dt.date.fromisoformat(birth)
    )
    assert alba.get(same_url(zoe)).context["likely"] == ([other] if likely else [])
    data = {"given_name": given, "family_name": family, "birth_on": birth, "language": "en", "email": ""}
    other.delete()
    entered = alba.post(reverse("admin:patients_patient_add"), data)
    assert (entered.status_code, "already:" in text(entered)) == ((400, True) if likely else (302, False))


def test_the_very_birth_date_comes_first(aurora, alba, twin):
    near = PatientFactory(
        clinic=aurora.clinic,
        given_name=twin.given_name,
        family_name=twin.family_name,
        birth_on=twin.birth_on.replace(year=1954),
    )
    assert alba.get(same_url(twin)).context["likely"] == [aurora.patient, near]


def test_looking_for_somebody_else(aurora, bora, alba):
    found = alba.get(same_url(aurora.patient), {"q": " agnese  AURORA "}).context["found"]
    assert found == [aurora.newcomer]
    assert alba.get(same_url(aurora.patient), {"q": "Amedeo"}).context["found"] == []  # not themselves
    assert "Nobody was found." in text(alba.get(same_url(aurora.patient), {"q": "Brigida"}))
    for odd in ("%", "_", "x" * 500, "' OR 1=1"):
        assert alba.get(same_url(aurora.patient), {"q": odd}).status_code == 200


def test_many_that_are_found_are_not_all_shown(aurora, alba):
    for _ in range(21):
        PatientFactory(clinic=aurora.clinic, family_name="Rossi")
    page = alba.get(same_url(aurora.patient), {"q": "rossi"})
    assert len(page.context["found"]) == 20
    assert "There are more" in text(page)


# --- Side by side ------------------------------------------------------------------------------------
def test_both_stand_side_by_side_and_that_they_were_read_is_written_down(aurora, alba, twin):
    PrecautionsFactory(patient=twin)
    InvitationFactory(patient=twin)
    EmergencyReportFactory(patient=twin, cleared_at=None)
    page = alba.get(merge_url(aurora.newcomer, twin))
    said = text(page)
    for part in (
        "Agnese NuovaAurora is kept; Amedeo DiAurora is merged into it, then deleted.",
        "Phone – +39 333 4455",
        "Osteoporosis",
        "invited, not used yet",
        "The precautions of both are kept together.",
        "The other record is deleted. This cannot be undone.",
    ):
        assert part in said, part
    assert "Time zone" not in said  # nothing stands there on either side
    assert "Reminders" not in said.split("What will happen")[1]
    read = Event.objects.filter(verb="read").values_list("subject_id", flat=True)
    assert set(read) == {aurora.newcomer.pk, twin.pk}


def test_what_becomes_of_reminders_is_said(aurora, alba, twin):
    ReminderTimeFactory(patient=twin)
    assert "at the times of the other record" in text(alba.get(merge_url(aurora.newcomer, twin)))
    assert "at the times of the record that is kept" in text(alba.get(merge_url(twin, aurora.newcomer)))


def test_where_they_differ_one_chooses_and_what_is_empty_gives_way(aurora, alba, twin):
    form = alba.get(merge_url(aurora.patient, twin)).context["form"]
    assert form.differing == ["email", "phone"]
    assert {name: form.fields[name].initial for name in form.differing} == {"email": "keep", "phone": "other"}
    swapped = alba.get(merge_url(twin, aurora.patient)).context["form"]
    assert {name: swapped.fields[name].initial for name in swapped.differing} == {
        "email": "other",
        "phone": "keep",
    }


def test_merging_them(aurora, alba, twin):
    old = twin.pk
    given = PrescriptionFactory(patient=twin, status="draft")
    data = {"email": "keep", "phone": "other", "same_person": "on"}
    answer = alba.post(merge_url(aurora.patient, twin), data, follow=True)
    assert answer.redirect_chain == [(reverse("admin:patient", args=[aurora.patient.pk]), 302)]
    assert "Merged: everything stands on this page now." in text(answer)
    assert "invite them again" not in text(answer)
    after = Patient.objects.get(pk=aurora.patient.pk)
    assert (after.email, after.phone, after.user) == (
        aurora.patient.email,
        "+39 333 4455",
        aurora.patient.user,
    )
    given.refresh_from_db()
    assert given.patient == aurora.patient
    for name in ("patient", "patient_same"):
        assert alba.get(reverse(f"admin:{name}", args=[old])).status_code == 404


def test_whoever_presses_the_button_after_that_is_told(aurora, alba, twin, as_staff):
    address = merge_url(aurora.patient, twin)
    merge_patients(keep=aurora.patient, other=twin, by=aurora.manager, now=aurora.patient.created_at)
    for answer in (
        alba.get(address, follow=True),
        alba.post(address, {"same_person": "on"}, follow=True),
    ):
        assert answer.redirect_chain == [(reverse("admin:patient", args=[aurora.patient.pk]), 302)]
        assert "Somebody has merged the two already." in text(answer)


def test_a_new_address_wants_a_new_invitation(aurora, alba, twin):
    Patient.objects.filter(pk=twin.pk).update(email="new@post.example")
    data = {"email": "other", "phone": "keep", "same_person": "on"}
    answer = alba.post(merge_url(aurora.patient, twin), data, follow=True)
    assert "Nobody signs in for Amedeo DiAurora any more: invite them again." in text(answer)


def test_a_manager_merges_too(aurora, twin, as_staff):
    data = {"email": "keep", "phone": "keep", "same_person": "on"}
    assert as_staff(aurora.manager).post(merge_url(aurora.patient, twin), data).status_code == 302
    assert not Patient.objects.filter(pk=twin.pk).exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"same_person": ""}, "same_person"),
        ({"email": ""}, "email"),
        ({"phone": "both"}, "phone"),
    ],
)
def test_what_is_left_open_is_said_at_its_field(changed, field, aurora, alba, twin):
    data = {"email": "keep", "phone": "keep", "same_person": "on", **changed}
    answer = alba.post(merge_url(aurora.patient, twin), data)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert Patient.objects.filter(pk=twin.pk).exists()


def test_what_stands_in_the_way_is_said_before_and_after(aurora, alba, twin):
    PrescriptionFactory(patient=twin)
    page = alba.get(merge_url(aurora.patient, twin))
    assert "Both have a running programme: end one of them first." in text(page)
    assert "Merge the two</button>" not in page.content.decode()
    data = {"email": "keep", "phone": "keep", "same_person": "on"}
    answer = alba.post(merge_url(aurora.patient, twin), data)
    assert answer.status_code == 400
    assert "Both have a running programme: end one of them first." in text(answer)
    assert Patient.objects.filter(pk=twin.pk).exists()


def test_with_themselves_or_a_patient_of_another_clinic_there_is_no_page(aurora, bora, alba):
    assert alba.get(merge_url(aurora.patient, aurora.patient)).status_code == 404
    for one, two in ((aurora.patient, bora.patient), (bora.patient, aurora.patient)):
        assert alba.get(merge_url(one, two)).status_code == 404


def test_who_works_in_both_clinics_merges_within_each_alone(aurora, bora, as_staff):
    MembershipFactory(clinic=bora.clinic, user=aurora.clinician, role=Role.CLINICIAN)
    client = as_staff(aurora.clinician)
    assert client.get(merge_url(aurora.patient, bora.patient)).status_code == 404
    assert client.get(same_url(aurora.patient), {"q": "Basilio"}).context["found"] == []


def test_the_invitation_that_is_open_is_shown_and_not_one_that_came_along(aurora, alba, twin):
    InvitationFactory(patient=aurora.newcomer)
    InvitationFactory(patient=twin)  # newer
    merge_patients(keep=aurora.newcomer, other=twin, by=aurora.clinician, now=aurora.patient.created_at)
    page = text(alba.get(reverse("admin:patient", args=[aurora.newcomer.pk])))
    assert "Invited on" in page
    assert "taken back" not in page
