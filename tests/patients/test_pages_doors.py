"""Every page of the patient's side: who is let in, in which language, and that looking changes nothing."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.patients.pages import client_of, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/session/",
    "/session/?day=2026-03-08",
    "/session/saved/2026-03-08/",
    "/progress/",
    "/progress/2026-03-08/",
    "/learn/",
    "/ask/",
    "/settings/",
    "/review/",
    "/help-now/told/",
]
PUBLIC = ["/help-now/"]
WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def client(time_machine) -> Client:
    """Day 8 of somebody who recorded day 7."""
    trial = Scenario("AB")
    trial.records(7, done="AB", before=3, after=2, words="Fine.")
    time_machine.move_to(trial.at(8, "12:00"), tick=False)
    return client_of(trial)


@pytest.mark.parametrize("address", PAGES)
def test_signed_out_one_is_led_to_the_way_in_and_back(address):
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in/?next=")


@pytest.mark.parametrize("address", PAGES)
def test_staff_are_led_to_their_own_side(address, aurora, as_staff):
    assert as_staff(aurora.clinician).get(address).url == "/admin/"


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("role", ["manager", "front_desk"])
def test_no_other_role_sees_a_patients_page(address, role, aurora, as_staff):
    assert as_staff(getattr(aurora, role)).get(address).url == "/admin/"


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("address", [*PAGES, *PUBLIC])
def test_it_renders_in_both_languages(client, address, language):
    client.cookies["django_language"] = language
    page = client.get(address, follow=True)
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")


@pytest.mark.parametrize(("language", "name"), [("en", "Plain exercise"), ("it", "Esercizio semplice")])
@pytest.mark.parametrize("address", ["/", "/session/", "/session/saved/2026-03-08/", "/progress/2026-03-08/"])
def test_the_words_of_an_exercise_are_in_the_patients_language(client, address, language, name):
    client.cookies["django_language"] = language
    assert name in text(client.get(address))


@pytest.mark.parametrize("address", [*PAGES, *PUBLIC])
def test_looking_writes_nothing(client, address):
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    assert [query["sql"] for query in captured if query["sql"].startswith(WRITES)] == []


@pytest.mark.parametrize(
    "address", ["/", "/progress/", "/learn/", "/session/saved/2026-03-08/", "/help-now/told/"]
)
def test_what_only_shows_takes_no_post(client, address):
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", ["/session/", "/settings/", "/review/", "/help-now/"])
def test_a_form_from_elsewhere_is_refused(client, address):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(address, {"language": "it"}).status_code == 403


@pytest.mark.parametrize("address", [*PAGES, *PUBLIC])
def test_what_people_write_is_never_markup(time_machine, address):
    trial = Scenario("A")
    trial.patient.given_name = "<i>Ada</i>"
    trial.patient.save()
    trial.clinic.name = "<u>Clinic</u>"
    trial.clinic.stop_text_en = "<s>Stop</s>"
    trial.clinic.save()
    trial.prescription.versions.get().exercises.update(plain_name_en="<b>bold</b>", note_en="<em>note</em>")
    trial.records(7, done="A", words="<script>alert(1)</script>")
    time_machine.move_to(trial.at(8, "12:00"), tick=False)
    page = client_of(trial).get(address, follow=True).content.decode()
    for raw in ("<b>bold", "<i>Ada", "<u>Clinic", "<s>Stop", "<em>note", "<script>alert"):
        assert raw not in page


def test_learn_frightens_nobody_and_promises_nothing(client):
    said = text(client.get("/learn/")).lower()
    for word in ("wear", "damage", "hernia", "cure", "heal", "guarantee", "degenerat"):
        assert word not in said
    assert "every back is different" in said
    assert "a pull does no harm" in said
