"""Correcting an entry: what is kept, until when, what it sets off and what it never takes back."""

import pytest
from django.core.exceptions import ValidationError

from clinic.models import Event, Notice
from patients import stepping
from patients.aftermath import aftermath
from patients.correcting import correct_session, may_correct
from patients.locking import locked
from patients.models import ExerciseStop, PracticeSession
from patients.vocabulary import Alert, Outcome, Site, SkipReason, Source, WorkKind
from programs.models import Progression
from tests.factories import PatientFactory, UserFactory
from tests.patients.colliding import at_once
from tests.patients.growing import COMFORTABLE, change_line, growing, holds, newest
from tests.patients.scenario import Scenario, states, totals

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial() -> Scenario:
    return Scenario("ABC")


def corrects(trial: Scenario, session: PracticeSession, on: int, at: str = "20:00", by=None, **answers):
    """As the patient, on day `on`, from the revision `session`."""
    return correct_session(
        session=session,
        answers=trial.answers(**answers),
        now=trial.at(on, at),
        by=by or trial.patient.user,
    )


def alerts(trial: Scenario, kind: WorkKind = WorkKind.STOP) -> list[str]:
    return [entry.what for item in trial.open_work(kind) for entry in item.entries.all()]


# --- What is kept --------------------------------------------------------------------------------------
def test_a_correction_is_a_new_revision_and_the_old_one_stays(trial):
    first = trial.records(1, at="18:00", done="AB", skipped={"C": "pain"}, before=3, after=0, words="Hm.")
    made = corrects(trial, first.session, 2, done="A", partly="BC", before=2, sites=[Site.BACK])
    old = PracticeSession.objects.get(pk=first.session.pk)
    assert (old.revision, old.superseded_at) == (1, trial.at(2, "20:00"))
    assert (old.pain_before, old.pain_after, old.words, old.records.count()) == (3, 0, "Hm.", 3)
    made.refresh_from_db()
    assert (made.uid, made.revision, made.superseded_at) == (old.uid, 2, None)
    assert (made.practised_on, made.recorded_on) == (trial.date(1), trial.date(1))
    assert (made.first_recorded_at, made.recorded_at) == (trial.at(1, "18:00"), trial.at(2, "20:00"))
    assert (made.version, made.source, made.recorded_by) == (old.version, Source.WEB, trial.patient.user)
    assert (made.pain_before, made.pain_after, made.words) == (2, None, "")
    assert (made.sites, made.lowest_site) == ([Site.BACK], Site.BACK)
    said = {record.line: record.outcome for record in made.records.all()}
    assert said == {
        trial.line("A"): Outcome.DONE,
        trial.line("B"): Outcome.PARTLY,
        trial.line("C"): Outcome.PARTLY,
    }
    assert Event.objects.filter(verb="corrected", object_id=str(made.pk), actor=trial.patient.user).exists()
    assert list(trial.sessions()) == [made]


def test_a_correction_of_a_correction(trial):
    session = trial.records(1, done="A").session
    second = corrects(trial, session, 1, at="10:00", done="AB")
    third = corrects(trial, second, 1, at="11:00", done="ABC")
    assert (third.revision, third.records.count()) == (3, 3)
    assert PracticeSession.objects.count() == 3
    assert trial.sessions().get() == third


def test_what_changes_nothing_makes_no_revision_and_sent_twice_it_is_one(trial):
    session = trial.records(1, easier="A", skipped={"B": "no_time"}, after=0, sites=[Site.BACK]).session
    same = corrects(trial, session, 1, easier="A", skipped={"B": "no_time"}, after=0, sites=[Site.BACK])
    assert same == session
    once = corrects(trial, session, 1, done="A", after=0)
    again = corrects(trial, session, 1, at="20:01", done="A", after=0)
    assert once == again
    assert PracticeSession.objects.count() == 2


def test_left_out_and_zero_are_not_the_same(trial):
    session = trial.records(1, done="A", after=0).session
    made = corrects(trial, session, 1, done="A")
    assert (made.revision, made.pain_after) == (2, None)


def test_the_easier_form_is_kept_as_it_was_said(trial):
    session = trial.records(1, done="A").session
    made = corrects(trial, session, 1, easier="A")
    assert made.records.get().rung_done == -1


# --- Until when, and by whom ---------------------------------------------------------------------------
def test_until_the_end_of_the_next_day_by_the_patients_clock():
    trial = Scenario("A", zone="Pacific/Auckland")
    session = trial.records(3, done="A").session
    made = corrects(trial, session, 4, at="23:59", partly="A")
    with pytest.raises(ValidationError) as refused:
        corrects(trial, made, 5, at="00:00", done="A")
    assert refused.value.code == "late"
    assert trial.sessions().get() == made


def test_a_day_that_was_told_later_until_the_end_of_the_day_after_it_was_told(trial):
    session = trial.records(2, told_on=5, done="A").session
    made = corrects(trial, session, 6, at="23:59", done="AB")
    assert made.is_back_filled
    with pytest.raises(ValidationError):
        corrects(trial, made, 7, at="00:00", done="ABC")


@pytest.mark.parametrize("who", ["stranger", "clinician"])
def test_nobody_but_the_patient(trial, who):
    session = trial.records(1, done="A").session
    by = trial.clinician if who == "clinician" else PatientFactory(clinic=trial.clinic).user
    with pytest.raises(ValidationError, match="the patient alone"):
        corrects(trial, session, 1, done="AB", by=by)
    assert trial.sessions().get() == session


def test_a_patient_without_a_sign_in_has_nobody_who_could():
    trial = Scenario("A", patient=PatientFactory(user=None, email=""))
    session = trial.records(1, done="A").session
    with pytest.raises(ValidationError, match="the patient alone"):
        corrects(trial, session, 1, partly="A", by=UserFactory())


def test_not_while_it_is_suspended(trial):
    session = trial.records(1, done="A").session
    trial.reports_emergency(1)
    with pytest.raises(ValidationError) as refused:
        corrects(trial, session, 1, done="AB")
    assert refused.value.code == "suspended"
    trial.clears_emergency(2)
    assert corrects(trial, session, 2, done="AB").revision == 2


def test_on_the_day_on_which_it_ended_and_not_after_it(trial):
    session = trial.records(3, done="A").session
    trial.ends(3, at="18:00")
    made = corrects(trial, session, 3, done="AB")
    assert made.revision == 2
    with pytest.raises(ValidationError) as refused:
        corrects(trial, made, 4, at="08:00", done="ABC")
    assert refused.value.code == "not_running"


def test_what_was_corrected_meanwhile_is_told(trial):
    session = trial.records(1, done="A").session
    corrects(trial, session, 1, done="AB")
    with pytest.raises(ValidationError) as refused:
        corrects(trial, session, 1, done="ABC")
    assert refused.value.code == "stale"
    assert trial.sessions().get().records.count() == 2


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "exercises"),
        ({"done": "A", "after": 11}, "pain_after"),
        ({"skipped": {"A": "no_time"}, "done": "A"}, "exercises"),
    ],
)
def test_what_recording_refuses_is_refused_here_too(trial, answers, field):
    session = trial.records(1, done="A").session
    with pytest.raises(ValidationError) as refused:
        corrects(trial, session, 1, **answers)
    assert list(refused.value.error_dict) == [field]
    assert list(PracticeSession.objects.all()) == [session]
    assert session.superseded_at is None


def test_it_asks_the_exercises_that_it_was_done_under(trial):
    session = trial.records(1, done="A").session
    trial.changes(2, "BD")  # A goes, D is new
    made = corrects(trial, session, 2, partly="A")
    assert (made.version.number, made.records.get().outcome) == (1, Outcome.PARTLY)
    with pytest.raises(ValidationError, match="not part of your programme"):
        corrects(trial, made, 2, done="AD")


# --- Stops ---------------------------------------------------------------------------------------------
def test_a_stop_that_is_said_afterwards_turns_off_and_calls(trial):
    session = trial.records(1, done="ABC").session
    made = corrects(trial, session, 1, done="AB", stopped="C")
    stop = ExerciseStop.objects.get()
    assert (stop.session, stop.line, stop.stopped_at) == (made, trial.line("C"), trial.at(1, "20:00"))
    assert alerts(trial) == [Alert.STOP]
    assert Notice.objects.filter(kind="stop_alert", recipient=trial.clinician).count() == 1
    # A and B done, C off in that session: 2 of 2.
    assert totals(trial.report(on=2)) == "1 of 1 sessions, 2 of 2 doses"


def test_taking_a_stop_back_does_not_resume(trial):
    session = trial.records(1, done="AB", stopped="C").session
    made = corrects(trial, session, 1, done="ABC")
    assert ExerciseStop.objects.standing().get().line == trial.line("C")
    assert [exercise.line for exercise in aftermath(made).stopped] == [trial.line("C")]
    assert alerts(trial) == [Alert.STOP]  # what was said stays with the clinic, once
    with pytest.raises(ValidationError, match="not part of your programme"):
        trial.records(2, done="C")
    # C stays off: 2 of 2 on day 1, and on day 2, when it was not recorded, 0 of 2.
    assert totals(trial.report(on=3)) == "1 of 2 sessions, 2 of 4 doses"
    trial.resumes(3, "C")
    assert trial.records(3, done="ABC").is_new


def test_the_same_stop_said_again_makes_nothing_anew(trial):
    session = trial.records(1, done="AB", stopped="C").session
    made = corrects(trial, session, 1, at="10:00", partly="AB", stopped="C")
    again = corrects(trial, made, 1, at="11:00", done="ABC")
    corrects(trial, again, 1, at="12:00", done="AB", stopped="C")
    assert ExerciseStop.objects.count() == 1
    assert alerts(trial) == [Alert.STOP]
    assert Notice.objects.filter(kind="stop_alert").count() == 1


def test_a_stop_that_a_clinician_has_resumed_stays_resumed_unless_it_is_said_anew(trial):
    session = trial.records(1, done="AB", stopped="C").session
    trial.resumes(2, "C")
    made = corrects(trial, session, 2, at="09:00", done="A", partly="B", stopped="C")
    assert not ExerciseStop.objects.standing().exists()
    taken_back = corrects(trial, made, 2, at="10:00", done="ABC")
    corrects(trial, taken_back, 2, at="11:00", done="AB", stopped="C")
    assert ExerciseStop.objects.standing().get().line == trial.line("C")


def test_the_whole_session_stopped_afterwards_turns_all_off(trial):
    session = trial.records(1, done="A", stopped="B").session
    corrects(trial, session, 1, done="A", stopped="B", stopped_all=True)
    assert ExerciseStop.objects.standing().count() == 3
    assert alerts(trial) == [Alert.STOP, Alert.SESSION_STOP]


def test_a_second_session_of_the_day_does_not_turn_off_what_was_done_in_the_first():
    trial = Scenario("AB", sessions_a_day=2)
    first = trial.records(1, at="09:00", done="A").session
    trial.records(1, at="11:00", done="A", stopped="B")
    made = corrects(trial, first, 1, done="AB")
    assert made.records.count() == 2
    # Session 1: A and B, 2 of 2. Session 2: A alone is due, 1 of 1.
    assert totals(trial.report(on=2)) == "2 of 2 sessions, 3 of 3 doses"


# --- Pain ----------------------------------------------------------------------------------------------
def test_a_pain_that_alerts_now_alerts_once(trial):
    session = trial.records(1, done="A", before=3, after=3).session
    made = corrects(trial, session, 1, at="10:00", done="A", before=3, after=5)
    made = corrects(trial, made, 1, at="11:00", done="A", before=2, after=5)
    assert alerts(trial) == [Alert.PAIN_RISE]
    corrects(trial, made, 1, at="12:00", done="A", before=2, after=6)  # 6 is the level of the clinic
    assert alerts(trial) == [Alert.PAIN_RISE, Alert.PAIN_LEVEL]
    assert Notice.objects.filter(kind="stop_alert").count() == 2


def test_a_pain_that_does_not_alert_any_more_takes_nothing_back(trial):
    session = trial.records(1, done="A", before=3, after=5).session
    corrects(trial, session, 1, done="A", before=3, after=3)
    assert alerts(trial) == [Alert.PAIN_RISE]
    assert len(trial.open_work()) == 1


def test_a_place_is_compared_with_the_other_sessions_not_with_itself():
    trial = Scenario("A", usual_lowest_site=Site.BACK)
    session = trial.records(1, done="A", sites=[Site.LEG_ABOVE_KNEE]).session
    assert alerts(trial) == [Alert.PAIN_SITE]
    made = corrects(trial, session, 1, at="10:00", done="A", sites=[Site.BACK])
    later = trial.records(2, done="A", sites=[Site.BUTTOCK]).session  # lower than the back
    assert alerts(trial) == [Alert.PAIN_SITE, Alert.PAIN_SITE]
    corrects(trial, made, 2, done="A", sites=[Site.BUTTOCK])  # as low as day 2 is
    corrects(trial, later, 2, done="A", sites=[Site.BUTTOCK], words="Lower.")
    assert alerts(trial) == [Alert.PAIN_SITE, Alert.PAIN_SITE]


def test_skipped_for_pain_twice_running_by_a_correction(trial):
    skipped = {"C": SkipReason.PAIN}
    first = trial.records(1, done="ABC").session
    trial.records(2, done="AB", skipped=skipped)
    assert not trial.open_work()
    made = corrects(trial, first, 2, done="AB", skipped=skipped)
    assert alerts(trial, WorkKind.SKIPPED_FOR_PAIN) == [Alert.PAIN_SKIP]
    corrects(trial, made, 2, at="21:00", partly="AB", skipped=skipped)
    assert alerts(trial, WorkKind.SKIPPED_FOR_PAIN) == [Alert.PAIN_SKIP]


def test_the_session_itself_is_not_the_one_before_it(trial):
    session = trial.records(1, done="AB", skipped={"C": "pain"}).session
    corrects(trial, session, 1, partly="AB", skipped={"C": "pain"})
    corrects(trial, trial.sessions().get(), 1, at="21:00", partly="A", skipped={"B": "pain", "C": "pain"})
    assert not trial.open_work()


# --- Progression (rule 7) ------------------------------------------------------------------------------
def test_a_step_that_has_not_begun_is_taken_back_and_the_sessions_are_counted_on():
    trial = growing()  # 5 s, then 10 after two comfortable sessions
    trial.records(1, done="A", **COMFORTABLE)
    session = trial.records(2, done="A", **COMFORTABLE).session
    assert holds(trial)[-1] == (3, 1, 10)
    made = corrects(trial, session, 2, done="A", before=3, after=5)
    assert holds(trial)[-2:] == [(3, 1, 10), (3, 0, 5)]  # nothing is deleted, the highest number wins
    assert newest(trial).cause == "corrected"
    assert not aftermath(made).grown
    trial.records(3, done="A", **COMFORTABLE)  # with day 1 the second one
    assert holds(trial)[-1] == (4, 1, 10)


def test_and_comes_again_when_it_is_corrected_once_more():
    trial = growing()
    trial.records(1, done="A", **COMFORTABLE)
    session = trial.records(2, done="A", **COMFORTABLE).session
    made = corrects(trial, session, 2, at="10:00", done="A", before=3, after=5)
    made = corrects(trial, made, 2, at="11:00", done="A", **COMFORTABLE)
    assert holds(trial)[-1] == (3, 1, 10)
    assert [exercise.hold_s for exercise in aftermath(made).grown] == [10]
    corrects(trial, made, 2, at="12:00", partly="A", **COMFORTABLE)
    assert holds(trial)[-1] == (3, 0, 5)


def test_a_step_that_has_begun_stays():
    trial = growing()
    trial.records(1, done="A", **COMFORTABLE)
    session = trial.records(2, done="A", **COMFORTABLE).session
    corrects(trial, session, 3, at="07:00", done="A", before=3, after=5)
    assert holds(trial)[-1] == (3, 1, 10)


def test_a_step_that_other_sessions_have_earned_stays():
    trial = growing(after=1)
    first = trial.records(1, at="09:00", done="A", **COMFORTABLE).session
    trial.records(1, at="11:00", done="A", **COMFORTABLE)
    corrects(trial, first, 1, done="A", before=3, after=5)
    assert holds(trial)[-1] == (2, 1, 10)


def test_only_the_exercise_that_lost_its_step_goes_back():
    trial = growing("AB", after=1)
    change_line(trial, "B", 1, progression=Progression(1, True), hold_s=20, hold_step_s=10, hold_until_s=30)
    session = trial.records(1, done="AB", **COMFORTABLE).session
    assert (holds(trial, "A")[-1], holds(trial, "B")[-1]) == ((2, 1, 10), (2, 1, 30))
    corrects(trial, session, 1, done="B", partly="A", words="A half.", **COMFORTABLE)
    assert holds(trial, "A")[-1] == (2, 0, 5)
    assert holds(trial, "B")[-1] == (2, 1, 30)


def test_a_correction_can_bring_a_step():
    trial = growing()
    trial.records(1, done="A", **COMFORTABLE)
    session = trial.records(2, done="A").session  # pain was not said
    assert len(holds(trial)) == 1
    corrects(trial, session, 2, done="A", **COMFORTABLE)
    assert holds(trial)[-1] == (3, 1, 10)


def test_words_alone_take_no_step_twice():
    trial = growing(after=1)
    session = trial.records(1, done="A", **COMFORTABLE).session
    before = holds(trial)
    corrects(trial, session, 1, done="A", words="It was easy.", **COMFORTABLE)
    assert holds(trial) == before == [(1, 0, 5), (2, 1, 10)]


def test_after_the_week_that_follows_a_step_taken_back_the_gap_counts_as_ever():
    """Taking back is no step back after a gap: that is once a gap, and this was none."""
    trial = growing(after=1)
    trial.records(1, done="A", **COMFORTABLE)
    session = trial.records(2, done="A", **COMFORTABLE).session
    corrects(trial, session, 2, done="A", before=3, after=5)
    assert holds(trial)[-1] == (3, 1, 10)
    assert stepping.step_back_after_gaps(trial.at(10, "00:30")) == 1
    assert holds(trial)[-1] == (10, 0, 5)


def test_a_question_that_waits_for_the_clinician_stays_with_them():
    trial = growing(alone=False, after=1)
    session = trial.records(1, done="A", **COMFORTABLE).session
    corrects(trial, session, 1, done="A", before=3, after=5)
    assert len(trial.open_work(WorkKind.PROGRESSION)) == 1
    assert len(holds(trial)) == 1


# --- Adherence -----------------------------------------------------------------------------------------
def test_adherence_counts_what_was_said_last(trial):
    trial.practises(1, 1)
    session = trial.records(2, done="A").session
    assert totals(trial.report(on=3)) == "2 of 2 sessions, 4 of 6 doses"
    corrects(trial, session, 3, done="AB", partly="C")
    # Day 1: 3 of 3; day 2: 1 + 1 + 1/2 of 3.
    assert totals(trial.report(on=3)) == "2 of 2 sessions, 5.5 of 6 doses"
    assert states(trial.report(on=3)) == "DPo"


def test_a_day_told_later_stays_marked_when_it_is_corrected(trial):
    session = trial.records(1, told_on=3, done="A").session
    corrects(trial, session, 4, skipped={"A": "no_time"})
    day = trial.report(on=4).days[0]
    assert (day.state, day.marks, day.sessions_done, day.doses_due) == ("skipped", {"back_filled"}, 0, 3)


# --- Whether the link is shown -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("today", "suspended", "may"), [(1, False, True), (2, False, True), (3, False, False), (1, True, False)]
)
def test_may_correct(trial, today, suspended, may):
    session = trial.records(1, done="A").session
    assert may_correct(session, today=trial.date(today), is_suspended=suspended) is may


# --- Two at once ---------------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_correct_at_once_the_second_is_told():
    trial = Scenario("ABC")
    session = trial.records(1, done="A").session
    prescription = trial.prescription
    given = at_once(
        lambda: locked(prescription),
        lambda: corrects(trial, session, 1, done="AB"),
        lambda: corrects(trial, session, 1, done="ABC"),
    )
    refused = [one for one in given if isinstance(one, ValidationError)]
    assert [one.code for one in refused] == ["stale"]
    assert sorted(PracticeSession.objects.values_list("revision", flat=True)) == [1, 2]
    assert trial.sessions().get() in given
