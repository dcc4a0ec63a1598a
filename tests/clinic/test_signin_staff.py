"""Staff sign in: what opens the admin, what does not, and for how long."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import Event
from tests import outbox
from tests.clients import signed_in
from tests.factories import PASSWORD
from tests.second_factor import App, with_app

LOGIN, STRENGTHEN, ADMIN = "/account/login/", "/account/strengthen/", "/admin/worklist/"


def sign_in(client: Client, user, password: str = PASSWORD, **more):
    return client.post(LOGIN, {"login": user.email, "password": password, **more})


def enters_admin(client: Client) -> bool:
    return client.get(ADMIN).status_code == 200


def session_age(client: Client) -> dt.timedelta:
    session = Session.objects.get(session_key=client.session.session_key)
    return session.expire_date - timezone.now()


@pytest.fixture
def clinician(aurora):
    return aurora.clinician


def test_password_alone_leads_to_a_second_step_and_not_into_the_admin(client, clinician):
    answer = sign_in(client, clinician, next="/admin/worklist/")
    assert answer.status_code == 302
    assert answer["Location"] == "/admin/worklist/"
    assert not enters_admin(client)
    answer = client.get(ADMIN, follow=True)
    assert answer.redirect_chain[-1][0] == STRENGTHEN + "?next=%2Fadmin%2Fworklist%2F"
    assert "Set up a passkey" in answer.content.decode()


def test_a_wrong_password_signs_nobody_in(client, clinician):
    sign_in(client, clinician, "another-long-password")
    assert "_auth_user_id" not in client.session


def test_password_and_app_enter_the_admin(client, clinician):
    app = with_app(clinician)
    answer = sign_in(client, clinician)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": app.code()})
    assert enters_admin(client)


def test_a_wrong_code_of_the_app_does_not(client, clinician):
    app = with_app(clinician)
    sign_in(client, clinician)
    wrong = "000000" if app.code() != "000000" else "000001"
    client.post(reverse("mfa_authenticate"), {"code": wrong})
    assert "_auth_user_id" not in client.session
    assert not enters_admin(client)


@pytest.mark.django_db(transaction=True)  # allauth tells us of it after the commit
def test_a_second_factor_set_up_in_this_session_counts(client, clinician):
    sign_in(client, clinician)
    chosen = client.post(STRENGTHEN, {"way": "new_app", "next": "/admin/worklist/"})
    assert chosen["Location"] == reverse("mfa_activate_totp")
    page = client.get(chosen["Location"])
    assert page.status_code == 200  # the password was given just now: it is not asked for again
    app = App(page.context["form"].secret)
    answer = client.post(reverse("mfa_activate_totp"), {"code": app.code()})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(STRENGTHEN)["Location"] == "/admin/worklist/"
    assert enters_admin(client)
    assert Event.objects.filter(verb="mfa_added", object_id=str(clinician.pk)).count() == 1


@pytest.mark.parametrize("method", ["password", "code", "link", "paper", "staff_invitation", "demo"])
def test_no_other_proof_enters_the_admin(clinician, method):
    assert not enters_admin(signed_in(clinician, method=method))


def test_a_proof_of_somebody_else_in_the_same_browser_does_not(aurora):
    """allauth's records belong to one user; a session that changes hands starts anew."""
    client = signed_in(aurora.manager, method="mfa")
    client.force_login(aurora.clinician, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert not enters_admin(client)


def test_an_emailed_code_asks_for_the_second_factor(client, clinician):
    with_app(clinician)
    client.post("/sign-in/", {"email": clinician.email})
    answer = client.post(reverse("account_confirm_login_code") + "?next=/", {"code": outbox.digits()})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_an_emailed_code_of_staff_without_second_factor_is_weak(client, clinician):
    client.post("/sign-in/", {"email": clinician.email})
    client.post(reverse("account_confirm_login_code"), {"code": outbox.digits()})
    assert client.session["_auth_user_id"] == str(clinician.pk)
    assert not enters_admin(client)
    for name in ("mfa_add_webauthn", "mfa_activate_totp"):
        assert client.get(reverse(name))["Location"].startswith(STRENGTHEN)
    page = client.get(STRENGTHEN)
    assert list(page.context["ways"]) == ["password"]


def test_the_password_makes_up_for_a_weak_door(clinician):
    client = signed_in(clinician, method="link")
    answer = client.post(STRENGTHEN, {"way": "password"})
    client.post(answer["Location"], {"password": PASSWORD})
    assert not enters_admin(client)
    assert list(client.get(STRENGTHEN).context["ways"]) == ["new_passkey", "new_app"]


def test_a_password_reset_leaves_the_second_factor_in_place(client, clinician):
    app = with_app(clinician)
    client.post(reverse("account_reset_password"), {"email": clinician.email})
    link = outbox.found(r"http://testserver(\S+)", outbox.text())
    page = client.get(link)
    new = "quite-another-password"
    client.post(page["Location"], {"password1": new, "password2": new})
    assert "_auth_user_id" not in client.session
    assert sign_in(client, clinician, new)["Location"] == reverse("mfa_authenticate")
    assert not enters_admin(client)
    client.post(reverse("mfa_authenticate"), {"code": app.code()})
    assert enters_admin(client)


def test_nobody_resets_a_password_that_patients_do_not_have(client, aurora):
    client.post(reverse("account_reset_password"), {"email": aurora.patient.email})
    assert len(mail.outbox) == 1
    assert "password/reset/key" not in outbox.text()


@pytest.mark.parametrize("method", ["password", "link", "code"])
def test_a_weak_session_of_somebody_with_a_second_factor_cannot_change_it(clinician, method):
    """The session is older than the second factor, say; the password was stolen, say."""
    client = signed_in(clinician, method=method)
    with_app(clinician)
    for name in (
        "mfa_index",
        "mfa_add_webauthn",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_list_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "account_change_password",
        "account_set_password",
    ):
        for answer in (client.get(reverse(name)), client.post(reverse(name))):
            assert answer.status_code == 302, name
            assert answer["Location"].startswith(STRENGTHEN), name
    assert Authenticator.objects.filter(user=clinician).count() == 1


def test_a_weak_session_grows_strong_by_proving_the_second_factor(clinician):
    client = signed_in(clinician, method="link")
    app = with_app(clinician)
    page = client.get(STRENGTHEN, {"next": ADMIN})
    assert list(page.context["ways"]) == ["code"]
    way = client.post(STRENGTHEN, {"way": "code", "next": ADMIN})["Location"]
    answer = client.post(way, {"code": app.code()})
    assert answer["Location"] == ADMIN
    assert enters_admin(client)


def test_confirming_the_password_does_not_stand_for_the_second_factor(clinician):
    client = signed_in(clinician, method="code")
    with_app(clinician)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert not enters_admin(client)
    assert client.get(reverse("mfa_view_recovery_codes"))["Location"].startswith(STRENGTHEN)


def test_a_recovery_code_alone_is_no_second_factor_to_have(client, clinician):
    Authenticator.objects.create(user=clinician, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    sign_in(client, clinician)
    assert list(client.get(STRENGTHEN).context["ways"]) == ["new_passkey", "new_app"]


def test_strengthen_leads_to_pages_of_ours_alone(clinician):
    client = signed_in(clinician, method="mfa")
    assert client.get(STRENGTHEN, {"next": "https://elsewhere.example/"})["Location"] == "/admin/"
    assert client.get(STRENGTHEN, {"next": "/admin/x/"})["Location"] == "/admin/x/"


def test_an_unknown_way_is_refused(clinician):
    client = signed_in(clinician, method="password")
    assert client.post(STRENGTHEN, {"way": "luck"}).status_code == 400


def test_strengthen_is_for_staff(client, aurora, as_patient):
    assert client.get(STRENGTHEN)["Location"].startswith(LOGIN)
    assert as_patient(aurora.patient).get(STRENGTHEN).status_code == 404


def test_patients_find_no_pages_of_staff(aurora, as_patient):
    client = as_patient(aurora.patient)
    assert client.get("/admin/login/").status_code == 404
    for name in (
        "mfa_index",
        "mfa_add_webauthn",
        "mfa_activate_totp",
        "account_set_password",
        "account_email",
    ):
        assert client.get(reverse(name)).status_code == 404, name


@pytest.mark.parametrize(
    "path", ["/account/email/", "/account/confirm-email/", "/account/confirm-email/abc/"]
)
def test_pages_of_allauth_that_nobody_opened_do_not_exist(as_staff, aurora, path):
    assert as_staff(aurora.manager).get(path).status_code == 404


def test_nobody_signs_up(client, db):
    page = client.get(reverse("account_signup"))
    assert "By invitation" in page.content.decode()
    client.post(reverse("account_signup"), {"email": "new@post.example", "password1": PASSWORD})
    assert not Event.objects.exists()
    assert "_auth_user_id" not in client.session


def test_staff_stay_for_twelve_hours_and_patients_for_ninety_days(client, clinician, aurora):
    sign_in(client, clinician)
    assert dt.timedelta(hours=11, minutes=59) < session_age(client) <= dt.timedelta(hours=12)
    patient = Client()
    patient.post("/sign-in/", {"email": aurora.patient.email})
    answer = patient.post(reverse("account_confirm_login_code"), {"code": outbox.digits()})
    assert dt.timedelta(days=89, hours=23) < session_age(patient) <= dt.timedelta(days=90)
    assert int(answer.cookies["sessionid"]["max-age"]) == 90 * 24 * 3600


def test_twelve_hours_hold_after_the_second_step_too(client, clinician):
    app = with_app(clinician)
    sign_in(client, clinician)
    client.post(reverse("mfa_authenticate"), {"code": app.code()})
    assert session_age(client) <= dt.timedelta(hours=12)


def test_a_sign_in_is_written_down_for_each_clinic_one_works_in(client, aurora, bora):
    bora.clinic.memberships.create(user=aurora.clinician, role="clinician")
    sign_in(client, aurora.clinician)
    events = Event.objects.filter(verb="signed_in", actor=aurora.clinician)
    assert {event.clinic for event in events} == {aurora.clinic, bora.clinic}


def test_signed_in_staff_need_no_password_page(clinician):
    assert signed_in(clinician, method="mfa").get(LOGIN)["Location"] == "/admin/"


def test_guessing_a_password_is_slowed_down(client, clinician):
    for _try in range(5):
        sign_in(client, clinician, "not-the-password")
    page = sign_in(client, clinician)
    assert "_auth_user_id" not in client.session
    assert "These were many tries" in page.content.decode()
