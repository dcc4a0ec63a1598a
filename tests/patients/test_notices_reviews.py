"""The review's mail: made when the review is open, once for each recipient, due at the clinic's hour."""

import datetime as dt

import pytest

from clinic.models import Notice, User
from clinic.notices import planning
from clinic.scoping import Role
from patients.caseload import take_over_prescribing
from patients.models import Patient, Prescription, Review
from patients.notices import reviews
from tests.factories import CareTeamMemberFactory, MembershipFactory, ReviewFactory
from tests.patients.reminding import MONDAY, at, clinic, patient, prescription_of
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def begun(days_ago: int, **fields: object) -> Patient:
    """A patient whose programme began so many days before Monday 2 March 2026; the point is after 20."""
    starts_on = MONDAY - days_ago * DAY
    house = fields.pop("clinic", None) or clinic()
    by = MembershipFactory(clinic=house, role=Role.CLINICIAN).user
    return patient(clinic=house, on_prescription={"starts_on": starts_on, "clinician": by}, **fields)


def test_not_before_day_20_is_over() -> None:
    begun(19)  # Monday is day 20
    planning.plan(at("23:59"))
    assert not Review.objects.exists()
    assert not Notice.objects.filter(kind="review_due").exists()
    planning.plan(at("00:00", MONDAY + DAY))
    assert Review.objects.count() == 1
    assert Notice.objects.filter(kind="review_due").count() == 1


def test_the_mail_is_due_at_the_clinics_hour_and_made_once() -> None:
    anna = begun(20)
    for hour in ("00:00", "03:00", "08:00", "12:00"):
        planning.plan(at(hour))
    review = Review.objects.get()
    notice = Notice.objects.get(kind="review_due")
    by = prescription_of(anna).clinician
    assert notice.dedupe_key == f"review_due:{review.pk}:{by.pk}"
    assert (notice.due_at, notice.expires_at) == (at("08:00"), None)
    assert (notice.recipient, notice.subject_id, notice.clinic) == (by, anna.pk, anna.clinic)
    assert notice.params == {"review": review.pk, "prescription": prescription_of(anna).pk}


@pytest.mark.parametrize(
    ("planned_at", "due_at"),
    [
        (at("00:00"), at("08:00")),
        (at("10:30"), at("10:30")),  # the hour has passed on an open day: at once
        (at("00:00", MONDAY + 5 * DAY), at("08:00", MONDAY + 7 * DAY)),  # Saturday: on Monday
    ],
)
def test_when_it_is_due(planned_at: dt.datetime, due_at: dt.datetime) -> None:
    begun(20)
    planning.plan(planned_at)
    assert Notice.objects.get(kind="review_due").due_at == due_at


def test_a_patient_eleven_hours_ahead_reaches_it_on_their_own_morning() -> None:
    house = clinic()
    begun(20, clinic=house, time_zone="Pacific/Noumea")  # UTC+11, ten hours ahead of Rome in winter
    planning.plan(at("00:00", zone="Pacific/Noumea") - dt.timedelta(minutes=1))
    assert not Review.objects.exists()
    planning.plan(at("00:00", zone="Pacific/Noumea"))  # Sunday afternoon in Rome
    assert Review.objects.get().reached_on == MONDAY
    assert Notice.objects.get(kind="review_due").due_at == at("08:00")


def test_a_scheduler_that_was_dead_for_four_days_makes_it_once() -> None:
    begun(20)
    for minutes in range(3):
        planning.plan(at("09:00", MONDAY + 4 * DAY) + dt.timedelta(minutes=minutes))
    assert Review.objects.count() == 1
    assert Notice.objects.get(kind="review_due").due_at == at("09:00", MONDAY + 4 * DAY)


def test_a_review_without_a_notice_gets_one_whoever_opened_it() -> None:
    ReviewFactory(prescription=prescription_of(begun(20)))
    assert reviews.plan_review_notices(at("09:00")) == 1
    assert reviews.plan_review_notices(at("09:00")) == 0


def signed(review: Review) -> None:
    Review.objects.update(
        signed_at=at("08:00"),
        signed_by=review.prescription.clinician,
        decision="continue",
        snapshot={"on": "x"},
    )


def ended(review: Review) -> None:
    Prescription.objects.update(status="ended", ended_on=MONDAY, end_reason="improved")


@pytest.mark.parametrize("happens", [signed, ended])
def test_none_for_what_is_signed_or_ended(happens) -> None:
    happens(ReviewFactory(prescription=prescription_of(begun(20))))
    assert reviews.plan_review_notices(at("09:00")) == 0


def test_after_a_handover_the_colleague_gets_one_and_the_first_is_no_longer_wanted() -> None:
    anna = begun(20)
    planning.plan(at("03:00"))
    first = Notice.objects.get(kind="review_due")
    colleague = MembershipFactory(clinic=anna.clinic, role=Role.CLINICIAN).user
    anna.prescriptions.update(clinician=colleague)
    planning.plan(at("03:01"))
    second = Notice.objects.filter(kind="review_due").exclude(pk=first.pk).get()
    assert second.recipient == colleague
    assert reviews.still_wanted(first, at("08:00")).reason == "handed_over"
    assert reviews.still_wanted(second, at("08:00")).wanted


# --- The care team ---------------------------------------------------------------------------------------
def owed() -> list[Notice]:
    return list(Notice.objects.filter(kind="review_due").order_by("pk"))


def recipients() -> list[User | None]:
    return [notice.recipient for notice in owed()]


def test_each_of_the_care_team_has_a_notice_of_their_own_once() -> None:
    anna = begun(20)
    team = [CareTeamMemberFactory(patient=anna).user for _ in range(2)]
    CareTeamMemberFactory(patient=begun(5))  # another patient's team: nothing of this
    for hour in ("00:00", "03:00", "08:00", "12:00"):
        planning.plan(at(hour))
    review = Review.objects.get()
    assert recipients() == [prescription_of(anna).clinician, *team]
    keys = [f"review_due:{review.pk}:{user.pk}" for user in (prescription_of(anna).clinician, *team)]
    assert [notice.dedupe_key for notice in owed()] == keys
    assert {notice.due_at for notice in owed()} == {at("08:00")}
    assert all(reviews.still_wanted(notice, at("08:00")).wanted for notice in owed())


def test_who_joins_while_it_is_open_is_told_and_who_prescribes_and_is_in_the_team_once() -> None:
    anna = begun(20)
    planning.plan(at("03:00"))
    by = prescription_of(anna).clinician
    CareTeamMemberFactory(patient=anna, user=by)
    joined = CareTeamMemberFactory(patient=anna).user
    planning.plan(at("03:01"))
    planning.plan(at("03:02"))
    assert recipients() == [by, joined]


def test_who_works_here_no_more_is_not_told_and_who_left_the_team_not_any_more() -> None:
    anna = begun(20)
    gone, left, off = (CareTeamMemberFactory(patient=anna) for _ in range(3))
    gone.user.memberships.update(ended_at=at("00:00"))
    User.objects.filter(pk=off.user_id).update(is_active=False)
    planning.plan(at("03:00"))
    assert recipients() == [prescription_of(anna).clinician, left.user]
    left.delete()
    notice = Notice.objects.get(kind="review_due", recipient=left.user)
    assert reviews.still_wanted(notice, at("08:00")).reason == "handed_over"


def test_who_handed_over_and_stays_in_the_team_is_still_told() -> None:
    anna = begun(20)
    planning.plan(at("03:00"))
    first = prescription_of(anna).clinician
    colleague = MembershipFactory(clinic=anna.clinic).user
    take_over_prescribing(prescription=prescription_of(anna), by=colleague, now=at("04:00"))
    planning.plan(at("04:01"))
    assert recipients() == [first, colleague]
    assert all(reviews.still_wanted(notice, at("08:00")).wanted for notice in owed())


def test_stop_alerts_go_to_who_prescribes_alone() -> None:
    trial = Scenario("A")
    CareTeamMemberFactory(patient=trial.patient)
    trial.records(1, stopped="A")
    assert [notice.recipient for notice in Notice.objects.filter(kind="stop_alert")] == [trial.clinician]


def test_opening_that_fails_does_not_keep_open_reviews_from_their_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(now: dt.datetime) -> int:
        raise RuntimeError("no")

    monkeypatch.setattr("patients.notices.reviews.open_due_reviews", fail)
    ReviewFactory(prescription=prescription_of(begun(20)))
    with pytest.raises(ExceptionGroup):
        planning.plan(at("09:00"))
    assert Notice.objects.filter(kind="review_due").count() == 1
