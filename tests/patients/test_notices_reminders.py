"""Who is reminded, when, and who is not."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Notice
from patients.models import Patient
from patients.notices import reminders
from tests.factories import (
    EmergencyReportFactory,
    ExerciseStopFactory,
    PauseFactory,
    PracticeSessionFactory,
    PrescriptionVersionFactory,
)
from tests.patients.reminding import MONDAY, NINE, at, clinic, patient, planned, prescription_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_at_the_chosen_local_minute_and_once() -> None:
    anna = patient()
    assert planned(at("08:59:59")) == []
    assert planned(at("09:00")) == [(anna.pk, "2026-03-02", 1)]
    assert planned(at("09:00:30")) == []
    notice = Notice.objects.get()
    assert notice.dedupe_key == f"reminder:{anna.pk}:2026-03-02:1"
    assert (notice.due_at, notice.expires_at) == (at("09:00"), at("13:00"))
    assert (notice.clinic, notice.subject_id, notice.recipient) == (anna.clinic, anna.pk, None)
    assert (notice.state, notice.attempt, notice.created_at) == ("queued", 0, at("09:00"))


def test_every_day_that_is_due() -> None:
    anna = patient()
    days = [planned(at("09:00", MONDAY + DAY * ahead)) for ahead in range(3)]
    assert days == [[(anna.pk, f"2026-03-0{2 + ahead}", 1)] for ahead in range(3)]


# --- Who is not -------------------------------------------------------------------------------------


def turned_off(anna: Patient) -> None:
    Patient.objects.filter(pk=anna.pk).update(reminders_stopped_at=at("07:00"))


def without_an_address(anna: Patient) -> None:
    Patient.objects.filter(pk=anna.pk).update(email="")


def ended(anna: Patient) -> None:
    anna.prescriptions.update(status="ended", ended_on=MONDAY, end_reason="improved")


def still_a_draft(anna: Patient) -> None:
    anna.prescriptions.update(status="draft", activated_on=None, activated_at=None)


def starting_tomorrow(anna: Patient) -> None:
    anna.prescriptions.update(starts_on=MONDAY + DAY)


def activated_after_the_hour(anna: Patient) -> None:
    anna.prescriptions.update(activated_at=at("09:00:01"))


def paused_from_today(anna: Patient) -> None:
    PauseFactory(prescription=prescription_of(anna), starts_on=MONDAY, ends_on=MONDAY + DAY)


def paused_until_today(anna: Patient) -> None:
    PauseFactory(prescription=prescription_of(anna), starts_on=MONDAY - DAY, ends_on=MONDAY)


def suspended(anna: Patient) -> None:
    EmergencyReportFactory(patient=anna, reported_at=at("07:00"))


def practised_today(anna: Patient) -> None:
    PracticeSessionFactory(prescription=prescription_of(anna), practised_on=MONDAY)


def not_on_mondays(anna: Patient) -> None:
    prescription_of(anna).versions.update(weekdays="246")


def not_on_mondays_from_today(anna: Patient) -> None:
    PrescriptionVersionFactory(prescription=prescription_of(anna), starts_on=MONDAY, weekdays="246")


def everything_stopped(anna: Patient) -> None:
    session = PracticeSessionFactory(prescription=prescription_of(anna), practised_on=MONDAY - DAY)
    for line in session.version.exercises.all():
        ExerciseStopFactory(session=session, line=line.line)


@pytest.mark.parametrize(
    "happens",
    [
        turned_off,
        without_an_address,
        ended,
        still_a_draft,
        starting_tomorrow,
        activated_after_the_hour,
        paused_from_today,
        paused_until_today,
        suspended,
        practised_today,
        not_on_mondays,
        not_on_mondays_from_today,
        everything_stopped,
    ],
)
def test_who_is_not_reminded(happens: Any) -> None:
    anna, other = patient(), patient()
    happens(anna)
    assert planned(at("09:00")) == [(other.pk, "2026-03-02", 1)]


# --- Who is, all the same ---------------------------------------------------------------------------


def paused_until_yesterday(anna: Patient) -> None:
    PauseFactory(prescription=prescription_of(anna), starts_on=MONDAY - 3 * DAY, ends_on=MONDAY - DAY)


def cleared(anna: Patient) -> None:
    clinician = prescription_of(anna).clinician
    EmergencyReportFactory(
        patient=anna, reported_at=at("07:00"), cleared_at=at("08:00"), cleared_on=MONDAY, cleared_by=clinician
    )


def practised_yesterday(anna: Patient) -> None:
    PracticeSessionFactory(prescription=prescription_of(anna), practised_on=MONDAY - DAY)


def one_exercise_stopped(anna: Patient) -> None:
    session = PracticeSessionFactory(prescription=prescription_of(anna), practised_on=MONDAY - DAY)
    ExerciseStopFactory(session=session)


def stopped_and_resumed(anna: Patient) -> None:
    everything_stopped(anna)
    stop = prescription_of(anna).stops.first()
    assert stop is not None
    stop.resumed_at, stop.resumed_on, stop.resumed_by = at("08:00"), MONDAY, prescription_of(anna).clinician
    stop.save()


def first_session_starts_it(anna: Patient) -> None:
    anna.prescriptions.update(starts_on=None, activated_on=MONDAY, activated_at=at("08:00"))
    prescription_of(anna).versions.update(starts_on=MONDAY)


def a_replaced_revision(anna: Patient) -> None:
    PracticeSessionFactory(prescription=prescription_of(anna), practised_on=MONDAY, superseded_at=at("08:00"))


@pytest.mark.parametrize(
    "happens",
    [
        paused_until_yesterday,
        cleared,
        practised_yesterday,
        one_exercise_stopped,
        stopped_and_resumed,
        first_session_starts_it,
        a_replaced_revision,
    ],
)
def test_who_is_reminded_all_the_same(happens: Any) -> None:
    anna = patient()
    happens(anna)
    assert planned(at("09:00")) == [(anna.pk, "2026-03-02", 1)]


def test_two_sessions_a_day_have_a_reminder_each_unless_that_many_are_recorded() -> None:
    times = (NINE, dt.time(18, 0))
    anna, bea, carlo = (patient(*times) for _ in range(3))
    for one in (anna, bea, carlo):
        prescription_of(one).versions.update(sessions_a_day=2)
    PracticeSessionFactory(prescription=prescription_of(bea), practised_on=MONDAY)
    for _ in range(2):
        PracticeSessionFactory(prescription=prescription_of(carlo), practised_on=MONDAY)
    assert planned(at("09:00")) == [(anna.pk, "2026-03-02", 1)]
    assert planned(at("18:00")) == [(anna.pk, "2026-03-02", 2), (bea.pk, "2026-03-02", 2)]


def test_a_second_time_means_nothing_where_one_session_is_prescribed() -> None:
    patient(dt.time(7, 0), NINE)
    assert [slot for _, _, slot in planned(at("09:00"))] == [1]


# --- The place and its clocks -----------------------------------------------------------------------


def test_each_in_their_own_zone() -> None:
    house = clinic()
    rome = patient(clinic=house)
    apia = patient(clinic=house, time_zone="Pacific/Apia")
    # Eleven hours ahead and more: their Monday begins on the clinic's Sunday.
    assert planned(at("09:00", zone="Pacific/Apia")) == [(apia.pk, "2026-03-02", 1)]
    assert planned(at("09:00")) == [(rome.pk, "2026-03-02", 1)]


@pytest.mark.parametrize(
    ("zone", "on", "time", "instant"),
    [
        # The time does not exist: the first instant after the gap.
        ("Europe/Rome", "2026-03-29", "02:30", "2026-03-29T01:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30"),
        # It exists twice: the first.
        ("Europe/Rome", "2026-10-25", "02:30", "2026-10-25T00:30"),
        ("America/Santiago", "2026-04-04", "23:30", "2026-04-05T02:30"),
    ],
)
def test_when_clocks_change_a_time_comes_once(zone: str, on: str, time: str, instant: str) -> None:
    chosen = [(zone, dt.time.fromisoformat(time))]
    come_at = dt.datetime.fromisoformat(instant).replace(tzinfo=dt.UTC)
    found = come_in(chosen, come_at - dt.timedelta(hours=3), come_at + dt.timedelta(hours=3))
    assert found[zone, dt.date.fromisoformat(on)] == {come_at: come_at}


Comings = dict[tuple[str, dt.date], dict[dt.datetime, dt.datetime]]


def come_in(chosen: list[tuple[str, dt.time]], start: dt.datetime, end: dt.datetime) -> Comings:
    """Tick every half hour: for each zone and local date the instants that came, and when first."""
    found: Comings = {}
    tick = start
    while tick < end:
        for place, moments in reminders.come_by(tick, chosen).items():
            for instant in moments.values():
                found.setdefault(place, {}).setdefault(instant, tick)
        tick += dt.timedelta(minutes=30)
    return found


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Rome",
        "Australia/Lord_Howe",
        "America/Santiago",
        "Pacific/Apia",
        "Asia/Kathmandu",
        "Etc/GMT+12",
    ],
)
def test_over_a_year_every_local_day_has_each_time_once_and_punctually(zone: str) -> None:
    start = at("00:00", dt.date(2026, 1, 1), zone)
    found = come_in([(zone, NINE)], start, start + 365 * DAY)
    assert sorted(on for _, on in found) == [dt.date(2026, 1, 1) + ahead * DAY for ahead in range(365)]
    for (_, on), comings in found.items():
        [(instant, first_tick)] = comings.items()
        assert instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == dt.datetime.combine(on, NINE)  # noqa: DTZ001 what clocks show
        assert dt.timedelta(0) <= first_tick - instant < dt.timedelta(minutes=30)


def test_a_day_that_was_left_out_has_no_reminder() -> None:
    """In Apia the 31st of December 2011 followed the 29th."""
    start = at("00:00", dt.date(2011, 12, 29), "Pacific/Apia")
    found = come_in([("Pacific/Apia", NINE)], start, start + 2 * DAY)
    assert sorted(on.day for _, on in found) == [29, 31]


def test_moving_to_another_zone_does_not_remind_twice() -> None:
    anna = patient(time_zone="Pacific/Apia")
    assert planned(at("09:00", zone="Pacific/Apia")) == [(anna.pk, "2026-03-02", 1)]
    Patient.objects.update(time_zone="Europe/Rome")
    assert planned(at("09:00")) == []  # Monday again, but reminded already
    assert planned(at("09:00", MONDAY + DAY)) == [(anna.pk, "2026-03-03", 1)]


def test_an_unknown_zone_stops_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    patient(given_name="Bea")
    Patient.objects.update(time_zone="Europe/Atlantis")
    anna = patient()
    assert planned(at("09:00")) == [(anna.pk, "2026-03-02", 1)]
    assert "a time zone that is not known" in caplog.text
    assert "Atlantis" not in caplog.text  # what stands in the database does not stand in the logs


# --- Late -------------------------------------------------------------------------------------------


def test_planned_late_it_still_expires_four_hours_after_its_time() -> None:
    anna = patient()
    assert planned(at("12:59")) == [(anna.pk, "2026-03-02", 1)]
    notice = Notice.objects.get()
    assert (notice.due_at, notice.expires_at) == (at("09:00"), at("13:00"))


def test_after_four_hours_it_is_not_made_any_more() -> None:
    patient()
    assert planned(at("13:00")) == []


def test_a_reminder_of_the_evening_is_still_made_after_midnight_for_its_own_day() -> None:
    anna = patient(dt.time(21, 0))
    assert planned(at("00:30", MONDAY + DAY)) == [(anna.pk, "2026-03-02", 1)]


def test_a_scheduler_that_was_dead_for_four_days_makes_no_pile() -> None:
    anna = patient(NINE)
    planned(at("09:00"))
    assert planned(at("09:30", MONDAY + 5 * DAY)) == [(anna.pk, "2026-03-07", 1)]


# --- Scale ------------------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow_with_patients() -> None:
    def queries(now: dt.datetime) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            planned_now.append(reminders.plan_reminders(now))
        return len(captured)

    planned_now: list[int] = []
    house = clinic()
    for _ in range(2):
        patient(clinic=house)
    few = queries(at("09:00"))
    for _ in range(20):
        patient(clinic=house)
    many = queries(at("09:00", MONDAY + DAY))
    assert planned_now == [2, 22]
    assert few == many == 2  # which times there are, and one INSERT for the one zone where it is time
