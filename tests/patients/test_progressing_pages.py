"""What is seen of a progression: in the builder, on the clinic's pages, by the patient."""

import pytest
from django.urls import reverse

from clinic.scoping import Role
from patients.models import StepRequest, WorkItem
from patients.stepping import step_back_after_gaps
from programs.models import Exercise
from tests.patients.clinic_pages import act_url, client_of, member, report_url
from tests.patients.growing import COMFORTABLE, growing, holds, newest
from tests.patients.pages import client_of as patient_of
from tests.patients.pages import posted, text
from tests.patients.scenario import Scenario
from tests.patients.test_admin_prescribing import adjust_url, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(time_machine) -> Scenario:
    """Two comfortable sessions of A, whose next step waits for a word on the morning of day 3."""
    trial = growing("AB", alone=False)
    for day in (1, 2):
        trial.records(day, done="AB", **COMFORTABLE)
    time_machine.move_to(trial.at(3, "10:00"), tick=False)
    return trial


def answer_url(trial: Scenario) -> str:
    return act_url(trial, "step", StepRequest.objects.get(prescription=trial.pk).pk)


# --- The clinic -------------------------------------------------------------------------------------------
def test_the_worklist_leads_to_the_question_and_yes_answers_it(asked):
    client = client_of(asked.clinician)
    worklist = client.get(reverse("admin:worklist"))
    said = text(worklist)
    assert "Next step of an exercise" in said
    assert f'href="{report_url(asked)}#steps"' in worklist.content.decode()
    assert 'id="steps"' in client.get(report_url(asked)).content.decode()
    assert "An exercise was comfortable often enough for its next step" in said
    page = text(client.get(report_url(asked)))
    assert "Ready for the next step" in page
    assert "Hold 10 seconds: 2 of 2 comfortable sessions, then you are asked" in page
    answer = client.post(answer_url(asked), {"answer": "yes"}, follow=True)
    assert "The next step holds from 4 March 2026." in text(answer)
    assert "Ready for the next step" not in text(answer)
    assert holds(asked)[-1] == (3, 1, 10)
    assert not WorkItem.objects.open().exists()


def test_not_yet_changes_nothing_and_a_second_answer_is_told(asked):
    client, address = client_of(asked.clinician), answer_url(asked)
    said = text(client.post(address, {"answer": "no"}, follow=True))
    assert "Left as it is. The comfortable sessions are counted anew." in said
    assert "Hold 10 seconds: 0 of 2 comfortable sessions" in said
    assert "Somebody has answered this already." in text(client.post(address, {"answer": "yes"}, follow=True))
    assert holds(asked) == [(1, 0, 5)]


def test_an_answer_that_is_neither_yes_nor_no_is_none(asked):
    client, address = client_of(asked.clinician), answer_url(asked)
    assert "Choose from the list." in text(client.post(address, {"answer": "perhaps"}, follow=True))
    assert StepRequest.objects.waiting().exists()


def test_of_an_exercise_that_is_off_one_cannot_say_yes(asked, time_machine):
    asked.records(3, done="B", stopped="A")
    answer = client_of(asked.clinician).get(report_url(asked))
    assert "Stopped for pain since: resume it first." in text(answer)
    assert "Yes, the next step" not in text(answer)
    assert "Not yet" in text(answer)


def test_who_is_asked_reads_that_it_went_a_step_back_meanwhile(time_machine):
    trial = growing(alone=False, after=1)
    trial.records(1, done="A", **COMFORTABLE)
    time_machine.move_to(trial.at(1, "10:00"), tick=False)
    client = client_of(trial.clinician)
    client.post(answer_url(trial), {"answer": "yes"})
    trial.records(2, done="A", **COMFORTABLE)
    assert "went one step back" not in text(client.get(report_url(trial)))
    step_back_after_gaps(trial.at(10))
    assert holds(trial)[-1] == (10, 0, 5)
    time_machine.move_to(trial.at(10, "10:00"), tick=False)
    said = text(client_of(trial.clinician).get(report_url(trial)))
    assert "Since then it went one step back, after a week without practice." in said
    assert f"{trial.lines['A'].exercise.name}: Hold 10 seconds" in said


def test_closing_the_item_by_hand_is_refused_and_says_where_to_go(asked):
    (item,) = asked.open_work()
    client = client_of(asked.clinician)
    answer = client.post(reverse("admin:work_close", args=[item.pk]), {"outcome": "Seen."})
    assert answer.status_code == 400
    assert "Say yes or not yet to the next step" in text(answer)


def test_a_manager_sees_it_and_who_does_not_treat_answers_nothing(asked):
    address = answer_url(asked)
    manager = client_of(member(asked, Role.MANAGER))
    assert "Ready for the next step" in text(manager.get(report_url(asked)))
    for someone in (member(asked, Role.MANAGER), member(asked, Role.FRONT_DESK), asked.patient.user):
        assert client_of(someone).post(address, {"answer": "yes"}, follow=True).status_code == 404
    assert StepRequest.objects.waiting().exists()


def test_a_question_of_another_prescription_is_not_found(asked):
    other = Scenario("A", patient=None)
    wrong = reverse("admin:prescription_step", args=[other.pk, StepRequest.objects.get().pk])
    assert client_of(other.clinician).post(wrong, {"answer": "yes"}).status_code == 404


# --- The builder ------------------------------------------------------------------------------------------
def test_a_progression_is_authored_where_a_running_programme_is_adjusted(time_machine):
    trial = Scenario("AB")
    time_machine.move_to(trial.at(3, "10:00"), tick=False)
    client = client_of(trial.clinician)
    data = sent(trial, A_hold_s=5, A_hold_step_s=5, A_hold_until_s=15, A_next_after=2, A_next_how="alone")
    seen = client.post(adjust_url(trial), {**data, "act": "weigh"}, headers={"HX-Request": "true"})
    assert "5 → 10 → 15 s; after 2 comfortable sessions, on its own" in text(seen)
    assert "the progression" in text(seen)
    assert client.post(adjust_url(trial), data).status_code == 302
    line = newest(trial).exercises.get(line=trial.line("A"))
    assert (line.next_after, line.next_alone, len(line.growth), line.step) == (2, True, 3, 0)
    assert newest(trial).exercises.get(line=trial.line("B")).next_after is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"A_next_after": 2}, "Say what grows"),
        ({"A_hold_s": 5, "A_next_after": 2, "A_hold_step_s": 5}, "Say what grows"),
        ({"A_next_after": 0}, "greater than or equal to 1"),
        ({"A_next_after": "x"}, "Enter a whole number"),
        ({"A_next_after": 2, "A_up_to_rung": 0}, "Select a valid choice"),  # the form of now
        ({"A_next_after": 2, "A_up_to_rung": 9}, "Select a valid choice"),
        ({"A_rung": -1, "A_up_to_rung": 0}, "Say after how many comfortable sessions."),
        ({"A_next_how": "perhaps"}, "Select a valid choice"),
    ],
)
def test_half_a_progression_is_refused_at_its_field(changed, said, time_machine):
    trial = Scenario("A")
    time_machine.move_to(trial.at(3, "10:00"), tick=False)
    answer = client_of(trial.clinician).post(adjust_url(trial), sent(trial, **changed))
    assert answer.status_code == 400
    assert said in text(answer)
    assert newest(trial).number == 1


def test_saving_it_unchanged_leaves_the_step_where_it_is(asked):
    client = client_of(asked.clinician)
    client.post(answer_url(asked), {"answer": "yes"})
    form = client.get(adjust_url(asked)).context["sheet"].forms[0]
    assert (form["hold_s"].value(), form["next_after"].value(), form["next_how"].value()) == (10, 2, "ask")
    assert client.post(adjust_url(asked), sent(asked, B_reps=4)).status_code == 302
    assert holds(asked)[-2:] == [(3, 1, 10), (3, 1, 10)]


def test_a_step_that_was_taken_while_the_page_stood_open_is_not_overwritten_unseen(time_machine):
    trial = growing("AB", after=1)
    time_machine.move_to(trial.at(1, "10:00"), tick=False)
    client, opened = client_of(trial.clinician), sent(trial, B_reps=4)
    trial.records(1, done="AB", **COMFORTABLE)
    answer = client.post(adjust_url(trial), opened)
    assert answer.status_code == 400
    assert "a newer version by now, from a colleague or a next step" in text(answer)
    assert "hold (s) 10 → 5" in text(answer)
    assert holds(trial)[-1] == (2, 1, 10)


@pytest.mark.parametrize("up_to", [None, 1])
def test_a_progression_that_has_come_to_its_end_holds_no_other_change_up(up_to, time_machine):
    """A is held as long as it grows to, in the hardest form: nothing is left to say of it."""
    trial = growing("AB", after=1, up_to=up_to)
    days = 2 if up_to is None else 5
    for day in range(1, days + 1):
        trial.records(day, done="AB", **COMFORTABLE)
    time_machine.move_to(trial.at(days + 1, "10:00"), tick=False)
    last, client = holds(trial)[-1], client_of(trial.clinician)
    assert last == (days + 1, days, 15)
    form = client.get(adjust_url(trial)).context["sheet"].forms[0]
    assert form.progression_in_short() == ""
    assert client.post(adjust_url(trial), sent(trial, B_reps=4)).status_code == 302
    assert holds(trial)[-1] == last
    refused = client.post(adjust_url(trial), sent(trial, A_next_after=3, A_up_to_rung=0))
    assert refused.status_code == 400


def test_an_exercise_that_has_come_to_its_hardest_form_can_be_adjusted_itself(time_machine):
    trial = growing("A", after=1, up_to=1)
    for day in range(1, 4):
        trial.records(day, done="A", **COMFORTABLE)
    time_machine.move_to(trial.at(4, "10:00"), tick=False)
    assert client_of(trial.clinician).post(adjust_url(trial), sent(trial, A_hold_s=8)).status_code == 302
    line = newest(trial).exercises.get()
    assert [(step["rung"], step["hold_s"]) for step in line.growth] == [(1, 8), (1, 13), (1, 15)]


def test_a_tempo_that_was_copied_can_be_taken_out_and_is_not_the_librarys_of_now(time_machine):
    trial = Scenario("A")
    time_machine.move_to(trial.at(3, "10:00"), tick=False)
    client, exercise = client_of(trial.clinician), trial.lines["A"].exercise
    client.post(adjust_url(trial), sent(trial, A_tempo_en="Slowly."))
    Exercise.objects.filter(pk=exercise.pk).update(tempo_en="Fast.")
    for said in ("Fast.", ""):
        assert client.post(adjust_url(trial), sent(trial, A_tempo_en=said)).status_code == 302
        assert newest(trial).exercises.get().tempo_en == said
    assert newest(trial).number == 4


# --- The patient ------------------------------------------------------------------------------------------
def test_the_patient_reads_what_comes_next_and_what_is_new(time_machine):
    trial = growing("AB")
    time_machine.move_to(trial.at(1, "12:00"), tick=False)
    said = text(patient_of(trial).get("/"))
    assert "Next step: Hold 10 seconds, after 2 sessions that felt comfortable" in said
    trial.records(1, done="AB", **COMFORTABLE)
    time_machine.move_to(trial.at(2, "12:00"), tick=False)
    trial.records(2, at="12:00", done="AB", **COMFORTABLE)
    saved = text(patient_of(trial).get(reverse("session_saved", args=[trial.date(2)])))
    assert "That went well often enough for the next step" in saved
    assert "from Wednesday 4 March: hold 10 seconds" in saved
    assert "New:" not in text(patient_of(trial).get("/"))  # it holds from tomorrow
    time_machine.move_to(trial.at(3, "12:00"), tick=False)
    said = text(patient_of(trial).get("/"))
    assert "New: hold 10 seconds" in said
    assert "Next step: Hold 15 seconds" in said


def test_a_session_after_which_the_clinician_is_asked_rings_no_alarm(time_machine):
    trial = growing(alone=False, after=1)
    time_machine.move_to(trial.at(1, "12:00"), tick=False)
    trial.records(1, at="12:00", done="A", **COMFORTABLE)
    assert StepRequest.objects.waiting().exists()
    saved = text(patient_of(trial).get(reverse("session_saved", args=[trial.date(1)])))
    assert "Saved. Thank you." in saved
    assert "What happens next" not in saved
    assert "When to get help at once" not in saved


def test_after_a_gap_the_patient_reads_that_it_is_easier_for_now(time_machine):
    trial = growing(after=1)
    trial.records(1, done="A", **COMFORTABLE)
    step_back_after_gaps(trial.at(10))
    time_machine.move_to(trial.at(10, "12:00"), tick=False)
    assert "After the break, one step easier for now." in text(patient_of(trial).get("/"))


def test_in_italian_too(time_machine):
    trial = growing("A", alone=False, up_to=1)
    time_machine.move_to(trial.at(1, "12:00"), tick=False)
    said = text(patient_of(trial).get("/", headers={"accept-language": "it"}))
    assert "Mantieni 10 secondi, dopo 2 sedute senza fastidi e il via del tuo fisioterapista" in said


def test_what_is_built_is_seen_with_its_next_step(time_machine):
    trial = Scenario("A")
    time_machine.move_to(trial.at(3, "10:00"), tick=False)
    data = sent(trial, act="see", A_hold_s=5, A_hold_step_s=5, A_hold_until_s=15, A_next_after=2)
    said = text(client_of(trial.clinician).post(adjust_url(trial), data))
    assert (
        "Hold 10 seconds, after 2 sessions that felt comfortable and a word from your physiotherapist" in said
    )


def test_a_session_page_posts_as_before(time_machine):
    """The form does not know of steps: recording through the page takes them too."""
    trial = growing(after=1)
    time_machine.move_to(trial.at(1, "12:00"), tick=False)
    felt = {"pain_before": 3, "pain_after": 3}
    data = posted(trial, {"A": "done"}, on=trial.date(1), **felt)
    assert patient_of(trial).post(reverse("session"), data).status_code == 302
    assert holds(trial)[-1] == (2, 1, 10)
