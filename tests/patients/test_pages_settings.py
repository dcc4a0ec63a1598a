"""Settings: language, reminders, leaving."""

import datetime as dt

import pytest
from django.utils import timezone

from patients.models import Nudge, ReminderTime
from patients.preferences import set_reminders
from tests.factories import NudgeFactory, PatientFactory
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


# --- A second reminder, days without any ------------------------------------------------------------------
def nudge_of(patient) -> str | None:
    found = Nudge.objects.filter(patient=patient).first()
    return f"{found.at:%H:%M}" if found else None


def test_a_second_reminder_and_days_off_are_kept(client, aurora):
    client.post("/settings/", {"time_1": "18:00", "nudge": "20:30", "days_off": ["7", "6"]})
    aurora.patient.refresh_from_db()
    assert (times(aurora.patient), nudge_of(aurora.patient)) == (["18:00"], "20:30")
    assert aurora.patient.reminder_days_off == "67"
    page = client.get("/settings/").content.decode()
    assert 'value="20:30"' in page
    assert page.count("checked") == 5  # Saturday, Sunday; language, text size, sound
    client.post("/settings/", {"time_1": "18:00"})
    aurora.patient.refresh_from_db()
    assert (nudge_of(aurora.patient), aurora.patient.reminder_days_off) == (None, "")


def test_saved_again_it_counts_from_when_it_was_chosen_first(client, aurora):
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    NudgeFactory(patient=aurora.patient, at=dt.time(20, 0), set_at=long_ago)
    client.post("/settings/", {"time_1": "18:00", "nudge": "20:00"})
    assert Nudge.objects.get(patient=aurora.patient).set_at == long_ago
    client.post("/settings/", {"time_1": "18:00", "nudge": "20:01"})
    assert Nudge.objects.get(patient=aurora.patient).set_at > long_ago


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"time_1": "19:00", "nudge": "19:00"}, "nudge", "Choose a time later than the reminder."),
        ({"time_1": "19:00", "nudge": "08:00"}, "nudge", "Choose a time later than the reminder."),
        ({"time_1": "", "nudge": "20:00"}, "nudge", "Choose a time for the reminder first."),
        ({"time_1": "19:00", "nudge": "21:01"}, "nudge", "Reminders are sent between 07:00 and 21:00."),
        ({"time_1": "19:00", "nudge": "late"}, "nudge", "Give a time such as 18:30."),
        ({"time_1": "19:00", "days_off": list("1234567")}, "days_off", "Leave at least one day"),
        ({"time_1": "19:00", "days_off": ["8"]}, "days_off", ""),
    ],
)
def test_a_second_reminder_that_cannot_be_is_told_and_nothing_is_saved(client, aurora, sent, field, words):
    page = client.post("/settings/", sent)
    assert page.status_code == 400
    assert f'id="id_{field}_error"' in page.content.decode()
    assert words in text(page)
    aurora.patient.refresh_from_db()
    assert times(aurora.patient) == ["18:00"]
    assert (nudge_of(aurora.patient), aurora.patient.reminder_days_off) == (None, "")


def test_no_reminders_means_no_second_one_either(client, aurora):
    client.post("/settings/", {"time_1": "18:00", "nudge": "20:00", "days_off": ["7"]})
    client.post("/settings/", {"time_1": "18:00", "nudge": "20:00", "off": "1"})
    assert (times(aurora.patient), nudge_of(aurora.patient)) == ([], None)


def test_a_later_reminder_overtakes_the_second_one(aurora):
    """As when the clinic prescribes with other times: a second one that came first makes no sense."""
    NudgeFactory(patient=aurora.patient, at=dt.time(18, 0))
    set_reminders(patient=aurora.patient, times=[dt.time(17, 0)], now=timezone.now())
    assert nudge_of(aurora.patient) == "18:00"
    set_reminders(patient=aurora.patient, times=[dt.time(18, 0)], now=timezone.now())
    assert nudge_of(aurora.patient) is None


def test_before_anything_is_asked_it_says_what_is_sent(client):
    said = text(client.get("/settings/"))
    assert "nothing about your health" in said
    assert "Every mail has a link that ends them" in said
    assert "your browser is asked for no permission" in said


# --- How pages look and sound -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("size", "mark"), [("large", 'data-text="large"'), ("largest", 'data-text="largest"')]
)
def test_the_text_size_is_kept_with_the_patient_and_the_device(client, aurora, as_patient, size, mark):
    assert "data-text" not in client.get("/").content.decode()
    client.post("/settings/", {"text_size": size})
    assert mark in client.get("/").content.decode()
    assert mark in as_patient(aurora.patient).get("/").content.decode()  # another device
    client.post("/sign-out/")
    assert mark in client.get("/sign-in/").content.decode()
    back = as_patient(aurora.patient)
    back.post("/settings/", {"text_size": "normal"})
    assert "data-text" not in back.get("/").content.decode()


@pytest.mark.parametrize("form", [{"text_size": "huge"}, {"text_size": ""}, {"sound": "loud"}, {"sound": ""}])
def test_an_odd_choice_is_refused_at_its_field(client, aurora, form):
    page = client.post("/settings/", form)
    assert page.status_code == 400
    assert f'id="id_{next(iter(form))}_error"' in page.content.decode()
    aurora.patient.refresh_from_db()
    assert (aurora.patient.text_size, aurora.patient.timer_sound) == ("normal", False)


def test_a_made_up_cookie_changes_nothing(client):
    client.cookies["text_size"] = 'large" onload="x'
    client.logout()
    assert "data-text" not in client.get("/sign-in/").content.decode()


def test_the_sound_of_the_timer(time_machine):
    trial = Scenario("A")
    time_machine.move_to(trial.at(1), tick=False)
    client = client_of(trial)
    assert 'data-sound=""' in client.get("/session/").content.decode()
    client.post("/settings/", {"sound": "on"})
    assert 'data-sound="on"' in client.get("/session/").content.decode()
    client.post("/settings/", {"sound": "off"})
    assert 'data-sound=""' in client.get("/session/").content.decode()
