"""Pauses: who may make which, what they do to the review point, and how they end.

Day 1 is Monday 2 March 2026; without a pause the review point is day 21.
"""

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from clinic.models import Event
from patients import pausing
from patients.models import Pause
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial() -> Scenario:
    return Scenario("A")


def refusal(trial: Scenario, first: int, last: int, **how) -> tuple[str, str | None]:
    """Field and code of the refusal; makes sure that nothing was saved."""

    def stored():
        return trial.prescription.next_review_on, Pause.objects.count(), Event.objects.count()

    before = stored()
    with pytest.raises(ValidationError) as refused:
        trial.pauses(first, last, **how)
    assert stored() == before
    error = refused.value
    if not hasattr(error, "error_dict"):
        return NON_FIELD_ERRORS, error.code
    ((field, (problem,)),) = error.error_dict.items()
    return field, problem.code


# --- Who may make which ----------------------------------------------------------------------------------
def test_a_patient_pauses_from_today_on_for_at_most_fourteen_days(trial):
    pause = trial.pauses(5, 18, by_patient=True)
    assert (pause.starts_on, pause.ends_on) == (trial.date(5), trial.date(18))
    assert pause.made_by == trial.patient.user
    assert Event.objects.filter(verb="paused", object_id=str(pause.pk)).count() == 1


def test_a_patient_may_pause_later_days(trial):
    trial.pauses(8, 9, told_on=5, by_patient=True)


def test_fifteen_days_are_too_long_for_a_patient(trial):
    assert refusal(trial, 5, 19, by_patient=True) == ("ends_on", "long")
    trial.pauses(5, 19)  # the clinic may


def test_pauses_that_adjoin_are_one_for_a_patient(trial):
    """Days 5 to 14 are ten; with 15 to 18 they are fourteen, with 15 to 19 fifteen, and so with 4."""
    trial.pauses(5, 14, by_patient=True)
    assert refusal(trial, 15, 19, told_on=5, by_patient=True) == ("ends_on", "long")
    trial.pauses(15, 18, told_on=5, by_patient=True)
    assert refusal(trial, 19, 19, told_on=5, by_patient=True) == ("ends_on", "long")
    assert refusal(trial, 4, 4, told_on=4, by_patient=True) == ("ends_on", "long")
    trial.pauses(19, 19, told_on=5)  # the clinic may


def test_a_pause_between_two_joins_them(trial):
    """Days 1 to 5, 6 and 7 to 15 are fifteen on end; without day 6 they are two, as that is for practice."""
    trial.pauses(1, 5, by_patient=True)
    trial.pauses(7, 15, told_on=1, by_patient=True)
    assert refusal(trial, 6, 6, told_on=1, by_patient=True) == ("ends_on", "long")


def test_a_day_for_practice_between_parts_them(trial):
    trial.pauses(5, 18, by_patient=True)
    trial.pauses(20, 33, told_on=18, by_patient=True)


def test_a_weekend_between_parts_nothing_where_weekdays_alone_are_for_practice():
    """Monday 2 to Friday 13 March and from Monday 16 on: nobody would have practised between."""
    weekdays = Scenario("A", weekdays="12345")
    weekdays.pauses(1, 12, by_patient=True)
    assert refusal(weekdays, 15, 16, told_on=12, by_patient=True) == ("ends_on", "long")
    weekdays.pauses(16, 17, told_on=12, by_patient=True)  # after Monday, on which one practises


def test_what_was_left_of_a_pause_that_ended_early_can_be_had(trial):
    """Days 5 to 18, back on day 9: 5 to 8 are four, and 9 to 18 are ten more."""
    pause = trial.pauses(5, 18, by_patient=True)
    end(trial, pause, on=9)
    assert refusal(trial, 9, 19, told_on=9, by_patient=True) == ("ends_on", "long")
    trial.pauses(9, 18, told_on=9, by_patient=True)


def test_yesterday_is_too_late_for_a_patient(trial):
    assert refusal(trial, 4, 6, told_on=5, by_patient=True) == ("starts_on", "past")
    trial.pauses(2, 4, told_on=5)  # the clinic may


def test_today_is_the_patients_own_date():
    # 23:30 on day 4 in Rome is 10:30 on day 5 in Fiji, where day 5 is today.
    abroad = Scenario("A", zone="Pacific/Fiji")
    pausing.pause(
        prescription=abroad.prescription,
        starts_on=abroad.date(5),
        ends_on=abroad.date(5),
        reason=Pause.Reason.ILLNESS,
        by=abroad.patient.user,
        by_patient=True,
        now=Scenario("A").at(4, "23:30"),
    )


def test_the_end_lies_before_the_start(trial):
    assert refusal(trial, 6, 5) == ("ends_on", "order")


def test_days_before_the_programme(trial):
    assert refusal(trial, 0, 3, told_on=3) == ("starts_on", "early")


@pytest.mark.parametrize(("first", "last"), [(5, 5), (3, 5), (7, 9), (4, 8), (6, 6)])
def test_days_that_are_paused_already(trial, first, last):
    trial.pauses(5, 7, told_on=1)
    assert refusal(trial, first, last, told_on=1) == ("starts_on", "twice")


def test_the_days_beside_a_pause_are_free(trial):
    trial.pauses(5, 7, told_on=1)
    trial.pauses(8, 9, told_on=1)
    trial.pauses(3, 4, told_on=1)


def test_a_programme_that_has_ended(trial):
    trial.ends(5)
    assert refusal(trial, 5, 6) == (NON_FIELD_ERRORS, "not_running")


# --- The review point ------------------------------------------------------------------------------------
def test_it_moves_by_the_days_paused(trial):
    trial.pauses(6, 8)
    assert trial.prescription.next_review_on == trial.date(24)
    trial.pauses(10, 10)
    assert trial.prescription.next_review_on == trial.date(25)


def test_a_pause_after_it_moves_nothing(trial):
    trial.pauses(21, 25, told_on=5)
    assert trial.prescription.next_review_on == trial.date(21)


def test_before_the_first_session_there_is_nothing_to_move():
    waiting = Scenario("A", start=None)
    waiting.pauses(1, 3)
    assert waiting.prescription.next_review_on is None
    waiting.records(5, done="A")  # the count begins after the pause: 20 days from day 5
    assert waiting.prescription.next_review_on == waiting.date(25)


def test_a_first_session_in_a_pause_counts_from_the_day_after_it():
    # Paused on days 1-3; the first session is on day 2, so the start is day 2 and counting begins on day 4.
    waiting = Scenario("A", start=None)
    waiting.pauses(1, 3)
    waiting.records(2, done="A")
    assert waiting.report(on=3).day_number is None
    assert waiting.report(on=4).day_number == 1
    assert waiting.prescription.next_review_on == waiting.date(24)


# --- Ending a pause --------------------------------------------------------------------------------------
def end(trial: Scenario, pause: Pause, on: int) -> None:
    pausing.end_pause(pause=pause, by=trial.patient.user, now=trial.at(on, "10:00"))


def test_practising_again_ends_it_yesterday_and_moves_the_point_back(trial):
    pause = trial.pauses(6, 12)
    assert trial.prescription.next_review_on == trial.date(28)
    end(trial, pause, on=9)
    pause.refresh_from_db()
    assert pause.ends_on == trial.date(8)
    assert trial.prescription.next_review_on == trial.date(24)
    assert trial.report(on=9).day_number == 6


@pytest.mark.parametrize("on", [5, 6], ids=["before", "on its first day"])
def test_a_pause_that_has_not_begun_before_today_is_taken_back(trial, on):
    pause = trial.pauses(6, 12, told_on=4)
    end(trial, pause, on=on)
    assert not trial.prescription.pauses.exists()
    assert trial.prescription.next_review_on == trial.date(21)
    assert Event.objects.filter(verb="pause_ended").count() == 1


def test_on_its_last_day_it_is_still_running(trial):
    pause = trial.pauses(6, 8)
    end(trial, pause, on=8)
    pause.refresh_from_db()
    assert pause.ends_on == trial.date(7)


def test_a_pause_that_is_over_can_not_be_ended(trial):
    pause = trial.pauses(6, 8)
    with pytest.raises(ValidationError) as refused:
        end(trial, pause, on=9)
    assert refused.value.code == "over"
    pause.refresh_from_db()
    assert pause.ends_on == trial.date(8)
