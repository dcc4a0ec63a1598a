"""The demo's door. It has no address in a real installation."""

import datetime as dt

import pytest
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.test import Client
from django.urls import NoReverseMatch, reverse

from patients.demo.mailbox import letters
from tests.clients import signed_in
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db
WITH_DEMO = pytest.mark.urls("tests.patients.demo_urls")


@pytest.mark.parametrize(
    "path", ["/demo/", "/demo/mailbox/", "/demo/mailbox/a@b/", "/demo/staff/1/", "/demo/patient/1/"]
)
def test_without_demo_there_is_no_such_page(client, aurora, path):
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demo")


def test_without_demo_its_way_of_signing_in_is_worth_nothing(aurora):
    assert signed_in(aurora.clinician, method="demo").get("/admin/worklist/").status_code == 302


@WITH_DEMO
def test_the_page_lists_everybody_by_clinic(client, aurora, bora, settings):
    settings.DEMO = True
    text = client.get("/demo/").content.decode()
    for house in (aurora, bora):
        for person in (house.manager, house.clinician, house.front_desk):
            assert person.name in text
        assert str(house.patient) in text
    assert "Physiotherapist" in text


@WITH_DEMO
def test_one_click_enters_the_clinic(client, aurora, settings):
    settings.DEMO = True
    membership = aurora.clinician.memberships.get()
    assert client.get(f"/demo/staff/{membership.pk}/").status_code == 405
    assert client.post(f"/demo/staff/{membership.pk}/")["Location"] == "/admin/"
    assert client.get("/admin/worklist/").status_code == 200
    assert client.post("/demo/staff/0/").status_code == 404


@WITH_DEMO
def test_one_click_enters_as_one_of_a_couple(client, aurora, settings):
    settings.DEMO = True
    for patient in aurora.couple:
        assert client.post(f"/demo/patient/{patient.pk}/")["Location"] == "/"
        assert client.session["patient"] == patient.pk
        assert client.session["_auth_user_id"] == str(patient.user.pk)


@WITH_DEMO
def test_one_click_enters_as_a_patient_of_paper(client, aurora, settings):
    settings.DEMO = True
    patient = PatientFactory(clinic=aurora.clinic, user=None, email="", language="it")
    answer = client.post(f"/demo/patient/{patient.pk}/")
    assert answer.cookies["django_language"].value == "it"
    patient.refresh_from_db()
    assert patient.user.email is None


@WITH_DEMO
def test_the_mailbox_shows_what_was_sent_newest_first(settings, tmp_path):
    settings.DEMO = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    client = Client()
    assert "No mail was sent yet" in client.get("/demo/mailbox/").content.decode()
    old = EmailMessage(
        "Old",
        "Before.",
        "a@post.example",
        ["b@post.example"],
        headers={"Date": "Mon, 02 Jan 2023 08:00:00 +0000"},
    )
    new = EmailMessage(
        "Grüße & <b>", "Perché no?\nhttps://clinic.example/come-in/abc/\n" + "-" * 78, to=["c@post.example"]
    )
    with mail.get_connection() as connection:
        connection.send_messages([new, old])
    found = letters(tmp_path / "mail")
    assert [letter.subject for letter in found] == ["Grüße & <b>", "Old"]
    assert found[1].sent_at == dt.datetime(2023, 1, 2, 8, tzinfo=dt.UTC)
    text = client.get("/demo/mailbox/").content.decode()
    assert 'href="https://clinic.example/come-in/abc/"' in text
    assert "Perché no?" in text
    assert "Grüße &amp; &lt;b&gt;" in text
    assert text.index("Grüße") < text.index("Old")


@WITH_DEMO
def test_the_mailbox_shows_the_html_of_a_mail_and_lets_it_do_nothing(settings, tmp_path):
    settings.DEMO = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    message = EmailMultiAlternatives(
        "Both", "In words.", to=["b@post.example"], headers={"Message-ID": "<one@post.example>"}
    )
    message.attach_alternative('<p style="color: red">In colour: perch\u00e9</p>', "text/html")
    message.send()
    client = Client()
    assert 'href="/demo/mailbox/one@post.example/"' in client.get("/demo/mailbox/").content.decode()
    shown = client.get("/demo/mailbox/one@post.example/")
    assert "In colour: perch\u00e9" in shown.content.decode()
    policy = set(shown["Content-Security-Policy"].split("; "))
    assert policy == {"default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'none'", "sandbox"}
    assert client.get("/demo/mailbox/other@post.example/").status_code == 404
