"""The patient's pages for days without practice: one that is over or today, and a pause to come."""

import datetime as dt

import pytest
from django.urls import reverse

from patients.models import Pause, SkippedDay
from tests.factories import PatientFactory, PauseFactory, PrescriptionFactory
from tests.patients.pages import client_of, posted, text
from tests.patients.scenario import Scenario, totals

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Noon of day 5, Friday 6 March; days 1 to 3 were done, day 4 was not recorded."""
    made = Scenario("AB")
    made.practises(1, 3)
    time_machine.move_to(made.at(5, "12:00"), tick=False)
    return made


@pytest.fixture
def client(trial):
    return client_of(trial)


def skip(number: int) -> str:
    return f"/progress/2026-03-{number + 1:02}/skipped/"


# --- A day without practice -------------------------------------------------------------------------------
def test_from_today_in_one_quiet_link(client, trial):
    assert f'href="{skip(5)}"' in client.get("/").content.decode()
    page = client.get(skip(5))
    assert "Why not today?" in text(page)
    assert client.post(skip(5), {"reason": "holiday"}).url == "/progress/2026-03-06/"
    said = text(client.get("/"))
    assert "Not today, you said." in said
    assert "I practise all the same" in said
    assert ">Start" not in said
    assert SkippedDay.objects.get().reason == "holiday"


def test_today_cannot_be_forgotten_yet(client, trial):
    for day, offers in ((skip(5), False), (skip(4), True)):
        assert ("Forgot it" in text(client.get(day))) == offers
    assert client.post(skip(5), {"reason": "forgot"}).status_code == 400
    assert not SkippedDay.objects.exists()


@pytest.mark.parametrize(("reason", "words"), [("no_time", "No time"), ("other", "Another reason")])
def test_no_time_and_another_reason(client, trial, reason, words):
    said = text(client.post(skip(5), {"reason": reason}, follow=True))
    assert f"You said that you did not practise: {words}" in said
    assert SkippedDay.objects.get().reason == reason


def test_from_the_page_of_a_day(client, trial):
    page = client.get("/progress/2026-03-05/")
    assert "Record this day" in text(page)
    assert "I did not practise, because…" in text(page)
    said = text(client.post(skip(4), {"reason": "forgot"}, follow=True))
    assert "Skipped" in said
    assert "You said that you did not practise: Forgot it" in said
    assert "Record this day" in said  # it still can be told otherwise
    assert "I did not practise, because…" not in said


def test_a_day_with_more_pain_leads_on_gently(client, trial):
    said = text(client.post(skip(4), {"reason": "flare"}, follow=True))
    for part in (
        "nobody has done anything wrong",
        "Ease off",
        "pause the programme",
        "call the clinic",
        "Call",
    ):
        assert part in said
    assert "fault" not in said


def first_day_offered(client) -> str:
    return client.get("/pause/").context["form"]["starts_on"].value().isoformat()


def test_a_flare_today_offers_a_pause_from_tomorrow_on_until_there_is_one(client, trial):
    """Friday 6 March is told as skipped and stays so: 3 of 5 sessions; from Saturday on nothing is due."""
    said = text(client.post(skip(5), {"reason": "flare"}, follow=True))
    assert "pause the programme from tomorrow on" in said
    assert "Pause from tomorrow on" in text(client.get("/"))
    form = client.get("/pause/").context["form"]
    assert (first_day_offered(client), form["reason"].value()) == ("2026-03-07", "flare")
    client.post("/pause/", sent("2026-03-07", "2026-03-09", "flare"))
    assert "Pause from tomorrow on" not in text(client.get("/"))
    assert "from tomorrow on" not in text(client.get("/progress/2026-03-06/"))
    assert totals(trial.report(on=8)) == "3 of 5 sessions, 6 of 10 doses"


@pytest.mark.parametrize("reason", ["forgot", "holiday", "illness"])
def test_for_another_reason_it_is_not_pressed_on_anybody(client, trial, reason):
    client.post(skip(5), {"reason": reason})
    assert "Pause from tomorrow on" not in text(client.get("/"))
    form = client.get("/pause/").context["form"]
    assert form["reason"].value() == ("" if reason == "forgot" else reason)


def test_taken_back(client, trial):
    client.post(skip(4), {"reason": "forgot"})
    assert "Take this back" in text(client.get(skip(4)))
    assert "Nothing was recorded on this day." in text(client.post(skip(4), {"undo": "1"}, follow=True))
    assert not SkippedDay.objects.exists()


@pytest.mark.parametrize("reason", ["", "lazy", "Forgot it"])
def test_no_reason_or_an_odd_one_is_told_at_its_field(client, trial, reason):
    page = client.post(skip(4), {"reason": reason})
    assert page.status_code == 400
    assert 'id="id_reason_error"' in page.content.decode()
    assert not SkippedDay.objects.exists()


def test_a_day_that_is_recorded_or_too_long_ago_is_refused_in_words(client, trial, time_machine):
    assert client.get(skip(3)).url == "/progress/2026-03-04/"
    page = client.post(skip(3), {"reason": "forgot"})
    assert (page.status_code, SkippedDay.objects.count()) == (400, 0)
    assert "You have recorded a session on this day" in text(page)
    time_machine.move_to(trial.at(8, "00:05"), tick=False)
    page = client.post(skip(4), {"reason": "forgot"})
    assert page.status_code == 400
    assert "up to three days back" in text(page)


@pytest.mark.parametrize("path", [skip(6), "/progress/2026-02-20/skipped/", "/progress/2026-13-01/skipped/"])
def test_a_day_that_is_none_of_the_programme_is_not_there(client, trial, path):
    assert client.get(path).status_code == 404
    assert client.post(path, {"reason": "forgot"}).status_code == 404


def test_a_couple_on_one_sign_in_tells_each_of_their_own(trial, client):
    """The one who is chosen, and nobody else."""
    other = PatientFactory(clinic=trial.clinic, user=trial.patient.user, email=trial.patient.email)
    PrescriptionFactory(patient=other, starts_on=trial.date(1))
    client.post("/choose/", {"patient": other.pk})
    client.post(skip(4), {"reason": "forgot"})
    assert SkippedDay.objects.get().prescription.patient == other


def test_the_clinic_reads_why(trial, client, as_staff):
    client.post(skip(4), {"reason": "illness"})
    staff = as_staff(trial.clinician)
    assert "Ill" in text(staff.get(reverse("admin:prescription_report", args=[trial.pk])))
    assert "Did not practise: ill" in text(staff.get(f"/admin/patients/{trial.patient.pk}/"))


def test_days_in_a_row_are_one_moment_of_the_timeline(trial, client, as_staff):
    for number in (4, 5):
        client.post(skip(number), {"reason": "holiday"})
    page = text(as_staff(trial.clinician).get(f"/admin/patients/{trial.patient.pk}/"))
    assert page.count("Did not practise on 2 days: on holiday") == 1


# --- A pause ----------------------------------------------------------------------------------------------
def sent(first: str, last: str, reason: str = "holiday") -> dict[str, str]:
    return {"starts_on": first, "ends_on": last, "reason": reason}


def test_a_pause_from_today_on_and_practising_again(client, trial, time_machine):
    """Friday 6 to Sunday 8 March; on Saturday the patient is back, so Friday alone was paused."""
    assert client.post("/pause/", sent("2026-03-06", "2026-03-08")).url == "/pause/"
    pause = Pause.objects.get()
    assert (pause.starts_on, pause.ends_on) == (dt.date(2026, 3, 6), dt.date(2026, 3, 8))
    assert (pause.reason, pause.made_by) == ("holiday", trial.patient.user)
    for page in ("/", "/progress/", "/pause/"):
        said = client.get(page).content.decode()
        assert "aused until Sunday 8 March" in said
        assert "/pause/" in said
    time_machine.move_to(trial.at(6, "09:00"), tick=False)
    answer = client.post("/pause/end/", {"pause": pause.pk}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "Good to go on." in text(answer)
    pause.refresh_from_db()
    assert pause.ends_on == dt.date(2026, 3, 6)
    assert "Start" in text(client.get("/"))


def test_where_today_is_recorded_a_pause_begins_tomorrow(client, trial):
    """Days 1 to 3 and 5 of five: 4 of 5. From today on it would be 3 of 4."""
    assert first_day_offered(client) == "2026-03-06"
    trial.records(5, done="AB")
    assert first_day_offered(client) == "2026-03-07"
    client.post("/pause/", sent(first_day_offered(client), "2026-03-08"))
    assert totals(trial.report(on=6)) == "4 of 5 sessions, 8 of 10 doses"


def test_the_pain_before_alone_is_no_session_that_a_pause_must_spare(client, trial):
    client.post("/session/send/", posted(trial, on=trial.date(5), pain_before="3"))
    assert first_day_offered(client) == "2026-03-06"


def test_a_pause_to_come_is_taken_back(client, trial):
    client.post("/pause/", sent("2026-03-10", "2026-03-11"))
    assert "Pause from 10 March to 11 March" in text(client.get("/pause/"))
    said = text(client.post("/pause/end/", {"pause": Pause.objects.get().pk}, follow=True))
    assert "The pause is taken back." in said
    assert "Good to go on." not in said
    assert not Pause.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "field", "words"),
    [
        ("2026-03-05", "2026-03-07", "starts_on", "Choose today or a later day."),
        ("2026-03-06", "2026-03-20", "ends_on", "At most 14 days; for longer, call us."),
        ("2026-03-08", "2026-03-07", "ends_on", "The end lies before the start."),
        ("soon", "2026-03-07", "starts_on", "Choose a date."),
        ("2026-03-06", "", "ends_on", "Choose a date."),
    ],
)
def test_what_a_pause_cannot_be_is_told_at_its_field(client, trial, first, last, field, words):
    page = client.post("/pause/", sent(first, last))
    assert page.status_code == 400
    assert f'id="id_{field}_error"' in page.content.decode()
    assert words in text(page)
    assert not Pause.objects.exists()


def test_fourteen_days_are_fine(client, trial):
    assert client.post("/pause/", sent("2026-03-06", "2026-03-19")).status_code == 302


def test_two_pauses_over_the_same_day_are_refused(client, trial):
    client.post("/pause/", sent("2026-03-06", "2026-03-08"))
    page = client.post("/pause/", sent("2026-03-08", "2026-03-09"))
    assert page.status_code == 400
    assert "Some of these days are paused already." in text(page)


def test_a_pause_for_more_pain_says_what_to_do(client, trial):
    said = text(client.post("/pause/", sent("2026-03-06", "2026-03-07", "flare"), follow=True))
    assert "call the clinic" in said
    assert "pause the programme</a>" not in said


def test_while_the_clinic_has_to_speak_first_there_is_nothing_to_pause(client, trial):
    trial.reports_emergency(5, at="11:00")
    page = client.get("/pause/")
    assert "Your programme waits until the clinic has spoken to you" in text(page)
    assert 'name="starts_on"' not in page.content.decode()
    page = client.post("/pause/", sent("2026-03-06", "2026-03-08"))
    assert page.status_code == 400
    assert "so nothing was saved." in text(page)
    assert not Pause.objects.exists()
    # The clinic may: it knows why.
    assert trial.pauses(5, 6).pk


@pytest.mark.parametrize("chosen", ["", "x", "99999999", "-1", "²", "9" * 30])
def test_an_odd_pause_is_not_there(client, trial, chosen):
    assert client.post("/pause/end/", {"pause": chosen}).status_code == 404


def test_nobody_ends_the_pause_of_somebody_else(client, trial):
    theirs = PauseFactory(prescription__patient__clinic=trial.clinic)
    assert client.post("/pause/end/", {"pause": theirs.pk}).status_code == 404
    assert Pause.objects.filter(pk=theirs.pk).exists()


def test_without_a_running_programme_there_is_nothing_to_pause(client, trial):
    trial.ends(5)
    assert "nothing to pause" in text(client.get("/pause/"))
    assert client.post("/pause/", sent("2026-03-06", "2026-03-07")).status_code == 400
    assert not Pause.objects.exists()


def test_signed_out_one_is_led_to_the_door(trial, client):
    client.logout()
    for path in ("/pause/", skip(4)):
        assert client.get(path).url.startswith("/sign-in/")
    assert client.post("/pause/end/", {"pause": 1}).url.startswith("/sign-in/")
