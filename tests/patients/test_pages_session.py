"""Recording a session on one form, without JavaScript: what is kept, what is refused, what is said after."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.models import ExerciseRecord, ExerciseStop, PracticeSession, WorkItem
from patients.vocabulary import Site
from patients.work import acknowledge
from tests.patients.pages import client_of, posted, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Three exercises, noon of day 8; the patient's usual pain is 4, in the back."""
    trial = Scenario("ABC", usual_pain=4, usual_lowest_site=Site.BACK)
    time_machine.move_to(trial.at(8, "12:00"), tick=False)
    return trial


@pytest.fixture
def client(trial):
    return client_of(trial)


def nothing_saved() -> bool:
    return not any(
        model.objects.exists() for model in (PracticeSession, ExerciseRecord, ExerciseStop, WorkItem)
    )


def checked(page) -> set[tuple[str, str]]:
    """Which choices the page shows as made: (name, value)."""
    found = set()
    for tag in re.findall(r"<input[^>]*checked[^>]*>", page.content.decode()):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        found.add((name[1] if name else "", value[1] if value else ""))
    return found


# --- The form -------------------------------------------------------------------------------------------
def test_nothing_is_chosen_beforehand(client, trial):
    page = client.get("/session/")
    pains = {("pain_before", ""), ("pain_during", ""), ("pain_after", "")}
    assert checked(page) == pains  # "left out", and nothing else
    assert "A pull is expected." in text(page)
    assert "Stopped: it hurt more" in text(page)


def test_each_form_has_an_id_of_its_own(client):
    found = [re.search(r'name="uid" value="([^"]*)"', client.get("/session/").content.decode()) for _ in "ab"]
    first, second = (uuid.UUID(match[1]) for match in found if match)
    assert first != second


def test_how_this_works_is_said_until_a_session_is_told(time_machine):
    """The clinician has said what is usual, so it is not asked; how this works is said all the same."""
    trial = Scenario("A", usual_pain=4, usual_lowest_site=Site.BACK)
    time_machine.move_to(trial.at(2, "12:00"), tick=False)
    client = client_of(trial)
    said = text(client.get("/session/"))
    assert said.count("How this works") == 1
    assert "on most days" not in said
    client.post("/session/", posted(trial, {"A": "done"}, on=trial.date(2)))
    assert "How this works" not in text(client.get("/session/"))


def test_pain_now_is_asked_of_today_and_pain_then_of_an_earlier_day(client, trial):
    now = ("Pain now, before you begin", "Pain now, after the exercises")
    then = ("Pain before the exercises", "Pain after the exercises")
    for page, asked, not_asked in (
        (client.get("/session/"), now, then),
        (client.get(f"/session/?day={trial.date(7)}"), then, now),
        (client.post("/session/", posted(trial, on=trial.date(7), pain_before="11")), then, now),
        (client.post("/session/", posted(trial, on=trial.date(8), pain_before="11")), now, then),
    ):
        assert all(words in text(page) for words in asked)
        assert not any(words in text(page) for words in not_asked)


def test_a_session_that_is_not_finished_is_kept_and_goes_on(client, trial, time_machine):
    client.post("/session/send/", posted(trial, {"A": "done"}, on=trial.date(8)))
    saved = f"/session/saved/{trial.date(8)}/"
    page = client.get(saved)
    assert "This session is not finished. What you said is kept" in text(page)
    assert "Saved. Thank you." not in text(page)
    assert 'href="/session/"' in page.content.decode()
    # On the day after it can go on no more.
    time_machine.move_to(trial.at(9, "12:00"), tick=False)
    assert "Saved. Thank you." in text(client.get(saved))


def test_what_is_usual_is_asked_at_the_first_session_only(time_machine):
    trial = Scenario("A", start=None)
    time_machine.move_to(trial.at(2, "12:00"), tick=False)
    client = client_of(trial)
    assert "How strong is your pain on most days?" in text(client.get("/session/"))
    client.post(
        "/session/",
        posted(trial, {"A": "done"}, on=trial.date(2), usual_pain="5", usual_site="2", pain_after="5"),
    )
    prescription = trial.prescription
    assert (prescription.usual_pain, prescription.usual_lowest_site) == (5, Site.BUTTOCK)
    assert prescription.starts_on == trial.date(2)
    assert "on most days" not in text(client.get("/session/"))
    # A form that was open since then does not change it.
    client.post("/session/", posted(trial, {"A": "done"}, on=trial.date(2), usual_pain="9"))
    assert trial.prescription.usual_pain == 5


def test_an_exercise_without_an_easier_form_does_not_offer_one(client, trial):
    assert text(client.get("/session/")).count("Done, in the easier form") == 3
    trial.prescription.versions.get().exercises.filter(line=trial.line("A")).update(ladder=[])
    assert text(client.get("/session/")).count("Done, in the easier form") == 2


# --- What is kept ---------------------------------------------------------------------------------------
def test_everything_that_was_said_is_kept(client, trial):
    answer = client.post(
        "/session/",
        posted(
            trial,
            {"A": "partly", "B": "easier", "C": "skipped:no_time"},
            on=trial.date(8),
            pain_before="4",
            pain_during="5",
            pain_after="4",
            sites=["1", "2"],
            words=" Stiff at first. ",
        ),
    )
    assert (answer.status_code, answer.url) == (302, "/session/saved/2026-03-09/")
    session = PracticeSession.objects.get()
    assert (session.pain_before, session.pain_during, session.pain_after) == (4, 5, 4)
    assert (session.sites, session.words, session.stopped) == ([1, 2], "Stiff at first.", False)
    assert session.recorded_by == trial.patient.user
    said = {
        record.line: (record.outcome, record.skip_reason, record.rung_done)
        for record in session.records.all()
    }
    assert said == {
        trial.line("A"): ("partly", "", 0),
        trial.line("B"): ("done", "", -1),
        trial.line("C"): ("skipped", "no_time", 0),
    }


def test_what_was_left_out_is_missing_and_not_zero(client, trial):
    client.post("/session/", posted(trial, {"A": "done"}, on=trial.date(8), pain_before="", pain_after="0"))
    session = PracticeSession.objects.get()
    assert (session.pain_before, session.pain_during, session.pain_after) == (None, None, 0)
    assert session.records.count() == 1
    page = text(client.get("/session/saved/2026-03-09/"))
    assert "Pain right after0" in page  # a term and its value
    assert "Pain before" not in page


def test_who_says_why_has_said_skipped(client, trial):
    client.post("/session/", posted(trial, {"A": ":pain"}, on=trial.date(8)))
    record = ExerciseRecord.objects.get()
    assert (record.outcome, record.skip_reason) == ("skipped", "pain")


def test_sent_twice_it_is_one_session_with_one_answer(client, trial):
    form = posted(trial, {"A": "done"}, on=trial.date(8), words="first")
    first = client.post("/session/", form)
    second = client.post("/session/", {**form, "words": "second"})
    assert (first.status_code, first.url) == (second.status_code, second.url)
    assert PracticeSession.objects.get().words == "first"


def test_sent_again_after_the_programme_was_suspended_it_is_still_the_same_answer(client, trial):
    form = posted(trial, {"A": "done"}, on=trial.date(8))
    first = client.post("/session/", form)
    trial.reports_emergency(8)
    assert client.post("/session/", form).url == first.url


def test_a_day_up_to_three_days_back(client, trial):
    assert "Recorded on a later day" in text(client.get("/session/?day=2026-03-06"))
    client.post("/session/", posted(trial, {"A": "done"}, on="2026-03-06"))
    session = PracticeSession.objects.get()
    assert (str(session.practised_on), session.is_back_filled) == ("2026-03-06", True)


# --- What is refused ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("pain_before", "11", "Pain is a number from 0 to 10."),
        ("pain_after", "-1", "Pain is a number from 0 to 10."),
        ("pain_during", "much", "Pain is a number from 0 to 10."),
        ("sites", "5", "Choose from the list."),
        ("words", "x" * 2001, "at most 2000 characters"),
        ("practised_on", "2026-03-10", "This day is still to come."),
        ("practised_on", "2026-03-05", "A day can be recorded up to three days back."),
        ("practised_on", "2026-03-01", "Your programme had not begun on this day."),
        ("practised_on", "yesterday", "Please choose the day again."),
        ("uid", "7", "Please send it once more."),
        ("uid", "", "Please send it once more."),
    ],
)
def test_a_wrong_answer_is_said_and_nothing_is_lost(client, trial, field, value, words):
    form = posted(trial, {"A": "stopped", "B": "done"}, on=trial.date(8), pain_during="6")
    page = client.post("/session/", {"words": "My own words.", **form, field: value})
    assert page.status_code == 400
    assert words in text(page)
    assert nothing_saved()
    kept = checked(page)
    assert (f"{trial.line('B')}-outcome", "done") in kept or field == "practised_on"
    assert field == "words" or "My own words." in text(page)


def test_a_broken_id_is_replaced_so_that_sending_again_succeeds(client, trial):
    form = posted(trial, {"A": "done"}, on=trial.date(8), uid="broken")
    found = re.search(r'name="uid" value="([^"]*)"', client.post("/session/", form).content.decode())
    assert found
    assert client.post("/session/", {**form, "uid": found[1]}).status_code == 302


def test_every_problem_is_said_at_once_each_at_its_field(client, trial):
    form = posted(trial, {"A": "skipped", "B": "perhaps"}, on=trial.date(8), pain_after="11")
    page = client.post("/session/", form)
    assert page.status_code == 400
    for anchor in (f"id_{trial.line('A')}-reason", f"id_{trial.line('B')}-outcome", "id_pain_after"):
        assert f'href="#{anchor}"' in page.content.decode()
        assert f'id="{anchor}"' in page.content.decode()
    assert "Say why you skipped it." in text(page)
    assert nothing_saved()


def test_an_empty_form_is_not_a_session(client, trial):
    page = client.post("/session/", posted(trial, on=trial.date(8), pain_before="3"))
    assert page.status_code == 400
    assert "Say how at least one exercise went." in text(page)
    assert nothing_saved()


def test_an_exercise_of_somebody_else_is_refused(client, trial):
    stranger = Scenario("A")
    form = posted(trial, {"B": "done"}, on=trial.date(8))
    page = client.post("/session/", {**form, f"{stranger.line('A')}-outcome": "done"})
    assert page.status_code == 400
    assert "not part of your programme" in text(page)
    assert nothing_saved()


def test_an_easier_form_that_there_is_not_is_refused(client, trial):
    trial.prescription.versions.get().exercises.filter(line=trial.line("A")).update(ladder=[])
    assert client.post("/session/", posted(trial, {"A": "easier"}, on=trial.date(8))).status_code == 400
    assert nothing_saved()


def test_an_exercise_that_is_off_is_refused(client, trial):
    trial.records(8, at="11:00", done="B", stopped="A")
    assert "Leave it out until" in text(client.get("/session/"))
    assert client.post("/session/", posted(trial, {"A": "done"}, on=trial.date(8))).status_code == 400
    assert PracticeSession.objects.count() == 1


def test_a_programme_that_was_changed_meanwhile_keeps_what_was_typed(client, trial):
    form = posted(trial, {"A": "done", "B": "partly"}, on=trial.date(8), words="Slept badly.")
    trial.changes(8, "BD", at="11:00")
    page = client.post("/session/", form)
    assert page.status_code == 400
    assert (f"{trial.line('B')}-outcome", "partly") in checked(page)
    assert "Slept badly." in text(page)
    assert nothing_saved()


def test_a_suspended_programme_takes_nothing(client, trial):
    trial.reports_emergency(8)
    assert client.get("/session/").url == "/"
    page = client.post("/session/", posted(trial, {"A": "done"}, on=trial.date(8), words="Kept."))
    assert page.status_code == 403
    assert "waits until the clinic has spoken to you" in text(page)
    assert "Kept." in text(page)
    assert not PracticeSession.objects.exists()


def test_a_programme_that_has_ended_takes_nothing(client, trial):
    trial.ends(8, at="11:00")
    assert client.get("/session/").url == "/"
    page = client.post("/session/", posted(trial, {"A": "done"}, on=trial.date(8)))
    assert page.status_code == 403
    assert "not running" in text(page)
    assert nothing_saved()


def test_without_a_programme_there_is_nothing_to_record(aurora, as_patient, trial):
    client = as_patient(aurora.newcomer)
    assert client.get("/session/").url == "/"
    assert client.post("/session/", posted(trial, {"A": "done"}, on=trial.date(8))).status_code == 403
    assert not PracticeSession.objects.exists()


@pytest.mark.parametrize("day", ["2026-03-10", "2026-03-05", "2026-03-01", "2026-02-30", "today", "1"])
def test_a_day_that_cannot_be_recorded_is_said_before_the_form_is_filled_in(client, day):
    page = client.get(f"/session/?day={day}")
    assert page.status_code == 400
    assert "This cannot be recorded" in text(page)


# --- What is said after -----------------------------------------------------------------------------------
def test_a_stop_is_answered_calmly(client, trial):
    answer = client.post(
        "/session/", posted(trial, {"A": "done", "B": "stopped"}, on=trial.date(8)), follow=True
    )
    said = text(answer)
    assert "You stopped because it hurt more. That was right." in said
    assert "Leave out until your physiotherapist has looked at it: Plain exercise" in said
    assert "Your clinic is told of this session now" in said
    assert "Nobody watches around the clock." in said
    assert "/help-now/" in answer.content.decode()
    assert [item.kind for item in trial.open_work()] == ["stop"]


def test_a_whole_session_stopped(client, trial):
    answer = client.post(
        "/session/", posted(trial, {"A": "done"}, on=trial.date(8), stopped="on"), follow=True
    )
    assert text(answer).count("The whole session was stopped for pain") == 1
    assert ExerciseStop.objects.standing().count() == 3
    assert client.get("/session/").url == "/"  # nothing is left to record


def test_pain_that_rose_is_told_and_says_so(client, trial):
    form = posted(trial, {"A": "done"}, on=trial.date(8), pain_before="3", pain_after="5")
    said = text(client.post("/session/", form, follow=True))
    assert "Your clinic is told of this session now" in said
    assert "You stopped" not in said


def test_a_calm_session_says_no_more_than_saved(client, trial):
    form = posted(trial, {"A": "done"}, on=trial.date(8), pain_before="3", pain_during="6", pain_after="3")
    said = text(client.post("/session/", form, follow=True))
    assert "Saved. Thank you." in said
    assert "Your clinic is told" not in said


@pytest.mark.parametrize("day", ["2026-03-08", "2026-13-01"])
def test_there_is_no_saved_page_without_a_session(client, trial, day):
    assert client.get(f"/session/saved/{day}/").status_code == 404


# --- Who must not -----------------------------------------------------------------------------------------
def test_somebody_else_sees_and_changes_nothing_of_it(client, trial, a_strange_patient, as_patient):
    trial.records(8, at="11:00", done="A", words="Only mine.")
    stranger = as_patient(a_strange_patient)
    assert stranger.get("/session/saved/2026-03-09/").status_code == 404
    assert "Plain exercise" in text(stranger.get("/"))
    assert stranger.post("/session/", posted(trial, {"A": "done"}, on=trial.date(8))).status_code == 400
    assert PracticeSession.objects.count() == 1


def test_a_form_with_the_id_of_somebody_elses_session_shows_nothing_of_it(client, trial):
    """The id is unique for each patient: another one's is no key to it."""
    uid = trial.records(8, at="11:00", done="A", words="Only mine.").session.uid
    other = Scenario("A")
    answer = client_of(other).post(
        "/session/", posted(other, {"A": "done"}, on=other.date(8), uid=uid), follow=True
    )
    assert "Only mine." not in text(answer)
    assert PracticeSession.objects.filter(patient=other.patient).count() == 1


# --- What it costs ----------------------------------------------------------------------------------------
def cost(client, form) -> int:
    """The queries of posting `form`; what begins and ends its transaction is none."""
    with CaptureQueriesContext(connection) as captured:
        assert client.post("/session/", form).status_code == 302
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


def worst(trial: Scenario, number: int) -> dict[str, object]:
    """A stop, a skip for pain, and pain that rose, is high and went down the leg."""
    return posted(
        trial,
        {"A": "stopped", "B": "skipped:pain", "C": "easier"},
        on=trial.date(number),
        pain_before="3",
        pain_during="8",
        pain_after="8",
        sites=["1", "4"],
        words="Down the leg.",
        usual_pain="3",
        usual_site="1",
    )


def test_a_quiet_session(client, trial):
    trial.practises(1, 7)
    assert cost(client, posted(trial, dict.fromkeys("ABC", "done"), on=trial.date(8))) <= MOST_QUERIES


def test_a_stop_and_pain_alerts_and_a_skip_for_pain_again(client, trial):
    trial.practises(1, 6)
    trial.records(7, done="AC", skipped={"B": "pain"})
    assert cost(client, worst(trial, 8)) <= MOST_QUERIES
    (skip, stop) = sorted(trial.open_work(), key=lambda item: item.kind)
    assert (skip.kind, stop.kind) == ("skipped_for_pain", "stop")
    assert stop.entries.count() == 4


def test_a_stop_while_earlier_ones_are_acknowledged(client, trial):
    trial.practises(1, 6)
    trial.records(7, done="BC", before=1, after=6)
    (item,) = trial.open_work()
    acknowledge(item=item, by=trial.clinician, now=trial.at(7, "18:00"))
    assert cost(client, worst(trial, 8)) <= MOST_QUERIES
    item.refresh_from_db()
    assert item.acknowledged_at is None


def test_a_stop_in_the_first_session_of_all(time_machine):
    trial = Scenario("ABC", start=None)
    time_machine.move_to(trial.at(2, "12:00"), tick=False)
    assert cost(client_of(trial), worst(trial, 2)) <= MOST_QUERIES
    assert trial.prescription.starts_on == trial.date(2)
