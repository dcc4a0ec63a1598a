"""Who practises, and leaving."""

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import Event
from patients.models import Patient
from tests.clients import signed_in
from tests.factories import PatientFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.patients.signin_urls")]


def test_one_sign_in_for_two_is_asked_who_practises(aurora, as_patient):
    one, other = aurora.couple
    client = as_patient(one)
    assert client.get("/a-page/")["Location"] == "/choose/?next=%2Fa-page%2F"
    text = client.get("/choose/?next=/a-page/").content.decode()
    assert str(one) in text
    assert str(other) in text
    assert str(aurora.patient) not in text
    assert client.post("/choose/", {"patient": other.pk, "next": "/a-page/"})["Location"] == "/a-page/"
    assert client.get("/a-page/").json() == {"patient": other.pk, "clinic": "Aurora", "others": True}
    client.post("/choose/", {"patient": one.pk})
    assert client.get("/a-page/").json()["patient"] == one.pk


@pytest.mark.parametrize("chosen", ["somebody else's", "of the other clinic", "nobody", "words", ""])
def test_nobody_chooses_a_patient_of_others(aurora, bora, as_patient, chosen):
    client = as_patient(aurora.couple[0])
    pks = {"somebody else's": aurora.patient.pk, "of the other clinic": bora.patient.pk, "nobody": 0}
    assert client.post("/choose/", {"patient": pks.get(chosen, chosen)}).status_code == 404
    assert client.get("/a-page/").status_code == 302


def test_the_choice_is_checked_each_time(aurora, as_patient):
    one, other = aurora.couple
    client = as_patient(one)
    client.post("/choose/", {"patient": other.pk})
    Patient.objects.filter(pk=other.pk).update(user=UserFactory())
    assert client.get("/a-page/").json() == {"patient": one.pk, "clinic": "Aurora", "others": False}
    Patient.objects.filter(pk=one.pk).update(user=None)
    assert client.get("/a-page/").status_code == 404


def test_a_forged_choice_in_the_session_shows_nothing(aurora, bora, as_patient):
    client = as_patient(aurora.patient)
    session = client.session
    session["patient"] = bora.patient.pk
    session.save()
    assert client.get("/a-page/").json()["patient"] == aurora.patient.pk


def test_choosing_speaks_the_chosen_ones_language(aurora, as_patient):
    Patient.objects.filter(pk=aurora.couple[1].pk).update(language="it")
    answer = as_patient(aurora.couple[0]).post("/choose/", {"patient": aurora.couple[1].pk})
    assert answer.cookies["django_language"].value == "it"


def test_choosing_leads_to_pages_of_ours_alone(aurora, as_patient):
    client = as_patient(aurora.couple[0])
    for target in ("//elsewhere.example/", "https://elsewhere.example/", "javascript:alert(1)", "word"):
        there = {"patient": aurora.couple[0].pk, "next": target}
        assert client.post("/choose/", there)["Location"] == "/"
    there = {"patient": aurora.couple[0].pk, "next": "/help-now/"}
    assert client.post("/choose/", there)["Location"] == "/help-now/"


def test_asking_for_the_patient_costs_one_query(aurora, as_patient, django_assert_num_queries):
    client = as_patient(aurora.couple[0])
    client.post("/choose/", {"patient": aurora.couple[0].pk})
    with django_assert_num_queries(3):  # session, user, patient with clinic
        client.get("/a-page/")


def test_nobody_is_led_to_the_way_in(client):
    assert client.get("/a-page/")["Location"] == "/sign-in/?next=%2Fa-page%2F"
    assert client.get("/choose/")["Location"].startswith("/sign-in/")


def test_staff_without_patients_are_led_to_their_side(aurora):
    client = signed_in(aurora.clinician, method="mfa")
    assert client.get("/a-page/")["Location"] == "/admin/"
    assert client.get("/choose/")["Location"] == "/admin/"


def test_somebody_without_anything_reads_so(client):
    answer = signed_in(UserFactory(), method="code").get("/a-page/")
    assert answer.status_code == 404
    assert "No programme here" in answer.content.decode()


def test_a_clinician_who_is_a_patient_too_has_both_sides(aurora):
    mine = PatientFactory(clinic=aurora.clinic, user=aurora.clinician)
    client = signed_in(aurora.clinician, method="mfa")
    assert client.get("/a-page/").json()["patient"] == mine.pk
    assert client.get("/admin/worklist/").status_code == 200


def test_treating_somebody_is_not_being_them(aurora):
    """A clinician sees the patient in the admin; the patient's pages are the patient's."""
    client = signed_in(aurora.clinician, method="mfa")
    assert client.get("/a-page/").status_code == 302
    assert client.post("/choose/", {"patient": aurora.patient.pk}).status_code == 302
    assert client.get("/a-page/")["Location"] == "/admin/"


def test_signing_out_is_a_button(aurora, as_patient):
    client = as_patient(aurora.patient)
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/a-page/").status_code == 200
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/a-page/").status_code == 302
    assert Client().post("/sign-out/").status_code == 302


def test_signing_out_everywhere_ends_every_device(aurora, as_patient):
    here, there, other = as_patient(aurora.patient), as_patient(aurora.patient), as_patient(aurora.newcomer)
    assert here.get("/sign-out/everywhere/").status_code == 405
    assert here.post("/sign-out/everywhere/")["Location"] == "/sign-in/"
    assert here.get("/a-page/").status_code == 302
    assert there.get("/a-page/").status_code == 302
    assert other.get("/a-page/").status_code == 200
    event = Event.objects.get(verb="signed_out_everywhere")
    assert event.actor == aurora.patient.user
    assert event.at <= timezone.now()
