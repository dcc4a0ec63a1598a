"""The review point (rule 2): opened once, never early, never withdrawn; answered, signed, and counted on.

Day 1 is Monday 2 March 2026, so day 20 is the 21st and the review point the morning of Sunday 22 March.
"""

import pytest
from django.core.exceptions import ValidationError

from clinic.models import Event
from patients import pausing, reviews
from patients.models import Review, WorkItem
from patients.vocabulary import Alert, Decision, EndReason, Helped, WorkKind
from tests.patients.scenario import Scenario, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial() -> Scenario:
    return Scenario("AB")


def opened(trial: Scenario) -> Review:
    """Its first review, opened in the first minutes of day 21."""
    assert trial.scheduler_runs(21) == 1
    return trial.prescription.reviews.get()


# --- Opening -------------------------------------------------------------------------------------------
def test_never_early(trial):
    assert trial.scheduler_runs(20, at="23:59") == 0
    assert trial.scheduler_runs(21, at="00:00") == 1


def test_what_is_opened(trial):
    review = opened(trial)
    assert (review.number, review.counts_from, review.after_days) == (1, day("2026-03-02"), 20)
    assert (review.reached_on, review.opened_at) == (day("2026-03-22"), trial.at(21, "00:05"))
    (item,) = trial.open_work()
    assert (item.kind, item.owner, item.prescription_id) == (WorkKind.REVIEW, trial.clinician, trial.pk)
    assert item.due_on == day("2026-03-23")  # the 22nd is a Sunday
    assert [(entry.what, entry.review) for entry in item.entries.all()] == [(Alert.REVIEW_REACHED, review)]
    assert Event.objects.filter(verb="opened", object_type="patients.Review", actor=None).count() == 1


def test_never_twice(trial):
    review = opened(trial)
    for number in (21, 22, 30, 60):
        assert trial.scheduler_runs(number) == 0
    assert list(trial.prescription.reviews.all()) == [review]
    assert [item.entries.count() for item in trial.open_work()] == [1]


def test_a_scheduler_that_was_dead_for_four_days_opens_it_once_with_its_own_date(trial):
    assert trial.scheduler_runs(19) == 0
    assert trial.scheduler_runs(25, at="09:00") == 1  # first run since then, on the 26th
    assert trial.scheduler_runs(25, at="09:01") == 0
    review = trial.prescription.reviews.get()
    assert (review.reached_on, review.opened_at) == (day("2026-03-22"), trial.at(25, "09:00"))
    assert trial.report(on=25).review_on == day("2026-03-22")


def test_a_programme_of_another_length(trial):
    short = Scenario("A", review_after_days=10)
    assert (short.scheduler_runs(10), short.scheduler_runs(11)) == (0, 1)


def test_a_programme_that_has_not_begun_reaches_nothing():
    waiting = Scenario("A", start=None)
    assert waiting.scheduler_runs(100) == 0


def test_an_old_first_session_starts_the_count():
    late = Scenario("A", start=None)
    late.records(30, done="A")
    assert late.prescription.next_review_on == late.date(50)
    assert (late.scheduler_runs(49), late.scheduler_runs(50)) == (0, 1)


def test_one_run_opens_what_is_due_for_everybody(trial):
    Scenario("A", start="2026-03-03", activated="2026-03-03")  # a day later: not due
    Scenario("A")
    assert trial.scheduler_runs(21) == 2


def test_many_programmes_that_are_not_due_cost_one_query(trial, django_assert_num_queries):
    for _ in range(3):
        Scenario("A")
    with django_assert_num_queries(1):
        assert trial.scheduler_runs(20) == 0


# --- Never withdrawn -----------------------------------------------------------------------------------
@pytest.mark.parametrize("first", [15, 21], ids=["back-dated", "from today"])
def test_a_pause_after_the_point_was_reached_does_not_withdraw_it(trial, first):
    # The scheduler is down; on day 21 somebody pauses; the scheduler comes back on day 23.
    trial.pauses(first, 30, told_on=21)
    assert trial.prescription.next_review_on == day("2026-03-22")
    assert trial.scheduler_runs(23) == 1
    assert trial.prescription.reviews.get().reached_on == day("2026-03-22")


def test_a_pause_while_a_review_is_open_opens_no_second_one(trial):
    opened(trial)
    trial.pauses(22, 25, told_on=22)
    assert trial.prescription.next_review_on is None
    assert trial.scheduler_runs(60) == 0
    assert trial.prescription.reviews.count() == 1


def test_ending_a_pause_while_a_review_is_open_opens_no_second_one(trial):
    trial.pauses(20, 40, told_on=1)
    assert trial.prescription.next_review_on == trial.date(42)  # day 20 is the 41st date
    assert trial.scheduler_runs(42) == 1
    other = trial.pauses(43, 50, told_on=42)
    pausing.end_pause(pause=other, by=trial.clinician, now=trial.at(44))
    assert trial.scheduler_runs(100) == 0
    assert trial.prescription.reviews.count() == 1


def test_an_end_after_the_point_was_reached_does_not_withdraw_it(trial):
    # The scheduler is down; day 20 is over; on day 21 the programme is ended.
    trial.ends(21)
    review = trial.prescription.reviews.get()
    assert (review.number, review.reached_on) == (1, day("2026-03-22"))
    assert trial.scheduler_runs(22) == 0
    assert [item.kind for item in trial.open_work()] == [WorkKind.REVIEW]


def test_an_end_before_the_point_means_no_review(trial):
    trial.ends(20)
    assert trial.scheduler_runs(30) == 0
    assert not trial.prescription.reviews.exists()


def test_a_review_never_ends_the_programme(trial):
    opened(trial)
    trial.practises(22, 22)
    assert trial.prescription.status == "active"


# --- The patient's answer --------------------------------------------------------------------------------
def answer(review: Review, trial: Scenario, helped: Helped, words: str = "") -> None:
    reviews.answer_review(
        review=review, helped=helped, words=words, by=trial.patient.user, now=trial.at(21, "12:00")
    )


def test_the_patient_says_whether_it_was_useful_and_may_change_it(trial):
    review = opened(trial)
    answer(review, trial, Helped.NOT)
    answer(review, trial, Helped.PARTLY, "  Mornings are easier. ")
    review.refresh_from_db()
    assert (review.helped, review.patient_words) == (Helped.PARTLY, "Mornings are easier.")
    assert review.answered_at == trial.at(21, "12:00")


def test_after_the_signature_nothing_can_be_answered(trial):
    review = opened(trial)
    answer(review, trial, Helped.NOT)
    trial.signs(review, on=22)
    with pytest.raises(ValidationError) as refused:
        answer(review, trial, Helped.USEFUL)
    assert refused.value.code == "signed"
    review.refresh_from_db()
    assert review.helped == Helped.NOT


# --- The signature -------------------------------------------------------------------------------------
def test_signing_keeps_who_when_and_what_was_seen(trial):
    trial.practises(1, 15)
    review = trial.signs(opened(trial), on=23, decision=Decision.PROGRESS)
    assert (review.signed_by, review.signed_at) == (trial.clinician, trial.at(23, "10:00"))
    # Days 1-22 are over: 15 of 22 sessions (68.18 %), 30 of 44 doses.
    assert review.snapshot["sessions"] == {"done": 15, "due": 22}
    assert review.snapshot["doses"] == {"done": 30, "due": 44}
    assert (review.snapshot["session_percent"], review.snapshot["day_number"]) == (68, 23)
    assert len(review.snapshot["days"]) == 23


def test_the_snapshot_stays_what_it_was(trial):
    review = trial.signs(opened(trial), on=22)
    seen = review.snapshot
    trial.practises(22, 22)
    trial.pauses(1, 10, told_on=23)
    review.refresh_from_db()
    assert review.snapshot == seen


def test_signing_closes_the_work_with_the_decision(trial):
    trial.signs(opened(trial), on=22, decision=Decision.REFER)
    assert trial.open_work() == []
    item = WorkItem.objects.get(patient=trial.patient, kind=WorkKind.REVIEW)
    assert (item.closed_by, item.outcome) == (trial.clinician, "Refer")


def test_the_count_goes_on_from_the_day_of_the_signature(trial):
    # Signed on day 23 (24 March): that is day 1 of the next 20, which end on 12 April.
    trial.signs(opened(trial), on=23)
    assert trial.prescription.counts_from == day("2026-03-24")
    assert trial.prescription.next_review_on == day("2026-04-13")
    assert trial.scheduler_runs(day("2026-04-12"), "23:59") == 0
    assert trial.scheduler_runs(day("2026-04-13")) == 1
    second = trial.prescription.reviews.get(number=2)
    assert (second.counts_from, second.reached_on) == (day("2026-03-24"), day("2026-04-13"))
    assert trial.report(on=60).review_on == day("2026-04-13")


def test_a_pause_moves_the_second_point_too(trial):
    trial.signs(opened(trial), on=23)
    trial.pauses(25, 26, told_on=24)
    assert trial.prescription.next_review_on == day("2026-04-15")


def test_after_the_decision_to_end_no_further_review_is_owed(trial):
    trial.signs(opened(trial), on=22, decision=Decision.END)
    assert (trial.prescription.status, trial.prescription.end_reason) == ("ended", EndReason.IMPROVED)
    assert trial.prescription.next_review_on is None
    assert trial.scheduler_runs(200) == 0


@pytest.mark.parametrize("decision", sorted(set(Decision) - {Decision.END}))
def test_after_any_other_decision_the_next_review_follows(trial, decision):
    trial.signs(opened(trial), on=22, decision=decision)
    assert trial.prescription.next_review_on == trial.date(42)


def test_signed_by_two_the_first_one_counts(trial):
    review = opened(trial)
    trial.signs(review, on=22, decision=Decision.CONTINUE)
    with pytest.raises(ValidationError) as refused:
        trial.signs(review, on=22, decision=Decision.END, at="10:01")
    assert refused.value.code == "signed"
    assert str(trial.clinician) in refused.value.message
    review.refresh_from_db()
    assert review.decision == Decision.CONTINUE


def test_a_review_of_a_programme_that_has_ended_is_signed_without_a_next_one(trial):
    review = opened(trial)
    trial.ends(22)
    trial.signs(review, on=23)
    assert trial.prescription.next_review_on is None
    assert trial.open_work() == []


@pytest.mark.parametrize("older_first", [True, False])
def test_work_of_two_programmes_stays_until_both_reviews_are_signed(trial, older_first):
    # The first programme's review was not signed when it ended; the second one's point comes later.
    first = opened(trial)
    trial.ends(22)
    again = Scenario("A", patient=trial.patient, start="2026-03-30", activated="2026-03-30")
    assert again.scheduler_runs(21) == 1
    second = again.prescription.reviews.get()
    assert [item.entries.count() for item in trial.open_work(WorkKind.REVIEW)] == [2]
    sooner, later = (first, second) if older_first else (second, first)
    again.signs(sooner, on=22)
    assert len(trial.open_work(WorkKind.REVIEW)) == 1
    again.signs(later, on=22)
    assert trial.open_work(WorkKind.REVIEW) == []
