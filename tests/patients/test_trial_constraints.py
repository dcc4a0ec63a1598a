"""What the database itself refuses, on both engines, whatever the code above it does."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.scoping import Role
from tests import factories

pytestmark = pytest.mark.django_db


def refused(constraint: str, make) -> None:
    """`make()` breaks `constraint` and no other rule, and leaves nothing behind."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make()
    # SQLite names the columns of a unique rule and not the rule itself.
    text = str(error.value)
    assert constraint in text or "UNIQUE constraint failed" in text, text


# --- Sessions ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("pain", ["pain_before", "pain_during", "pain_after"])
@pytest.mark.parametrize("level", [-1, 11])
def test_pain_is_0_to_10(pain, level):
    # PostgreSQL's own small unsigned integer refuses -1 before the range does.
    with pytest.raises(IntegrityError, match=pain), transaction.atomic():
        factories.PracticeSessionFactory(**{pain: level})


@pytest.mark.parametrize("site", [0, 5])
def test_a_place_is_one_of_four(site):
    refused("session_lowest_site_range", lambda: factories.PracticeSessionFactory(lowest_site=site))


def test_a_uid_stands_once_for_each_patient():
    session = factories.PracticeSessionFactory()
    again = {"prescription": session.prescription, "uid": session.uid}
    refused("session_uid_once_per_patient", lambda: factories.PracticeSessionFactory(**again, revision=2))
    factories.PracticeSessionFactory(uid=session.uid)  # another patient's


def test_a_revision_stands_once():
    old = factories.PracticeSessionFactory(superseded_at=timezone.now())
    again = {"prescription": old.prescription, "uid": old.uid}
    refused("session_revision_once", lambda: factories.PracticeSessionFactory(**again))
    factories.PracticeSessionFactory(**again, revision=2)


def test_a_session_is_not_recorded_before_its_day():
    tomorrow = timezone.now().date() + dt.timedelta(days=1)
    make = factories.PracticeSessionFactory
    today = tomorrow - dt.timedelta(days=1)
    refused("session_recorded_not_before", lambda: make(practised_on=tomorrow, recorded_on=today))


def test_a_line_stands_once_in_a_session():
    record = factories.ExerciseRecordFactory()
    again = {"session": record.session, "prescribed": record.prescribed}
    refused("record_line_once", lambda: factories.ExerciseRecordFactory(**again))


@pytest.mark.parametrize(
    ("outcome", "reason"), [("skipped", ""), ("skipped", "nonsense"), ("done", "pain"), ("partly", "no_time")]
)
def test_a_skip_and_its_reason_go_together(outcome, reason):
    make = factories.ExerciseRecordFactory
    refused("record_skip_has_reason", lambda: make(outcome=outcome, skip_reason=reason))


def test_an_outcome_is_one_of_four():
    refused("record_outcome_known", lambda: factories.ExerciseRecordFactory(outcome="perhaps"))


def test_a_line_is_stopped_once_by_a_session():
    stop = factories.ExerciseStopFactory()
    make = factories.ExerciseStopFactory
    refused("stop_once_per_session_and_line", lambda: make(session=stop.session, line=stop.line))


def test_a_resumption_says_when_and_by_whom():
    refused("stop_resumed_whole", lambda: factories.ExerciseStopFactory(resumed_at=timezone.now()))


# --- Prescriptions -------------------------------------------------------------------------------------
def test_a_patient_has_one_active_prescription():
    first = factories.PrescriptionFactory()
    make = factories.PrescriptionFactory
    refused("prescription_one_active_per_patient", lambda: make(patient=first.patient))
    make(patient=first.patient, status="draft")


def test_a_prescription_does_not_end_before_it_starts():
    started = factories.PrescriptionFactory(exercises=0)
    ended = {"status": "ended", "end_reason": "worse", "ended_on": started.starts_on - dt.timedelta(days=1)}
    change = type(started).objects.filter(pk=started.pk).update
    refused("prescription_ends_after_start", lambda: change(**ended))


@pytest.mark.parametrize(
    "half",
    [
        {"status": "ended", "end_reason": "worse"},
        {"status": "ended", "ended_on": dt.date(2030, 1, 1)},
        {"ended_on": dt.date(2030, 1, 1), "end_reason": "worse"},
    ],
)
def test_an_end_has_a_date_and_a_reason(half):
    started = factories.PrescriptionFactory(exercises=0)
    refused("prescription_ended_whole", lambda: type(started).objects.filter(pk=started.pk).update(**half))


@pytest.mark.parametrize("days", [0, 366])
def test_the_review_point_is_within_a_year(days):
    make = factories.PrescriptionFactory
    refused("prescription_review_range", lambda: make(exercises=0, review_after_days=days))


def test_usual_pain_is_0_to_10():
    refused("prescription_usual_pain_range", lambda: factories.PrescriptionFactory(usual_pain=11))


def test_a_version_number_stands_once():
    version = factories.PrescriptionVersionFactory()
    again = {"prescription": version.prescription, "number": version.number}
    refused("version_number_once", lambda: factories.PrescriptionVersionFactory(**again))


@pytest.mark.parametrize("sessions", [0, 5])
def test_sessions_a_day_are_1_to_4(sessions):
    make = factories.PrescriptionVersionFactory
    refused("version_sessions_a_day_range", lambda: make(sessions_a_day=sessions))


def test_there_is_a_day_of_the_week():
    refused("version_weekdays_given", lambda: factories.PrescriptionVersionFactory(weekdays=""))


def test_a_line_and_a_place_stand_once_in_a_version():
    first = factories.PrescribedExerciseFactory()
    make = factories.PrescribedExerciseFactory
    refused("prescribed_line_once", lambda: make(version=first.version, line=first.line))
    refused("prescribed_position_once", lambda: make(version=first.version, position=first.position))


def test_a_pause_does_not_end_before_it_starts():
    pause = factories.PauseFactory()
    change = type(pause).objects.filter(pk=pause.pk).update
    refused("pause_ends_after_start", lambda: change(ends_on=pause.starts_on - dt.timedelta(days=1)))
    change(ends_on=pause.starts_on)  # one day


# --- Doses ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "make",
    [factories.ExerciseFactory, factories.ProgramItemFactory, factories.PrescribedExerciseFactory],
    ids=["exercise", "program_item", "prescribed"],
)
@pytest.mark.parametrize(
    ("dose", "rule"),
    [
        ({"hold_s": 0}, "hold_s_range"),
        ({"hold_s": -5}, "hold_s"),
        ({"hold_s": 601}, "hold_s_range"),
        ({"sets": 0}, "sets_range"),
        ({"reps": 101}, "reps_range"),
        ({"reps": 10, "reps_most": 8}, "reps_most_order"),
        ({"reps": None, "reps_most": 8}, "reps_most_order"),
        ({"hold_s": 20, "hold_most_s": 10}, "hold_most_s_order"),
        ({"hold_s": 20, "hold_until_s": 10}, "hold_until_s_order"),
    ],
)
def test_a_dose_is_possible(make, dose, rule):
    refused(rule, lambda: make(**dose))


# --- Reviews and work ----------------------------------------------------------------------------------
def test_a_review_number_stands_once():
    review = factories.ReviewFactory()
    again = {"prescription": review.prescription, "number": review.number}
    refused("review_number_once", lambda: factories.ReviewFactory(**again))


@pytest.mark.parametrize("half", [{"decision": "continue"}, {"signed_at": timezone.now()}])
def test_a_signature_has_a_name_a_time_and_a_decision(half):
    refused("review_signed_whole", lambda: factories.ReviewFactory(**half))


def test_one_open_item_for_each_patient_and_kind():
    item = factories.WorkItemFactory()
    again = {"prescription": item.prescription, "kind": item.kind}
    refused("work_one_open_per_patient_and_kind", lambda: factories.WorkItemFactory(**again))
    closed = {"closed_at": timezone.now(), "closed_by": item.owner, "outcome": "Phoned."}
    factories.WorkItemFactory(**again, **closed)


def test_work_is_closed_with_an_outcome():
    make = factories.WorkItemFactory
    user = factories.UserFactory()
    refused("work_closed_whole", lambda: make(closed_at=timezone.now(), closed_by=user))


def test_an_emergency_report_names_a_sign():
    refused("emergency_signs_given", lambda: factories.EmergencyReportFactory(signs=[]))


def test_going_on_in_spite_of_a_sign_says_who_assessed_it():
    make = factories.ScreeningFactory
    refused("screening_signs_assessed", lambda: make(none_of_these=False, signs=["fever"]))


# --- The clinic and its library --------------------------------------------------------------------------
def test_a_membership_stands_once():
    member = factories.MembershipFactory()
    make = factories.MembershipFactory
    same = {"user": member.user, "clinic": member.clinic}
    refused("membership_once", lambda: make(**same, role=member.role))
    make(**same, role=Role.MANAGER)


@pytest.mark.parametrize(
    ("make", "name"),
    [(factories.ExerciseFactory, "exercise"), (factories.ProgramFactory, "program")],
    ids=["exercise", "program"],
)
def test_a_key_stands_once_among_the_shared_and_once_in_a_clinic(make, name):
    clinic = factories.ClinicFactory()
    make(key="knee-to-chest")
    make(key="knee-to-chest", clinic=clinic)
    make(key="knee-to-chest", clinic=factories.ClinicFactory())
    refused(f"{name}_key_once_shared", lambda: make(key="knee-to-chest"))
    refused(f"{name}_key_once_in_clinic", lambda: make(key="knee-to-chest", clinic=clinic))


def test_a_reminder_wakes_nobody():
    for at in (dt.time(6, 59), dt.time(21, 1)):
        refused("reminder_in_daytime", lambda at=at: factories.ReminderTimeFactory(at=at))


def test_nor_does_a_second_one():
    for at in (dt.time(6, 59), dt.time(21, 1)):
        refused("nudge_in_daytime", lambda at=at: factories.NudgeFactory(at=at))
    nudge = factories.NudgeFactory()
    refused("patient_id", lambda: factories.NudgeFactory(patient=nudge.patient))


@pytest.mark.parametrize("days", ["76", "8", "11"])
def test_days_off_are_weekdays_in_order_and_once_each(days):
    refused("patient_days_off_in_order", lambda: factories.PatientFactory(reminder_days_off=days))


def test_a_text_size_is_one_of_three():
    refused("patient_text_size_known", lambda: factories.PatientFactory(text_size="huge"))


def test_a_day_is_skipped_once_and_for_a_reason():
    skipped = factories.SkippedDayFactory()
    refused("skipped_day_once", lambda: factories.SkippedDayFactory(prescription=skipped.prescription))
    refused("skipped_day_reason_known", lambda: factories.SkippedDayFactory(reason="lazy"))


def test_a_paper_code_is_one_at_a_time():
    paper = factories.PaperCodeFactory()
    refused("paper_code_one_in_use", lambda: factories.PaperCodeFactory(patient=paper.patient))
    type(paper).objects.filter(pk=paper.pk).update(revoked_at=timezone.now())
    factories.PaperCodeFactory(patient=paper.patient)


def test_a_notice_is_owed_once():
    notice = factories.NoticeFactory()
    refused("dedupe_key", lambda: factories.NoticeFactory(dedupe_key=notice.dedupe_key))


def test_uids_are_different_by_themselves():
    first, second = factories.PracticeSessionFactory(), factories.PracticeSessionFactory()
    assert isinstance(first.uid, uuid.UUID)
    assert first.uid != second.uid
