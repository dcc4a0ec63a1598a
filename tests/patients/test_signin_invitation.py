"""A patient is invited and comes in by the link."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import Event, Notice, User
from clinic.notices import kinds
from clinic.notices.addresses import is_refused, mark_refused
from patients.models import Invitation, Patient
from patients.signin.invitations import NotOpen, accept_invitation, invite_patient, revoke_invitations
from tests.clients import signed_in
from tests.factories import MembershipFactory, PatientFactory, UserFactory
from tests.second_factor import with_app

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.patients.signin_urls")]


def invite(patient: Patient, *, by=None, now=None) -> Invitation:
    return invite_patient(patient=patient, by=by, now=now or timezone.now())


def page(invitation: Invitation) -> str:
    return f"/come-in/{invitation.token()}/"


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def verbs(obj) -> list[str]:
    return list(
        Event.objects.filter(object_type=obj._meta.label, object_id=str(obj.pk))
        .order_by("pk")
        .values_list("verb", flat=True)
    )


@pytest.fixture
def newcomer(aurora) -> Patient:
    """A patient with an address whom nobody signs in for yet."""
    patient: Patient = PatientFactory(
        clinic=aurora.clinic, given_name="Nina", family_name="Sordi", email="Nina@Post.example", user=None
    )
    return patient


def test_the_front_desk_invites_and_a_mail_is_owed(aurora, newcomer):
    invitation = invite(newcomer, by=aurora.front_desk)
    notice = Notice.objects.get(kind="invitation")
    assert notice.params == {"invitation": str(invitation.pk)}
    assert notice.expires_at == invitation.expires_at == invitation.created_at + dt.timedelta(days=14)
    assert verbs(invitation) == ["invited"]
    assert Event.objects.get(verb="invited").actor == aurora.front_desk


def test_the_mail_says_first_name_clinic_and_link_in_the_patients_language(newcomer, aurora):
    invitation = invite(newcomer)
    notice = Notice.objects.get()
    mail = kinds.get(notice.kind).render(notice)
    assert kinds.get(notice.kind).address(notice) == "Nina@Post.example"
    assert page(invitation) in mail.text
    assert "Nina" in mail.text
    assert aurora.clinic.name in mail.subject
    # The link is made of random digits, in which any year may stand.
    told = mail.subject + mail.text.replace(page(invitation), "")
    for secret in ("Sordi", "1955", "back", "pain"):
        assert secret not in told


def test_the_mail_is_not_wanted_any_more_once_the_link_is_closed(newcomer):
    invitation = invite(newcomer)
    notice = Notice.objects.get()
    wanted = kinds.get(notice.kind).still_wanted
    assert wanted(notice, timezone.now()).wanted
    revoke_invitations(patient=newcomer, by=None, now=timezone.now())
    assert not wanted(notice, timezone.now()).wanted
    assert verbs(invitation) == ["invited", "revoked"]


def test_the_front_desk_is_told_that_it_did_not_arrive(aurora, newcomer):
    invite(newcomer, by=aurora.front_desk)
    notice = Notice.objects.get(kind="invitation")
    kinds.get(notice.kind).on_failure(notice, timezone.now())
    told = Notice.objects.get(kind="undelivered_invitation")
    mail = kinds.get(told.kind).render(told)
    assert kinds.get(told.kind).address(told) == aurora.front_desk.email
    assert reverse("admin:patient", args=[newcomer.pk]) in mail.text
    for secret in ("Nina", "Sordi", "post.example"):
        assert secret not in mail.text + mail.subject


def test_inviting_again_forgives_an_address_that_was_refused(newcomer):
    mark_refused("nina@post.example", now=timezone.now())
    invite(newcomer)
    assert not is_refused("nina@post.example")


@pytest.mark.django_db(transaction=True)
def test_two_clicks_leave_one_link_open_and_one_user(newcomer):
    def click() -> None:
        try:
            invite(Patient.objects.get(pk=newcomer.pk))
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _click in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert Invitation.objects.count() == 2
    assert Invitation.objects.filter(revoked_at=None).count() == 1
    assert User.objects.filter(email="nina@post.example").count() == 1


def test_inviting_makes_a_user_without_password(newcomer):
    invite(newcomer)
    newcomer.refresh_from_db()
    assert newcomer.user.email == "nina@post.example"
    assert not newcomer.user.has_usable_password()
    assert verbs(newcomer) == ["linked"]


def test_a_couple_of_one_address_becomes_one_sign_in(aurora, newcomer):
    husband = PatientFactory(clinic=aurora.clinic, email="nina@post.example", user=None)
    invite(newcomer)
    invite(husband)
    assert set(User.objects.get(email="nina@post.example").patients.all()) == {newcomer, husband}


def test_a_patient_of_two_clinics_is_one_user_and_each_clinic_knows_its_own(aurora, bora, newcomer):
    there = PatientFactory(clinic=bora.clinic, email=newcomer.email, user=None)
    invite(newcomer)
    invite(there)
    assert newcomer.user == there.user
    assert there not in Patient.objects.visible_to(aurora.clinician)


def test_who_came_by_paper_keeps_the_user(aurora):
    by_paper = UserFactory(email=None, name="Teresa", password=None)
    patient = PatientFactory(clinic=aurora.clinic, user=by_paper, email="teresa@post.example")
    invite(patient)
    patient.refresh_from_db()
    assert patient.user == by_paper
    assert patient.user.email == "teresa@post.example"


def test_a_helper_who_came_by_paper_for_two_stays_with_the_other(aurora):
    helper = UserFactory(email=None, name="Helper", password=None)
    one = PatientFactory(clinic=aurora.clinic, user=helper, email="one@post.example")
    other = PatientFactory(clinic=aurora.clinic, user=helper, email="")
    invite(one)
    assert User.objects.get(email="one@post.example") != helper
    other.refresh_from_db()
    assert other.user == helper


def test_without_an_address_there_is_no_invitation(aurora):
    patient = PatientFactory(clinic=aurora.clinic, email="", user=None)
    with pytest.raises(ValidationError):
        invite(patient)
    assert not Notice.objects.exists()
    assert not Invitation.objects.exists()


def test_opening_the_link_does_not_use_it_up(client, newcomer, aurora):
    invitation = invite(newcomer)
    for _scanner in range(3):
        answer = client.get(page(invitation))
        assert client.head(page(invitation)).status_code in {200, 405}
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Nina" in text
    assert aurora.clinic.name in text
    assert "Sordi" not in text
    assert "no-store" in answer["Cache-Control"]
    invitation.refresh_from_db()
    assert invitation.used_at is None
    assert not is_in(client)


def test_the_button_comes_in_for_ninety_days(client, newcomer):
    invitation = invite(newcomer)
    answer = client.post(page(invitation))
    assert answer["Location"] == "/"
    assert int(answer.cookies["sessionid"]["max-age"]) == 90 * 24 * 3600
    assert client.get("/a-page/").json() == {
        "patient": newcomer.pk,
        "clinic": newcomer.clinic.name,
        "others": False,
    }
    invitation.refresh_from_db()
    assert invitation.used_at is not None
    assert verbs(invitation) == ["invited", "accepted"]
    assert verbs(newcomer) == ["linked", "signed_in"]


def test_the_button_needs_the_page(newcomer):
    client = Client(enforce_csrf_checks=True)
    invitation = invite(newcomer)
    assert client.post(page(invitation)).status_code == 403
    invitation.refresh_from_db()
    assert invitation.used_at is None


def test_a_used_link_is_closed_for_others_and_a_bookmark_for_its_owner(client, newcomer):
    invitation = invite(newcomer)
    client.post(page(invitation))
    assert client.get(page(invitation))["Location"] == "/"
    other = Client()
    for answer in (other.get(page(invitation)), other.post(page(invitation))):
        assert answer.status_code == 410
        assert 'href="/sign-in/"' in answer.content.decode()
    assert not is_in(other)


@pytest.mark.parametrize("closed", ["too old", "revoked", "overtaken", "address changed", "user taken away"])
def test_a_closed_link_lets_nobody_in(client, newcomer, closed):
    invitation = invite(newcomer, now=timezone.now() - dt.timedelta(days=14 if closed == "too old" else 1))
    if closed == "revoked":
        revoke_invitations(patient=newcomer, by=None, now=timezone.now())
    elif closed == "overtaken":
        invite(newcomer)
    elif closed == "address changed":
        Patient.objects.filter(pk=newcomer.pk).update(email="right@post.example")
    elif closed == "user taken away":
        Patient.objects.filter(pk=newcomer.pk).update(user=None)
    assert client.get(page(invitation)).status_code == 410
    assert client.post(page(invitation)).status_code == 410
    assert not is_in(client)


def test_an_unknown_link_does_not_exist(client):
    for answer in (client.get("/come-in/made-up/"), client.post("/come-in/made-up/")):
        assert answer.status_code == 404
        assert 'href="/sign-in/"' in answer.content.decode()


def test_two_at_the_same_moment_come_in_once(newcomer):
    invitation = invite(newcomer)
    first, second = (Invitation.objects.get(pk=invitation.pk) for _tap in range(2))
    accept_invitation(invitation=first, now=timezone.now())
    with pytest.raises(NotOpen):
        accept_invitation(invitation=second, now=timezone.now())


def test_the_device_speaks_the_patients_language(client, newcomer):
    Patient.objects.filter(pk=newcomer.pk).update(language="it")
    invitation = invite(Patient.objects.get(pk=newcomer.pk))
    assert 'lang="it"' in client.get(page(invitation)).content.decode()
    assert client.post(page(invitation)).cookies["django_language"].value == "it"


def test_a_link_changes_who_is_signed_in_on_a_shared_device(newcomer, aurora, as_patient):
    client = as_patient(aurora.patient)
    client.post(page(invite(newcomer)))
    assert client.get("/a-page/").json()["patient"] == newcomer.pk


def test_who_was_signed_in_before_is_out_while_the_second_factor_is_asked_for(newcomer, aurora, as_patient):
    client = as_patient(aurora.patient)
    invitation = invite(newcomer)
    app = with_app(User.objects.get(email="nina@post.example"))
    answer = client.post(page(invitation))
    assert not is_in(client)
    client.post(answer["Location"], {"code": app.code()})
    assert client.get("/a-page/").json()["patient"] == newcomer.pk


def test_a_new_door_does_not_inherit_the_proofs_of_the_one_before(aurora):
    """A strong session on the clinic's computer; then its user's own link as a patient is opened there."""
    PatientFactory(clinic=aurora.clinic, user=aurora.clinician, email=str(aurora.clinician.email))
    client = signed_in(aurora.clinician, method="mfa")
    admin_page = "/admin/worklist/"
    assert client.get(admin_page).status_code == 200
    client.post("/sign-out/")
    client.post(page(invite(aurora.clinician.patients.get())))
    assert is_in(client)
    assert client.get(admin_page).status_code == 302


def test_staff_who_are_patients_too_do_not_come_into_the_clinic_by_their_link(client, aurora):
    patient = PatientFactory(clinic=aurora.clinic, user=None, email="own@post.example")
    invitation = invite(patient)
    MembershipFactory(user=User.objects.get(email="own@post.example"), clinic=aurora.clinic)
    client.post(page(invitation))
    assert client.get("/a-page/").json()["patient"] == patient.pk
    assert client.get("/admin/worklist/").status_code == 302
    assert client.get("/account/mfa/totp/activate/").status_code == 302


def test_a_second_factor_is_asked_for_at_the_patients_door_too(client, aurora, newcomer):
    invitation = invite(newcomer)
    app = with_app(User.objects.get(email="nina@post.example"))
    answer = client.post(page(invitation))
    assert answer["Location"] == "/account/mfa/authenticate/"
    assert not is_in(client)
    client.post(answer["Location"], {"code": app.code()})
    assert client.get("/a-page/").json()["patient"] == newcomer.pk


def test_a_switched_off_user_stays_out(client, newcomer):
    invitation = invite(newcomer)
    User.objects.filter(email="nina@post.example").update(is_active=False)
    assert client.post(page(invitation))["Location"] == "/account/inactive/"
    assert not is_in(client)
    assert client.get("/account/inactive/").status_code == 200
