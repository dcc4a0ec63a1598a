"""Merging two records of one person: everything moves, what follows from the person is brought together.

`keep` is Amedeo, on day 6 of a programme; `other` is the same person, entered a second time.
"""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinic.models import Clinic, Event, Notice, User
from clinic.notices import planning, unsubscribing
from clinic.scoping import Role
from patients import merging
from patients.calendar_feed import find_feed
from patients.merged import was_merged, who_is_now
from patients.merging import merge_patients
from patients.models import (
    CareTeamMember,
    Invitation,
    PaperCode,
    Patient,
    PracticeSession,
    Precautions,
    Prescription,
    ReminderTime,
    WorkItem,
)
from patients.vocabulary import WorkKind
from tests.factories import (
    AnswerFactory,
    CalendarFeedFactory,
    CareTeamMemberFactory,
    EmergencyReportFactory,
    InvitationFactory,
    MembershipFactory,
    MessageFactory,
    NoticeFactory,
    NudgeFactory,
    PaperCodeFactory,
    PatientFactory,
    PracticeSessionFactory,
    PrecautionsFactory,
    PrescriptionFactory,
    ReminderTimeFactory,
    SkippedDayFactory,
    TreatmentNoteFactory,
    UserFactory,
    WorkItemEntryFactory,
    WorkItemFactory,
)
from tests.patients.reminding import at

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

# A row of every model that points at a patient; a new model must be named here, and moved in merging.py.
MAKES: dict[str, Any] = {
    "patients.Answer": AnswerFactory,
    "patients.CareTeamMember": CareTeamMemberFactory,
    "patients.EmergencyReport": EmergencyReportFactory,
    "patients.Invitation": InvitationFactory,
    "patients.Message": MessageFactory,
    "patients.Nudge": NudgeFactory,
    "patients.PaperCode": PaperCodeFactory,
    "patients.PracticeSession": PracticeSessionFactory,
    "patients.Precautions": PrecautionsFactory,
    "patients.Prescription": PrescriptionFactory,
    "patients.ReminderTime": ReminderTimeFactory,
    "patients.TreatmentNote": TreatmentNoteFactory,
    "patients.WorkItem": WorkItemFactory,
}

# What goes with the other one, and why.
GOES = {"patients.CalendarFeed": "who has that address sees this person no more"}


@pytest.fixture
def clinic() -> Clinic:
    return MembershipFactory(role=Role.CLINICIAN).clinic


@pytest.fixture
def by(clinic) -> User:
    return clinic.memberships.get().user


@pytest.fixture
def keep(clinic) -> Patient:
    return PatientFactory(clinic=clinic, given_name="Amedeo", email="amedeo@post.example")


@pytest.fixture
def other(clinic) -> Patient:
    """The same man, entered at the desk: no sign-in, another address."""
    return PatientFactory(clinic=clinic, given_name="Amadeo", email="", user=None, phone="+39 333 1")


def merged(keep: Patient, other: Patient, by: User, **kwargs: Any) -> Patient:
    merge_patients(keep=keep, other=other, by=by, now=NOW, **kwargs)
    return Patient.objects.get(pk=keep.pk)


def refused(keep: Patient, other: Patient, by: User, **kwargs: Any) -> list[str]:
    with pytest.raises(ValidationError) as error:
        merge_patients(keep=keep, other=other, by=by, now=NOW, **kwargs)
    assert Patient.objects.filter(pk__in=[keep.pk, other.pk]).exists()
    return [one.code or "" for one in error.value.error_list]


# --- Everything moves ------------------------------------------------------------------------------------
def relations() -> dict[str, Any]:
    return {relation.related_model._meta.label: relation for relation in Patient._meta.related_objects}


def test_every_model_that_points_at_a_patient_is_walked():
    assert set(relations()) == set(MAKES) | set(GOES)
    for relation in relations().values():
        assert relation.field.remote_field.model is Patient


def test_so_is_every_model_that_names_a_patient_by_id_alone():
    """The ground floor knows patients by `subject_id`; the audit trail is never changed."""
    named = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name in {"subject_id", "patient_id"}
    }
    assert named == {"clinic.Notice", "clinic.Event"}


@pytest.mark.parametrize("label", sorted(MAKES))
def test_a_row_of_the_other_is_then_of_the_one_kept(label, keep, other, by):
    of_a_programme = label in {"patients.Answer", "patients.PracticeSession", "patients.WorkItem"}
    given = {"prescription": PrescriptionFactory(patient=other)} if of_a_programme else {"patient": other}
    row = MAKES[label](**given)
    field = relations()[label].field.name
    assert getattr(row, field) == other
    merged(keep, other, by)
    assert getattr(type(row)._base_manager.get(pk=row.pk), field) == keep
    assert not Patient.objects.filter(pk=other.pk).exists()


def test_a_question_of_the_same_form_on_both_sides_keeps_both(keep, other, by):
    ours = MessageFactory(patient=keep)
    theirs = MessageFactory(patient=other, uid=ours.uid, words="And cycle?")
    merged(keep, other, by)
    assert set(keep.messages.values_list("pk", flat=True)) == {ours.pk, theirs.pk}


def test_a_kind_of_row_that_nobody_moves_keeps_both_as_they_were(keep, other, by, monkeypatch):
    """What a new model would do that is forgotten in merging.py: refuse, never lose."""
    note, code = TreatmentNoteFactory(patient=other), InvitationFactory(patient=other)
    monkeypatch.setattr(merging, "MOVED", [name for name in merging.MOVED if name != "invitations"])
    with pytest.raises(RuntimeError, match="patients.Invitation"):
        merged(keep, other, by)
    note.refresh_from_db()
    code.refresh_from_db()
    assert (note.patient, code.patient) == (other, other)


def test_with_all_that_hangs_on_them(keep, other, by):
    """A programme with its session, review and version comes along as it is."""
    given = PrescriptionFactory(patient=other)
    sessions = [PracticeSessionFactory(prescription=given, practised_on=day) for day in days_of(given, 2)]
    merged(keep, other, by)
    given.refresh_from_db()
    assert given.patient == keep
    assert {session.patient_id for session in PracticeSession.objects.all()} == {keep.pk}
    assert set(given.sessions.all()) == set(sessions)
    assert given.sessions.first().records.count() == 3


def test_the_others_calendar_address_leads_nowhere_any_more(keep, other, by):
    ours, theirs = CalendarFeedFactory(patient=keep), CalendarFeedFactory(patient=other)
    merged(keep, other, by)
    assert list(type(ours).objects.all()) == [ours]
    assert find_feed(theirs.token()) is None
    assert find_feed(ours.token()) == ours


def test_days_without_practice_come_along_with_their_programme(keep, other, by):
    skipped = SkippedDayFactory(prescription__patient=other)
    merged(keep, other, by)
    skipped.refresh_from_db()
    assert skipped.prescription.patient == keep


def days_of(prescription: Prescription, number: int) -> list[dt.date]:
    assert prescription.starts_on is not None
    return [prescription.starts_on + offset * DAY for offset in range(number)]


def test_one_form_sent_for_both_stays_two_sessions(keep, other, by):
    uid = uuid.uuid4()
    ended = PrescriptionFactory(
        patient=keep,
        status="ended",
        ended_on=dt.date(2026, 3, 1),
        starts_on=dt.date(2026, 2, 1),
        end_reason="improved",
        next_review_on=None,
    )
    ours = PracticeSessionFactory(prescription=ended, practised_on=dt.date(2026, 2, 2), uid=uid)
    given = PrescriptionFactory(patient=other)
    theirs = PracticeSessionFactory(prescription=given, uid=uid)
    merged(keep, other, by)
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert ours.uid == uid
    assert theirs.uid != uid
    assert keep.sessions.count() == 2


def test_it_is_written_down_with_both_ids(keep, other, by, clinic):
    pk = other.pk
    merged(keep, other, by)
    (event,) = Event.objects.filter(verb="merged")
    assert (event.object_type, event.object_id, event.subject_id) == ("patients.Patient", str(pk), keep.pk)
    assert (event.actor, event.clinic, event.at) == (by, clinic, NOW)


# --- Contact and signing in -----------------------------------------------------------------------------
def test_contact_stays_unless_it_is_chosen_from_the_other(keep, other, by):
    birth = keep.birth_on
    other.birth_on = dt.date(1956, 4, 12)
    other.save()
    after = merged(keep, other, by, from_other=["given_name", "phone"])
    assert (after.given_name, after.phone) == ("Amadeo", "+39 333 1")
    assert (after.birth_on, after.email) == (birth, "amedeo@post.example")


def test_only_contact_can_be_chosen(keep, other, by):
    assert refused(keep, other, by, from_other=["clinic"]) == ["choice"]


def signs_in(keep: Patient, other: Patient, email: str) -> User | None:
    return merging.user_kept(keep, other, email=email)


def test_who_signs_in():
    """By the address that is kept; without one, who came in by paper."""
    one, two = PatientFactory(email="a@post.example"), PatientFactory(email="b@post.example")
    paper, other_paper = (
        PatientFactory(email="", user=UserFactory(email=None), birth_on=one.birth_on) for _ in range(2)
    )
    nobody = PatientFactory(email="c@post.example", user=None)
    assert signs_in(one, two, " A@post.example") == one.user
    assert signs_in(one, two, "b@post.example") == two.user
    assert signs_in(one, two, "c@post.example") is None
    assert signs_in(nobody, one, "a@post.example") == one.user
    assert signs_in(one, nobody, "c@post.example") is None
    assert signs_in(paper, one, "a@post.example") == one.user
    assert signs_in(one, paper, "") == paper.user
    assert signs_in(paper, other_paper, "") == paper.user
    assert signs_in(nobody, PatientFactory(user=None), "c@post.example") is None


def test_whose_address_is_not_kept_signs_in_no_more(keep, clinic, by):
    other = PatientFactory(clinic=clinic, email="old@post.example")
    both = {keep.user_id, other.user_id}
    after = merged(keep, other, by)
    assert after.user == keep.user
    assert not Patient.objects.visible_to(other.user).exists()
    assert User.objects.filter(pk__in=both).count() == 2  # nobody is deleted
    (event,) = Event.objects.filter(verb="unlinked")
    assert (event.object_id, event.subject_id) == (str(other.pk), keep.pk)
    assert not Event.objects.filter(verb="linked").exists()


def test_with_the_others_address_its_user_signs_in(keep, clinic, by):
    other = PatientFactory(clinic=clinic, email="new@post.example")
    ours = InvitationFactory(patient=keep)
    after = merged(keep, other, by, from_other=["email"])
    assert (after.email, after.user) == ("new@post.example", other.user)
    assert not Patient.objects.visible_to(keep.user).exists()
    ours.refresh_from_db()
    assert ours.revoked_at == NOW  # it was sent to the address that is not kept
    assert Event.objects.filter(verb="linked", subject_id=keep.pk).count() == 1


def test_one_sign_in_for_both_stays(keep, clinic, by):
    """As a couple with one address has."""
    other = PatientFactory(clinic=clinic, email=keep.email, user=keep.user)
    assert merged(keep, other, by).user == keep.user
    assert not Event.objects.filter(verb__in=["linked", "unlinked"]).exists()


def test_the_others_ways_in_end_and_ours_stay(keep, other, by):
    ours, theirs = InvitationFactory(patient=keep), InvitationFactory(patient=other)
    used = InvitationFactory(patient=other)
    Invitation.objects.filter(pk=used.pk).update(used_at=NOW - DAY)
    our_code, their_code = PaperCodeFactory(patient=keep), PaperCodeFactory(patient=other)
    merged(keep, other, by)
    revoked = dict(Invitation.objects.values_list("pk", "revoked_at"))
    assert revoked == {ours.pk: None, theirs.pk: NOW, used.pk: None}
    codes = dict(PaperCode.objects.values_list("pk", "revoked_at"))
    assert codes == {our_code.pk: None, their_code.pk: NOW}
    assert Event.objects.filter(verb="revoked", subject_id=other.pk).count() == 2


# --- Precautions, reminders, team -----------------------------------------------------------------------
@pytest.mark.parametrize("later", ["keep", "other"])
def test_precautions_are_kept_together_with_who_asked_last(later, keep, other, by):
    first, second = timezone.now() - DAY, timezone.now()
    at_keep, at_other = (second, first) if later == "keep" else (first, second)
    ours = PrecautionsFactory(patient=keep, codes=["osteoporosis", "hernia"], asked_at=at_keep)
    theirs = PrecautionsFactory(patient=other, codes=["balance", "hernia"], asked_at=at_other)
    merged(keep, other, by)
    kept = Precautions.objects.get()
    assert kept.codes == ["balance", "hernia", "osteoporosis"]
    assert (kept.asked_at, kept.asked_by) == (second, (ours if later == "keep" else theirs).asked_by)
    assert kept.patient == keep


def test_our_reminders_stay_and_theirs_go(keep, other, by):
    ours = ReminderTimeFactory(patient=keep, at=dt.time(9, 0))
    ReminderTimeFactory(patient=other, at=dt.time(18, 0))
    NudgeFactory(patient=other)
    other.reminders_stopped_at = NOW
    other.save()
    assert merged(keep, other, by).reminders_stopped_at is None
    assert list(ReminderTime.objects.all()) == [ours]


def test_their_reminders_come_along_from_the_next_hour_on(keep, other, by):
    theirs = ReminderTimeFactory(patient=other, at=dt.time(18, 0))
    NudgeFactory(patient=other)
    other.reminders_stopped_at = NOW - DAY
    other.save()
    after = merged(keep, other, by)
    theirs.refresh_from_db()
    assert (theirs.patient, theirs.set_at) == (keep, NOW)
    assert after.reminders_stopped_at == NOW - DAY


def test_who_treats_one_treats_both_once(keep, other, by):
    CareTeamMemberFactory(patient=keep, user=by)
    CareTeamMemberFactory(patient=other, user=by)
    second = CareTeamMemberFactory(patient=other)
    merged(keep, other, by)
    places = CareTeamMember.objects.values_list("patient", "user")
    assert set(places) == {(keep.pk, by.pk), (keep.pk, second.user_id)}
    assert len(places) == 2


# --- Work -------------------------------------------------------------------------------------------------
def test_a_second_open_item_joins_the_first(keep, other, by):
    """Theirs was not seen yet, is older and due earlier; ours was seen."""
    ended = PrescriptionFactory(
        patient=keep,
        status="ended",
        starts_on=dt.date(2026, 2, 1),
        ended_on=dt.date(2026, 2, 20),
        end_reason="improved",
        next_review_on=None,
    )
    running = PrescriptionFactory(patient=other)
    ours = WorkItemFactory(
        prescription=ended,
        owner=None,
        opened_at=NOW,
        due_on=dt.date(2026, 3, 3),
        acknowledged_at=NOW,
        acknowledged_by=by,
    )
    theirs = WorkItemFactory(prescription=running, owner=by, opened_at=NOW - DAY, due_on=dt.date(2026, 3, 2))
    session = PracticeSessionFactory(prescription=ended, practised_on=dt.date(2026, 2, 2))
    entries = [
        WorkItemEntryFactory(item=ours, session=session),
        WorkItemEntryFactory(item=theirs),
    ]
    notice = NoticeFactory(
        clinic=keep.clinic, kind="stop_alert", subject_id=other.pk, params={"work_item": theirs.pk}
    )
    merged(keep, other, by)
    (item,) = WorkItem.objects.all()
    assert (item.pk, item.patient) == (ours.pk, keep)
    assert set(item.entries.all()) == set(entries)
    assert (item.opened_at, item.due_on) == (NOW - DAY, dt.date(2026, 3, 2))
    assert item.acknowledged_at is None
    assert (item.owner, item.prescription) == (by, running)
    notice.refresh_from_db()
    assert notice.params == {"work_item": ours.pk}  # the alert is still wanted
    assert notice.subject_id == keep.pk


def test_what_both_had_seen_stays_seen(keep, other, by):
    seen = {"acknowledged_at": NOW, "acknowledged_by": by}
    for patient in (keep, other):
        WorkItemFactory(prescription=None, patient=patient, owner=by, **seen)
    merged(keep, other, by)
    assert WorkItem.objects.get().acknowledged_by == by


def test_items_of_other_kinds_and_closed_ones_stand_side_by_side(keep, other, by):
    fields: dict[str, Any] = {"prescription": None, "owner": None}
    closed = {"closed_at": NOW, "closed_by": by, "outcome": "Phoned."}
    items = [
        WorkItemFactory(patient=keep, kind=WorkKind.STOP, **fields),
        WorkItemFactory(patient=other, kind=WorkKind.SKIPPED_FOR_PAIN, **fields),
        WorkItemFactory(patient=other, kind=WorkKind.STOP, **closed, **fields),
    ]
    merged(keep, other, by)
    assert set(WorkItem.objects.filter(patient=keep)) == set(items)


# --- Messages ---------------------------------------------------------------------------------------------
def test_the_delivery_log_comes_along_and_what_waits_is_planned_anew(keep, other, by):
    fields = {"clinic": keep.clinic, "subject_id": other.pk}
    sent = NoticeFactory(kind="reminder", state="sent", sent_at=NOW, params={"patient": other.pk}, **fields)
    waits = NoticeFactory(kind="reminder", params={"patient": other.pk}, **fields)
    again = NoticeFactory(
        kind="reminder", state="retry", next_try_at=NOW, params={"patient": other.pk}, **fields
    )
    review = NoticeFactory(kind="review_due", params={"review": 1}, **fields)
    failed = NoticeFactory(
        kind="undelivered_invitation",
        clinic=keep.clinic,
        params={"page": "admin:patient", "args": [other.pk]},
    )
    bystander = NoticeFactory(kind="reminder", clinic=keep.clinic, subject_id=other.pk + 1000)
    merged(keep, other, by)
    states = {notice.pk: (notice.state, notice.state_reason) for notice in Notice.objects.all()}
    assert states == {
        sent.pk: ("sent", ""),
        waits.pk: ("suppressed", "merged"),
        again.pk: ("suppressed", "merged"),
        review.pk: ("queued", ""),
        failed.pk: ("queued", ""),
        bystander.pk: ("queued", ""),
    }
    assert Notice.objects.filter(subject_id=keep.pk).count() == 4
    failed.refresh_from_db()
    assert failed.params == {"page": "admin:patient", "args": [keep.pk]}


def test_nobody_is_reminded_twice_of_one_session(clinic, by):
    """Reminded at nine as the other; merged at ten: the next reminder comes tomorrow at nine."""
    keep, other = (PatientFactory(clinic=clinic) for _ in range(2))
    PrescriptionFactory(patient=other, starts_on=dt.date(2026, 2, 23))
    ReminderTimeFactory(patient=other, at=dt.time(9, 0))
    planning.plan(at("09:01"))
    merge_patients(keep=keep, other=other, by=by, now=at("10:00"), from_other=["email"])
    planning.plan(at("10:01"))
    keys = [one.dedupe_key for one in Notice.objects.filter(kind="reminder")]
    assert keys == [f"reminder:{other.pk}:2026-03-02:1"]
    planning.plan(at("09:01", dt.date(2026, 3, 3)))
    last = Notice.objects.filter(kind="reminder").order_by("pk").last()
    assert (last.dedupe_key, last.subject_id) == (f"reminder:{keep.pk}:2026-03-03:1", keep.pk)


def test_the_link_in_an_old_reminder_stops_those_of_the_one_kept(keep, other, by):
    ReminderTimeFactory(patient=other)
    link = unsubscribing.path(Notice(kind="reminder", params={"patient": other.pk}))
    merged(keep, other, by)
    unsubscribing.unsubscribe(link.rstrip("/").split("/")[-1], now=NOW + DAY)
    assert Patient.objects.get(pk=keep.pk).reminders_stopped_at == NOW + DAY


# --- What is refused ------------------------------------------------------------------------------------
def test_with_themselves_or_with_a_patient_of_another_clinic(keep, by, a_strange_patient):
    assert refused(keep, keep, by) == ["same"]
    assert refused(keep, a_strange_patient, by) == ["clinic"]


def test_by_somebody_who_does_not_treat_here(keep, other, a_stranger):
    desk = MembershipFactory(clinic=keep.clinic, role=Role.FRONT_DESK).user
    assert refused(keep, other, desk) == refused(keep, other, a_stranger) == ["outsider"]
    manager = MembershipFactory(clinic=keep.clinic, role=Role.MANAGER).user
    merged(keep, other, manager)


def test_two_running_programmes(keep, other, by):
    ours, theirs = (PrescriptionFactory(patient=patient) for patient in (keep, other))
    assert refused(keep, other, by) == ["two_running"]
    for one in (ours, theirs):
        one.refresh_from_db()
    assert (ours.patient, theirs.patient) == (keep, other)


@pytest.mark.parametrize("running", ["keep", "other"])
def test_an_emergency_sign_on_one_side_and_a_running_programme_on_the_other(running, keep, other, by):
    sides = (keep, other) if running == "keep" else (other, keep)
    PrescriptionFactory(patient=sides[0])
    report = EmergencyReportFactory(patient=sides[1])
    assert refused(keep, other, by) == ["suspended"]
    report.cleared_at, report.cleared_on, report.cleared_by = NOW, NOW.date(), by
    report.save()
    merged(keep, other, by)


def test_an_emergency_sign_holds_on_after_the_merge(keep, other, by):
    """On the side of the running programme, or where none runs: nothing changes for the patient."""
    PrescriptionFactory(patient=keep)
    EmergencyReportFactory(patient=keep)
    EmergencyReportFactory(patient=other)
    merged(keep, other, by)
    assert keep.emergency_reports.uncleared().count() == 2


def test_all_that_stands_in_the_way_is_said_at_once(keep, other, by):
    for patient in (keep, other):
        PrescriptionFactory(patient=patient)
    EmergencyReportFactory(patient=other)
    assert refused(keep, other, by) == ["two_running", "suspended"]


def test_the_second_time_is_told(keep, other, by):
    gone = Patient.objects.get(pk=other.pk)
    merged(keep, other, by)
    assert refused(keep, gone, by) == ["gone"]
    assert refused(gone, keep, by) == ["gone"]


# --- Whom an old id stands for ---------------------------------------------------------------------------
def test_an_old_id_is_followed_to_the_one_that_is_kept_now(keep, other, by, clinic):
    third = PatientFactory(clinic=clinic, user=None)
    old, older = keep.pk, other.pk
    merged(keep, other, by)
    merged(third, keep, by)
    assert [who_is_now(pk) for pk in (older, old, third.pk)] == [third] * 3
    assert who_is_now(third.pk + 1000) is None
    assert was_merged(old, into=third)
    assert not was_merged(older, into=third)
    assert not was_merged(third.pk, into=third)
