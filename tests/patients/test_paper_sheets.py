"""A tick sheet from paper: which days it has, what is recorded of it, and what it sets off."""

import pytest
from django.core.exceptions import ValidationError

from clinic.models import Event, Notice
from clinic.scoping import Role
from patients.adherence import Mark
from patients.locking import locked
from patients.models import PracticeSession
from patients.paper_sheets import MOST_DAYS, SheetDay, Ticked, record_sheet_day, sheet_days
from patients.vocabulary import Alert, Outcome, Source, WorkKind
from tests.factories import MembershipFactory
from tests.patients.colliding import at_once
from tests.patients.growing import COMFORTABLE, growing, holds
from tests.patients.scenario import Scenario, states, totals

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial() -> Scenario:
    return Scenario("AB", usual_pain=4)


def types(trial: Scenario, day: int, *ticked: Ticked, told_on: int = 21, by=None) -> int:
    """Line `day` of the sheet, typed on day `told_on`; one session without pain where nothing is said."""
    return record_sheet_day(
        prescription=trial.prescription,
        on=trial.date(day),
        ticked=ticked or [Ticked(1)],
        by=by or trial.clinician,
        now=trial.at(told_on, "10:00"),
    )


def lines(trial: Scenario, on: int) -> list[SheetDay]:
    return sheet_days(trial.prescription, today=trial.date(on))


# --- The days ------------------------------------------------------------------------------------------
def test_the_days_are_those_on_which_something_is_asked():
    trial = Scenario("A", weekdays="135", sessions_a_day=2)  # day 1 is a Monday
    trial.pauses(8, 9)  # the second Monday among them
    trial.records(3, done="A")
    trial.records(5, at="09:00", done="A")
    trial.records(5, at="11:00", done="A")
    assert [(day.on, day.asked, set(day.taken)) for day in lines(trial, 11)] == [
        (trial.date(1), 2, set()),
        (trial.date(3), 2, {1}),
        (trial.date(5), 2, {1, 2}),
        (trial.date(10), 2, set()),
    ]


def test_each_day_has_the_lines_of_the_version_that_was_in_force(trial):
    trial.changes(3, "AB", sessions_a_day=2)
    assert [day.asked for day in lines(trial, 4)] == [1, 1, 2, 2]


def test_a_long_programme_shows_its_last_days(trial):
    found = lines(trial, 100)
    assert len(found) == MOST_DAYS == 60
    assert (found[0].on, found[-1].on) == (trial.date(41), trial.date(100))


def test_before_the_start_there_is_no_line():
    trial = Scenario("A", start="2026-03-10", activated="2026-03-02")
    assert lines(trial, 0) == []


def test_where_the_first_session_starts_it_the_lines_begin_with_the_activation():
    trial = Scenario("A", start=None)
    assert [day.on for day in lines(trial, 3)] == [trial.date(1), trial.date(2), trial.date(3)]


# --- What is recorded ----------------------------------------------------------------------------------
def test_a_tick_is_a_session_in_which_everything_was_done(trial):
    desk = MembershipFactory(clinic=trial.clinic, role=Role.FRONT_DESK).user
    assert types(trial, 1, Ticked(1, pain_before=0, pain_after=3), by=desk) == 1
    session = trial.sessions().get()
    assert (session.source, session.recorded_by, session.version.number) == (Source.PAPER, desk, 1)
    assert (session.practised_on, session.recorded_on) == (trial.date(1), trial.date(21))
    assert (session.pain_before, session.pain_during, session.pain_after) == (0, None, 3)
    assert {record.line: record.outcome for record in session.records.all()} == {
        trial.line("A"): Outcome.DONE,
        trial.line("B"): Outcome.DONE,
    }
    assert Event.objects.filter(verb="recorded", object_id=str(session.pk), actor=desk).exists()


def test_what_was_off_on_that_day_was_not_done(trial):
    trial.records(2, done="A", stopped="B")
    types(trial, 1)
    types(trial, 3)
    counts = dict(trial.sessions().filter(source="paper").values_list("practised_on", "records__line"))
    assert counts[trial.date(3)] == trial.line("A")
    assert trial.sessions().get(practised_on=trial.date(1)).records.count() == 2
    assert trial.sessions().get(practised_on=trial.date(3)).records.count() == 1


def test_typed_twice_it_is_recorded_once_and_the_first_stands(trial):
    assert types(trial, 1, Ticked(1, pain_after=2)) == 1
    assert types(trial, 1, Ticked(1, pain_after=3)) == 0
    assert trial.sessions().get().pain_after == 2


def test_what_the_patient_recorded_is_left_alone(trial):
    session = trial.records(1, done="A").session
    assert types(trial, 1, Ticked(1, pain_after=9)) == 0
    assert trial.sessions().get() == session
    assert not trial.open_work()


def test_of_two_sessions_the_one_that_is_missing_is_recorded():
    trial = Scenario("A", sessions_a_day=2)
    trial.records(1, done="A")
    assert types(trial, 1, Ticked(1), Ticked(2, pain_after=1)) == 1
    assert trial.sessions().get(source="paper").pain_after == 1
    assert types(trial, 2, Ticked(2)) == 1
    assert types(trial, 2, Ticked(1), Ticked(2)) == 1
    assert [day.is_full for day in lines(trial, 2)] == [True, True]
    assert PracticeSession.objects.count() == 4


def test_a_correction_of_the_patient_keeps_its_place(trial):
    types(trial, 20, Ticked(1), told_on=21)
    PracticeSession.objects.update(revision=2)
    assert types(trial, 20) == 0


def test_the_first_line_starts_a_programme_that_waits_for_its_first_session():
    trial = Scenario("A", start=None)
    types(trial, 2, told_on=9)
    assert trial.prescription.starts_on == trial.date(2)


def test_a_patient_cannot_record_as_far_back(trial):
    with pytest.raises(ValidationError, match="up to three days back"):
        trial.records(1, told_on=5, done="A")
    assert trial.records(1, told_on=5, done="A", source=Source.PAPER).is_new


@pytest.mark.parametrize(
    ("day", "ticked"),
    [
        (22, Ticked(1)),  # to come
        (0, Ticked(1)),  # before the start
        (1, Ticked(2)),  # one a day
        (1, Ticked(0)),
        (1, Ticked(1, pain_after=11)),
        (1, Ticked(1, pain_before=-1)),
    ],
)
def test_what_cannot_be(trial, day, ticked):
    with pytest.raises(ValidationError):
        types(trial, day, ticked)
    assert not PracticeSession.objects.exists()


def test_all_of_a_line_or_nothing():
    trial = Scenario("A", sessions_a_day=2)
    with pytest.raises(ValidationError):
        types(trial, 1, Ticked(1, pain_after=9), Ticked(2, pain_after=11))
    assert not PracticeSession.objects.exists()
    assert not trial.open_work()


def test_not_where_everything_was_off_or_the_programme_waits(trial):
    trial.records(2, stopped_all=True)
    with pytest.raises(ValidationError):
        types(trial, 3)
    trial.reports_emergency(4)
    with pytest.raises(ValidationError):
        types(trial, 1)
    assert PracticeSession.objects.count() == 1


# --- What it sets off ----------------------------------------------------------------------------------
def test_pain_on_old_paper_is_on_the_worklist_with_one_mail_for_the_sheet(trial):
    for day in (1, 2, 3):
        types(trial, day, Ticked(1, pain_before=2, pain_after=5))
    (item,) = trial.open_work(WorkKind.STOP)
    assert [entry.what for entry in item.entries.all()] == [Alert.PAIN_RISE] * 3
    assert Notice.objects.filter(kind="stop_alert", recipient=trial.clinician).count() == 1
    types(trial, 4, Ticked(1, pain_before=2, pain_after=5), told_on=22)  # another day, another sheet
    assert Notice.objects.filter(kind="stop_alert").count() == 2


def test_a_whole_sheet_makes_one_step():
    """Days 1 to 6 were done at 5 seconds; nobody has practised at 10 yet."""
    trial = growing(after=2)
    for day in range(1, 7):
        types(trial, day, Ticked(1, COMFORTABLE["before"], COMFORTABLE["after"]), told_on=7)
    assert holds(trial) == [(1, 0, 5), (7, 1, 10)]


# --- Adherence -----------------------------------------------------------------------------------------
def test_adherence_counts_paper_and_marks_it(trial):
    trial.records(1, done="AB")
    trial.records(2, told_on=4, done="A")
    for day in (2, 3, 5):
        types(trial, day, told_on=6)
    report = trial.report(on=6)
    # Day 1: 1 and 2 of 2; day 2: told on day 4, 1 and 1 of 2, the paper is left alone; day 3: 1 and 2 of 2;
    # day 4: nothing; day 5: 1 and 2 of 2; day 6 is today.
    assert totals(report) == "4 of 5 sessions, 7 of 10 doses"
    assert states(report) == "DPD-Do"
    assert [set(day.marks) for day in report.days] == [
        set(),
        {Mark.BACK_FILLED},
        {Mark.BACK_FILLED, Mark.PAPER},
        set(),
        {Mark.BACK_FILLED, Mark.PAPER},
        set(),
    ]


# --- Two at once ---------------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_desks_and_the_patient_at_once_are_one_session():
    trial = Scenario("A")
    prescription = trial.prescription
    given = at_once(
        lambda: locked(prescription),
        lambda: types(trial, 1),
        lambda: types(trial, 1),
    )
    assert sorted(given) == [0, 1]
    assert PracticeSession.objects.count() == 1
