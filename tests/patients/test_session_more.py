"""What the session asks beside the ways through it: which exercise hurt more, the same places as last time, a
question on the way, calm replies; and a programme that is changed while its page is open."""

import re
import uuid
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from patients.models import ExerciseRecord, PracticeSession
from patients.recording import record_session
from patients.vocabulary import Site
from tests.clients import signed_in
from tests.patients.pages import client_of, posted, text
from tests.patients.scenario import Scenario, states, totals

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Three exercises, noon of day 8."""
    trial = Scenario("ABC", usual_pain=9, usual_lowest_site=Site.LEG_BELOW_KNEE)
    time_machine.move_to(trial.at(8, "12:00"), tick=False)
    return trial


@pytest.fixture
def client(trial):
    return client_of(trial)


def hurt(trial: Scenario, letters: str) -> dict[str, str]:
    """The fields that say that it hurt more in these."""
    return {f"{trial.line(letter)}-hurt_more": "on" for letter in letters}


def hurt_lines(session: PracticeSession) -> set[object]:
    return set(session.records.filter(hurt_more=True).values_list("line", flat=True))


# --- In which exercise ------------------------------------------------------------------------------------
def test_which_exercises_hurt_more_is_kept_and_shown(trial, client):
    form = posted(trial, {"A": "done", "B": "partly"}, on=trial.date(8), pain_before="3", pain_during="6")
    answer = client.post("/session/", {**form, **hurt(trial, "B")}, follow=True)
    session = PracticeSession.objects.get()
    assert hurt_lines(session) == {trial.line("B")}
    assert text(answer).count("hurt more") == 1
    assert "hurt more" in text(client.get(f"/progress/{trial.date(8)}/"))
    name = session.records.get(hurt_more=True).prescribed.name
    staff = signed_in(trial.clinician, method="mfa")
    assert f"Hurt more in: {name}" in text(staff.get(reverse("admin:patient", args=[trial.patient.pk])))
    assert f"Hurt more in: {name}" in text(staff.get(reverse("admin:prescription_report", args=[trial.pk])))


@pytest.mark.parametrize("outcome", ["", "skipped:no_time"])
def test_what_was_not_tried_cannot_have_hurt_more(trial, client, outcome):
    form = posted(trial, {"A": "done", "B": outcome}, on=trial.date(8))
    page = client.post("/session/", {**form, **hurt(trial, "B")})
    assert page.status_code == 400
    assert "You say that it hurt more in this one: say how it went, too." in text(page)
    assert f'href="#id_{trial.line("B")}-hurt_more"' in page.content.decode()
    assert not ExerciseRecord.objects.exists()


def test_the_domain_refuses_it_too(trial):
    answers = trial.answers(skipped={"A": "pain"})
    hurting = replace(answers, exercises=[replace(answers.exercises[0], hurt_more=True)])
    with pytest.raises(ValidationError, match="cannot have hurt more"):
        record_session(
            prescription=trial.prescription,
            uid=uuid.uuid4(),
            practised_on=trial.date(8),
            answers=hurting,
            now=trial.at(8, "12:00"),
            by=trial.patient.user,
        )


def test_who_names_an_exercise_has_not_said_no_more(trial, client):
    form = posted(trial, {"A": "done"}, on=trial.date(8), during_no_more="on")
    client.post("/session/", {**form, **hurt(trial, "A")})
    assert PracticeSession.objects.get().during_no_more is False


def test_no_more_than_before_stands_on_both_sides(trial, client):
    form = posted(trial, {"A": "done"}, on=trial.date(8), during_no_more="on", pain_before="3")
    assert "Pain duringNo more than before" in text(client.post("/session/", form, follow=True))
    staff = signed_in(trial.clinician, method="mfa")
    assert "no more" in text(staff.get(reverse("admin:prescription_report", args=[trial.pk])))


def test_a_correction_carries_it_and_can_change_it(trial, client):
    form = posted(trial, {"A": "done", "B": "done"}, on=trial.date(8), pain_during="6")
    client.post("/session/", {**form, **hurt(trial, "B")})
    first = PracticeSession.objects.get()
    address = f"/session/{trial.date(8)}/1/"
    page = client.get(address).content.decode()
    ticked = re.findall(r'name="([^"]*)-hurt_more"[^>]*checked', page)
    assert ticked == [str(trial.line("B"))]
    changed = {**form, **hurt(trial, "A"), "uid": str(first.uid), "revision": "1"}
    assert client.post(address, changed).status_code == 302
    assert hurt_lines(PracticeSession.objects.current().get()) == {trial.line("A")}
    assert hurt_lines(first) == {trial.line("B")}
    assert client.post(address, {**changed, "revision": "2"}).status_code == 302
    assert PracticeSession.objects.current().get().revision == 2  # it says the same: no revision more


# --- The same as last time --------------------------------------------------------------------------------
def test_the_same_places_as_last_time_in_one_tick(trial, client):
    assert "Same as last time" not in text(client.get("/session/"))
    trial.records(6, done="A", sites=[Site.BACK, Site.LEG_ABOVE_KNEE])
    trial.records(7, done="A")  # says nothing of places: the one before is meant
    assert "Same as last time: Back, Leg, above the knee" in text(client.get("/session/"))
    client.post("/session/", posted(trial, {"A": "done"}, on=trial.date(8), same_sites="1,3", sites=["2"]))
    session = trial.sessions().get(practised_on=trial.date(8))
    assert (session.sites, session.lowest_site) == ([1, 2, 3], 3)


@pytest.mark.parametrize("value", ["5", "1;3", "1,3,", "x" * 400])
def test_places_that_there_are_not_are_refused(trial, client, value):
    page = client.post("/session/", posted(trial, {"A": "done"}, on=trial.date(8), same_sites=value))
    assert page.status_code == 400
    assert not PracticeSession.objects.exists()


def test_the_places_of_somebody_else_are_not_offered(trial, client):
    other = Scenario("A")
    other.records(7, done="A", sites=[Site.LEG_BELOW_KNEE])
    assert "Same as last time" not in text(client.get("/session/"))


# --- A question on the way --------------------------------------------------------------------------------
def test_who_asks_without_a_script_comes_back_to_what_was_said(trial, client):
    form = posted(trial, {"A": "done"}, on=trial.date(8), pain_before="3", words="Stiff.", then="ask")
    answer = client.post("/session/", form)
    assert (answer.status_code, answer.url) == (302, "/ask/?from=session")
    assert PracticeSession.objects.get().finished_at is None
    assert "Back to the session" in text(client.get(answer.url))
    assert "Back to the session" not in text(client.get("/ask/"))
    page = client.get("/session/")
    assert "Stiff." in text(page)
    assert page.context["sheet"].exercises[trial.line("A")]["outcome"].value() == "done"
    asked = client.post(answer.url, {"uid": form["uid"], "kind": "question", "words": "May I swim?"})
    assert asked.url == "/ask/?sent=1&from=session"


# --- The clinic's note ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "folded"), [("Put a towel under your head.", False), ("Slowly. " * 30, True)]
)
def test_a_long_note_is_at_hand_and_not_in_the_way(trial, client, words, folded):
    trial.prescription.versions.get().exercises.filter(line=trial.line("A")).update(note_en=words.strip())
    page = client.get("/session/")
    assert words.strip() in text(page)
    assert ('class="fold note"' in page.content.decode()) is folded


# --- Replies ----------------------------------------------------------------------------------------------
def test_each_reason_has_its_reply_once_after_saving(trial, client):
    form = posted(
        trial, {"A": "skipped:no_time", "B": "skipped:no_time", "C": "skipped:pain"}, on=trial.date(8)
    )
    page = client.post("/session/", form, follow=True).content.decode()
    assert re.findall(r'data-reply="(\w+)"', page) == ["no_time", "pain"]


def test_a_session_without_skips_has_no_reply(trial, client):
    page = client.post("/session/", posted(trial, {"A": "done"}, on=trial.date(8)), follow=True)
    assert "data-reply" not in page.content.decode()


# --- A programme that is changed while its page is open ---------------------------------------------------
def test_what_was_done_by_the_page_that_was_open_is_kept_as_it_was_done(trial, client):
    """Version 2, from today on, has D in the place of A. The page still showed A: it is told of version 1.

    Of the day all that was shown was done, so the day is done: 3 of 24 doses.
    """
    shown = client.get("/session/").context["form"]["version"].value()
    trial.changes(8, "BCD", at="11:00")
    form = posted(trial, dict.fromkeys("ABC", "done"), on=trial.date(8), version=str(shown))
    assert client.post("/session/send/", form).json() == {"became": "goes_on"}
    assert client.get("/session/").context["form"]["version"].value() == shown
    said = text(client.post("/session/", form, follow=True))
    assert "Your programme was changed meanwhile" in said
    session = PracticeSession.objects.get()
    assert (session.version.number, session.records.count()) == (1, 3)
    assert states(trial.report(on=9)) == "-------Do"
    assert totals(trial.report(on=9)) == "1 of 8 sessions, 3 of 24 doses"


def test_nothing_is_said_of_a_change_where_there_was_none(trial, client):
    form = posted(trial, {"A": "done"}, on=trial.date(8), version="1")
    assert "changed meanwhile" not in text(client.post("/session/", form, follow=True))


def test_a_version_that_is_not_in_force_yet_is_left_aside(trial, client):
    trial.records(8, at="08:00", done="A")
    trial.changes(8, "BD", at="11:00")  # today is recorded: it holds from tomorrow on
    page = client.post("/session/", posted(trial, {"D": "done"}, on=trial.date(8), version="2"))
    assert page.status_code == 400
    assert trial.sessions().count() == 1


@pytest.mark.parametrize("version", ["0", "-1", "99999999999", "one", "7"])
def test_a_version_that_there_is_not_loses_nothing(trial, client, version):
    form = posted(trial, {"A": "done"}, on=trial.date(8), version=version)
    answer = client.post("/session/", form)
    if answer.status_code == 400:
        again = answer.context["form"]["version"].value() or ""
        answer = client.post("/session/", {**form, "version": again})
    assert answer.status_code == 302
    assert PracticeSession.objects.get().version.number == 1
