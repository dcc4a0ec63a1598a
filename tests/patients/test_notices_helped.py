"""Has it helped? Asked at the review point and once more after 3 days, by day, of those who want it."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Event, Notice
from clinic.notices import planning, unsubscribing
from patients.merging import merge_patients
from patients.models import Patient, Review
from patients.notices import helped
from patients.notices.helped import plan_helped
from patients.preferences import ask_again, stop_asking
from patients.reviews import answer_review
from patients.vocabulary import Helped
from tests.factories import EmergencyReportFactory, MembershipFactory, PatientFactory, PauseFactory
from tests.patients.pages import text
from tests.patients.reminding import MONDAY, at, clinic, patient, prescription_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TUESDAY, THURSDAY = MONDAY + DAY, MONDAY + 3 * DAY


def begun(**fields: Any) -> Patient:
    """Their review point is reached on Monday 2 March 2026."""
    return patient(on_prescription={"starts_on": MONDAY - 20 * DAY}, **fields)


def asked() -> list[tuple[int, int, dt.datetime]]:
    rows = Notice.objects.filter(kind="helped").order_by("pk")
    return [(row.subject_id or 0, row.params["step"], row.due_at) for row in rows]


def review_of(anna: Patient) -> Review:
    return Review.objects.get(prescription__patient=anna)


def ticks(first: dt.date, last: dt.date) -> None:
    """Planning runs at 00:00, 09:59, 10:00 and 15:00 in Rome."""
    while first <= last:
        for hour in ("00:00", "09:59", "10:00", "15:00"):
            planning.plan(at(hour, first))
        first += DAY


def test_at_ten_on_the_day_of_the_review_and_once_more_three_days_later() -> None:
    anna = begun()
    planning.plan(at("00:00"))
    planning.plan(at("09:59"))
    assert asked() == []
    ticks(MONDAY, MONDAY + 60 * DAY)
    assert asked() == [(anna.pk, 1, at("10:00")), (anna.pk, 2, at("10:00", THURSDAY))]
    notice = Notice.objects.filter(kind="helped").order_by("pk").first()
    assert notice is not None
    review = review_of(anna)
    assert (notice.dedupe_key, notice.params) == (f"helped:{review.pk}:1", {"review": review.pk, "step": 1})
    assert (notice.clinic, notice.recipient) == (anna.clinic, None)


def test_on_the_patients_own_clock() -> None:
    """Ten in Noumea (UTC+11) is midnight in Rome; the point is reached there ten hours earlier, too."""
    anna = begun(time_zone="Pacific/Noumea")
    planning.plan(at("09:59", zone="Pacific/Noumea"))
    assert asked() == []
    planning.plan(at("10:00", zone="Pacific/Noumea"))
    assert asked() == [(anna.pk, 1, at("10:00", zone="Pacific/Noumea"))]


def test_not_in_the_evening() -> None:
    anna = begun()
    planning.plan(at("20:00"))
    planning.plan(at("23:59"))
    planning.plan(at("03:00", TUESDAY))
    assert asked() == []
    planning.plan(at("10:30", TUESDAY))
    planning.plan(at("19:59", THURSDAY))  # two days after the first: Friday is the third
    assert asked() == [(anna.pk, 1, at("10:30", TUESDAY))]
    planning.plan(at("10:00", THURSDAY + DAY))
    assert [step for _who, step, _due in asked()] == [1, 2]


def test_planning_that_was_dead_for_a_week_asks_once() -> None:
    anna = begun()
    for minutes in range(3):
        planning.plan(at("12:00", MONDAY + 7 * DAY) + dt.timedelta(minutes=minutes))
    assert asked() == [(anna.pk, 1, at("12:00", MONDAY + 7 * DAY))]
    ticks(MONDAY + 8 * DAY, MONDAY + 10 * DAY)
    assert asked()[1:] == [(anna.pk, 2, at("10:00", MONDAY + 10 * DAY))]


def answered(anna: Patient) -> None:
    answer_review(review=review_of(anna), helped=Helped.NOT, by=anna.user, now=at("09:30"))


def signed(anna: Patient) -> None:
    by = prescription_of(anna).clinician
    Review.objects.update(signed_at=at("08:00"), signed_by=by, decision="continue", snapshot={"on": "x"})


def ended(anna: Patient) -> None:
    anna.prescriptions.update(status="ended", ended_on=MONDAY, end_reason="improved")


def suspended(anna: Patient) -> None:
    EmergencyReportFactory(patient=anna, reported_at=at("09:00"))


def paused(anna: Patient) -> None:
    PauseFactory(prescription=prescription_of(anna), starts_on=MONDAY, ends_on=MONDAY)


def turned_off(anna: Patient) -> None:
    stop_asking(patient=anna, by=anna.user, now=at("09:00"))


REASONS = [answered, signed, ended, suspended, paused, turned_off]


@pytest.mark.parametrize("happens", REASONS)
def test_who_is_not_asked(happens: Callable[[Patient], None]) -> None:
    anna = begun()
    planning.plan(at("03:00"))
    happens(anna)
    assert plan_helped(at("10:00")) == 0


@pytest.mark.parametrize("happens", REASONS)
def test_what_happens_between_planning_and_sending_suppresses_it(happens: Callable[[Patient], None]) -> None:
    anna = begun()
    planning.plan(at("10:00"))
    [notice] = Notice.objects.filter(kind="helped")
    assert helped.still_wanted(notice, at("10:01")).wanted
    happens(anna)
    assert helped.still_wanted(notice, at("10:01")).reason == happens.__name__


def test_answered_after_the_first_there_is_no_second() -> None:
    anna = begun()
    ticks(MONDAY, TUESDAY)
    answered(anna)
    ticks(THURSDAY, MONDAY + 9 * DAY)
    assert len(asked()) == 1


def test_after_a_pause_and_once_a_sign_is_cleared_it_is_asked() -> None:
    anna, bea = begun(), begun()
    paused(anna)
    report = EmergencyReportFactory(patient=bea, reported_at=at("09:00"))
    ticks(MONDAY, MONDAY)
    assert asked() == []
    report.cleared_at, report.cleared_on = at("20:00"), MONDAY
    report.cleared_by, report.clearing_note = prescription_of(bea).clinician, "Seen."
    report.save()
    # Anna's point moved by a day with her pause.
    ticks(TUESDAY, TUESDAY)
    assert {who for who, _step, _due in asked()} == {anna.pk, bea.pk}


def test_none_without_an_address() -> None:
    begun(email="")
    ticks(MONDAY, MONDAY + 9 * DAY)
    assert asked() == []


def test_as_many_queries_however_many_are_asked(django_assert_num_queries: Any) -> None:
    house = clinic()
    for _more in range(5):
        begun(clinic=house)
    planning.plan(at("03:00"))
    with django_assert_num_queries(3):  # zones, the first mails, the second ones
        assert plan_helped(at("10:00")) == 5


# --- No more of them -----------------------------------------------------------------------------------
def link_in(notice: Notice) -> str:
    return urlsplit(unsubscribing.path(notice)).path


def test_turning_it_off_from_the_mail_with_one_click(client: Client) -> None:
    anna, bea = begun(), begun()
    planning.plan(at("10:00"))
    path = link_in(Notice.objects.get(kind="helped", subject_id=anna.pk))
    assert "whether your exercises have helped" in client.get(path).content.decode()
    anna.refresh_from_db()
    assert anna.helped_stopped_at is None
    for _twice in range(2):
        answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    anna.refresh_from_db()
    bea.refresh_from_db()
    assert (anna.helped_stopped_at is not None, bea.helped_stopped_at) == (True, None)
    assert anna.reminders_stopped_at is None  # reminders stay: each kind on its own
    assert Event.objects.filter(verb="changed", object_type="patients.Patient", actor=None).count() == 1
    planning.plan(at("10:00", THURSDAY))
    assert [(who, step) for who, step, _due in asked()][2:] == [(bea.pk, 2)]


def test_two_records_merged_whoever_said_no_and_an_old_link_still_works(client: Client) -> None:
    anna = begun()
    planning.plan(at("10:00"))
    path = link_in(Notice.objects.get(kind="helped"))
    by = MembershipFactory(clinic=anna.clinic).user
    keep = PatientFactory(clinic=anna.clinic)
    merge_patients(keep=keep, other=anna, by=by, now=at("11:00"))
    client.post(path)
    keep.refresh_from_db()
    assert keep.helped_stopped_at is not None
    second = PatientFactory(clinic=anna.clinic)
    merge_patients(keep=second, other=keep, by=by, now=at("12:00"))
    second.refresh_from_db()
    assert second.helped_stopped_at == keep.helped_stopped_at


def test_off_and_on_in_the_settings(aurora, as_patient) -> None:
    client = as_patient(aurora.patient)
    url = reverse("settings")
    assert "Mail that asks at a review: on" in text(client.get(url))
    client.post(url, {"asking": "off"})
    assert "Mail that asks at a review: off" in text(client.get(url))
    client.post(url, {"asking": "on"})
    aurora.patient.refresh_from_db()
    assert aurora.patient.helped_stopped_at is None
    events = Event.objects.filter(verb="changed", object_type="patients.Patient", actor=aurora.patient.user)
    assert events.count() == 2
    ask_again(patient=aurora.patient, by=aurora.patient.user, now=at("09:00"))
    assert events.count() == 2  # nothing changed
