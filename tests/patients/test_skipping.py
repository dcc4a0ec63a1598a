"""A day without practice, told with its reason: it stays due, and a session that is recorded there wins."""

import pytest
from django.core.exceptions import ValidationError

from clinic.models import Event
from patients import skipping
from patients.adherence import DayState
from patients.models import SkippedDay
from tests.patients.scenario import Scenario, states, totals

pytestmark = pytest.mark.django_db
Reason = SkippedDay.Reason


def skips(trial: Scenario, on: int, reason: str = "forgot", *, told_on: int | None = None) -> SkippedDay:
    """Of day `on`, at 20:00 of the same day or of the day `told_on`."""
    return skipping.skip_own_day(
        patient=trial.patient,
        on=trial.date(on),
        reason=Reason(reason),
        by=trial.patient.user,
        now=trial.at(on if told_on is None else told_on, "20:00"),
    )


def takes_back(trial: Scenario, on: int, *, told_on: int) -> None:
    now = trial.at(told_on, "20:00")
    skipping.take_back_own_skip(patient=trial.patient, on=trial.date(on), by=trial.patient.user, now=now)


def refused(trial: Scenario, on: int, *, told_on: int | None = None) -> list[str | None]:
    with pytest.raises(ValidationError) as error:
        skips(trial, on, told_on=told_on)
    assert not SkippedDay.objects.filter(skipped_on=trial.date(on)).exists()
    found = error.value
    return [
        one.code
        for one in (found.error_list if hasattr(found, "error_list") else found.error_dict["practised_on"])
    ]


# --- What it counts ---------------------------------------------------------------------------------------
def test_it_is_due_and_skipped_and_says_why():
    """Days 1 and 2 done (2 of 2 sessions, 6 of 6 doses), day 3 told, day 4 silent: 2 of 4, 6 of 12."""
    trial = Scenario("ABC")
    trial.practises(1, 2)
    skips(trial, 3, "illness")
    report = trial.report(on=5)
    assert states(report) == "DDS-o"
    assert totals(report) == "2 of 4 sessions, 6 of 12 doses"
    assert [day.reason for day in report.days] == ["", "", "illness", "", ""]


def test_today_it_is_due_at_once_and_no_longer_open():
    trial = Scenario("AB")
    trial.practises(1, 1)
    assert totals(trial.report(on=2)) == "1 of 1 sessions, 2 of 2 doses"
    skips(trial, 2)
    assert states(trial.report(on=2)) == "DS"
    assert totals(trial.report(on=2)) == "1 of 2 sessions, 2 of 4 doses"
    assert totals(trial.report(on=3)) == "1 of 2 sessions, 2 of 4 doses"


@pytest.mark.parametrize("done", ["AB", "A"])
def test_a_session_that_is_recorded_there_wins(done):
    trial = Scenario("AB")
    skips(trial, 1)
    trial.records(1, done=done, told_on=2)
    (first, _second) = trial.report(on=2).days
    assert first.state == (DayState.DONE if done == "AB" else DayState.PARTLY)
    assert first.reason == ""


def test_the_second_of_two_sessions_is_open_again_after_the_first():
    trial = Scenario("A", sessions_a_day=2)
    skips(trial, 1)
    assert totals(trial.report(on=1)) == "0 of 2 sessions, 0 of 2 doses"
    trial.records(1, done="A", at="21:00")
    assert states(trial.report(on=1)) == "o"
    assert totals(trial.report(on=1)) == "1 of 1 sessions, 1 of 1 doses"


def test_a_pause_over_it_counts_for_nothing():
    """The clinic alone can back-date one."""
    trial = Scenario("A")
    skips(trial, 2)
    trial.pauses(2, 3, told_on=4)
    assert states(trial.report(on=4)) == "-==o"
    assert totals(trial.report(on=4)) == "0 of 1 sessions, 0 of 1 doses"


def test_on_the_day_of_an_emergency_report_it_is_not_due():
    """Safety never lowers adherence: of that day only what was recorded is due."""
    trial = Scenario("A")
    skipping.skip_own_day(
        patient=trial.patient,
        on=trial.date(1),
        reason=Reason.FLARE,
        by=trial.patient.user,
        now=trial.at(1, "08:00"),
    )
    trial.reports_emergency(1)
    assert totals(trial.report(on=3)) == "0 of 0 sessions, 0 of 0 doses"
    assert states(trial.report(on=3))[0] == "S"


def test_on_the_end_day_it_is_not_due():
    trial = Scenario("A")
    trial.practises(1, 1)
    skips(trial, 2)
    trial.ends(2, at="21:00")
    assert totals(trial.report(on=3)) == "1 of 1 sessions, 1 of 1 doses"


def test_it_moves_no_review():
    trial = Scenario("A")
    before = trial.prescription.next_review_on
    skips(trial, 1)
    assert trial.prescription.next_review_on == before


# --- Said, changed, taken back ----------------------------------------------------------------------------
def test_said_again_the_reason_changes():
    trial = Scenario("A")
    skips(trial, 1, "forgot")
    skips(trial, 1, "flare", told_on=2)
    kept = SkippedDay.objects.get()
    assert (kept.reason, kept.made_at, kept.made_by) == ("flare", trial.at(2, "20:00"), trial.patient.user)
    assert trial.report(on=2).days[0].reason == "flare"
    verbs = (
        Event.objects.filter(object_type="patients.SkippedDay").order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == ["added", "changed"]


def test_taken_back_it_was_never_said():
    trial = Scenario("A")
    skips(trial, 1)
    takes_back(trial, 1, told_on=2)
    assert states(trial.report(on=2)) == "-o"
    event = Event.objects.filter(verb="removed").get()
    assert (event.object_type, event.subject_id) == ("patients.SkippedDay", trial.patient.pk)
    takes_back(trial, 1, told_on=2)  # nothing is there any more
    assert Event.objects.filter(verb="removed").count() == 1


# --- What is refused --------------------------------------------------------------------------------------
def test_three_days_back_and_no_further():
    trial = Scenario("A")
    assert skips(trial, 2, told_on=5).skipped_on == trial.date(2)
    assert refused(trial, 1, told_on=5) == ["day"]
    assert refused(trial, 6, told_on=5) == ["day"]
    with pytest.raises(ValidationError):
        takes_back(trial, 2, told_on=6)
    assert SkippedDay.objects.count() == 1


def test_by_the_patients_own_clock():
    """23:30 on day 1 in Rome is day 2 in Noumea: the day is theirs."""
    trial = Scenario("A", zone="Pacific/Noumea")
    now = trial.at(1, "00:30")  # still the day before in Rome
    reason, by = Reason.FORGOT, trial.patient.user
    skipping.skip_own_day(patient=trial.patient, on=trial.date(1), reason=reason, by=by, now=now)
    assert states(trial.report(on=1)) == "S"


def test_before_the_start_and_where_something_is_recorded():
    trial = Scenario("A", activated="2026-03-01")
    assert refused(trial, 0, told_on=1) == ["day"]
    trial.records(1, done="A")
    assert refused(trial, 1) == ["recorded"]


def test_where_nothing_is_due():
    """Mondays alone are for practice, or it is paused, or all is off for pain."""
    assert refused(Scenario("A", weekdays="1"), 2) == ["not_due"]
    paused = Scenario("A")
    paused.pauses(1, 3)
    assert refused(paused, 2) == ["not_due"]
    stopped = Scenario("A")
    stopped.records(1, stopped_all=True)
    assert refused(stopped, 2) == ["not_due"]


def test_while_suspended_and_after_the_end():
    trial = Scenario("A")
    trial.reports_emergency(2)
    assert refused(trial, 1, told_on=2) == ["suspended"]
    ended = Scenario("A")
    ended.ends(2)
    assert refused(ended, 1, told_on=2) == ["not_running"]


def test_a_patient_without_a_programme(aurora):
    with pytest.raises(ValidationError, match="not running"):
        skipping.skip_own_day(
            patient=aurora.newcomer,
            on=Scenario("A").date(1),
            reason=Reason.FORGOT,
            by=aurora.newcomer.user,
            now=Scenario("A").at(1),
        )
