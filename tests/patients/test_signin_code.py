"""The e-mailed six digits: the way in at /sign-in/."""

import re
import smtplib
import time

import pytest
import time_machine
from django.core import mail
from django.test import Client

from patients.models import Patient
from tests.outbox import digits, has_digits, text

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.patients.signin_urls")]

SIGN_IN, CONFIRM = "/sign-in/", "/account/login/code/confirm/"


def ask(client: Client, email: str, **more):
    return client.post(SIGN_IN, {"email": email, **more})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_digits_let_a_patient_in(client, aurora):
    answer = ask(client, aurora.patient.email.upper())
    assert answer["Location"] == CONFIRM + "?next=%2F"
    page = client.get(answer["Location"])
    assert page.status_code == 200
    answer = client.post(answer["Location"], {"code": digits()})
    assert answer["Location"] == "/"
    assert answer.cookies["django_language"].value == aurora.patient.language
    assert client.get("/a-page/").json()["patient"] == aurora.patient.pk


def test_the_way_in_leads_back_to_where_one_wanted_to_go(client, aurora):
    answer = client.get("/a-page/?x=1")
    assert answer["Location"] == "/sign-in/?next=%2Fa-page%2F%3Fx%3D1"
    assert 'value="/a-page/?x=1"' in client.get(answer["Location"]).content.decode()
    answer = ask(client, aurora.patient.email, next="/a-page/?x=1")
    assert client.post(answer["Location"], {"code": digits()})["Location"] == "/a-page/?x=1"


def test_the_way_in_leads_nowhere_else(client, aurora):
    answer = ask(client, aurora.patient.email, next="https://elsewhere.example/")
    assert client.post(answer["Location"], {"code": digits()})["Location"] == "/"


def test_the_mail_carries_the_digits_and_nothing_of_health(client, aurora):
    ask(client, aurora.patient.email)
    (sent,) = mail.outbox
    assert sent.to == [aurora.patient.email]
    for secret in (aurora.patient.family_name, aurora.clinic.name, "back", "pain", "example.com"):
        assert secret not in f"{sent.body} {sent.subject}"


def test_known_and_unknown_addresses_are_answered_alike(aurora):
    """Page, address, status, cookies and the number of mails: nothing tells who is a patient."""

    def asked(email: str) -> tuple:
        client = Client()
        before = len(mail.outbox)
        answer = ask(client, email)
        page = client.get(answer["Location"])
        shown = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page.content.decode()).replace(email, "X")
        return (
            answer.status_code,
            answer["Location"],
            sorted(answer.cookies),
            shown,
            len(mail.outbox) - before,
        )

    assert asked(aurora.patient.email) == asked("nobody@post.example")
    assert "sign in with digits by e-mail" in text()
    assert not has_digits()


def test_an_unknown_address_never_comes_in(client, aurora):
    answer = ask(client, "nobody@post.example")
    for code in ("", "000000", "123456"):
        client.post(answer["Location"], {"code": code})
    assert not is_in(client)


def test_wrong_digits_do_not_let_in_and_five_of_them_end_it(client, aurora):
    answer = ask(client, aurora.patient.email)
    right = digits()
    wrong = "000000" if right != "000000" else "000001"
    for _try in range(5):
        assert not is_in(client)
        last = client.post(answer["Location"], {"code": wrong})
    assert last["Location"] == "/account/login/code/"
    assert client.get(last["Location"])["Location"] == SIGN_IN
    client.post(answer["Location"], {"code": right})
    assert not is_in(client)


def test_digits_are_good_for_fifteen_minutes(client, aurora):
    with time_machine.travel(time.time(), tick=False) as clock:
        answer = ask(client, aurora.patient.email)
        clock.shift(15 * 60 + 1)
        client.post(answer["Location"], {"code": digits()})
    assert not is_in(client)


def test_digits_of_one_browser_are_worth_nothing_in_another(client, aurora):
    ask(client, aurora.patient.email)
    code = digits()
    other = Client()
    answer = ask(other, aurora.newcomer.email)
    other.post(answer["Location"], {"code": code})
    assert not is_in(other)


def test_digits_are_used_once(client, aurora):
    answer = ask(client, aurora.patient.email)
    client.post(answer["Location"], {"code": digits()})
    client.post("/sign-out/")
    client.post(answer["Location"], {"code": digits()})
    assert not is_in(client)


@pytest.mark.parametrize("email", ["", "no address", "a@b", "x" * 400 + "@post.example"])
def test_what_is_no_address_is_said_at_the_field(client, email):
    answer = ask(client, email)
    assert answer.status_code == 400
    assert answer.context["form"].errors["email"]


def test_many_requests_for_one_address_are_slowed_down(client, aurora):
    for _request in range(3):
        assert ask(Client(), aurora.patient.email).status_code == 302
    answer = ask(Client(), aurora.patient.email)
    assert answer.status_code == 429
    assert len(mail.outbox) == 3


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("broken", [smtplib.SMTPServerDisconnected("gone"), ConnectionRefusedError("closed")])
def test_a_mail_server_that_is_away_is_told_to_everybody_alike(
    client, aurora, settings, monkeypatch, known, broken
):
    # Nobody listens on port 9 of this machine, so this is a real refusal; the other error is raised by hand.
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    if isinstance(broken, smtplib.SMTPException):

        def fail(*args, **kwargs):
            raise broken

        monkeypatch.setattr("smtplib.SMTP.__init__", fail)
    answer = ask(client, aurora.patient.email if known else "nobody@post.example")
    assert answer.status_code == 503
    assert "We cannot send mail right now" in answer.content.decode()
    assert not is_in(client)


def test_a_mistyped_address_can_be_taken_back(client, aurora):
    ask(client, "mistyped@post.example")
    assert client.get(SIGN_IN)["Location"] == CONFIRM  # the digits are still waited for
    assert client.post("/account/logout/", {"next": SIGN_IN})["Location"] == SIGN_IN
    assert client.get(SIGN_IN).status_code == 200


def test_the_way_in_offers_paper_and_quietly_the_staffs_door(client):
    shown = client.get(SIGN_IN).content.decode()
    assert 'href="/paper/"' in shown
    assert 'href="/account/login/"' in shown
    assert "demo" not in shown


def test_who_is_in_need_not_come_in(aurora, as_patient):
    assert as_patient(aurora.patient).get(SIGN_IN)["Location"] == "/"


def test_a_switched_off_user_is_unknown(client, aurora):
    user = aurora.patient.user
    user.is_active = False
    user.save()
    answer = ask(client, user.email)
    assert not has_digits()
    client.post(answer["Location"], {"code": "123456"})
    assert not is_in(client)


def test_only_the_address_that_a_patient_has_now_lets_in(client, aurora):
    """allauth keeps addresses of its own, too; none may be left behind there to come in by."""
    old = aurora.patient.email
    answer = ask(client, old)
    client.post(answer["Location"], {"code": digits()})
    client.post("/sign-out/")
    aurora.patient.user.email = "new@post.example"
    aurora.patient.user.save()
    answer = ask(client, old)
    assert not has_digits()


def test_a_patient_of_the_other_clinic_sees_their_own_alone(client, aurora, bora):
    answer = ask(client, bora.patient.email)
    client.post(answer["Location"], {"code": digits()})
    assert client.get("/a-page/").json() == {"patient": bora.patient.pk, "clinic": "Bora", "others": False}
    assert not Patient.objects.visible_to(bora.patient.user).filter(clinic=aurora.clinic).exists()
