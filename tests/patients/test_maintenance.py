"""Going on as maintenance: the next version, lighter, and a count of its own to a review further away.

Day 1 is Monday 2 March 2026; day 20 is the 21st, the first review point the morning of the 22nd. Dates of
84 days are counted on a calendar: from 11 March, 21 days are left of March, 30 of April and 31 of May are
82, so that day 84 is 2 June and the point 3 June.
"""

import datetime as dt
import importlib

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic.models import Event, Notice
from patients import maintenance, prescribing, signing
from patients.models import Prescription, PrescriptionVersion, Review
from patients.plans import Plan
from patients.prescribing import prescribe
from patients.trial import ONE_DAY
from patients.versions import Line
from patients.vocabulary import Decision
from programs.vocabulary import Phase
from tests.factories import ExerciseFactory, PrescriptionFactory, ProgramFactory
from tests.patients.scenario import NONE_OF_THESE, Scenario, day, totals

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial() -> Scenario:
    return Scenario("AB")


def counts(trial: Scenario) -> tuple[dt.date | None, dt.date | None]:
    given = trial.prescription
    return given.counts_from, given.next_review_on


def code(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return error.value.error_list[0].code or ""


# --- What it makes ---------------------------------------------------------------------------------------
def test_the_next_version_is_lighter_and_the_prescription_the_same(trial):
    trial.maintains(10, "B")
    given = trial.prescription
    assert (given.status, given.phase, given.review_after_days) == ("active", "maintenance", 84)
    assert given.maintenance_from == given.maintenance_since == day("2026-03-11")
    first, second = given.versions.order_by("number")
    assert (second.number, second.starts_on) == (2, day("2026-03-11"))
    assert (first.weekdays, second.weekdays, second.sessions_a_day) == ("1234567", "135", 1)
    assert [one.line for one in second.exercises.all()] == [trial.line("B")]


def test_it_is_written_down(trial):
    trial.maintains(10)
    events = Event.objects.filter(verb__in=["adjusted", "maintained"]).order_by("pk")
    assert [(one.verb, one.object_type) for one in events] == [
        ("adjusted", "patients.PrescriptionVersion"),
        ("maintained", "patients.Prescription"),
    ]
    assert {(one.actor, one.subject_id) for one in events} == {(trial.clinician, trial.patient.pk)}


@pytest.mark.parametrize("weekdays", ["135", "1234567"])
def test_the_patient_is_told_also_where_exercises_and_days_stay(trial, weekdays):
    trial.maintains(10, weekdays=weekdays)
    (notice,) = Notice.objects.filter(kind="programme_changed")
    version = trial.prescription.versions.get(number=2)
    assert notice.params == {"version": version.pk, "prescription": trial.pk}


def test_past_days_keep_what_was_asked_then(trial):
    """Days 1 to 9 every day, then Wednesday 11, Friday 13 and Monday 16 March; asked on the 17th."""
    trial.practises(1, 9)
    trial.maintains(10)
    assert totals(trial.report(on=16)) == "9 of 12 sessions, 18 of 24 doses"
    assert trial.report(on=16).day_number == 16


# --- Days that are proposed --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "proposed"),
    [("1234567", "135"), ("12345", "135"), ("1246", "135"), ("246", "246"), ("6", "6")],
)
def test_three_days_are_proposed_where_there_are_more(now, proposed):
    assert maintenance.suggested_weekdays(PrescriptionVersion(weekdays=now)) == proposed


# --- The count to the next review -----------------------------------------------------------------------
def test_a_new_count_begins_with_the_version(trial):
    trial.maintains(10)
    assert counts(trial) == (day("2026-03-11"), day("2026-06-03"))
    assert trial.scheduler_runs(21) == 0  # the point of before is not reached any more
    assert trial.scheduler_runs(day("2026-06-02"), "23:59") == 0
    assert trial.scheduler_runs(day("2026-06-03")) == 1
    review = trial.prescription.reviews.get()
    assert (review.number, review.after_days, review.counts_from) == (1, 84, day("2026-03-11"))


def test_after_todays_session_it_begins_tomorrow(trial):
    trial.records(10, done="AB")
    trial.maintains(10)
    assert trial.prescription.maintenance_from == day("2026-03-12")
    assert counts(trial) == (day("2026-03-12"), day("2026-06-04"))


def test_a_pause_after_it_moves_the_point_by_its_days(trial):
    trial.maintains(10)
    trial.pauses(50, 56, told_on=12)  # 20 to 26 April
    assert counts(trial) == (day("2026-03-11"), day("2026-06-10"))
    assert trial.scheduler_runs(day("2026-06-09")) == 0
    assert trial.scheduler_runs(day("2026-06-10")) == 1


def test_days_of_a_pause_that_runs_already_do_not_count(trial):
    trial.pauses(8, 12)  # 9 to 13 March: of the new count the 11th, 12th and 13th
    trial.maintains(10)
    assert counts(trial) == (day("2026-03-11"), day("2026-06-06"))


def test_another_number_of_days(trial):
    trial.maintains(10, review_after_days=28)  # 21 of March, 7 of April
    assert counts(trial) == (day("2026-03-11"), day("2026-04-08"))


def test_the_count_goes_on_with_as_many_days_after_each_signature(trial):
    trial.maintains(10)
    trial.scheduler_runs(day("2026-06-03"))
    review = trial.prescription.reviews.get()
    signing.sign_review(
        review=review,
        decision=Decision.CONTINUE,
        note="",
        by=trial.clinician,
        now=trial.at(day("2026-06-05"), "10:00"),
    )
    # From 5 June: 26 of June, 31 of July, 27 of August are 84; day 84 is 27 August.
    assert counts(trial) == (day("2026-06-05"), day("2026-08-28"))


# --- Beside a review -------------------------------------------------------------------------------------
def test_a_point_that_is_reached_keeps_its_review(trial):
    """The scheduler is down; it goes on as maintenance on day 23, the 24th; signed on day 25, the 26th."""
    trial.maintains(23)
    review = trial.prescription.reviews.get()
    assert (review.number, review.reached_on, review.after_days) == (1, day("2026-03-22"), 20)
    assert (trial.prescription.phase, trial.prescription.next_review_on) == ("maintenance", None)
    assert trial.scheduler_runs(24) == 0
    trial.signs(review, on=25)
    # From 26 March: 6 of March, 30 of April, 31 of May are 67; 17 of June make 84.
    assert counts(trial) == (day("2026-03-26"), day("2026-06-18"))


def test_an_open_review_stays_as_it_is_however_late_it_is_signed(trial):
    trial.scheduler_runs(21)
    before = Review.objects.values().get()
    trial.maintains(22)
    assert Review.objects.values().get() == before
    assert trial.scheduler_runs(200) == 0  # one open review at a time
    trial.signs(trial.prescription.reviews.get(), on=50)  # 20 April: 11 + 31 + 30 = 72, 12 of July
    assert counts(trial) == (day("2026-04-20"), day("2026-07-13"))


def test_signed_before_or_after_on_the_same_day_makes_no_difference(trial):
    """Day 22 is 23 March: 9 of March, 30 and 31 are 70; 14 of June make 84."""
    expected = (day("2026-03-23"), day("2026-06-15"))
    trial.scheduler_runs(21)
    trial.signs(trial.prescription.reviews.get(), on=22, decision=Decision.MAINTENANCE)
    trial.maintains(22, at="11:00")
    assert counts(trial) == expected
    other = Scenario("A")
    other.scheduler_runs(21)
    other.maintains(22, at="09:00")
    other.signs(other.prescription.reviews.get(), on=22, decision=Decision.MAINTENANCE)
    assert counts(other) == expected


def test_signed_on_the_day_before_it_begins_the_count_waits_for_it(trial):
    trial.scheduler_runs(21)
    trial.records(22, done="AB")
    trial.maintains(22)  # from the 24th, as the 23rd is recorded
    trial.signs(trial.prescription.reviews.get(), on=22, at="13:00")
    assert counts(trial) == (day("2026-03-24"), day("2026-06-16"))


# --- What is refused ------------------------------------------------------------------------------------
@pytest.mark.parametrize(("start", "on"), [(None, 3), ("2026-03-20", 0)])
def test_what_has_not_begun(start, on):
    waiting = Scenario("A", start=start)
    with pytest.raises(ValidationError) as error:
        waiting.maintains(on)
    assert code(error) == "not_begun"
    assert waiting.prescription.phase == "subacute"


def test_what_is_not_running(trial):
    trial.ends(5)
    with pytest.raises(ValidationError) as error:
        trial.maintains(6)
    assert code(error) == "not_running"


def test_what_is_maintenance_already(trial):
    trial.maintains(10)
    with pytest.raises(ValidationError) as error:
        trial.maintains(11)
    assert code(error) == "maintenance"
    assert trial.prescription.versions.count() == 2


def test_what_a_colleague_has_adjusted_meanwhile_and_nothing_is_half_done(trial):
    trial.changes(22, "A")
    with pytest.raises(ValidationError) as error:
        trial.maintains(23, "B", based_on=1)
    assert code(error) == "stale"
    given = trial.prescription
    assert (given.phase, given.review_after_days, given.versions.count()) == ("subacute", 20, 2)
    assert not given.reviews.exists()  # that its point is reached is left to the scheduler then


def test_no_exercises(trial):
    with pytest.raises(ValidationError) as error:
        trial.maintains(10, "")
    assert code(error) == "empty"
    assert trial.prescription.maintenance_from is None


# --- The phase --------------------------------------------------------------------------------------------
def test_prescribing_copies_the_phase_of_the_programme(aurora):
    program = ProgramFactory(clinic=aurora.clinic, phase=Phase.MAINTENANCE)
    started = aurora.prescription.created_at
    given = prescribe(
        patient=aurora.newcomer, program=program, by=aurora.clinician, screening=NONE_OF_THESE, now=started
    )
    assert (given.phase, given.maintenance_from) == ("maintenance", None)
    assert given.maintenance_since is None  # until its first session
    given.starts_on = started.date()
    assert given.maintenance_since == started.date()


def test_what_began_with_no_programme_has_none(aurora):
    exercise = ExerciseFactory(clinic=aurora.clinic)
    plan = Plan([Line(exercise, exercise.dose())], "Own", "", 1, "1234567", 20)
    given = prescribing.prescribe(
        patient=aurora.newcomer,
        plan=plan,
        by=aurora.clinician,
        screening=NONE_OF_THESE,
        now=aurora.prescription.created_at,
    )
    assert given.phase == ""


def test_what_was_prescribed_before_gets_the_phase_of_its_programme():
    migration = importlib.import_module("patients.migrations.0011_phases_of_what_is_prescribed")
    programs = [ProgramFactory(phase=phase) for phase in (Phase.ACUTE, Phase.MAINTENANCE)]
    given = [PrescriptionFactory(program=program) for program in (*programs, None)]
    known = PrescriptionFactory(program=programs[0], phase=Phase.PERSISTENT)
    migration.copy_phases(apps, None)
    phases = dict(Prescription.objects.values_list("pk", "phase"))
    assert [phases[one.pk] for one in (*given, known)] == ["acute", "maintenance", "", "persistent"]


def test_only_maintenance_has_a_day_from_which_it_is_that(trial):
    rows = Prescription.objects.filter(pk=trial.pk)
    for wrong in ({"maintenance_from": day("2026-03-02") + ONE_DAY}, {"phase": "someday"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
