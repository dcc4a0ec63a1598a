"""Planning is a few statements however many patients there are, sending a few a mail."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Notice
from clinic.notices import claims, drain
from clinic.scoping import Role
from patients.models import Patient, ReminderTime, Review
from patients.notices import helped, morning, reminders, reviews, reviews_again
from tests.factories import MembershipFactory, NudgeFactory, ReviewFactory
from tests.mailing import Mailbox
from tests.patients.reminding import at, clinic, patient, prescription_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
EIGHT = at("08:00")
NOON = at("12:00")


def queries(action: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        action()
    return len(captured)


def reminded(house) -> None:
    patient(clinic=house)


def nudged(house) -> None:
    NudgeFactory(patient=patient(clinic=house), at=dt.time(11, 0), set_at=at("07:00"))


def reviewed(house) -> None:
    by = MembershipFactory(clinic=house, role=Role.CLINICIAN).user
    anna = patient(clinic=house, on_prescription={"clinician": by})
    ReviewFactory(prescription=prescription_of(anna), opened_at=at("00:05"))


def told(house) -> None:
    """Of a review, eight days ago."""
    reviewed(house)
    reviews.plan_review_notices(EIGHT)
    Review.objects.update(opened_at=EIGHT - 12 * DAY)
    Notice.objects.filter(due_at=EIGHT).update(due_at=EIGHT - 11 * DAY)


def treating(house) -> None:
    MembershipFactory(clinic=house, role=Role.CLINICIAN)


@pytest.mark.parametrize(
    ("happens", "planner"),
    [
        (reminded, reminders.plan_reminders),
        (nudged, reminders.plan_nudges),
        (reviewed, helped.plan_helped),
        (reviewed, reviews.plan_review_notices),
        (told, reviews_again.plan_reviews_again),
        (treating, morning.plan_morning_lists),
    ],
    ids=lambda value: value.__name__,
)
def test_a_planner_makes_many_in_as_many_queries_as_few(happens, planner) -> None:
    def planned(count: int) -> tuple[int, int]:
        Notice.objects.all().delete()
        house = clinic(notices_at=dt.time(8, 0))
        for _ in range(count):
            happens(house)
        before = Notice.objects.count()
        needed = queries(lambda: planner(NOON if planner is not morning.plan_morning_lists else EIGHT))
        return needed, Notice.objects.count() - before

    few, made_of_few = planned(3)
    many, made_of_many = planned(20)
    assert many == few
    assert made_of_few >= 3
    assert made_of_many >= 20


@pytest.fixture
def arriving(mailbox: Mailbox, settings) -> Mailbox:
    settings.EMAIL_BACKEND = "clinic.notices.smtp.EmailBackend"
    host, _, port = mailbox.url.removeprefix("smtp://").partition(":")
    settings.EMAIL_HOST, settings.EMAIL_PORT = host, int(port)
    return mailbox


def test_a_reminder_costs_a_few_statements_and_two_transactions(arriving: Mailbox) -> None:
    """Begin and end, each committed by itself; the rest is asked for a batch at once."""

    def sent(count: int) -> int:
        Notice.objects.all().delete()
        Patient.objects.update(reminders_stopped_at=at("07:00"))
        house = clinic()
        for _ in range(count):
            patient(clinic=house)
        assert reminders.plan_reminders(at("09:00")) == count
        needed = queries(lambda: drain.drain(clock=lambda: at("09:00")))
        assert Notice.objects.filter(state="sent").count() == count
        return needed

    two, twenty = sent(2), sent(drain.BATCH)
    # UPDATE; savepoint, (not to wait), INSERT, UPDATE, release of the savepoint.
    assert (twenty - two) / (drain.BATCH - 2) <= 6
    assert two <= 2 * 6 + 17  # the claims, whether mail is held, what a batch asks, the heartbeat


def test_an_answer_counts_for_a_second(arriving: Mailbox) -> None:
    """Who turns reminders off while a slow server has the mails of others gets none."""
    house = clinic()
    first, second = patient(clinic=house), patient(clinic=house)
    reminders.plan_reminders(at("09:00"))

    def clock() -> dt.datetime:
        if not arriving.mails:
            return at("09:00")
        ReminderTime.objects.filter(patient=second).delete()
        return at("09:00:01")

    assert drain.drain(clock=clock) == {"sent": 1, "suppressed": 1}
    assert list(Notice.objects.filter(state="sent").values_list("subject_id", flat=True)) == [first.pk]


def test_where_asking_together_fails_each_is_asked_alone(
    arriving: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is at fault holds up nobody."""
    house = clinic()
    broken, fine = patient(clinic=house), patient(clinic=house)
    reminders.plan_reminders(at("09:00"))
    Notice.objects.filter(subject_id=broken.pk).update(
        params={"patient": broken.pk, "on": "no date", "slot": 1}
    )
    assert drain.drain(clock=lambda: at("09:00")) == {"sent": 1, "retry": 1}
    assert [mail.recipients for mail in arriving.mails] == [(fine.email,)]
    assert claims.claim(now=at("09:00"), limit=5) == []
