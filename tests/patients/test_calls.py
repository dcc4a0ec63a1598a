"""Whom no mail reaches is called: one open line for each patient, to which later events are added."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Notice
from clinic.notices import addresses, drain, planning
from clinic.weekdays import EVERY_DAY
from patients.adjusting import adjust
from patients.asking import answer, ask
from patients.models import Patient, Review, WorkItem, WorkItemEntry
from patients.notices.helped_calls import plan_helped_calls
from patients.preferences import stop_asking
from patients.reviews import answer_review, open_due_reviews
from patients.versions import lines_of_version
from patients.vocabulary import Helped, MessageKind
from patients.work import acknowledge, close_work
from tests.clinic.mail_faults import Watch
from tests.factories import EmergencyReportFactory, PauseFactory
from tests.patients.reminding import MONDAY, at, clinic, patient
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def trial() -> Scenario:
    """Without an e-mail address."""
    trial = Scenario("AB")
    trial.patient.email = ""
    trial.patient.save()
    return trial


def changes(trial: Scenario, on: int, note: str) -> None:
    """Adjusted at ten; ten minutes later the mail would go."""
    version = trial.prescription.versions.order_by("-number")[0]
    first, *others = lines_of_version(version)
    adjust(
        prescription=trial.prescription,
        lines=[replace(first, note_en=note), *others],
        sessions_a_day=1,
        weekdays=EVERY_DAY,
        by=trial.clinician,
        now=trial.at(on),
    )
    drain.drain(clock=lambda: trial.at(on, "10:10"))


def is_answered(trial: Scenario, on: int) -> None:
    message = ask(
        patient=trial.patient,
        uid=uuid.uuid4(),
        kind=MessageKind.QUESTION,
        words="May I swim?",
        by=trial.patient.user,
        now=trial.at(on, "09:00"),
    )
    answer(message=message, words="Yes.", by=trial.clinician, now=trial.at(on))


def call() -> WorkItem:
    return WorkItem.objects.get(kind="call")


def said(item: WorkItem) -> list[str]:
    return [entry.get_what_display() for entry in item.entries.all()]


# --- What happens at once ---------------------------------------------------------------------------
def test_a_changed_programme_is_a_line_that_says_what_to_say(trial):
    """Wednesday 4 March: the clinic is open, so it is due the same day."""
    changes(trial, 3, "Slowly.")
    item = call()
    assert said(item) == ["Tell them that the programme has changed."]
    assert (item.patient, item.prescription, item.owner) == (
        trial.patient,
        trial.prescription,
        trial.clinician,
    )
    assert (item.opened_at, item.due_on) == (trial.at(3, "10:10"), trial.date(3))
    assert item.entries.get().version == trial.prescription.versions.order_by("-number")[0]
    notice = Notice.objects.get(kind="programme_changed")
    assert (notice.state, notice.state_reason) == ("failed", "no_address")


def test_nobody_is_called_about_exercises_that_are_held_back(trial):
    trial.reports_emergency(3, at="09:00")
    changes(trial, 3, "Slowly.")
    assert not WorkItem.objects.filter(kind="call").exists()
    assert Notice.objects.get(kind="programme_changed").state_reason == "suspended"


def test_later_events_are_added_and_ask_for_attention_again(trial):
    changes(trial, 3, "Slowly.")
    acknowledge(item=call(), by=trial.clinician, now=trial.at(3, "12:00"))
    is_answered(trial, 4)
    item = call()
    assert said(item) == [
        "Tell them that the programme has changed.",
        "Tell them that there is an answer to their question.",
    ]
    assert item.acknowledged_at is None
    assert (item.waits_since, item.due_on) == (trial.at(4), trial.date(4))
    assert not Notice.objects.filter(kind="question_answered").exists()


def test_after_one_was_closed_the_next_event_is_a_new_line(trial):
    changes(trial, 3, "Slowly.")
    close_work(item=call(), by=trial.clinician, outcome="Told on the phone.", now=trial.at(3, "12:00"))
    changes(trial, 4, "Very slowly.")
    assert WorkItem.objects.filter(kind="call").count() == 2
    assert said(WorkItem.objects.open().get(kind="call")) == ["Tell them that the programme has changed."]


def test_who_has_an_address_gets_the_mail_and_no_call():
    trial = Scenario("AB")
    changes(trial, 3, "Slowly.")
    is_answered(trial, 3)
    assert not WorkItem.objects.filter(kind="call").exists()
    assert Notice.objects.filter(kind__in=["programme_changed", "question_answered"]).count() == 2


def test_no_reminder_becomes_a_call():
    patient(email="")
    planning.plan(at("09:00"))
    assert not WorkItem.objects.filter(kind="call").exists()
    assert not Notice.objects.filter(kind="reminder").exists()


# --- Has it helped? -----------------------------------------------------------------------------------
def begun(**fields: Any) -> Patient:
    """Their review point is reached on Monday 2 March 2026."""
    return patient(on_prescription={"starts_on": MONDAY - 20 * DAY}, **{"email": "", **fields})


def test_at_the_review_point_they_are_asked_on_the_phone_once():
    anna = begun()
    planning.plan(at("00:00"))
    item = call()
    assert (item.patient, said(item)) == (anna, ["Ask them whether the exercises have helped."])
    assert item.entries.get().review == Review.objects.get()
    assert item.owner == anna.prescriptions.get().clinician
    for day in range(8):
        planning.plan(at("10:00", MONDAY + day * DAY))
    assert WorkItemEntry.objects.filter(what="call_helped").count() == 1
    close_work(item=item, by=item.owner, outcome="Much better.", now=at("12:00", MONDAY + 8 * DAY))
    planning.plan(at("10:00", MONDAY + 9 * DAY))
    assert not WorkItem.objects.open().filter(kind="call").exists()
    assert not Notice.objects.filter(kind="helped").exists()


@pytest.mark.parametrize("why", ["answered", "signed", "ended", "suspended", "paused", "asked no more"])
def test_who_is_not_asked_by_mail_is_not_called_either(why):
    """Also at the very moment that it would be due: the review opens, then the calls are planned."""
    anna = begun()
    planning.plan(at("10:00", MONDAY - DAY))  # nothing is due yet
    prescription = anna.prescriptions.get()
    if why == "suspended":
        EmergencyReportFactory(patient=anna, reported_at=at("09:00", MONDAY - DAY))
    if why == "asked no more":
        stop_asking(patient=anna, by=None, now=at("09:00", MONDAY - DAY))
    open_due_reviews(now=at("00:00"))
    review = Review.objects.get()
    if why == "paused":
        PauseFactory(prescription=prescription, starts_on=MONDAY, ends_on=MONDAY + DAY)
    if why == "answered":
        answer_review(review=review, helped=Helped.USEFUL, words="", by=anna.user, now=at("00:10"))
    if why == "signed":
        Review.objects.update(
            signed_at=at("00:10"), signed_by=prescription.clinician, decision="continue", snapshot={"on": ""}
        )
    if why == "ended":
        prescription.status, prescription.ended_on = "ended", MONDAY
        prescription.end_reason, prescription.next_review_on = "improved", None
        prescription.save()
    plan_helped_calls(at("10:00"))
    assert not WorkItem.objects.filter(kind="call").exists()
    if why == "paused":
        plan_helped_calls(at("10:00", MONDAY + 2 * DAY))
        assert said(call()) == ["Ask them whether the exercises have helped."]


def test_the_queries_do_not_grow_with_those_who_are_called():
    house = clinic()

    def queries(now: dt.datetime) -> int:
        open_due_reviews(now=now)
        with CaptureQueriesContext(connection) as counted:
            plan_helped_calls(now)
        return len(counted)

    begun(clinic=house)
    few = queries(at("00:00"))
    for _number in range(12):
        begun(clinic=house)
    assert queries(at("00:01")) == few
    assert WorkItem.objects.filter(kind="call").count() == 13


# --- Whose address is refused -------------------------------------------------------------------------
@pytest.fixture
def bounced(mailbox, settings) -> Scenario:
    """Whose address a mail server has refused, as the outbox found out before."""
    trial = Scenario("AB")
    addresses.mark_refused(trial.patient.email, now=trial.at(2))
    return trial


def test_what_would_have_gone_to_a_refused_address_becomes_a_call(bounced):
    changes(bounced, 3, "Slowly.")
    is_answered(bounced, 3)
    assert drain.drain(clock=lambda: bounced.at(3, "23:00")) == {"suppressed": 1}  # the change's was before
    assert set(said(call())) == {
        "Tell them that the programme has changed.",
        "Tell them that there is an answer to their question.",
    }
    assert {one.state_reason for one in Notice.objects.all()} == {"address_refused"}


def test_asking_whether_it_has_helped_by_a_refused_address_is_one_call():
    """The second mail, three days later, is suppressed as well and adds nothing."""
    anna = begun(email="anna@post.example")
    addresses.mark_refused(anna.email, now=at("08:00"))
    for day in range(5):
        now = at("10:00", MONDAY + day * DAY)
        planning.plan(now)
        drain.drain(clock=Watch(now))
    assert Notice.objects.filter(kind="helped", state_reason="address_refused").count() == 2
    assert said(call()) == ["Ask them whether the exercises have helped."]
