"""The second reminder of a day: once, only where nothing is recorded, and over with its day."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from clinic.models import Event, Notice
from clinic.notices import drain, unsubscribing
from patients.models import Nudge, Patient
from patients.notices import reminders
from patients.notices.reminders import plan_nudges, plan_reminders, still_wanted
from tests.factories import (
    EmergencyReportFactory,
    NudgeFactory,
    PauseFactory,
    PracticeSessionFactory,
    SkippedDayFactory,
)
from tests.patients.reminding import MONDAY, at, clinic, patient, prescription_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
EIGHT = dt.time(20, 0)


def nudged(**fields: Any) -> Patient:
    """Reminded at nine, and once more at eight in the evening."""
    anna = patient(**fields)
    NudgeFactory(patient=anna, at=EIGHT)
    return anna


def planned(now: dt.datetime) -> list[str]:
    before = set(Notice.objects.values_list("pk", flat=True))
    made = plan_nudges(now)
    new = Notice.objects.exclude(pk__in=before)
    assert made == new.count()
    assert set(new.values_list("kind", flat=True)) <= {"nudge"}
    return sorted(new.values_list("dedupe_key", flat=True))


def test_at_its_own_minute_and_once():
    anna = nudged()
    assert planned(at("19:59:59")) == []
    assert planned(at("20:00")) == [f"nudge:{anna.pk}:2026-03-02:1"]
    assert planned(at("20:00:30")) == []
    notice = Notice.objects.get()
    assert (notice.due_at, notice.expires_at) == (at("20:00"), at("00:00", MONDAY + DAY))
    assert notice.params == {"patient": anna.pk, "slot": 1, "on": "2026-03-02"}


def test_one_at_noon_expires_after_four_hours():
    NudgeFactory(patient=patient(), at=dt.time(12, 0))
    planned(at("12:00"))
    assert Notice.objects.get().expires_at == at("16:00")


def test_who_wants_a_reminder_alone_gets_no_second_one():
    patient()
    assert planned(at("20:00")) == []


def test_the_reminder_is_planned_as_before():
    anna = nudged()
    assert plan_reminders(at("09:00")) == 1
    assert plan_reminders(at("20:00")) == 0
    assert Notice.objects.get().dedupe_key == f"reminder:{anna.pk}:2026-03-02:1"


def practised(anna: Patient) -> None:
    PracticeSessionFactory(prescription=prescription_of(anna), practised_on=MONDAY)


def practised_once_of_two(anna: Patient) -> None:
    """It asks whether anything is recorded, not whether all is."""
    prescription_of(anna).versions.update(sessions_a_day=2)
    practised(anna)


def skipped(anna: Patient) -> None:
    SkippedDayFactory(prescription=prescription_of(anna), skipped_on=MONDAY)


def paused(anna: Patient) -> None:
    PauseFactory(prescription=prescription_of(anna), starts_on=MONDAY, ends_on=MONDAY)


def suspended(anna: Patient) -> None:
    EmergencyReportFactory(patient=anna, reported_at=at("07:00"))


def day_off(anna: Patient) -> None:
    Patient.objects.filter(pk=anna.pk).update(reminder_days_off="17")


def turned_off(anna: Patient) -> None:
    Patient.objects.filter(pk=anna.pk).update(reminders_stopped_at=at("07:00"))


def chosen_too_late(anna: Patient) -> None:
    Nudge.objects.filter(patient=anna).update(set_at=at("20:00:01"))


def without_an_address(anna: Patient) -> None:
    Patient.objects.filter(pk=anna.pk).update(email="")


@pytest.mark.parametrize(
    "happens",
    [
        practised,
        practised_once_of_two,
        skipped,
        paused,
        suspended,
        day_off,
        turned_off,
        chosen_too_late,
        without_an_address,
    ],
)
def test_who_is_not_reminded_once_more(happens: Any):
    anna, other = nudged(), nudged()
    happens(anna)
    assert planned(at("20:00")) == [f"nudge:{other.pk}:2026-03-02:1"]


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (practised, "recorded"),
        (skipped, "skipped"),
        (paused, "paused"),
        (day_off, "day_off"),
        (turned_off, "turned_off"),
        (lambda anna: anna.nudge.delete(), "turned_off"),
    ],
)
def test_what_happens_meanwhile_is_asked_again_before_sending(happens: Any, reason: str):
    anna = nudged()
    planned(at("20:00"))
    notice = Notice.objects.get()
    assert still_wanted(notice, at("20:00")).wanted
    happens(anna)
    assert still_wanted(notice, at("20:01")).reason == reason


def test_a_day_off_and_a_skipped_day_hold_for_the_reminder_too():
    """Monday is off for one, told as skipped by another; the third is reminded. Tuesday all three are."""
    anna, bea, cleo = patient(), patient(), patient()
    day_off(anna)
    skipped(bea)
    assert plan_reminders(at("09:00")) == 1
    assert Notice.objects.get().subject_id == cleo.pk
    assert plan_reminders(at("09:00", MONDAY + DAY)) == 3


def test_in_the_patients_own_evening():
    """Eight in Noumea is ten in the morning in Rome (eleven hours ahead, UTC+11 and UTC+1)."""
    anna = nudged(time_zone="Pacific/Noumea")
    assert planned(at("20:00", zone="Pacific/Noumea")) == [f"nudge:{anna.pk}:2026-03-02:1"]
    assert at("20:00", zone="Pacific/Noumea") == at("10:00")
    assert Notice.objects.get().expires_at == at("00:00", MONDAY + DAY, "Pacific/Noumea")


def test_in_one_statement_however_many_there_are(django_assert_num_queries):
    house = clinic()
    for _number in range(3):
        nudged(clinic=house)
    with django_assert_num_queries(2):  # the times that somebody chose, and the statement
        assert plan_nudges(at("20:00")) == 3


@pytest.mark.parametrize(("language", "subject"), [("en", "Once more"), ("it", "Ancora una volta")])
def test_the_mail_says_nothing_of_health_and_how_to_end_it(language, subject, time_machine):
    anna = nudged(given_name="Anna", language=language)
    time_machine.move_to(at("20:00"), tick=False)
    planned(at("20:00"))
    notice = Notice.objects.get()
    written = reminders.NUDGE.render(notice)
    assert written.subject.startswith(subject)
    assert "Anna" in written.text
    assert unsubscribing.path(notice) in written.text
    for word in ("pain", "dolore", anna.family_name):
        assert word not in written.text.lower()


def test_its_link_ends_the_second_one_alone():
    anna = nudged()
    planned(at("20:00"))
    path = unsubscribing.path(Notice.objects.get())
    assert Client().get(path).status_code == 200
    assert Nudge.objects.exists()  # looking ends nothing
    for _twice in range(2):
        assert Client().post(path).status_code == 200
    assert not Nudge.objects.exists()
    anna.refresh_from_db()
    assert anna.reminders_stopped_at is None
    assert anna.reminder_times.count() == 1
    assert Event.objects.filter(verb="changed", subject_id=anna.pk).count() == 1


def test_what_waits_is_over_at_midnight():
    """Eight in the evening and four hours: it never speaks of a day that is over."""
    nudged()
    planned(at("20:00"))
    assert drain.expire(now=at("23:59:59")) == 0
    assert drain.expire(now=at("00:00", MONDAY + DAY)) == 1
    assert Notice.objects.get().state == "expired"
