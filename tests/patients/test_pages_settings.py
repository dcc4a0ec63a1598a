"""Settings: language, reminders, leaving."""

import datetime as dt

import pytest
from django.utils import timezone

from patients.models import ReminderTime
from patients.preferences import set_reminders
from tests.factories import PatientFactory
from tests.patients.pages import client_of, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(aurora, as_patient):
    return as_patient(aurora.patient)


def times(patient) -> list[str]:
    return [f"{row.at:%H:%M}" for row in ReminderTime.objects.filter(patient=patient)]


def test_the_language_is_kept_and_spoken_from_then_on(client, aurora):
    answer = client.post("/settings/", {"language": "it"})
    assert (answer.status_code, answer.url) == (302, "/settings/")
    aurora.patient.refresh_from_db()
    assert aurora.patient.language == "it"
    assert '<html lang="it">' in client.get("/settings/").content.decode()
    assert times(aurora.patient) == ["18:00"]  # the other form was not sent


@pytest.mark.parametrize("language", ["de", "", "../en"])
def test_an_unknown_language_is_refused_at_its_field(client, aurora, language):
    page = client.post("/settings/", {"language": language})
    assert page.status_code == 400
    assert 'id="id_language_error"' in page.content.decode()
    aurora.patient.refresh_from_db()
    assert aurora.patient.language == "en"


def test_a_language_that_the_clinic_does_not_offer_is_refused(client, aurora):
    aurora.clinic.offers_italian = False
    aurora.clinic.save()
    assert "Italiano" not in text(client.get("/settings/")).split("Signing out")[0]
    page = client.post("/settings/", {"language": "it"})
    assert page.status_code == 400
    assert "This language is not offered." in text(page)


def test_the_time_of_the_reminder(client, aurora):
    assert 'value="18:00"' in client.get("/settings/").content.decode()
    assert client.post("/settings/", {"time_1": "07:00"}).status_code == 302
    assert times(aurora.patient) == ["07:00"]


def test_reminders_off(client, aurora):
    page = client.post("/settings/", {"time_1": "18:00", "off": "1"}, follow=True)
    assert "Reminders are off." in text(page)
    assert times(aurora.patient) == []
    client.post("/settings/", {"time_1": "09:30"})
    assert times(aurora.patient) == ["09:30"]
    client.post("/settings/", {"time_1": ""})
    assert times(aurora.patient) == []


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("06:59", "Reminders are sent between 07:00 and 21:00."),
        ("21:01", "Reminders are sent between 07:00 and 21:00."),
        ("25:00", "Give a time such as 18:30."),
        ("soon", "Give a time such as 18:30."),
    ],
)
def test_a_time_that_cannot_be_is_refused_at_its_field(client, aurora, at, words):
    page = client.post("/settings/", {"time_1": at})
    assert page.status_code == 400
    assert words in text(page)
    assert 'id="id_time_1_error"' in page.content.decode()
    assert times(aurora.patient) == ["18:00"]


def test_one_time_for_each_session_of_the_day(time_machine):
    trial = Scenario("A", sessions_a_day=2)
    time_machine.move_to(trial.at(2), tick=False)
    client = client_of(trial)
    assert "Reminder 2" in text(client.get("/settings/"))
    client.post("/settings/", {"time_1": "20:00", "time_2": "08:00"})
    assert times(trial.patient) == ["08:00", "20:00"]


def test_a_new_time_ends_what_a_link_in_a_mail_turned_off(client, aurora):
    aurora.patient.reminders_stopped_at = timezone.now()
    aurora.patient.save()
    assert 'value="18:00"' not in client.get("/settings/").content.decode()
    client.post("/settings/", {"time_1": "10:00"})
    aurora.patient.refresh_from_db()
    assert aurora.patient.reminders_stopped_at is None


def test_a_time_of_night_is_refused_by_the_rule_itself(aurora):
    with pytest.raises(Exception, match="between 07:00 and 21:00"):
        set_reminders(patient=aurora.patient, times=[dt.time(22, 0)], now=timezone.now())
    assert times(aurora.patient) == ["18:00"]


def test_without_an_address_no_time_is_asked(as_patient):
    patient = PatientFactory(email="", user__email="somebody@post.example")
    page = text(as_patient(patient).get("/settings/"))
    assert "Your clinic has no address of yours" in page
    assert "Remind me at" not in page


def test_signing_out_is_a_button(client):
    page = client.get("/settings/").content.decode()
    assert 'action="/sign-out/"' in page
    assert 'action="/sign-out/everywhere/"' in page


def test_each_one_changes_their_own(client, aurora, bora):
    client.post("/settings/", {"language": "it"})
    client.post("/settings/", {"time_1": "12:00"})
    bora.patient.refresh_from_db()
    assert (bora.patient.language, times(bora.patient)) == ("en", ["18:00"])
