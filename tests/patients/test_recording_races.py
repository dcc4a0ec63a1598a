"""Two at the same moment: what PostgreSQL's locks make of it. Each test lets real transactions collide.

One transaction holds a row until all the others wait for it; then it lets them go, and they run into each
other one after the other, each with a statement that began before the first of them had committed.
"""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from patients import emergency, preferences, prescribing, recording, reviews, work
from patients.locking import locked, locked_patient
from patients.models import EmergencyReport, ExerciseStop, PracticeSession, Prescription, Review, WorkItem
from patients.vocabulary import Decision, EndReason, WorkKind
from tests.patients.colliding import at_once
from tests.patients.scenario import NONE_OF_THESE, Scenario

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def trial() -> Scenario:
    return Scenario("ABC")


def test_the_same_form_sent_four_times_is_one_session(trial):
    prescription, uid = trial.prescription, uuid.uuid4()

    def send() -> recording.Recorded:
        return recording.record_session(
            prescription=prescription,
            uid=uid,
            practised_on=trial.date(1),
            answers=trial.answers(done="AB", stopped="C"),
            now=trial.at(1),
            by=trial.patient.user,
        )

    given = at_once(lambda: locked(prescription), *[send] * 4)
    session = PracticeSession.objects.get()
    assert [one.session for one in given] == [session] * 4
    assert sorted(one.is_new for one in given) == [False, False, False, True]
    assert ExerciseStop.objects.count() == 1
    assert [item.entries.count() for item in trial.open_work()] == [1]


def test_two_first_sessions_start_the_programme_once():
    waiting = Scenario("A", start=None)
    prescription = waiting.prescription

    def send(number: int) -> recording.Recorded:
        return recording.record_session(
            prescription=prescription,
            uid=uuid.uuid4(),
            practised_on=waiting.date(number),
            answers=waiting.answers(done="A"),
            now=waiting.at(3),
            by=waiting.patient.user,
        )

    given = at_once(lambda: locked(prescription), lambda: send(3), lambda: send(3))
    assert [one.is_new for one in given] == [True, True]
    assert waiting.prescription.starts_on == waiting.date(3)
    assert waiting.prescription.next_review_on == waiting.date(23)


def test_two_stops_share_one_item(trial):
    prescription = trial.prescription

    def send(letter: str) -> recording.Recorded:
        return recording.record_session(
            prescription=prescription,
            uid=uuid.uuid4(),
            practised_on=trial.date(1),
            answers=trial.answers(stopped=letter),
            now=trial.at(1),
            by=trial.patient.user,
        )

    at_once(lambda: locked(prescription), lambda: send("A"), lambda: send("B"))
    assert [item.entries.count() for item in trial.open_work(WorkKind.STOP)] == [2]


def test_a_stop_that_arrives_while_the_item_is_closed_opens_a_new_one(trial):
    trial.records(1, done="AB", stopped="C")
    (item,) = trial.open_work()

    def close() -> None:
        work.close_work(item=item, by=trial.clinician, outcome="Phoned.", now=trial.at(2, "10:00"))

    (recorded,) = at_once(close, lambda: trial.records(2, done="A", stopped="B"))
    assert recorded.is_new
    (new,) = trial.open_work()
    assert new.pk != item.pk
    assert [entry.session for entry in new.entries.all()] == [recorded.session]


def test_two_schedulers_open_one_review(trial):
    prescription = trial.prescription
    given = at_once(lambda: locked(prescription), *[lambda: trial.scheduler_runs(21)] * 3)
    assert sorted(given) == [0, 0, 1]
    assert Review.objects.count() == 1
    assert [item.entries.count() for item in trial.open_work()] == [1]


def test_a_review_is_signed_by_one_of_two(trial):
    trial.scheduler_runs(21)
    review = Review.objects.get()

    def sign(decision: Decision) -> Review:
        return trial.signs(review, on=22, decision=decision)

    given = at_once(
        lambda: locked(trial.prescription), lambda: sign(Decision.CONTINUE), lambda: sign(Decision.END)
    )
    (signed,) = [one for one in given if isinstance(one, Review)]
    (refused,) = [one for one in given if isinstance(one, ValidationError)]
    assert refused.code == "signed"
    review.refresh_from_db()
    assert review.decision == signed.decision
    goes_on = trial.prescription.next_review_on is not None
    assert goes_on is (signed.decision == Decision.CONTINUE)


def test_an_answer_does_not_come_after_the_signature(trial):
    trial.scheduler_runs(21)
    review = Review.objects.get()

    def answer() -> None:
        reviews.answer_review(
            review=review, helped="useful", words="", by=trial.patient.user, now=trial.at(22, "10:00")
        )

    (refused,) = at_once(lambda: trial.signs(review, on=22), answer)
    assert isinstance(refused, ValidationError)
    review.refresh_from_db()
    assert (review.helped, review.snapshot["on"]) == ("", trial.date(22).isoformat())


def test_two_emergency_reports_share_one_item(trial):
    patient = trial.patient
    given = at_once(lambda: locked_patient(patient), *[lambda: trial.reports_emergency(5)] * 3)
    assert all(isinstance(one, EmergencyReport) for one in given)
    (item,) = trial.open_work(WorkKind.EMERGENCY)
    assert item.entries.count() == 3


def test_an_emergency_is_cleared_by_one_of_two(trial):
    trial.reports_emergency(5)

    def clear(note: str) -> None:
        emergency.clear_emergency(patient=trial.patient, note=note, by=trial.clinician, now=trial.at(6))

    given = at_once(lambda: locked_patient(trial.patient), lambda: clear("Seen."), lambda: clear("Phoned."))
    (refused,) = [one for one in given if one is not None]
    assert (type(refused), refused.code) == (ValidationError, "none")
    assert EmergencyReport.objects.get().clearing_note in {"Seen.", "Phoned."}


def test_two_drafts_of_a_patient_do_not_both_start(trial):
    prescribing.end(
        prescription=trial.prescription, reason=EndReason.OTHER, by=trial.clinician, now=trial.at(1)
    )
    drafts = [
        prescribing.prescribe(
            patient=trial.patient,
            program=trial.prescription.program,
            by=trial.clinician,
            screening=NONE_OF_THESE,
            now=trial.at(2),
        )
        for _ in range(2)
    ]

    def start(draft: Prescription) -> Prescription:
        return prescribing.activate(prescription=draft, by=trial.clinician, now=trial.at(2))

    given = at_once(lambda: locked_patient(trial.patient), *[lambda d=draft: start(d) for draft in drafts])
    (refused,) = [one for one in given if isinstance(one, Exception)]
    assert (type(refused), refused.code) == (ValidationError, "active")
    assert Prescription.objects.active().count() == 1


def test_reminders_set_twice_at_once_are_those_of_one_form(trial):
    def set_to(hour: int) -> None:
        preferences.set_reminders(patient=trial.patient, times=[dt.time(hour, 0)], now=timezone.now())

    at_once(lambda: locked_patient(trial.patient), lambda: set_to(9), lambda: set_to(18))
    assert trial.patient.reminder_times.get().at in {dt.time(9, 0), dt.time(18, 0)}


def test_an_item_is_closed_by_one_of_two(trial):
    trial.records(1, stopped="A")
    item = WorkItem.objects.get()

    def close(outcome: str) -> None:
        work.close_work(item=item, by=trial.clinician, outcome=outcome, now=trial.at(2))

    given = at_once(
        lambda: WorkItem.objects.select_for_update().get(pk=item.pk),
        lambda: close("One."),
        lambda: close("Two."),
    )
    (refused,) = [one for one in given if one is not None]
    assert (type(refused), refused.code) == (ValidationError, "closed")
