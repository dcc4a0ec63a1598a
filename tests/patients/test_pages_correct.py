"""Changing an entry on the form of recording: what is shown and kept, who cannot, what the clinic sees."""

import re

import pytest

from patients.models import PracticeSession
from patients.vocabulary import Site
from tests.clients import signed_in
from tests.factories import PatientFactory
from tests.patients.clinic_pages import report_url
from tests.patients.pages import client_of, posted, text
from tests.patients.scenario import Scenario
from tests.patients.test_pages_session import checked

pytestmark = pytest.mark.django_db
DAY = "/progress/2026-03-09/"
SAVED = "/session/saved/2026-03-09/"
CHANGE = "/session/2026-03-09/1/"
LINK = f'href="{CHANGE}"'


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Day 8, noon; the session of the day was recorded at 9."""
    trial = Scenario("ABC", usual_pain=4, usual_lowest_site=Site.BACK)
    trial.records(8, easier="A", skipped={"B": "no_time"}, before=0, sites=[Site.BACK], words="Stiff.")
    time_machine.move_to(trial.at(8, "12:00"), tick=False)
    return trial


@pytest.fixture
def client(trial):
    return client_of(trial)


def change(trial: Scenario, outcomes, *, revision: int = 1, on: int = 8, **fields) -> dict[str, object]:
    uid = trial.sessions().get(practised_on=trial.date(on)).uid
    return posted(trial, outcomes, uid=uid, on=trial.date(on), revision=str(revision), **fields)


def test_what_was_said_is_filled_in_and_what_was_left_out_is_not(client, trial):
    page = client.get(CHANGE)
    assert page.status_code == 200
    assert checked(page) == {
        ("pain_before", "0"),
        ("pain_during", ""),
        ("pain_after", ""),
        ("sites", "1"),
        (f"{trial.line('A')}-outcome", "easier"),
        (f"{trial.line('B')}-outcome", "skipped"),
    }
    shown = page.content.decode()
    assert re.search(r'<option value="no_time" selected>', shown)
    assert ">\nStiff.</textarea>" in shown
    assert "on most days" not in text(page)


def test_the_way_there_while_one_may(client, trial, time_machine):
    for address in (DAY, SAVED):
        assert LINK in client.get(address).content.decode()
    time_machine.move_to(trial.at(9, "23:59"), tick=False)
    assert LINK in client.get(DAY).content.decode()
    time_machine.move_to(trial.at(10, "00:00"), tick=False)
    for address in (DAY, SAVED):
        assert LINK not in client.get(address).content.decode()
    page = client.get(CHANGE)
    assert page.status_code == 403
    assert "until the end of the next day" in text(page)
    page = client.post(CHANGE, change(trial, {"A": "done"}))
    assert (page.status_code, PracticeSession.objects.count()) == (403, 1)


def test_a_change_is_kept_and_said(client, trial):
    answer = client.post(CHANGE, change(trial, {"A": "done", "C": "partly"}, pain_after="0"), follow=True)
    assert answer.redirect_chain == [(SAVED, 302)]
    session = trial.sessions().get()
    assert (session.revision, session.pain_before, session.pain_after) == (2, None, 0)
    assert {record.line: record.outcome for record in session.records.all()} == {
        trial.line("A"): "done",
        trial.line("C"): "partly",
    }
    assert "You have changed this entry." in text(answer)
    assert "Pain before" not in text(answer)
    assert 'name="revision" value="2"' in client.get(CHANGE).content.decode()


def test_a_wrong_answer_is_said_at_its_field_and_nothing_is_kept(client, trial):
    page = client.post(CHANGE, change(trial, {"A": "partly", "B": "skipped"}, pain_after="11", words="New."))
    assert page.status_code == 400
    for anchor in ("id_pain_after", f"id_{trial.line('B')}-reason"):
        assert f'href="#{anchor}"' in page.content.decode()
    assert (f"{trial.line('A')}-outcome", "partly") in checked(page)
    assert "New." in text(page)
    assert PracticeSession.objects.count() == 1


@pytest.mark.parametrize("broken", [{"revision": "x"}, {"revision": ""}, {"uid": "7"}, {"practised_on": "-"}])
def test_a_form_that_was_bent_changes_nothing(client, trial, broken):
    page = client.post(CHANGE, {**change(trial, {"A": "done"}), **broken})
    assert page.status_code == 400
    assert PracticeSession.objects.count() == 1


@pytest.mark.parametrize("revision", ["2", "32767", "99999999999999999999"])
def test_a_revision_that_there_is_not_is_like_one_that_was_changed_since(client, trial, revision):
    page = client.post(CHANGE, {**change(trial, {"A": "done"}), "revision": revision})
    assert page.status_code == 400
    assert PracticeSession.objects.count() == 1


def test_what_was_changed_meanwhile_is_told_and_what_was_typed_stays(client, trial):
    form = change(trial, {"A": "done"}, words="On the phone.")
    client.post(CHANGE, change(trial, {"A": "partly"}, words="On the tablet."))
    page = client.post(CHANGE, form)
    assert page.status_code == 400
    assert "changed meanwhile" in text(page)
    assert "On the phone." in text(page)
    assert LINK in page.content.decode()  # to what it is now
    assert trial.sessions().get().words == "On the tablet."


def test_an_exercise_that_was_stopped_stays_off_and_that_is_said(trial, client):
    client.post(CHANGE, change(trial, {"A": "done", "B": "stopped"}))
    said = text(client.get(CHANGE))
    assert "stays off, whatever you change here, until your physiotherapist has looked at it" in said
    answer = client.post(CHANGE, change(trial, {"A": "done", "B": "done"}, revision=2), follow=True)
    said = text(answer)
    assert "Still off" in said
    assert "What you stopped stays off until your physiotherapist has looked at it: Plain exercise" in said
    assert "You stopped because it hurt more" not in said
    assert "Leave it out until" in text(client.get("/session/"))


def test_each_session_of_a_day_has_its_own(time_machine):
    trial = Scenario("A", sessions_a_day=2)
    trial.records(8, at="09:00", done="A", words="Morning.")
    trial.records(8, at="11:00", done="A", words="Noon.")
    time_machine.move_to(trial.at(8, "12:00"), tick=False)
    client = client_of(trial)
    assert 'href="/session/2026-03-09/2/"' in client.get(SAVED).content.decode()
    assert "Morning." in text(client.get(CHANGE))
    assert "Noon." in text(client.get("/session/2026-03-09/2/"))
    first = trial.sessions().get(words="Morning.")
    form = posted(trial, {"A": "partly"}, uid=first.uid, on=trial.date(8), revision="1")
    answer = client.post(CHANGE, form, follow=True)
    assert "You have changed this entry." in text(answer)  # the page shows what was saved last
    assert LINK in answer.content.decode()
    assert {one.words for one in trial.sessions()} == {"", "Noon."}
    # A form of the other session, sent to this address, changes neither.
    assert client.post("/session/2026-03-09/2/", {**form, "words": "Odd."}).status_code == 400
    assert {one.words for one in trial.sessions()} == {"", "Noon."}


def test_a_second_session_can_still_be_recorded_where_two_are_due(time_machine):
    trial = Scenario("A", sessions_a_day=2)
    for day in (1, 5):
        trial.records(day, done="A")
    trial.records(6, done="A")
    trial.records(6, at="11:00", done="A")
    time_machine.move_to(trial.at(8, "12:00"), tick=False)
    client = client_of(trial)

    def offered(day: int) -> bool:
        on = trial.date(day).isoformat()
        return f'href="/session/?day={on}"' in client.get(f"/progress/{on}/").content.decode()

    assert [offered(day) for day in (1, 5, 6, 7, 8)] == [False, True, False, True, True]


# --- Doors ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address", ["/session/2026-03-09/2/", "/session/2026-03-09/0/", "/session/2026-03-08/1/"]
)
def test_what_there_is_not_is_not_found(client, address):
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404


def test_a_suspended_programme_takes_no_change(client, trial):
    trial.reports_emergency(8)
    assert LINK not in client.get(SAVED).content.decode()
    assert client.get(CHANGE).status_code == 403
    page = client.post(CHANGE, change(trial, {"A": "done"}))
    assert (page.status_code, PracticeSession.objects.count()) == (403, 1)


def test_nobody_elses_session(trial, a_strange_patient, as_patient):
    form = change(trial, {"A": "done"})
    stranger = as_patient(a_strange_patient)
    assert stranger.get(CHANGE).status_code == 404
    assert stranger.post(CHANGE, form).status_code == 404
    other = Scenario("A")
    other.records(8, done="A")
    theirs = client_of(other)
    assert "Stiff." not in text(theirs.get(CHANGE))
    assert theirs.post(CHANGE, form).status_code == 400
    assert [one.revision for one in PracticeSession.objects.all()] == [1, 1]


def test_a_couple_changes_the_entry_of_the_one_who_was_chosen(trial, time_machine):
    other = PatientFactory(clinic=trial.clinic, user=trial.patient.user, email=trial.patient.email)
    theirs = Scenario("A", patient=other)
    theirs.records(8, done="A", words="Hers.")
    client = client_of(trial)
    client.post("/choose/", {"patient": other.pk})
    assert "Hers." in text(client.get(CHANGE))
    assert "Stiff." not in text(client.get(CHANGE))


def test_staff_have_no_such_page(trial):
    client = signed_in(trial.clinician, method="mfa")
    assert client.get(CHANGE).status_code in {302, 403, 404}
    assert client.post(CHANGE, change(trial, {"A": "done"})).status_code in {302, 403, 404}
    assert PracticeSession.objects.count() == 1


# --- What the clinic sees ---------------------------------------------------------------------------------
def test_the_report_says_that_it_was_corrected_and_what_was_said_before(client, trial):
    staff = signed_in(trial.clinician, method="mfa")
    before = text(staff.get(report_url(trial)))
    assert "corrected" not in before.lower()
    client.post(CHANGE, change(trial, {"A": "done", "B": "done"}, pain_before="2"))
    page = staff.get(report_url(trial))
    said = text(page)
    assert ", corrected" in said
    assert "Corrected on 9 Mar, 12:00: what was said before As recorded on 9 Mar, 09:00 before 0" in said
    assert "Skipped (No time)" in said
    assert "<details" in page.content.decode().split("Corrected on")[0].rsplit("<td", 1)[1]  # folded
    patient = text(staff.get(f"/admin/patients/{trial.patient.pk}/"))
    assert "what was said before" in patient


def test_the_worklist_says_that_what_called_was_corrected(trial, client):
    client.post(CHANGE, change(trial, {"A": "done"}, pain_before="3", pain_after="6"))
    staff = signed_in(trial.clinician, method="mfa")
    assert "has corrected this entry since" not in text(staff.get("/admin/worklist/"))
    client.post(CHANGE, change(trial, {"A": "done"}, revision=2, pain_before="3", pain_after="3"))
    said = text(staff.get("/admin/worklist/"))
    assert "Pain rose during the session" in said
    assert "The patient has corrected this entry since" in said
