"""Sessions that a phone sends: once, late, twice with other answers, and when the programme has gone on."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from clinic.models import Event, Notice
from patients import adherence
from patients.adherence import Mark
from patients.arriving import Arrival, Became, Sent, take_in
from patients.clinic_pages.told_sessions import told_aside
from patients.correcting import correct_session
from patients.models import ExerciseStop, PracticeSession, SetAside, WorkItem
from patients.signin.handle import handle_of
from patients.vocabulary import Alert, Site, WhyAside, WorkKind
from tests.clients import signed_in
from tests.factories import PatientFactory
from tests.patients.pages import client_of, posted, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db

UID = uuid.UUID("11111111-2222-4333-8444-555555555555")


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Noon of day 5; nothing is recorded yet."""
    trial = Scenario("ABC", usual_pain=4, usual_lowest_site=Site.BACK)
    time_machine.move_to(trial.at(5, "12:00"), tick=False)
    return trial


def arrives(
    trial: Scenario,
    of: int,
    *,
    at: str = "09:00",
    on: int = 5,
    now: str = "12:00",
    whole: bool = True,
    version: int | None = None,
    **answers,
) -> Arrival:
    """A session of day `of`, done at `at` of that day, arrives on day `on` at `now`."""
    sent = Sent(UID, trial.date(of), trial.answers(**answers), trial.at(of, at), shown=version)
    return take_in(
        patient=trial.patient, sent=sent, is_whole=whole, by=trial.patient.user, now=trial.at(on, now)
    )


def alerts(trial: Scenario, kind: WorkKind) -> list[str]:
    return [entry.what for item in trial.open_work(kind) for entry in item.entries.all()]


# --- Late -------------------------------------------------------------------------------------------------
def test_what_arrives_at_once_is_not_late(trial):
    assert arrives(trial, 5, at="11:50", done="ABC") == Arrival(Became.SAVED)
    session = trial.sessions().get()
    assert (session.arrived_late, session.is_back_filled) == (False, False)


def test_what_arrives_three_days_later_belongs_to_the_day_on_which_it_was_done(trial):
    assert arrives(trial, 2, on=5, done="ABC").became == Became.SAVED
    session = trial.sessions().get()
    assert (session.practised_on, session.recorded_on) == (trial.date(2), trial.date(2))
    assert (session.first_recorded_at, session.recorded_at) == (trial.at(2), trial.at(5, "12:00"))
    assert (session.arrived_late, session.is_back_filled) == (True, False)
    day_two = trial.report(on=5).days[1]
    assert (day_two.state, Mark.LATE in day_two.marks) == (adherence.DayState.DONE, True)


def test_ten_days_on_a_phone_without_a_network_are_not_too_late(trial):
    """A day can be told up to three days back, counted from when it was done."""
    assert arrives(trial, 2, on=12, done="ABC").became == Became.SAVED


def test_a_phone_whose_clock_is_ahead_has_done_it_just_now(trial):
    assert arrives(trial, 5, at="23:00", done="ABC").became == Became.SAVED
    assert trial.sessions().get().first_recorded_at == trial.at(5, "12:00")


def test_a_stop_that_arrives_late_turns_off_from_its_own_day_on_and_calls_at_once(trial):
    trial.records(4, done="ABC")
    arrives(trial, 3, done="AB", stopped="C", before=3)
    stop = ExerciseStop.objects.get()
    assert (stop.session.practised_on, stop.stopped_at) == (trial.date(3), trial.at(5, "12:00"))
    assert alerts(trial, WorkKind.STOP) == [Alert.STOP]
    assert Notice.objects.filter(kind="stop_alert").count() == 1


# --- Twice ------------------------------------------------------------------------------------------------
def test_the_same_sent_again_is_one_session(trial):
    for _time in range(3):
        assert arrives(trial, 5, done="ABC", words="Fine.") == Arrival(Became.SAVED)
    assert (PracticeSession.objects.count(), SetAside.objects.count()) == (1, 0)


def test_other_answers_under_the_same_id_are_kept_for_the_clinic_and_the_first_count(trial):
    arrives(trial, 5, done="ABC")
    for _time in range(2):
        assert arrives(trial, 5, done="AB", partly="C", before=2) == Arrival(
            Became.SET_ASIDE, WhyAside.OTHER_ANSWERS
        )
    assert trial.sessions().get().pain_before is None
    kept = SetAside.objects.get()
    assert (kept.why, kept.practised_on, kept.said["pain_before"]) == ("other_answers", trial.date(5), 2)
    assert alerts(trial, WorkKind.SET_ASIDE) == [Alert.SET_ASIDE]
    assert trial.open_work(WorkKind.STOP) == []
    assert Event.objects.filter(verb="set_aside", object_id=str(kept.pk)).count() == 1


def test_a_tap_that_comes_after_the_end_changes_nothing(trial):
    arrives(trial, 5, done="ABC")
    assert arrives(trial, 5, done="A", whole=False) == Arrival(Became.SAVED)
    assert SetAside.objects.count() == 0


def test_the_answers_of_before_a_correction_are_known(trial):
    arrives(trial, 5, done="ABC")
    correct_session(
        session=trial.sessions().get(),
        answers=trial.answers(done="AB"),
        now=trial.at(5, "12:30"),
        by=trial.patient.user,
    )
    assert arrives(trial, 5, done="ABC", now="13:00") == Arrival(Became.SAVED)
    assert arrives(trial, 5, done="AB", now="13:00") == Arrival(Became.SAVED)


# --- Impossible meanwhile -----------------------------------------------------------------------------------
def test_after_the_end_of_the_programme_it_is_kept_for_the_clinic(trial):
    trial.ends(4)
    assert arrives(trial, 3, done="AB", stopped="C", before=3, after=6) == Arrival(
        Became.SET_ASIDE, WhyAside.NOT_RUNNING
    )
    assert not trial.sessions().exists()
    assert alerts(trial, WorkKind.SET_ASIDE) == [Alert.SET_ASIDE]
    assert alerts(trial, WorkKind.STOP) == [Alert.STOP, Alert.PAIN_RISE, Alert.PAIN_LEVEL]
    assert Notice.objects.filter(kind="stop_alert").count() == 1


def test_while_an_emergency_sign_is_open_it_is_kept_for_the_clinic(trial):
    trial.reports_emergency(4)
    assert arrives(trial, 3, done="ABC").why == WhyAside.SUSPENDED


def test_an_exercise_that_was_off_by_then_is_kept_for_the_clinic_and_the_others_are_recorded(trial):
    """Day 4 turned B off, and the phone did not know: on day 5 A and B were done, and C was stopped."""
    trial.records(4, done="AC", stopped="B")
    for _time in range(2):
        assert arrives(trial, 5, done="AB", stopped="C") == Arrival(Became.SET_ASIDE, WhyAside.EXERCISE)
    session = trial.sessions().get(practised_on=trial.date(5))
    told = {record.line: record.outcome for record in session.records.all()}
    assert told == {trial.line("A"): "done", trial.line("C"): "stopped"}
    assert set(ExerciseStop.objects.values_list("line", flat=True)) == {trial.line("B"), trial.line("C")}
    assert len(SetAside.objects.get().said["exercises"]) == 3


def test_an_evening_stop_does_not_turn_the_morning_off(trial):
    trial.records(4, at="20:00", done="AB", stopped="C")
    assert arrives(trial, 4, at="08:00", done="ABC").became == Became.SAVED


def test_a_session_of_a_programme_that_was_replaced_is_read_by_its_own_exercises(trial):
    trial.ends(4)
    Scenario("X", patient=trial.patient, start="2026-03-06", activated="2026-03-06")
    assert arrives(trial, 3, done="AB", stopped="C").why == WhyAside.DAY  # the new one had not begun
    kept = SetAside.objects.get()
    assert kept.prescription == trial.prescription
    (told,) = told_aside([kept])
    assert (told.done, [one.state for one in told.others]) == ("2 of 3 exercises done", ["stopped"])


def test_a_stop_in_an_unfinished_session_that_is_refused_reaches_the_clinic_at_once(trial):
    trial.ends(5, at="11:00")
    for _time in range(2):
        with pytest.raises(ValidationError):
            arrives(trial, 5, whole=False, done="A", stopped="B")
    assert SetAside.objects.count() == 1
    assert alerts(trial, WorkKind.STOP) == [Alert.STOP]


def test_an_older_tap_that_comes_second_takes_nothing_back(trial):
    arrives(trial, 5, at="11:02", whole=False, done="A", stopped="B")
    arrives(trial, 5, at="11:01", whole=False, done="A")
    assert ExerciseStop.objects.get().line == trial.line("B")
    arrives(trial, 5, at="11:03", whole=False, done="A")
    assert not ExerciseStop.objects.exists()


def test_a_phone_whose_clock_says_it_was_before_that_day_has_done_it_just_now(trial):
    sent = Sent(UID, trial.date(5), trial.answers(done="ABC"), trial.at(4, "23:58"))
    take_in(patient=trial.patient, sent=sent, is_whole=True, by=trial.patient.user, now=trial.at(5, "00:03"))
    session = trial.sessions().get()
    assert (session.practised_on, session.recorded_on, session.arrived_late) == (
        *(trial.date(5), trial.date(5)),
        False,
    )


def test_a_day_that_can_not_be_recorded_is_kept_for_the_clinic(trial):
    sent = Sent(UID, trial.date(1), trial.answers(done="A"), trial.at(5))
    arrival = take_in(patient=trial.patient, sent=sent, is_whole=True, by=trial.patient.user, now=trial.at(5))
    assert arrival.why == WhyAside.DAY


def test_what_could_never_be_recorded_is_refused(trial):
    with pytest.raises(ValidationError):
        arrives(trial, 5)  # nothing was said of any exercise
    assert SetAside.objects.count() == 0


def test_who_has_no_programme_at_all_is_refused(trial):
    trial.patient = PatientFactory(clinic=trial.clinic)
    with pytest.raises(ValidationError) as refused:
        arrives(trial, 5, done="A")
    assert refused.value.code == "not_running"


# --- The programme was adjusted meanwhile -------------------------------------------------------------------
def test_a_session_keeps_the_version_that_the_phone_had_shown(trial):
    trial.changes(4, "AD")
    assert arrives(trial, 4, version=1, done="ABC").became == Became.SAVED
    session = trial.sessions().get()
    assert (session.version.number, session.records.count()) == (1, 3)
    assert totals_of(trial) == (1, 4)  # of days 1 to 4; day 4 asks one session by either version
    day_four = trial.report(on=5).days[3]
    assert (day_four.state, day_four.doses_due) == (adherence.DayState.DONE, 3)  # all that was shown


def totals_of(trial: Scenario) -> tuple[int, int]:
    report = trial.report(on=5)
    return report.sessions_done, report.sessions_due


def test_a_version_that_had_not_begun_by_then_is_not_taken(trial):
    trial.changes(4, "AD")
    assert arrives(trial, 3, version=2, done="ABC").became == Became.SAVED
    assert trial.sessions().get().version.number == 1


def test_a_page_that_was_open_while_the_programme_was_adjusted(trial):
    client = client_of(trial)
    shown = client.get("/session/").context["form"]["version"].value()
    trial.changes(5, "AD")
    client.post("/session/", posted(trial, {}, on=trial.date(5)) | old_answers(trial, shown))
    session = trial.sessions().get()
    assert (session.version.number, session.records.count()) == (1, 2)


def old_answers(trial: Scenario, version: int) -> dict[str, str]:
    return {"version": str(version)} | {f"{trial.lines[letter].line}-outcome": "done" for letter in "BC"}


# --- The address --------------------------------------------------------------------------------------------
def send(trial: Scenario, client=None, **more):
    data = posted(trial, {"A": "done"}, on=trial.date(5), uid=UID, is_whole="1") | more
    return (client or client_of(trial)).post(reverse("sending"), data)


def test_a_whole_session_is_told_where_to_go_on(trial):
    answer = send(trial)
    assert answer.json() == {"became": "saved", "next": f"/session/saved/{trial.date(5)}/"}


def test_when_it_was_done_comes_from_the_phone(trial):
    send(trial, done_at=trial.at(5, "09:00").isoformat().replace("+00:00", "Z"))
    session = trial.sessions().get()
    assert (session.first_recorded_at, session.arrived_late) == (trial.at(5, "09:00"), True)


@pytest.mark.parametrize(
    "nonsense", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z"]
)
def test_a_phone_that_has_lost_its_clock_has_done_it_just_now(nonsense, trial):
    assert send(trial, done_at=nonsense).json()["became"] == "saved"
    assert not trial.sessions().get().arrived_late


def test_as_many_words_as_the_browser_allows_with_its_two_characters_for_a_line(trial):
    words = ("a" * 99 + "\n") * 20
    assert send(trial, words=words.replace("\n", "\r\n")).json()["became"] == "saved"
    assert trial.sessions().get().words == words.strip()


def test_an_unfinished_one_that_cannot_be_taken_is_told_so_that_the_phone_keeps_it(trial):
    trial.ends(5, at="11:00")
    answer = send(trial, is_whole="")
    assert (answer.status_code, answer.json()["closed"]) == (403, True)


def test_signed_out_is_401_and_nothing_is_lost(trial, client):
    assert send(trial, client).status_code == 401
    assert client.get(reverse("sending")).status_code == 401
    assert send(trial).json()["became"] == "saved"


def test_a_token_is_given_fresh(trial):
    assert len(client_of(trial).get(reverse("sending")).json()["token"]) == 64


def test_without_a_token_it_is_403(trial):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client_of(trial).cookies
    assert send(trial, strict).status_code == 403
    token = strict.get(reverse("sending")).json()["token"]
    assert send(trial, strict, csrfmiddlewaretoken=token).json()["became"] == "saved"


def test_two_on_one_sign_in_record_each_their_own(trial):
    """The form was made for one, the other is chosen by now: it is recorded for whom it was made."""
    other = Scenario("AB", patient=PatientFactory(clinic=trial.clinic, user=trial.patient.user))
    client = client_of(trial)
    client.post(reverse("choose"), {"patient": str(other.patient.pk)})
    assert send(trial, client, whose=handle_of(trial.patient)).json()["became"] == "saved"
    assert PracticeSession.objects.get().patient == trial.patient


def test_who_is_signed_in_as_somebody_else_sends_nothing(trial, aurora, as_patient):
    answer = send(trial, as_patient(aurora.patient), whose=handle_of(trial.patient))
    assert answer.status_code == 403
    assert not PracticeSession.objects.filter(patient__in=[trial.patient, aurora.patient], uid=UID).exists()
    form = posted(trial, {"A": "done"}, on=trial.date(5), uid=UID, whose=handle_of(trial.patient))
    page = as_patient(aurora.patient).post("/session/", form)
    assert (page.status_code, "somebody else" in text(page)) == (403, True)


def test_what_was_set_aside_is_told_to_the_patient_and_stands_on_the_worklist(trial):
    trial.ends(5, at="11:00")
    answer = send(trial, pain_before="2").json()
    assert answer == {
        "became": "set_aside",
        "words": "Your programme has ended meanwhile. What you entered is with your clinic.",
    }
    said = text(signed_in(trial.clinician, method="mfa").get(reverse("admin:worklist") + "?who=all"))
    assert "The programme had ended by the time it arrived." in said
    assert "before 2" in said
    assert WorkItem.objects.get(kind=WorkKind.SET_ASIDE).due_on >= dt.date(2026, 3, 6)


def test_the_plain_form_sent_twice_with_other_answers(trial):
    client = client_of(trial)
    first = posted(trial, {"A": "done"}, on=trial.date(5), uid=UID)
    client.post("/session/", first)
    page = client.post("/session/", first | {"pain_after": "3"}, follow=True)
    assert "Both are with your clinic." in text(page)
    assert SetAside.objects.get().said["pain_after"] == 3
