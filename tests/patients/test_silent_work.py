"""Silent and not begun on the worklist: on open mornings, once for each silence, until somebody closes it.

Day 1 is Monday 2 March 2026, and the clinic takes four due days for a silence. It is open from Monday to
Friday.
"""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.absences import name_stand_in
from clinic.models import Notice
from clinic.notices import planning
from patients import caseload, leaving, silent_work, work
from patients.models import Patient, WorkItem, WorkItemEntry
from patients.silence import expected, silences
from patients.vocabulary import Decision, WorkKind
from tests.factories import (
    ClinicFactory,
    MembershipFactory,
    PatientFactory,
    PracticeSessionFactory,
    PrescriptionFactory,
    SkippedDayFactory,
)
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def trial() -> Scenario:
    """Practised on day 1 and never since: Tuesday to Friday are the four days, so day 6 is Saturday."""
    trial = Scenario("AB")
    trial.practises(1, 1)
    return trial


def lines(trial: Scenario) -> list[tuple[str, dt.date, list[dt.date | None]]]:
    """Of each item of the patient: its kind, when it was opened, and the silences that it is about."""
    items = WorkItem.objects.filter(patient=trial.patient).order_by("pk")
    return [
        (item.kind, item.opened_at.date(), [entry.quiet_since for entry in item.entries.all()])
        for item in items
    ]


def close(trial: Scenario, on: int, outcome: str = "Phoned: had the flu.") -> None:
    (item,) = trial.open_work()
    work.close_work(item=item, by=trial.clinician, outcome=outcome, now=trial.at(on, "10:00"))


# --- When --------------------------------------------------------------------------------------------
def test_a_silence_is_a_line_on_the_next_open_morning_at_the_clinics_hour(trial):
    for day, at in ((5, "23:00"), (6, "09:00"), (7, "09:00"), (8, "07:59")):
        trial.morning(day, at)
        assert lines(trial) == []
    trial.morning(8)
    assert lines(trial) == [("silent", trial.date(8), [trial.date(1)])]
    (item,) = trial.open_work()
    assert (item.owner, item.due_on, item.prescription) == (
        trial.clinician,
        trial.date(8),
        trial.prescription,
    )
    assert item.waits_since == item.opened_at == trial.at(8, "08:00")


@pytest.mark.parametrize("start", ["2026-03-02", None])
def test_not_begun_is_a_line_of_its_own(start):
    trial = Scenario("A", start=start)
    trial.morning(4)
    assert lines(trial) == []
    trial.morning(5)
    assert lines(trial) == [("not_started", trial.date(5), [trial.date(1)])]


def test_planning_that_was_dead_for_days_makes_it_all_the_same(trial):
    """It comes back on a Wednesday evening, and finds one who fell silent meanwhile and one long ago."""
    other = Scenario("A", patient=PatientFactory(clinic=trial.clinic))
    other.practises(1, 6)
    trial.morning(10, "23:30")  # the other is silent from day 7 to 10, so from day 11 on
    assert [len(lines(one)) for one in (trial, other)] == [1, 0]
    trial.morning(11)
    assert [len(lines(one)) for one in (trial, other)] == [1, 1]


@pytest.mark.parametrize(
    ("zone", "utc", "is_there"),
    [
        # Not begun: the 2nd to the 5th are four days, over where the local date is the 6th.
        ("Europe/Rome", "2026-03-05T20:00", False),
        ("Pacific/Auckland", "2026-03-05T10:30", False),  # 23:30 of the 5th there
        ("Pacific/Auckland", "2026-03-05T11:30", True),  # 00:30 of the 6th there, and noon of the 5th in Rome
        ("Pacific/Kiritimati", "2026-03-05T10:30", True),  # 00:30 of the 6th
        ("Pacific/Honolulu", "2026-03-06T09:30", False),  # 23:30 of the 5th there, the 6th in Rome
        ("Pacific/Honolulu", "2026-03-06T10:30", True),  # 00:30 of the 6th
    ],
)
def test_days_are_the_patients_and_mornings_the_clinics(zone, utc, is_there):
    trial = Scenario("A", zone=zone)
    silent_work.open_silences(dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC))
    assert (lines(trial) != []) == is_there


def test_in_a_zone_that_nobody_knows_nobody_is_called_silent_and_nothing_breaks(trial):
    lost = Scenario("A", patient=PatientFactory(clinic=trial.clinic))
    Patient.objects.filter(pk=lost.patient.pk).update(time_zone="Mars/Olympus")
    trial.morning(8)
    assert (len(lines(trial)), len(lines(lost))) == (1, 0)


def test_it_is_a_planner(trial):
    planning.plan(trial.at(8, "08:00"))
    assert len(trial.open_work(WorkKind.SILENT)) == 1


# --- Once --------------------------------------------------------------------------------------------
def test_once_for_each_silence_though_it_was_closed(trial):
    trial.morning(8)
    close(trial, 8)
    for day in (8, 9, 10, 11, 12):
        trial.morning(day, "12:00")
    assert lines(trial) == [("silent", trial.date(8), [trial.date(1)])]
    trial.records(14, done="A")  # Sunday; then the 15th to the 18th are four days: new on day 19, a Friday
    trial.morning(18)
    assert len(lines(trial)) == 1
    trial.morning(19)
    assert lines(trial)[1:] == [("silent", trial.date(19), [trial.date(14)])]


def test_a_new_silence_joins_the_line_that_nobody_closed_and_asks_again(trial):
    trial.morning(8)
    (item,) = trial.open_work()
    work.acknowledge(item=item, by=trial.clinician, now=trial.at(8, "10:00"))
    trial.records(9, done="A")
    trial.morning(12)
    trial.morning(15)  # the 10th to the 13th
    assert lines(trial) == [("silent", trial.date(8), [trial.date(1), trial.date(9)])]
    item.refresh_from_db()
    assert (item.acknowledged_at, item.waits_since) == (None, trial.at(15, "08:00"))
    assert [entry.acknowledged_at for entry in item.entries.all()] == [trial.at(8, "10:00"), None]


def test_who_said_why_is_heard_and_a_silence_after_that_is_another(trial):
    trial.morning(8)
    close(trial, 8)
    SkippedDayFactory(prescription=trial.prescription, skipped_on=trial.date(11))
    trial.morning(15)
    assert len(lines(trial)) == 1  # the 12th, 13th and 14th are three
    trial.morning(16)
    assert lines(trial)[1:] == [("silent", trial.date(16), [trial.date(11)])]
    # Days that staff pause afterwards are not heard of any more: that is no new silence.
    close(trial, 16)
    trial.pauses(11, 11, told_on=16)
    trial.morning(17)
    assert len(lines(trial)) == 2


def test_a_pause_shifts_a_silence_and_makes_no_second_one(trial):
    trial.morning(8)
    close(trial, 8)
    trial.pauses(3, 12, told_on=8)
    trial.morning(16)  # the 2nd and the 13th to the 15th are four
    assert len(lines(trial)) == 1


@pytest.mark.parametrize("what", ["paused", "suspended", "draft", "ended"])
def test_of_whom_nothing_is_expected_there_is_no_line(trial, what):
    if what == "paused":
        trial.pauses(8, 9)
    elif what == "suspended":
        trial.reports_emergency(8, at="07:00")
    elif what == "ended":
        trial.ends(7)
    else:
        PrescriptionFactory(patient=PatientFactory(clinic=trial.clinic), status="draft")
        trial.ends(7)
    trial.morning(8)
    assert WorkItem.objects.filter(kind__in=silent_work.KINDS).count() == 0


def test_begun_and_then_silent_are_two_lines():
    trial = Scenario("A")
    trial.morning(5)
    trial.records(5, done="A")
    trial.morning(10)
    assert [kind for kind, _at, _since in lines(trial)] == ["not_started", "silent"]


def test_the_next_programme_has_silences_of_its_own(trial):
    trial.morning(8)
    trial.ends(8)
    later = Scenario("A", start="2026-03-10", activated="2026-03-10", patient=trial.patient)
    silent_work.open_silences(later.at(5, "08:00"))  # Saturday
    silent_work.open_silences(later.at(7, "08:00"))
    assert [kind for kind, _at, _since in lines(trial)] == ["silent", "not_started"]


def test_what_the_query_leaves_out_is_never_silent(trial):
    """Whoever the rule calls silent, on each of fifty days, has a line by then: nothing is left out."""
    happens = {
        9: lambda: trial.records(9, at="07:00", skipped={"A": "no_time", "B": "no_time"}),
        12: lambda: trial.pauses(12, 14),
        20: lambda: SkippedDayFactory(prescription=trial.prescription, skipped_on=trial.date(20)),
        24: lambda: trial.changes(24, "AB", weekdays="135", at="07:00"),
        32: lambda: trial.records(32, at="07:00", done="A"),
    }
    told = set()
    for day in range(1, 51):
        happens.get(day, lambda: None)()
        trial.morning(day)
        now = trial.at(day, "08:00")
        rows = list(expected().filter(pk=trial.pk).select_related("patient__clinic"))
        if str(trial.date(day).isoweekday()) in trial.clinic.open_days:
            told |= {one.since for one in silences(rows, now=now)}
    assert told == set(WorkItemEntry.objects.filter(what="silent").values_list("quiet_since", flat=True))
    assert told == {trial.date(number) for number in (1, 9, 20, 32)}


# --- Many --------------------------------------------------------------------------------------------
def quiet_patients(clinic: Any, count: int) -> None:
    by = MembershipFactory(clinic=clinic).user
    for number in range(count):
        one = PrescriptionFactory(
            patient__clinic=clinic,
            clinician=by,
            starts_on=dt.date(2026, 3, 2),
            activated_on=dt.date(2026, 3, 2),
        )
        if number % 2:
            PracticeSessionFactory(prescription=one, practised_on=dt.date(2026, 3, 2))


def test_as_many_queries_for_two_as_for_twelve_and_few_where_nothing_is_new():
    now = dt.datetime(2026, 3, 9, 8, 0, tzinfo=dt.UTC)

    def needed() -> int:
        with CaptureQueriesContext(connection) as captured:
            silent_work.open_silences(now)
        return len(captured)

    quiet_patients(ClinicFactory(), 2)
    few = needed()
    assert WorkItem.objects.count() == 2
    assert needed() == 3  # the clinics, who may be silent, and of whom a line knows
    quiet_patients(ClinicFactory(), 12)
    assert needed() == few + 2  # those two of the first clinic, where nobody is new any more
    assert WorkItem.objects.count() == 14
    assert needed() == 5


def test_a_tick_is_bounded_and_the_next_goes_on(monkeypatch):
    monkeypatch.setattr(silent_work, "READ_AT_ONCE", 2)
    monkeypatch.setattr(silent_work, "LINES_A_TICK", 4)
    quiet_patients(ClinicFactory(), 7)
    counts = []
    for minute in range(3):
        silent_work.open_silences(dt.datetime(2026, 3, 9, 8, minute, tzinfo=dt.UTC))
        counts.append(WorkItem.objects.count())
    assert counts == [4, 7, 7]


# --- Until somebody closes it -------------------------------------------------------------------------
def test_who_ends_the_programme_closes_it_by_saying_why(trial):
    trial.morning(8)
    trial.ends(9)
    item = WorkItem.objects.get(kind="silent")
    assert (item.closed_by, item.outcome) == (trial.clinician, "The programme has ended: Improved.")


def test_so_does_a_review_that_ends_it(trial):
    trial.morning(8)
    trial.scheduler_runs(21)
    trial.signs(trial.prescription.reviews.get(), on=21, decision=Decision.END)
    assert trial.open_work() == []
    assert WorkItem.objects.get(kind="silent").outcome == "The programme has ended: Improved."


@pytest.mark.parametrize("what", ["records", "pauses", "suspends"])
def test_it_stays_whatever_happens_until_somebody_says_what_came_of_it(trial, what):
    trial.morning(8)
    if what == "records":
        trial.records(9, done="A")
    elif what == "pauses":
        trial.pauses(9, 20)
    else:
        trial.reports_emergency(9)
    trial.morning(10)
    (item,) = trial.open_work(WorkKind.SILENT)
    assert item.entries.count() == 1


# --- Whose it is --------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["silent", "not_started"])
@pytest.mark.parametrize("how", ["all", "some", "leaves"])
def test_it_goes_along_when_patients_are_handed_over(kind, how):
    trial = Scenario("A")
    if kind == "silent":
        trial.practises(1, 1)
    trial.morning(8)
    (item,) = trial.open_work(WorkKind(kind))
    taker = MembershipFactory(clinic=trial.clinic).user
    known = {"clinic": trial.clinic, "taker": taker, "by": taker, "now": trial.at(8, "12:00")}
    if how == "leaves":
        assert leaving.keeps_something(trial.clinician, trial.clinic)
        leaving.leave(user=trial.clinician, **known)
    else:
        patients = [trial.patient] if how == "some" else None
        caseload.hand_over_patients(giver=trial.clinician, patients=patients, **known)
    item.refresh_from_db()
    assert item.owner == taker
    assert not WorkItem.objects.open().filter(owner=trial.clinician).exists()
    trial.morning(9)
    assert trial.open_work(WorkKind(kind)) == [item]


def test_some_patients_handed_over_leave_the_others_silent_with_who_treats_them(trial):
    other = Scenario("A", patient=PatientFactory(clinic=trial.clinic))
    trial.morning(8)
    taker = MembershipFactory(clinic=trial.clinic).user
    caseload.hand_over_patients(
        clinic=trial.clinic,
        giver=trial.clinician,
        taker=taker,
        by=taker,
        now=trial.at(8, "12:00"),
        patients=[trial.patient],
    )
    (moved,), (stayed,) = trial.open_work(), other.open_work()
    assert (moved.owner, stayed.owner) == (taker, other.clinician)


def test_who_prescribes_from_now_on_has_it(trial):
    trial.morning(8)
    taker = MembershipFactory(clinic=trial.clinic).user
    caseload.take_over_prescribing(prescription=trial.prescription, by=taker, now=trial.at(8, "12:00"))
    (item,) = trial.open_work()
    assert item.owner == taker


def test_nobody_gets_a_mail_for_it_but_the_morning_list(trial):
    name_stand_in(
        clinic=trial.clinic,
        user=trial.clinician,
        stand_in=MembershipFactory(clinic=trial.clinic).user,
        first_on=trial.date(8),
        last_on=trial.date(8),
        by=trial.clinician,
        now=trial.at(8, "07:00"),
    )
    trial.morning(8)
    assert not Notice.objects.exclude(kind="morning_list").filter(due_at__gte=trial.at(8, "00:00")).exists()
