"""A small made-up year: the same for the same seed, complete, true to the rules, all or nothing."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.urls import reverse

from clinic.localtime import local_date
from clinic.models import Clinic, Membership, Notice, User
from clinic.notices.holding import current_hold
from patients import facts
from patients.adherence import of_facts, report
from patients.bands import band, percent
from patients.made_up.year import Loaded, load_year
from patients.models import (
    Answer,
    EmergencyReport,
    ExerciseRecord,
    ExerciseStop,
    Message,
    Patient,
    Pause,
    PracticeSession,
    Prescription,
    PrescriptionVersion,
    Review,
    SkippedDay,
    WorkItem,
    WorkItemEntry,
)
from patients.start_and_now import answers_data
from patients.trial import review_point, spans
from patients.vocabulary import Decision, EndReason, Helped, Outcome, SkipReason, Source, WorkKind

UNTIL = dt.date(2026, 3, 2)
SMALL: dict[str, Any] = {"patients": 40, "sessions": 2500, "seed": 1, "until": UNTIL}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Any:
    """One year for all tests that only look, undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_year(**SMALL)
        transaction.set_rollback(True)


def test_the_sizes_are_as_asked_for(loaded: Loaded) -> None:
    assert PracticeSession.objects.current().count() == 2500
    assert Prescription.objects.active().count() == loaded.active == 40
    assert Patient.objects.count() == 40 + loaded.former
    assert loaded.former > 0
    assert Clinic.objects.count() == 1


def test_the_database_finds_no_fault(loaded: Loaded) -> None:
    connection.check_constraints()  # of SQLite, which looks at them at the end alone


def test_nobody_can_sign_in_and_nothing_is_sent(loaded: Loaded) -> None:
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert not Notice.objects.exists()
    assert current_hold() is not None
    assert not User.objects.exclude(email=None).exclude(email__endswith="@example.org").exists()
    assert not Patient.objects.exclude(email="").exclude(email__endswith="@example.org").exists()


def values(model: Any, name: str, **filters: Any) -> Counter[Any]:
    return Counter(model._base_manager.filter(**filters).values_list(name, flat=True))


def test_every_word_occurs(loaded: Loaded) -> None:
    assert set(values(ExerciseRecord, "outcome")) == set(Outcome.values)
    assert set(values(ExerciseRecord, "skip_reason")) == {"", *SkipReason.values}
    assert set(values(PracticeSession, "source")) == set(Source.values)
    assert set(values(Prescription, "end_reason")) == {"", *EndReason.values}
    assert set(values(Review, "helped")) == {"", *Helped.values}
    assert set(values(Review, "decision")) == {"", *Decision.values}
    assert set(values(SkippedDay, "reason")) == set(SkippedDay.Reason.values)
    assert set(values(Pause, "reason")) == set(Pause.Reason.values)
    assert set(values(Patient, "language")) == {"en", "it"}
    assert len(values(Patient, "time_zone")) > 3
    seen = {WorkKind.EMERGENCY, WorkKind.STOP, WorkKind.REVIEW, WorkKind.QUESTION, WorkKind.WISH}
    assert seen <= set(values(WorkItem, "kind"))
    assert set(values(Membership, "role")) == {"manager", "clinician", "front_desk"}


def test_every_state_of_a_programme_occurs(loaded: Loaded) -> None:
    active, ended = Prescription.objects.active(), Prescription.objects.filter(status="ended")
    assert Prescription.objects.filter(status="draft").exists()
    assert active.filter(starts_on=None, sessions=None).exists()
    assert active.filter(starts_on__gt=UNTIL).exists()
    assert active.filter(starts_on__lte=UNTIL, sessions=None).exists()
    assert active.filter(
        patient__emergency_reports__cleared_at=None, patient__emergency_reports__gt=0
    ).exists()
    assert active.filter(pauses__starts_on__lte=UNTIL, pauses__ends_on__gte=UNTIL).exists()
    assert active.filter(pauses__starts_on__gt=UNTIL).exists()
    assert active.filter(pauses__ends_on__lt=UNTIL).exists()
    assert active.filter(versions__starts_on__gt=UNTIL, starts_on__lte=UNTIL).exists()
    assert active.filter(maintenance_from__isnull=False).exists()
    assert ended.exclude(reviews__decision=Decision.END).exists()
    assert Prescription.objects.filter(versions__sessions_a_day=2).exists()
    assert Prescription.objects.exclude(versions__weekdays="1234567").exists()
    assert Prescription.objects.filter(program=None).exists()
    twice = Prescription.objects.values("patient").annotate(n=Count("pk"))
    assert twice.filter(n__gte=2).exists()


def test_every_kind_of_session_occurs(loaded: Loaded) -> None:
    sessions = PracticeSession.objects.current()
    assert sessions.filter(stopped=True).exists()
    assert sessions.filter(recorded_on__gt=F("practised_on"), source=Source.WEB).exists()
    assert sessions.filter(arrived_late=True).exists()
    assert sessions.filter(finished_at=None, records__gt=0).exists()
    assert sessions.filter(finished_at=None, records=None, stopped=False).exists()
    assert PracticeSession.objects.filter(superseded_at__isnull=False).exists()
    for pain in ("pain_before", "pain_during", "pain_after"):
        assert sessions.filter(**{pain: None}).exists()
        assert sessions.filter(**{f"{pain}__gt": 0}).exists()
    paused = Q(prescription__pauses__starts_on__lte=F("practised_on"))
    assert sessions.filter(paused, prescription__pauses__ends_on__gte=F("practised_on")).exists()
    a_day = sessions.values("prescription", "practised_on").annotate(n=Count("pk"))
    assert a_day.filter(n__gt=F("version__sessions_a_day")).exists()  # more than was asked
    stops = ExerciseStop.objects.all()
    assert stops.standing().exists()
    assert stops.filter(resumed_on=F("session__practised_on")).exists()
    assert stops.filter(resumed_on__gt=F("session__practised_on")).exists()


def test_reviews_and_work_are_in_all_stages(loaded: Loaded) -> None:
    assert Review.objects.unsigned().filter(reached_on__lt=UNTIL - dt.timedelta(days=7)).exists()
    signed = Review.objects.exclude(signed_at=None)
    assert all("session_percent" in one.snapshot and one.snapshot["in_short"]["it"] for one in signed)
    pains = Answer.objects.filter(question__code="average_pain")
    assert pains.filter(occasion="start").exists()
    assert pains.filter(occasion="review").exists()
    assert signed.exclude(prescription__answers__occasion="start").exists()
    open_items, closed = WorkItem.objects.open(), WorkItem.objects.exclude(closed_at=None)
    assert open_items.filter(acknowledged_at=None).exists()
    assert open_items.exclude(acknowledged_at=None).exists()
    assert closed.filter(acknowledged_at=None).exists()
    assert closed.exclude(acknowledged_at=None).exists()
    assert Message.objects.waiting().exists()
    assert Message.objects.exclude(answer="").exists()
    assert EmergencyReport.objects.exclude(cleared_at=None).exists()


def test_what_was_signed_is_what_the_rows_say(loaded: Loaded) -> None:
    """The frozen figures are those that adherence gives for the day of the signature."""
    signed = Review.objects.exclude(signed_at=None).select_related("prescription__patient__clinic")
    for one in signed:
        course = one.prescription
        on = local_date(one.signed_at, course.patient.zone)
        seen = report(course, on=on)
        assert one.snapshot["on"] == on.isoformat()
        assert one.snapshot["sessions"] == {"done": seen.sessions_done, "due": seen.sessions_due}
        assert one.snapshot["doses"] == {"done": seen.doses_done, "due": seen.doses_due}
        assert one.snapshot["day_number"] == seen.day_number
        assert one.snapshot["session_percent"] == percent(seen.sessions_done, seen.sessions_due)
        # Whether the last day was still open hangs on what is suspended now: a later report is none of it.
        assert [day["state"] for day in one.snapshot["days"]][:-1] == [day.state for day in seen.days][:-1]
        assert one.snapshot["answers"] == answers_data(course, review=one.number)


def today_of(one: Prescription) -> dt.date:
    return local_date(dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC), one.patient.zone)


def test_all_bands_occur_and_all_have_the_same_date(loaded: Loaded) -> None:
    active = list(Prescription.objects.active().select_related("patient__clinic"))
    known = facts.load(active)
    bands: Counter[str | None] = Counter()
    for one in active:
        assert today_of(one) == UNTIL
        seen = of_facts(known[one.pk], on=UNTIL)
        bands[band(percent(seen.sessions_done, seen.sessions_due), one.patient.clinic)] += 1
    assert set(bands) == {None, "good", "fair", "low"}


def test_the_next_review_is_what_the_trial_says(loaded: Loaded) -> None:
    """Worked out again by patients.trial from the rows alone."""
    waiting = 0
    for one in Prescription.objects.active().prefetch_related("pauses", "reviews"):
        is_open = any(review.signed_at is None for review in one.reviews.all())
        if one.counts_from is None or is_open:
            assert one.next_review_on is None
            continue
        assert one.next_review_on == review_point(
            counts_from=one.counts_from, after_days=one.review_after_days, pauses=spans(one)
        )
        assert one.next_review_on > UNTIL
        waiting += 1
    assert waiting > 10


def test_reviews_were_reached_when_their_days_were_over(loaded: Loaded) -> None:
    for one in Review.objects.select_related("prescription__patient__clinic"):
        point = review_point(
            counts_from=one.counts_from, after_days=one.after_days, pauses=spans(one.prescription)
        )
        assert one.reached_on == point
        assert local_date(one.opened_at, one.prescription.patient.zone) == point
        assert one.signed_at is None or one.signed_at > one.opened_at


def test_what_is_recorded_fits_its_programme(loaded: Loaded) -> None:
    patient = "prescription__patient"
    sessions = PracticeSession.objects.select_related(f"{patient}__clinic", "version")
    versions = {one.pk: one for one in PrescriptionVersion.objects.prefetch_related("exercises")}
    for one in sessions.prefetch_related("records"):
        course, zone = one.prescription, one.prescription.patient.zone
        assert one.patient_id == course.patient_id
        assert one.version.prescription_id == course.pk
        assert one.version.starts_on <= one.practised_on
        assert course.starts_on is not None
        assert course.starts_on <= one.practised_on <= one.recorded_on <= (course.ended_on or UNTIL)
        assert local_date(one.first_recorded_at, zone) == one.recorded_on
        assert course.activated_at is not None
        assert course.activated_at < one.first_recorded_at <= one.recorded_at <= loaded.now
        assert local_date(one.recorded_at, zone) <= (course.ended_on or UNTIL)
        if one.source == Source.WEB:
            assert (one.recorded_on - one.practised_on).days <= 3
        prescribed = {exercise.pk: exercise.line for exercise in versions[one.version_id].exercises.all()}
        assert all(prescribed[record.prescribed_id] == record.line for record in one.records.all())
    suspended = Q(patient__emergency_reports__reported_at__lte=F("recorded_at"))
    cleared_later = Q(patient__emergency_reports__cleared_at__gt=F("recorded_at"))
    never = Q(patient__emergency_reports__cleared_at=None)
    assert not sessions.filter(suspended & (cleared_later | never), superseded_at=None).exists()


def test_programmes_of_one_patient_follow_each_other(loaded: Loaded) -> None:
    for patient in Patient.objects.all():
        last: dt.date | None = None
        for one in patient.prescriptions.exclude(status="draft").order_by("activated_at"):
            assert last is None or one.activated_on >= last
            assert one.starts_on is None or one.starts_on >= one.activated_on
            last = one.ended_on


def test_nothing_is_told_after_the_last_moment(loaded: Loaded) -> None:
    later = {
        PracticeSession: "recorded_at",
        ExerciseStop: "resumed_at",
        Review: "signed_at",
        Answer: "told_at",
        WorkItem: "closed_at",
        WorkItemEntry: "acknowledged_at",
        Message: "closed_at",
        Pause: "made_at",
        SkippedDay: "made_at",
        EmergencyReport: "cleared_at",
        PrescriptionVersion: "created_at",
    }
    for model, name in later.items():
        assert not model._base_manager.filter(**{f"{name}__gt": loaded.now}).exists(), name


def test_work_was_seen_to_in_its_order(loaded: Loaded) -> None:
    for item in WorkItem.objects.prefetch_related("entries"):
        entries = list(item.entries.all())
        assert entries
        assert item.opened_at == entries[0].at
        assert item.opened_at <= item.waits_since
        ends = item.closed_at or loaded.now
        assert all(item.opened_at <= one.at <= (one.acknowledged_at or ends) <= ends for one in entries)
        assert item.acknowledged_at is None or item.waits_since <= item.acknowledged_at


def test_who_is_off_is_not_asked(loaded: Loaded) -> None:
    """No exercise is recorded live while it was stopped; what is told of an earlier day may be."""
    for stop in ExerciseStop.objects.select_related("session"):
        records = ExerciseRecord.objects.filter(
            line=stop.line,
            session__first_recorded_at__gt=stop.stopped_at,
            session__practised_on__gt=stop.session.practised_on,
        )
        if stop.resumed_on is not None:
            records = records.filter(session__practised_on__lt=stop.resumed_on)
        assert not records.exists()


def test_the_clinics_pages_show_all_of_it(loaded: Loaded, as_staff, time_machine) -> None:
    time_machine.move_to(loaded.now + dt.timedelta(minutes=1), tick=False)
    client = as_staff(User.objects.get(email="manager@example.org"))
    addresses = [reverse(f"admin:{name}") for name in ("worklist", "reports", "outcomes")]
    one_of_each = {(one.status, one.phase): one for one in Prescription.objects.all()}
    shown = [*one_of_each.values(), *Prescription.objects.filter(stops__isnull=False).distinct()[:2]]
    addresses += [reverse("admin:prescription_report", args=[one.pk]) for one in shown]
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_the_patients_pages_show_theirs(loaded: Loaded, as_patient, time_machine) -> None:
    time_machine.move_to(loaded.now + dt.timedelta(minutes=1), tick=False)
    for patient in Patient.objects.exclude(user=None).order_by("pk")[:12]:  # every story, see people.story_of
        client = as_patient(patient)
        for address in ("/", "/progress/"):
            assert client.get(address, follow=True).status_code == 200, (patient.pk, address)
