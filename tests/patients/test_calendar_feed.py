"""The calendar that a patient subscribes to: which days, at which instant, for whom, and how it ends."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from clinic.models import Event
from patients.calendar_feed import end_feed, find_feed, make_feed
from patients.models import CalendarFeed
from tests.factories import NudgeFactory, ReminderTimeFactory
from tests.patients.pages import client_of, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


def made(trial: Scenario, number: int = 1) -> CalendarFeed:
    return make_feed(patient=trial.patient, by=trial.patient.user, now=trial.at(number))


def path(feed: CalendarFeed) -> str:
    return reverse("calendar", args=[feed.token()])


@pytest.fixture
def fetch(time_machine):
    """`fetch(trial, 3)`: what a calendar gets at noon of day 3, signed in nowhere."""

    def get(trial: Scenario, number: int, feed: CalendarFeed | None = None):
        time_machine.move_to(trial.at(number, "12:00"), tick=False)
        return Client().get(path(feed or CalendarFeed.objects.get(patient=trial.patient)))

    return get


def starts(answer) -> list[dt.date | dt.datetime]:
    calendar = Calendar.from_ical(answer.content)
    return [event.decoded("dtstart") for event in calendar.walk("VEVENT")]


def test_every_day_for_eight_weeks_at_the_time_of_the_reminder(fetch):
    """Rome is at UTC+1 until Sunday 29 March 2026, at UTC+2 from then on: 18:30 is 17:30, then 16:30."""
    trial = Scenario("A")
    ReminderTimeFactory(patient=trial.patient, at=dt.time(18, 30))
    made(trial)
    found = starts(fetch(trial, 1))
    assert len(found) == 56
    assert found[0] == dt.datetime(2026, 3, 2, 17, 30, tzinfo=dt.UTC)
    assert found[26] == dt.datetime(2026, 3, 28, 17, 30, tzinfo=dt.UTC)
    assert found[27] == dt.datetime(2026, 3, 29, 16, 30, tzinfo=dt.UTC)
    assert found[-1] == dt.datetime(2026, 4, 26, 16, 30, tzinfo=dt.UTC)


def test_by_the_patients_own_days(fetch):
    """Noumea is at UTC+11: 07:00 of 2 March there is 20:00 UTC of 1 March."""
    trial = Scenario("A", zone="Pacific/Noumea")
    ReminderTimeFactory(patient=trial.patient, at=dt.time(7, 0))
    made(trial)
    assert starts(fetch(trial, 1))[0] == dt.datetime(2026, 3, 1, 20, 0, tzinfo=dt.UTC)


def test_the_programmes_days_of_the_week_without_pauses(fetch):
    """Monday and Thursday from 2 March on: 2, 5, 9, 12 ...; paused from 5 to 9 March."""
    trial = Scenario("A", weekdays="14")
    trial.pauses(4, 8, told_on=1)
    made(trial)
    found = starts(fetch(trial, 1))
    assert found[:3] == [dt.date(2026, 3, 2), dt.date(2026, 3, 12), dt.date(2026, 3, 16)]


def test_a_version_that_begins_later_counts_from_its_day_on(fetch):
    """Tuesday 3 March is recorded when it is decided, so from Wednesday on it is Fridays alone."""
    trial = Scenario("A")
    trial.practises(2, 2)
    trial.changes(2, "A", at="12:00", weekdays="5")
    made(trial)
    found = starts(fetch(trial, 2))
    assert found[:3] == [dt.date(2026, 3, 3), dt.date(2026, 3, 6), dt.date(2026, 3, 13)]


def test_twice_a_day_with_one_reminder(fetch):
    """The first has its hour; the second has none, so it stands for the whole day."""
    trial = Scenario("A", sessions_a_day=2)
    ReminderTimeFactory(patient=trial.patient, at=dt.time(9, 0))
    NudgeFactory(patient=trial.patient)  # no session of its own
    made(trial)
    found = starts(fetch(trial, 1))
    assert found[:2] == [dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC), dt.date(2026, 3, 2)]
    assert len(found) == 112


def test_a_start_that_is_to_come(fetch):
    trial = Scenario("A", start="2026-03-09", activated="2026-03-02")
    made(trial)
    assert starts(fetch(trial, dt.date(2026, 3, 2)))[0] == dt.date(2026, 3, 9)


def test_nothing_while_suspended_all_off_or_ended(fetch):
    suspended, stopped, ended = Scenario("A"), Scenario("A"), Scenario("A")
    for trial in (suspended, stopped, ended):
        made(trial)
        assert starts(fetch(trial, 1))
    suspended.reports_emergency(1)
    stopped.records(1, stopped_all=True)
    ended.ends(1)
    for trial in (suspended, stopped, ended):
        answer = fetch(trial, 2)
        assert (answer.status_code, starts(answer)) == (200, [])


@pytest.mark.parametrize(("language", "word"), [("en", "Exercises"), ("it", "Esercizi")])
def test_it_says_one_word_in_the_patients_language(fetch, language, word):
    trial = Scenario("A")
    trial.patient.language = language
    trial.patient.save()
    feed = made(trial)
    answer = fetch(trial, 1)
    calendar = Calendar.from_ical(answer.content)
    assert {str(event["summary"]) for event in calendar.walk("VEVENT")} == {word}
    said = answer.content.decode()
    for secret in (trial.patient.given_name, trial.patient.family_name, trial.clinic.name, feed.token()):
        assert secret not in said
    assert "DESCRIPTION" not in said
    assert "ATTENDEE" not in said


def test_as_rfc_5545_wants_it(fetch):
    trial = Scenario("A")
    made(trial)
    answer = fetch(trial, 1)
    lines = answer.content.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert all(event.get("dtstamp") for event in events)
    uids = [str(event["uid"]) for event in events]
    assert len(set(uids)) == 56
    tomorrow = [str(event["uid"]) for event in Calendar.from_ical(fetch(trial, 2).content).walk("VEVENT")]
    assert tomorrow[:55] == uids[1:]  # the same day keeps its UID


def test_nobody_keeps_finds_or_passes_it_on(fetch):
    trial = Scenario("A")
    made(trial)
    answer = fetch(trial, 1)
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies


def test_the_secret_is_long_and_not_kept():
    trial = Scenario("A")
    feed = made(trial)
    assert len(feed.token()) == 64
    assert feed.token() not in str(CalendarFeed.objects.values().get())
    assert feed.token() not in (feed.token_hash, str(feed.pk))


def test_renewed_the_old_address_is_gone_at_once(fetch):
    trial = Scenario("A")
    old = made(trial)
    new = made(trial)
    assert fetch(trial, 1, old).status_code == 404
    assert fetch(trial, 1, new).status_code == 200
    end_feed(patient=trial.patient, by=trial.patient.user, now=trial.at(1))
    assert fetch(trial, 1, new).status_code == 404
    verbs = Event.objects.filter(object_type="patients.CalendarFeed").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["added", "removed", "added", "removed"]


@pytest.mark.parametrize("token", ["x", "0" * 64, "a'--", "%00"])
def test_a_made_up_address_is_not_there(token, db):
    assert find_feed(token) is None
    assert Client().get(f"/calendar/{token}.ics").status_code in {400, 404}


def test_only_fetching_is_allowed(fetch):
    trial = Scenario("A")
    assert Client().post(path(made(trial))).status_code == 405


def test_a_fetch_costs_the_same_however_long_the_history(fetch, django_assert_max_num_queries):
    trial = Scenario("AB")
    ReminderTimeFactory(patient=trial.patient)
    made(trial)
    trial.practises(1, 9)
    with django_assert_max_num_queries(8):
        fetch(trial, 10)


def test_on_the_settings_page_it_is_off_until_one_makes_it(time_machine):
    trial = Scenario("A")
    time_machine.move_to(trial.at(1), tick=False)
    client = client_of(trial)
    assert "Make a calendar address" in text(client.get("/settings/"))
    page = client.post("/settings/", {"calendar": "new"}, follow=True)
    feed = CalendarFeed.objects.get()
    assert path(feed) in page.content.decode()
    assert "webcal://" in page.content.decode()
    assert "leads nowhere now" not in text(page)
    renewed = client.post("/settings/", {"calendar": "new"}, follow=True)
    assert "The earlier one leads nowhere now." in text(renewed)
    assert CalendarFeed.objects.get().pk != feed.pk
    client.post("/settings/", {"calendar": "off"})
    assert not CalendarFeed.objects.exists()
    assert "Make a calendar address" in text(client.get("/settings/"))


def test_a_new_secret_key_of_the_installation_shows_the_address_that_still_works(settings):
    trial = Scenario("A")
    address = path(made(trial))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-this-installation"
    assert path(CalendarFeed.objects.get()) == address
    assert Client().get(address).status_code == 200
