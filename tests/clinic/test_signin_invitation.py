"""Staff are invited, join and leave."""

import datetime as dt
import threading
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from clinic.models import Clinic, Event, Membership, Notice, StaffInvitation, User
from clinic.notices import kinds
from clinic.scoping import Role
from clinic.signin.sessions import sign_out_everywhere
from clinic.signin.staff import NotOpen, accept_staff_invitation, end_membership, invite_staff
from tests.clients import signed_in
from tests.factories import MembershipFactory, UserFactory
from tests.outbox import found
from tests.second_factor import with_app

NEW = "a-password-of-mine"


def invite(house, email="carlo@post.example", role=Role.CLINICIAN, now=None):
    return invite_staff(
        clinic=house.clinic,
        email=email,
        name="Carlo Riva",
        role=role,
        by=house.manager,
        now=now or timezone.now(),
    )


def page(invitation: StaffInvitation) -> str:
    return f"/staff/invitation/{invitation.token()}/"


def verbs(obj) -> list[str]:
    events = Event.objects.filter(object_type=obj._meta.label, object_id=str(obj.pk))
    return [event.verb for event in events.order_by("pk")]


def test_an_invitation_owes_a_mail_with_the_link_and_nothing_of_health(aurora):
    invitation = invite(aurora, email=" Carlo@Post.example ")
    notice = Notice.objects.get(kind="staff_invitation")
    assert notice.expires_at == invitation.expires_at
    kind = kinds.get(notice.kind)
    assert kind.address(notice) == "carlo@post.example"
    assert kind.still_wanted(notice, timezone.now()).wanted
    mail = kind.render(notice)
    assert page(invitation) in mail.text
    assert aurora.clinic.name in mail.subject
    assert "Hello Carlo," in mail.text
    assert "Riva" not in mail.text
    assert verbs(invitation) == ["invited"]
    assert not kind.still_wanted(notice, invitation.expires_at).wanted


def test_who_invited_is_told_that_it_did_not_arrive(aurora):
    invite(aurora)
    notice = Notice.objects.get(kind="staff_invitation")
    for _time in range(2):  # and only once
        kinds.get(notice.kind).on_failure(notice, timezone.now())
    told = Notice.objects.get(kind="undelivered_invitation")
    kind = kinds.get(told.kind)
    assert kind.address(told) == aurora.manager.email
    mail = kind.render(told)
    assert "/admin/" in mail.text
    assert "Carlo" not in mail.text + mail.subject
    aurora.manager.memberships.update(ended_at=timezone.now())
    assert kind.address(told) == aurora.clinic.email


def test_only_a_hash_of_the_link_is_kept(aurora):
    invitation = invite(aurora)
    assert invitation.token() not in str(StaffInvitation.objects.values().get())


def test_a_new_invitation_closes_the_old_one(client, aurora):
    old = invite(aurora)
    new = invite(aurora)
    assert client.get(page(old)).status_code == 410
    assert client.get(page(new)).status_code == 200
    assert verbs(old) == ["invited", "revoked"]


@pytest.mark.parametrize(("email", "role"), [("not an address", "clinician"), ("a@post.example", "boss")])
def test_bad_invitations_are_refused(aurora, email, role):
    with pytest.raises(ValidationError):
        invite(aurora, email=email, role=role)
    assert not StaffInvitation.objects.exists()
    assert not Notice.objects.exists()


def test_who_works_here_in_that_role_is_not_invited_again(aurora):
    with pytest.raises(ValidationError):
        invite(aurora, email=aurora.clinician.email)
    invite(aurora, email=aurora.clinician.email, role=Role.MANAGER)


def test_looking_at_the_link_changes_nothing(client, aurora):
    invitation = invite(aurora)
    for _scan in range(3):
        answer = client.get(page(invitation))
    assert answer.status_code == 200
    assert aurora.clinic.name in answer.content.decode()
    invitation.refresh_from_db()
    assert invitation.used_at is None
    assert not User.objects.filter(email=invitation.email).exists()


def test_joining_with_a_password_leads_to_the_second_step(client, aurora):
    invitation = invite(aurora)
    answer = client.post(page(invitation), {"password": NEW})
    assert answer["Location"] == "/account/strengthen/"
    user = User.objects.get(email="carlo@post.example")
    assert user.check_password(NEW)
    assert user.name == "Carlo Riva"
    assert user.roles == {"clinician"}
    assert verbs(invitation) == ["invited", "accepted"]
    assert verbs(user.memberships.get()) == ["joined"]
    assert client.get("/admin/worklist/").status_code == 302
    assert list(client.get("/account/strengthen/").context["ways"]) == ["new_passkey", "new_app"]
    assert client.get("/account/mfa/totp/activate/").status_code == 200


def test_joining_with_a_passkey_leads_to_setting_it_up(client, aurora):
    invitation = invite(aurora)
    answer = client.post(page(invitation), {"passkey": "1"})
    assert answer["Location"] == "/account/mfa/webauthn/add/"
    assert client.get(answer["Location"]).status_code == 200
    assert not User.objects.get(email="carlo@post.example").has_usable_password()
    assert client.get("/admin/worklist/").status_code == 302


@pytest.mark.parametrize("password", ["", "short", "password123", "carlo@post.example"])
def test_a_weak_password_is_refused_at_the_field(client, aurora, password):
    invitation = invite(aurora)
    answer = client.post(page(invitation), {"password": password})
    assert answer.status_code == 400
    assert answer.context["form"].errors["password"]
    invitation.refresh_from_db()
    assert invitation.used_at is None
    assert not User.objects.filter(email=invitation.email).exists()


def test_a_used_link_is_closed_and_says_what_to_do(client, aurora):
    invitation = invite(aurora)
    client.post(page(invitation), {"password": NEW})
    for answer in (Client().get(page(invitation)), Client().post(page(invitation), {"password": NEW})):
        assert answer.status_code == 410
        assert "/account/login/" in answer.content.decode()
        assert "_auth_user_id" not in answer.wsgi_request.session


def test_an_old_link_is_closed_and_an_unknown_one_does_not_exist(client, aurora):
    old = invite(aurora, now=timezone.now() - dt.timedelta(days=14))
    assert client.get(page(old)).status_code == 410
    assert client.post(page(old), {"password": NEW}).status_code == 410
    assert client.get("/staff/invitation/made-up/").status_code == 404
    assert not User.objects.filter(email=old.email).exists()


def test_two_at_the_same_moment_join_once(aurora):
    first = invite(aurora)
    second = StaffInvitation.objects.get(pk=first.pk)
    accept_staff_invitation(invitation=first, password=NEW, now=timezone.now())
    with pytest.raises(NotOpen):
        accept_staff_invitation(invitation=second, password=NEW, now=timezone.now())


def test_the_link_alone_opens_no_account_that_has_a_password(client, aurora, bora):
    invitation = invite(aurora, email=bora.clinician.email)
    shown = client.get(page(invitation))
    assert shown.context["form"] is None
    answer = client.post(page(invitation), {"password": NEW})
    assert answer["Location"].startswith("/account/login/")
    assert "_auth_user_id" not in client.session
    bora.clinician.refresh_from_db()
    assert not bora.clinician.check_password(NEW)
    assert set(bora.clinician.memberships.values_list("clinic", flat=True)) == {
        aurora.clinic.pk,
        bora.clinic.pk,
    }


@pytest.mark.parametrize("proof", ["password", "app"])
def test_accepting_never_replaces_what_somebody_has(aurora, bora, proof):
    user = bora.clinician
    if proof == "app":
        user.set_unusable_password()
        user.save()
        with_app(user)
    invitation = invite(aurora, email=user.email)
    accept_staff_invitation(invitation=invitation, password=NEW, now=timezone.now())
    user.refresh_from_db()
    assert not user.check_password(NEW)


def test_the_link_asks_for_a_second_factor_that_exists(client, aurora, bora):
    app = with_app(bora.clinician)
    answer = client.post(page(invite(aurora, email=bora.clinician.email)))
    assert answer["Location"] == "/account/mfa/authenticate/"
    assert "_auth_user_id" not in client.session
    client.post(answer["Location"], {"code": app.code()})
    assert client.get("/admin/worklist/").status_code == 200


@pytest.mark.parametrize("way", [{"password": NEW}, {"passkey": "1"}])
def test_a_patient_who_joins_is_signed_out_of_long_sessions(client, aurora, as_patient, way):
    before = as_patient(aurora.patient)
    client.post(page(invite(aurora, email=aurora.patient.email)), way)
    assert "_auth_user_id" in client.session
    before.get("/sign-in/")
    assert "_auth_user_id" not in before.session
    assert aurora.patient.user.patients.count() == 1


def test_coming_back_opens_the_old_membership_again(aurora):
    membership = aurora.clinician.memberships.get()
    end_membership(membership=membership, by=aurora.manager, now=timezone.now())
    invitation = invite(aurora, email=aurora.clinician.email)
    user = accept_staff_invitation(invitation=invitation, password=None, now=timezone.now())
    assert user.is_active
    assert user.memberships.active().get() == membership


def test_leaving_ends_every_session_at_once(aurora, as_staff):
    clients = [as_staff(aurora.clinician), as_staff(aurora.clinician)]
    membership = aurora.clinician.memberships.get()
    end_membership(membership=membership, by=aurora.manager, now=timezone.now())
    for client in clients:
        assert not client.get("/account/login/").wsgi_request.user.is_authenticated
    aurora.clinician.refresh_from_db()
    assert not aurora.clinician.is_active
    end_membership(membership=membership, by=aurora.manager, now=timezone.now())  # twice is once
    assert verbs(membership) == ["left"]


@pytest.mark.parametrize("left", ["another clinic", "a patient", "the installation"])
def test_who_has_something_left_keeps_the_account(aurora, bora, left):
    user = aurora.clinician
    if left == "another clinic":
        MembershipFactory(user=user, clinic=bora.clinic)
    elif left == "a patient":
        aurora.newcomer.user = user
        aurora.newcomer.save()
    else:
        User.objects.filter(pk=user.pk).update(is_operator=True)
    client = signed_in(user, method="mfa")
    end_membership(
        membership=user.memberships.get(clinic=aurora.clinic), by=aurora.manager, now=timezone.now()
    )
    user.refresh_from_db()
    assert user.is_active
    assert client.get("/admin/worklist/").status_code == 302  # but signs in again
    assert not aurora.clinic.memberships.active().filter(user=user).exists()


def test_the_last_manager_stays(aurora):
    membership = aurora.manager.memberships.get()
    MembershipFactory(clinic=aurora.clinic, role=Role.MANAGER, user=UserFactory(is_active=False))
    with pytest.raises(ValidationError):
        end_membership(membership=membership, by=None, now=timezone.now())
    assert Membership.objects.active().filter(pk=membership.pk).exists()
    MembershipFactory(clinic=aurora.clinic, role=Role.MANAGER)
    end_membership(membership=membership, by=None, now=timezone.now())
    assert not Membership.objects.active().filter(pk=membership.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_managers_do_not_take_each_other_away(aurora):
    both = [aurora.manager.memberships.get(), MembershipFactory(clinic=aurora.clinic, role=Role.MANAGER)]
    refused = []

    def leave(membership: Membership) -> None:
        try:
            end_membership(membership=membership, by=None, now=timezone.now())
        except ValidationError as reason:
            refused.append(reason)
        finally:
            connection.close()

    leaving = [threading.Thread(target=leave, args=(membership,)) for membership in both]
    for thread in leaving:
        thread.start()
    for thread in leaving:
        thread.join()
    assert len(refused) == 1
    assert aurora.clinic.memberships.active().filter(role=Role.MANAGER).count() == 1


def test_signing_out_everywhere(aurora, as_staff):
    clients = [as_staff(aurora.clinician), as_staff(aurora.clinician)]
    other = as_staff(aurora.manager)
    sign_out_everywhere(user=aurora.clinician, by=aurora.clinician, now=timezone.now())
    assert [client.get("/admin/worklist/").status_code for client in clients] == [302, 302]
    assert other.get("/admin/worklist/").status_code == 200
    assert verbs(aurora.clinician)[-1] == "signed_out_everywhere"


def test_create_clinic_invites_its_first_manager_and_prints_the_link(client, db):
    said = StringIO()
    call_command(
        "create_clinic",
        name="Studio Nuovo",
        slug="nuovo",
        manager_email="rosa@post.example",
        manager_name="Rosa Neri",
        time_zone="Europe/Zurich",
        language="it",
        stdout=said,
    )
    clinic = Clinic.objects.get(slug="nuovo")
    assert (clinic.time_zone, clinic.language) == ("Europe/Zurich", "it")
    assert Notice.objects.get(kind="staff_invitation").clinic == clinic
    path = found(r"(/staff/invitation/\S+)", said.getvalue())
    client.post(path, {"password": NEW})
    assert User.objects.get(email="rosa@post.example").roles == {"manager"}


@pytest.mark.parametrize(
    "wrong", [{"slug": "no good"}, {"time_zone": "Rome"}, {"manager_email": "rosa"}, {"slug": "aurora"}]
)
def test_create_clinic_refuses_what_makes_no_sense(aurora, wrong):
    given = {
        "name": "Studio Nuovo",
        "slug": "nuovo",
        "manager_email": "rosa@post.example",
        "manager_name": "Rosa Neri",
        **wrong,
    }
    before = Clinic.objects.count()
    with pytest.raises(CommandError):
        call_command("create_clinic", **given)
    assert Clinic.objects.count() == before
