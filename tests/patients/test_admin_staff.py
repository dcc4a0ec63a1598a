"""The staff's page, for managers: who works here, inviting, leaving, handing patients over."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from clinic.absences import stand_ins
from clinic.models import Event, Membership, Notice, StaffInvitation, User
from clinic.scoping import Role
from patients.leaving import keeps_something
from patients.models import CareTeamMember, Prescription, Review, WorkItem
from patients.notices.alerts import STOP_ALERT
from patients.notices.reviews import plan_review_notices, still_wanted
from tests.factories import (
    AbsenceFactory,
    CareTeamMemberFactory,
    MembershipFactory,
    NoticeFactory,
    PatientFactory,
    PrescriptionFactory,
    ReviewFactory,
    WorkItemFactory,
)
from tests.patients.pages import text

pytestmark = pytest.mark.django_db


def url(name: str, house, *more: object) -> str:
    return reverse(f"admin:{name}", args=[house.clinic.slug, *more])


@pytest.fixture
def manager(aurora, as_staff):
    return as_staff(aurora.manager)


@pytest.fixture
def colleague(aurora) -> User:
    return MembershipFactory(clinic=aurora.clinic, role=Role.CLINICIAN, user__name="Ciro").user


def works_here(user: User, house) -> bool:
    return Membership.objects.active().filter(user=user, clinic=house.clinic).exists()


# --- Who works here ------------------------------------------------------------------------------------
def test_everybody_stands_in_one_line_with_all_roles(aurora, manager):
    MembershipFactory(clinic=aurora.clinic, user=aurora.manager, role=Role.CLINICIAN)
    said = text(manager.get(url("clinic_staff", aurora)))
    assert f"Adele Manager, Physiotherapist {aurora.manager.email} – –" in said
    assert f"Alba Physiotherapist {aurora.clinician.email} 2 –" in said
    assert "Bruno" not in said


def test_who_has_left_is_not_listed(aurora, colleague, manager):
    assert "Ciro Physiotherapist" in text(manager.get(url("clinic_staff", aurora)))
    manager.post(url("staff_leave", aurora, colleague.pk))
    assert "Ciro Physiotherapist" not in text(manager.get(url("clinic_staff", aurora)))


# --- Inviting ------------------------------------------------------------------------------------------
def test_inviting_somebody(aurora, manager):
    data = {"name": "Dario", "email": "Dario@Post.example", "role": "clinician"}
    answer = manager.post(url("staff_invite", aurora), data, follow=True)
    invitation = StaffInvitation.objects.get()
    assert (invitation.email, invitation.role, invitation.clinic) == (
        "dario@post.example",
        "clinician",
        aurora.clinic,
    )
    assert Notice.objects.filter(kind="staff_invitation").count() == 1
    assert "Dario, Physiotherapist dario@post.example" in text(answer)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": ""}, "This field is required."),
        ({"email": "dario"}, "Enter a valid email address."),
        ({"role": "king"}, "Select a valid choice."),
        ({"email": "alba@aurora.example"}, "This person works here in that role already."),
    ],
)
def test_an_invitation_that_cannot_be_is_refused(changed, said, aurora, manager):
    data = {"name": "Dario", "email": "dario@post.example", "role": "clinician", **changed}
    answer = manager.post(url("staff_invite", aurora), data)
    assert answer.status_code == 400
    assert said in text(answer)
    assert not StaffInvitation.objects.exists()


# --- Leaving ------------------------------------------------------------------------------------------
def test_who_keeps_nothing_leaves_at_once(aurora, as_staff, manager):
    desk = as_staff(aurora.front_desk)
    assert desk.get("/admin/patients/patient/").status_code == 200
    assert "still has patients" not in text(manager.get(url("staff_leave", aurora, aurora.front_desk.pk)))
    manager.post(url("staff_leave", aurora, aurora.front_desk.pk))
    assert not works_here(aurora.front_desk, aurora)
    assert desk.get("/admin/patients/patient/").status_code == 302  # the session is over
    assert Event.objects.filter(verb="left", actor=aurora.manager).count() == 1


def test_patients_and_open_work_go_to_a_colleague_first(aurora, colleague, manager):
    item = WorkItemFactory(prescription=aurora.prescription)
    address = url("staff_leave", aurora, aurora.clinician.pk)
    assert "still has patients or open work" in text(manager.get(address))
    refused = manager.post(address, {"taker": ""})
    assert refused.status_code == 400
    assert "Say who takes over." in text(refused)
    assert works_here(aurora.clinician, aurora)
    manager.post(address, {"taker": colleague.pk})
    assert not works_here(aurora.clinician, aurora)
    item.refresh_from_db()
    assert item.owner == colleague
    assert set(
        Prescription.objects.values_list("clinician", flat=True).filter(patient__clinic=aurora.clinic)
    ) == {colleague.pk}
    assert not keeps_something(aurora.clinician, aurora.clinic)


@pytest.mark.parametrize("who", ["self", "front desk", "stranger", "abc"])
def test_only_somebody_else_who_treats_here_takes_over(who, aurora, bora, manager):
    takers = {
        "self": aurora.clinician.pk,
        "front desk": aurora.front_desk.pk,
        "stranger": bora.clinician.pk,
    }
    answer = manager.post(url("staff_leave", aurora, aurora.clinician.pk), {"taker": takers.get(who, who)})
    assert answer.status_code == 400
    assert works_here(aurora.clinician, aurora)
    assert Prescription.objects.filter(clinician=aurora.clinician).exists()


def test_the_last_manager_stays(aurora, manager):
    answer = manager.post(url("staff_leave", aurora, aurora.manager.pk))
    assert answer.status_code == 400
    assert "A clinic needs a manager" in text(answer)
    assert works_here(aurora.manager, aurora)


# --- Handing over -------------------------------------------------------------------------------------
def test_handing_over_all_or_some(aurora, colleague, manager):
    address = url("staff_hand_over", aurora, aurora.clinician.pk)
    page = text(manager.get(address))
    assert str(aurora.patient) in page
    assert str(aurora.newcomer) not in page  # nothing is prescribed to them
    manager.post(address, {"taker": colleague.pk, "which": "chosen", "patients": [aurora.patient.pk]})
    assert Prescription.objects.get(patient=aurora.patient).clinician == colleague
    assert Prescription.objects.get(patient=aurora.couple[0]).clinician == aurora.clinician
    manager.post(address, {"taker": colleague.pk, "which": "all"})
    assert Prescription.objects.get(patient=aurora.couple[0]).clinician == colleague


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"which": "all"},
        {"which": "chosen", "taker": "colleague"},
        {"which": "chosen", "taker": "colleague", "patients": ["stranger"]},
        {"which": "moon", "taker": "colleague"},
    ],
)
def test_what_is_left_open_is_refused(data, aurora, bora, colleague, manager):
    sent = dict(data)
    if "taker" in sent:
        sent["taker"] = colleague.pk
    if "patients" in sent:
        sent["patients"] = [bora.patient.pk]
    answer = manager.post(url("staff_hand_over", aurora, aurora.clinician.pk), sent)
    assert answer.status_code == 400
    assert not Prescription.objects.filter(clinician=colleague).exists()


def test_somebody_of_another_clinic_is_not_found(aurora, bora, manager):
    for name in ("staff_leave", "staff_hand_over"):
        assert manager.get(url(name, aurora, bora.clinician.pk)).status_code == 404
        assert manager.post(url(name, aurora, bora.clinician.pk)).status_code == 404
    assert works_here(bora.clinician, bora)


# --- What changes hands -------------------------------------------------------------------------------
def hands_over(manager, aurora, taker: User, *patients) -> None:
    data = {"taker": taker.pk, "which": "chosen", "patients": [one.pk for one in patients]}
    address = url("staff_hand_over", aurora, aurora.clinician.pk)
    assert manager.post(address, data if patients else {"taker": taker.pk, "which": "all"}).status_code == 302


def test_work_that_was_taken_asks_the_taker_anew(aurora, colleague, manager):
    """Who hands over had taken the one and not the other; the colleague has seen neither."""
    before = timezone.now() - dt.timedelta(days=2)
    taken, fresh = (
        WorkItemFactory(
            prescription=aurora.prescription,
            owner=aurora.clinician,
            kind=kind,
            waits_since=before,
            acknowledged_at=at,
            acknowledged_by=aurora.clinician if at else None,
        )
        for kind, at in (("stop", before), ("review", None))
    )
    hands_over(manager, aurora, colleague, aurora.patient)
    for item in (taken, fresh):
        item.refresh_from_db()
        assert (item.owner, item.acknowledged_at, item.acknowledged_by) == (colleague, None, None)
    assert (fresh.waits_since, taken.waits_since > before) == (before, True)
    written = Event.objects.filter(verb="handed_over", object_type="patients.WorkItem")
    assert {(event.object_id, event.subject_id) for event in written} == {
        (str(item.pk), aurora.patient.pk) for item in (taken, fresh)
    }


def test_what_who_leaves_had_taken_of_a_colleagues_work_asks_again(aurora, colleague, manager):
    """The work is Alba's; Ciro, who has taken it, leaves."""
    item = WorkItemFactory(
        prescription=aurora.prescription,
        owner=aurora.clinician,
        acknowledged_at=timezone.now(),
        acknowledged_by=colleague,
    )
    manager.post(url("staff_leave", aurora, colleague.pk))
    item.refresh_from_db()
    assert (item.owner, item.acknowledged_at, item.closed_at) == (aurora.clinician, None, None)


def test_who_leaves_keeps_nothing_open_anywhere(aurora, colleague, manager):
    """A draft, a question, a review without its signature, a place in a team, an absence and standing in."""
    leaver = aurora.clinician
    draft = PrescriptionFactory(patient=aurora.newcomer, clinician=leaver, status="draft", starts_on=None)
    review = ReviewFactory(prescription=aurora.prescription)
    items = [
        WorkItemFactory(prescription=aurora.prescription, owner=leaver, kind=kind)
        for kind in ("question", "wish", "review", "progression", "address", "call", "set_aside")
    ]
    CareTeamMemberFactory(patient=aurora.couple[1], user=leaver)
    AbsenceFactory(clinic=aurora.clinic, user=leaver, stand_in=colleague)
    AbsenceFactory(clinic=aurora.clinic, user=aurora.manager, stand_in=leaver)
    manager.post(url("staff_leave", aurora, leaver.pk), {"taker": colleague.pk})
    assert not works_here(leaver, aurora)
    assert not WorkItem.objects.open().filter(owner=leaver).exists()
    assert {item.owner for item in WorkItem.objects.filter(pk__in=[item.pk for item in items])} == {colleague}
    unfinished = Prescription.objects.exclude(status="ended").filter(clinician=leaver)
    assert not unfinished.exists()
    assert Prescription.objects.get(pk=draft.pk).clinician == colleague
    assert Review.objects.get(pk=review.pk).prescription.clinician == colleague
    assert not CareTeamMember.objects.filter(user=leaver).exists()
    assert CareTeamMember.objects.get(patient=aurora.couple[1]).user == colleague
    assert stand_ins([aurora.clinic], now=timezone.now()).away == {}


def test_a_waiting_review_mail_is_the_takers(aurora, colleague, manager):
    """What was planned for who hands over is not sent; the taker is owed their own."""
    ReviewFactory(prescription=aurora.prescription)
    plan_review_notices(timezone.now())
    first = Notice.objects.get(kind="review_due")
    assert (first.recipient, still_wanted(first, timezone.now()).wanted) == (aurora.clinician, True)
    hands_over(manager, aurora, colleague)
    plan_review_notices(timezone.now())
    second = Notice.objects.exclude(pk=first.pk).get(kind="review_due")
    assert still_wanted(first, timezone.now()).reason == "handed_over"
    assert (second.recipient, still_wanted(second, timezone.now()).wanted) == (colleague, True)


def test_a_waiting_alert_of_who_left_goes_to_the_clinic(aurora, colleague, manager):
    """Care must not wait; the taker has it on the worklist, and is told on the next open morning."""
    item = WorkItemFactory(prescription=aurora.prescription, owner=aurora.clinician, kind="stop")
    notice: Any = NoticeFactory(
        kind="stop_alert",
        clinic=aurora.clinic,
        recipient=aurora.clinician,
        subject_id=aurora.patient.pk,
        params={"work_item": item.pk},
    )
    manager.post(url("staff_leave", aurora, aurora.clinician.pk), {"taker": colleague.pk})
    notice = Notice.objects.get(pk=notice.pk)
    assert STOP_ALERT.address(notice) == aurora.clinic.email
    item.refresh_from_db()
    assert item.owner == colleague


def test_all_with_some_ticked_is_asked_back(aurora, colleague, manager):
    data = {"taker": colleague.pk, "which": "all", "patients": [aurora.patient.pk]}
    answer = manager.post(url("staff_hand_over", aurora, aurora.clinician.pk), data)
    assert answer.status_code == 400
    assert "Some are ticked below" in text(answer)
    assert not Prescription.objects.filter(clinician=colleague).exists()


def test_two_of_one_name_are_told_apart(aurora, manager):
    page = text(manager.get(url("staff_hand_over", aurora, aurora.clinician.pk)))
    assert f"{aurora.patient}, born {date_format(aurora.patient.birth_on, 'j F Y')}" in page


def test_three_hundred_patients_cost_as_many_queries_as_three(aurora, colleague, manager):
    address = url("staff_hand_over", aurora, aurora.clinician.pk)

    def patients_of(giver: User, number: int) -> list[Any]:
        """A third each has a programme, open work, and a place in the care team."""
        made = [PatientFactory(clinic=aurora.clinic, user=None, email="") for _ in range(number)]
        for patient in made[::3]:
            given = PrescriptionFactory(patient=patient, clinician=giver)
            WorkItemFactory(prescription=given, owner=giver)
        for patient in made[1::3]:
            WorkItemFactory(prescription=None, patient=patient, owner=giver, kind="address")
        for patient in made[2::3]:
            CareTeamMemberFactory(patient=patient, user=giver)
        return made

    def costs(*patients: Any) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as shown:
            assert manager.get(address).status_code == 200
        with CaptureQueriesContext(connection) as given:
            hands_over(manager, aurora, colleague, *patients)
        return len(shown), len(given)

    manager.get(address)
    few = costs(*patients_of(aurora.clinician, 3))
    many = patients_of(aurora.clinician, 300)
    assert text(manager.get(address)).count(", born ") >= 300
    shown, given = costs(*many)
    assert shown == few[0]
    assert given <= few[1] + 3  # SQLite takes many new rows in several statements
    assert CareTeamMember.objects.filter(user=colleague, patient__in=many).count() == 100
