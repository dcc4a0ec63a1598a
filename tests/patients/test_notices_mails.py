"""The mails themselves: whether they are still wanted when they go, whom they reach, and what is in them."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import resolve

from clinic.models import Clinic, Event, Notice, User
from clinic.notices import drain
from clinic.scoping import Role
from patients.asking import answer, ask
from patients.models import Message, Patient, ReminderTime, Review, WorkItem
from patients.notices import escalation, reminders, reviews
from patients.notices.morning import plan_morning_lists
from patients.signing import sign_review
from patients.vocabulary import Decision, MessageKind
from tests.factories import (
    AbsenceFactory,
    EmergencyReportFactory,
    ExerciseStopFactory,
    MembershipFactory,
    MessageFactory,
    NoticeFactory,
    PauseFactory,
    PracticeSessionFactory,
    ReviewFactory,
    ScreeningFactory,
    WorkItemEntryFactory,
    WorkItemFactory,
)
from tests.mailing import Mail, Mailbox
from tests.patients.reminding import MONDAY, at, clinic, patient, planned, prescription_of

pytestmark = pytest.mark.django_db
NINE = at("09:00")


@pytest.fixture(autouse=True)
def arriving(mailbox: Mailbox, settings) -> Mailbox:
    """Mail goes to a real server; what arrived there."""
    settings.EMAIL_BACKEND = "clinic.notices.smtp.EmailBackend"
    server = urlsplit(mailbox.url)
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
    settings.BASE_URL = "https://homestretch.example"
    return mailbox


def drained(now: dt.datetime = NINE) -> dict[str, int]:
    return drain.drain(clock=lambda: now)


def reminded(**fields: Any) -> Patient:
    """A patient whose reminder is due."""
    anna = patient(**fields)
    assert planned(NINE)
    return anna


def clinician(house: Clinic, **fields: Any) -> User:
    return MembershipFactory(clinic=house, role=Role.CLINICIAN, **fields).user


def treated(house: Clinic | None = None, **fields: Any) -> Patient:
    """A patient whose clinician works in the clinic."""
    house = house or clinic(language="en")
    by = clinician(house, user__name="Dr. Alba Rossi", user__email="alba@clinic.example")
    return patient(clinic=house, on_prescription={"clinician": by}, **fields)


# --- Reminders --------------------------------------------------------------------------------------


def test_a_reminder(arriving: Mailbox) -> None:
    anna = reminded(given_name="Anna", clinic=clinic(name="Clinic Aurora"))
    assert drained() == {"sent": 1}
    [mail] = arriving.to(anna.email)
    assert mail.subject == "Your reminder from Clinic Aurora"
    unsubscribe = mail.message["List-Unsubscribe"].strip("<> ")
    assert mail.text.splitlines() == [
        "Hello Anna,",
        "",
        "This is the reminder that you asked for. Everything for today is here:",
        "",
        "https://homestretch.example/",
        "",
        "Clinic Aurora",
        "",
        "--",
        "This mail belongs to your treatment. It is not advertising.",
        "You asked to be reminded. To get no more reminders, open this page:",
        unsubscribe,
    ]
    assert unsubscribe.startswith("https://homestretch.example/notices/unsubscribe/")


def paused(anna: Patient) -> None:
    PauseFactory(prescription=prescription_of(anna), starts_on=MONDAY, ends_on=MONDAY)


def suspended(anna: Patient) -> None:
    EmergencyReportFactory(patient=anna, reported_at=NINE)


def recorded(anna: Patient) -> None:
    PracticeSessionFactory(prescription=prescription_of(anna), practised_on=MONDAY)


def not_active(anna: Patient) -> None:
    anna.prescriptions.update(status="ended", ended_on=MONDAY, end_reason="improved")


def all_stopped(anna: Patient) -> None:
    session = PracticeSessionFactory(
        prescription=prescription_of(anna), practised_on=MONDAY - dt.timedelta(days=1)
    )
    for line in session.version.exercises.all():
        ExerciseStopFactory(session=session, line=line.line)


def not_due(anna: Patient) -> None:
    prescription_of(anna).versions.update(weekdays="7")


def turned_off(anna: Patient) -> None:
    Patient.objects.update(reminders_stopped_at=NINE)


def no_time_chosen(anna: Patient) -> None:
    ReminderTime.objects.all().delete()


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (paused, "paused"),
        (suspended, "suspended"),
        (recorded, "recorded"),
        (not_active, "not_active"),
        (all_stopped, "all_stopped"),
        (not_due, "not_due"),
        (turned_off, "turned_off"),
        (no_time_chosen, "turned_off"),
    ],
)
def test_what_happens_between_planning_and_sending_suppresses_it(
    arriving: Mailbox, happens: Callable[[Patient], None], reason: str
) -> None:
    happens(reminded())
    assert drained() == {"suppressed": 1}
    assert Notice.objects.get().state_reason == reason
    assert arriving.mails == []


def test_a_reminder_whose_patient_lost_the_address_fails(arriving: Mailbox) -> None:
    reminded()
    Patient.objects.update(email="")
    assert drained() == {"failed": 1}
    assert Notice.objects.get().state_reason == "no_address"


def test_reminders_expire_while_nothing_is_sent_and_reviews_come_once(arriving: Mailbox) -> None:
    """Planning ran, sending was dead for four days."""
    anna = treated()
    ReviewFactory(prescription=prescription_of(anna), opened_at=NINE)
    for day in range(4):
        reminders.plan_reminders(at("09:00", MONDAY + dt.timedelta(days=day)))
        reviews.plan_review_notices(at("09:00", MONDAY + dt.timedelta(days=day)))
    assert Notice.objects.filter(kind="reminder").count() == 4
    assert drained(at("14:00", MONDAY + dt.timedelta(days=3))) == {"expired": 4, "sent": 1}
    assert [mail.subject for mail in arriving.mails] == ["A review is due"]


def test_turning_reminders_off_from_the_mail(arriving: Mailbox, client: Client) -> None:
    anna, bea = reminded(), patient()
    drained()
    path = urlsplit(arriving.mails[0].message["List-Unsubscribe"].strip("<> ")).path
    page = client.get(path).content.decode()
    assert "reminders" in page
    assert anna.given_name not in page
    anna.refresh_from_db()
    assert anna.reminders_stopped_at is None
    for _ in range(2):
        answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "open Settings and choose a time" in answer.content.decode()
    anna.refresh_from_db()
    bea.refresh_from_db()
    assert anna.reminders_stopped_at is not None
    assert bea.reminders_stopped_at is None
    assert planned(at("09:00", MONDAY + dt.timedelta(days=1))) == [(bea.pk, "2026-03-03", 1)]
    [event] = Event.objects.filter(object_type="patients.Patient")
    assert (event.verb, event.actor, event.subject_id) == ("changed", None, anna.pk)


# --- Alerts -----------------------------------------------------------------------------------------


def alert(anna: Patient, kind: str = "stop_alert") -> Notice:
    prescription = prescription_of(anna)
    item = WorkItemFactory(prescription=prescription, kind=kind.removesuffix("_alert"))
    made: Notice = NoticeFactory(
        kind=kind,
        clinic=anna.clinic,
        recipient=prescription.clinician,
        subject_id=anna.pk,
        params={"work_item": item.pk},
        due_at=NINE,
    )
    return made


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("stop_alert", "Your worklist: something new today"),
        ("emergency_alert", "Your worklist: please look now"),
    ],
)
def test_an_alert_leads_to_the_worklist_and_says_nothing_else(
    arriving: Mailbox, kind: str, subject: str
) -> None:
    anna = treated(given_name="Anna")
    alert(anna, kind)
    assert drained() == {"sent": 1}
    [mail] = arriving.to("alba@clinic.example")
    assert mail.subject == subject
    assert mail.text.splitlines()[0] == "Hello Alba,"
    assert "https://homestretch.example/admin/worklist/" in mail.text.splitlines()
    assert "Anna" not in mail.text
    assert mail.message["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"acknowledged_at": NINE}, "acknowledged"),
        ({"closed_at": NINE, "outcome": "Called"}, "closed"),
    ],
)
def test_an_alert_that_somebody_has_seen_to_is_not_sent(
    arriving: Mailbox, change: dict[str, Any], reason: str
) -> None:
    anna = treated()
    alert(anna)
    by = prescription_of(anna).clinician
    who = {"acknowledged_by": by} if reason == "acknowledged" else {"closed_by": by}
    WorkItem.objects.update(**change, **who)
    assert drained() == {"suppressed": 1}
    assert Notice.objects.get().state_reason == reason


def test_an_alert_to_somebody_who_left_goes_to_the_clinic(arriving: Mailbox) -> None:
    anna = treated(clinic(email="desk@clinic.example"))
    alert(anna)
    by = prescription_of(anna).clinician
    by.memberships.update(ended_at=NINE)
    assert drained() == {"sent": 1}
    [mail] = arriving.mails
    assert mail.recipients == ("desk@clinic.example",)
    assert mail.text.splitlines()[0] == "Hello,"


def test_an_alert_that_the_clinicians_server_refuses_goes_to_the_clinic(arriving: Mailbox) -> None:
    anna = treated(clinic(email="desk@clinic.example"))
    notice = alert(anna)
    arriving.refuse["alba@clinic.example"] = "550 5.1.1 No such user"
    assert drained() == {"failed": 1, "sent": 1}
    copy = Notice.objects.exclude(pk=notice.pk).get()
    assert (copy.kind, copy.recipient, copy.subject_id) == ("stop_alert", None, anna.pk)
    assert [mail.recipients for mail in arriving.mails] == [("desk@clinic.example",)]
    # The next one does not try the marked address again.
    alert_again = NoticeFactory(
        kind="stop_alert",
        clinic=anna.clinic,
        recipient=notice.recipient,
        subject_id=anna.pk,
        params=notice.params,
        due_at=NINE,
    )
    assert drained() == {"suppressed": 1, "sent": 1}
    alert_again.refresh_from_db()
    assert alert_again.state_reason == "address_refused"


def test_when_the_clinic_refuses_too_it_ends_there(
    arriving: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    anna = treated(clinic(email="desk@clinic.example"))
    alert(anna)
    arriving.refuse = {"alba@clinic.example": "550 No", "desk@clinic.example": "550 No"}
    assert drained() == {"failed": 2}
    assert set(Notice.objects.values_list("state", flat=True)) == {"failed"}
    assert Notice.objects.count() == 2
    assert "reached nobody" in caplog.text


def colleague(anna: Patient, role: Role) -> User:
    user: User = MembershipFactory(clinic=anna.clinic, role=role, user__name="Dr. Alba Rossi").user
    return user


STEPS = {
    "owner": "Something urgent on the worklist of Clinic Aurora is still waiting for you. Please look at it "
    "now, or hand it over:",
    "stand_in": "Something urgent on the worklist of Clinic Aurora is still waiting, and you stand in for a "
    "colleague. Please look at it now:",
    "manager": "Something urgent on the worklist of Clinic Aurora has waited for more than one working day, "
    "and nobody has taken it. Please see to it that somebody does:",
}


def test_an_alert_that_nobody_took_says_whose_it_is_and_not_what(arriving: Mailbox) -> None:
    anna = treated(clinic(name="Clinic Aurora", language="en"), given_name="Anna")
    owner = prescription_of(anna).clinician
    manager, deputy = (colleague(anna, role) for role in (Role.MANAGER, Role.CLINICIAN))
    AbsenceFactory(clinic=anna.clinic, user=owner, stand_in=deputy, first_on=MONDAY, last_on=MONDAY)
    WorkItemFactory(prescription=prescription_of(anna), opened_at=at("12:00", MONDAY - dt.timedelta(days=5)))
    escalation.plan_escalation(NINE)
    assert drained() == {"sent": 3}
    for step, user in (("owner", owner), ("stand_in", deputy), ("manager", manager)):
        [mail] = arriving.to(user.email)
        assert mail.subject == "Nobody has taken this yet: please look now"
        assert mail.text.splitlines() == [
            "Hello Alba,",
            "",
            STEPS[step],
            "",
            "https://homestretch.example/admin/worklist/?who=all",
            "",
            "Clinic Aurora",
        ]


def test_an_alert_that_was_passed_on_goes_to_the_clinic_where_the_owner_left(arriving: Mailbox) -> None:
    anna = treated(clinic(email="desk@clinic.example"))
    WorkItemFactory(prescription=prescription_of(anna), opened_at=at("12:00", MONDAY - dt.timedelta(days=5)))
    prescription_of(anna).clinician.memberships.update(ended_at=NINE)
    escalation.plan_escalation(NINE)
    assert drained() == {"sent": 2}  # for the owner, and for the managers that there are none of
    assert [mail.recipients for mail in arriving.mails] == [("desk@clinic.example",)] * 2


# --- Reviews ----------------------------------------------------------------------------------------


def test_a_review_mail_leads_to_the_report(arriving: Mailbox) -> None:
    anna = treated(given_name="Anna")
    ReviewFactory(prescription=prescription_of(anna), opened_at=NINE)
    assert reviews.plan_review_notices(NINE) == 1
    assert drained() == {"sent": 1}
    [mail] = arriving.to("alba@clinic.example")
    assert mail.subject == "A review is due"
    assert mail.text.splitlines()[0] == "Hello Alba,"
    [path] = re.findall(r"https://homestretch\.example(\S+)", mail.text)
    assert resolve(path).url_name == "prescription_report"
    assert resolve(path).kwargs == {"pk": prescription_of(anna).pk}
    assert "Anna" not in mail.text


def test_a_signed_review_is_not_announced(arriving: Mailbox) -> None:
    anna = treated()
    review = ReviewFactory(prescription=prescription_of(anna), opened_at=NINE)
    reviews.plan_review_notices(NINE)
    sign_review(
        review=review,
        decision=Decision.CONTINUE,
        note="",
        by=prescription_of(anna).clinician,
        now=NINE,
    )
    assert drained() == {"suppressed": 1}
    assert Notice.objects.get().state_reason == "signed"


def review_again(review: Review, to: User, step: int | str) -> Notice:
    prescription = review.prescription
    made: Notice = NoticeFactory(
        kind="review_again",
        clinic=prescription.patient.clinic,
        recipient=to,
        subject_id=prescription.patient_id,
        params={"review": review.pk, "prescription": prescription.pk, "step": step},
        due_at=NINE,
    )
    return made


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (3, "A review at Clinic Aurora that you were told of is not signed yet. The report is here:"),
        (7, "A review at Clinic Aurora that you were told of is not signed yet. The report is here:"),
        (
            "manager",
            "A review at Clinic Aurora has waited for more than a week, and nobody has signed it. Please see "
            "to it that somebody does:",
        ),
    ],
)
def test_a_review_that_nobody_signed(arriving: Mailbox, step: int | str, sentence: str) -> None:
    anna = treated(clinic(name="Clinic Aurora", language="en"), given_name="Anna")
    prescription = prescription_of(anna)
    review_again(ReviewFactory(prescription=prescription, opened_at=NINE), prescription.clinician, step)
    assert drained() == {"sent": 1}
    [mail] = arriving.to("alba@clinic.example")
    assert mail.subject == "A review still waits for a signature"
    assert mail.text.splitlines() == [
        "Hello Alba,",
        "",
        sentence,
        "",
        f"https://homestretch.example/admin/prescriptions/{prescription.pk}/",
        "",
        "Clinic Aurora",
    ]


def helped_notice(review: Review, step: int) -> Notice:
    prescription = review.prescription
    made: Notice = NoticeFactory(
        kind="helped",
        clinic=prescription.patient.clinic,
        subject_id=prescription.patient_id,
        params={"review": review.pk, "step": step},
        due_at=NINE,
    )
    return made


@pytest.mark.parametrize(
    ("step", "subject", "sentence"),
    [
        (
            1,
            "A question from Clinic Aurora",
            "You have come to a point at which we look back together: has your programme been useful to you, "
            "or not? It takes a minute:",
        ),
        (
            2,
            "Once more, a question from Clinic Aurora",
            "We asked you a few days ago whether your programme has been useful to you. Whatever the answer, "
            "it helps us to plan with you. It takes a minute:",
        ),
    ],
)
def test_the_question_whether_it_has_helped(
    arriving: Mailbox, step: int, subject: str, sentence: str
) -> None:
    anna = treated(clinic(name="Clinic Aurora", language="en"), given_name="Anna")
    helped_notice(ReviewFactory(prescription=prescription_of(anna), opened_at=NINE), step)
    assert drained() == {"sent": 1}
    [mail] = arriving.to(anna.email)
    assert mail.subject == subject
    assert "/notices/unsubscribe/" in mail.message["List-Unsubscribe"]
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    *lines, unsubscribe = mail.text.splitlines()
    assert lines == [
        "Hello Anna,",
        "",
        sentence,
        "",
        "https://homestretch.example/review/",
        "",
        "Clinic Aurora",
        "",
        "--",
        "This mail belongs to your treatment. It is not advertising.",
        "We ask this at each review. To get no more mails that ask, open this page:",
    ]
    assert unsubscribe.startswith("https://homestretch.example/notices/unsubscribe/")


def asks(anna: Patient, words: str) -> None:
    ask(patient=anna, uid=uuid.uuid4(), kind=MessageKind.QUESTION, words=words, by=None, now=at("08:30"))


def test_the_morning_list_says_that_something_is_new_and_not_what(arriving: Mailbox) -> None:
    anna = treated(clinic(name="Clinic Aurora", language="en"), given_name="Anna")
    PracticeSessionFactory(prescription=prescription_of(anna), practised_on=MONDAY)
    asks(anna, "It burns in the leg.")
    assert plan_morning_lists(NINE) == 1
    assert drained() == {"sent": 1}
    [mail] = arriving.to("alba@clinic.example")
    assert mail.subject == "Your morning list: something is new"
    assert mail.text.splitlines() == [
        "Hello Alba,",
        "",
        "There is something new on your morning list at Clinic Aurora. You find it here:",
        "",
        "https://homestretch.example/admin/morning/",
        "",
        "Clinic Aurora",
    ]


# --- What may not be in them ------------------------------------------------------------------------

CANARY = "Kanarienvogel"


def plant() -> int:
    """Put the canary into every text field of the database; how many fields it was put into.

    Left alone: what a mail may hold (first names, clinic names, addresses), and what is code, not words.
    """
    allowed = {"given_name", "name", "slug", "email", "time_zone", "language", "open_days", "weekdays"}
    codes = {"kind", "state", "status", "role", "source", "outcome", "what", "message_id", "channel", "key"}
    codes |= {"reminder_days_off"}
    planted = 0
    for model in apps.get_models():
        if model._meta.app_label not in {"clinic", "programs", "patients"} or model is Event:
            continue
        for field in model._meta.concrete_fields:
            words = isinstance(field, models.CharField | models.TextField) and not field.choices
            if words and not field.unique and field.name not in allowed | codes:
                rows = model._default_manager.all()
                if model is Message and field.name == "answer":
                    rows = rows.exclude(answer="")  # what waits has none: a constraint says so
                rows.update(**{field.name: CANARY})
                planted += 1
    return planted


def test_no_word_of_patient_or_clinician_is_in_any_mail(arriving: Mailbox) -> None:
    anna = treated(given_name="Anna", family_name=CANARY)
    prescription = prescription_of(anna)
    ScreeningFactory(prescription=prescription)
    recorded_before = PracticeSessionFactory(
        prescription=prescription, practised_on=MONDAY - dt.timedelta(days=1), words=CANARY
    )
    ExerciseStopFactory(session=recorded_before)
    for kind in ("stop_alert", "emergency_alert"):
        WorkItemEntryFactory(item=WorkItem.objects.get(pk=alert(anna, kind).params["work_item"]))
    review = ReviewFactory(prescription=prescription, opened_at=NINE)
    manager, deputy = (colleague(anna, role) for role in (Role.MANAGER, Role.CLINICIAN))
    AbsenceFactory(
        clinic=anna.clinic, user=prescription.clinician, stand_in=deputy, first_on=MONDAY, last_on=MONDAY
    )
    WorkItem.objects.update(waits_since=at("12:00", MONDAY - dt.timedelta(days=7)))
    assert escalation.plan_escalation(NINE) == 6  # two alerts: owner, stand-in, manager
    assert reviews.plan_review_notices(NINE) == 2
    review_again(review, manager, "manager")
    for step in (1, 2):
        helped_notice(review, step)
    asks(anna, CANARY)
    assert plan_morning_lists(NINE) == 2  # for who is away, which does not go, and for who stands in
    planned(NINE)
    assert plant() > 40
    User.objects.filter(name="Dr. Alba Rossi").update(name=f"Alba {CANARY}")
    for language in ("en", "it"):
        User.objects.update(language=language)
        Patient.objects.update(language=language)
        Notice.objects.update(state="queued", sent_at=None)
        assert drained() == {"sent": 15, "suppressed": 1}
    assert len(arriving.mails) == 30
    for mail in arriving.mails:
        assert CANARY not in whole(mail)
        assert "Anna" in whole(mail) or "Alba" in whole(mail)  # it would be seen
    assert CANARY not in str(list(Notice.objects.values_list("params", "dedupe_key", "state_reason")))


def whole(mail: Mail) -> str:
    """Headers, text and HTML, decoded."""
    headers = "\n".join(f"{name}: {value}" for name, value in mail.message.items())
    return f"{headers}\n{mail.text}\n{mail.html}"


# --- Answers to questions ---------------------------------------------------------------------------


def test_the_mail_of_an_answer_says_that_there_is_one_and_not_what(arriving: Mailbox) -> None:
    anna = treated(clinic(name="Clinic Aurora", language="en"), given_name="Anna", family_name="Vedova")
    message = MessageFactory(patient=anna, words="It burns in the leg.")
    answer(message=message, words="Ease off, gently.", by=anna.prescriptions.get().clinician, now=NINE)
    assert drained() == {"sent": 1}
    [mail] = arriving.to(anna.email)
    assert mail.subject == "Clinic Aurora: there is an answer for you"
    assert mail.text.splitlines() == [
        "Hello Anna,",
        "",
        "You asked us something. The answer is here:",
        "",
        "https://homestretch.example/ask/",
        "",
        "Clinic Aurora",
        "",
        "--",
        "This mail belongs to your treatment. It is not advertising.",
    ]
    assert "List-Unsubscribe" not in mail.message
    assert drained() == {}
