"""One notice of every kind, in each of its wordings, all of them due and wanted now."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from clinic.models import Clinic, Notice, StaffInvitation, User
from clinic.scoping import Role
from patients.models import Invitation, Message, Patient, Prescription, Review, WorkItem
from patients.vocabulary import MessageOutcome, WorkKind
from tests.factories import (
    AbsenceFactory,
    ClinicFactory,
    InvitationFactory,
    MembershipFactory,
    MessageFactory,
    NoticeFactory,
    NudgeFactory,
    PatientFactory,
    PrescriptionFactory,
    ReminderTimeFactory,
    ReviewFactory,
    StaffInvitationFactory,
    WorkItemFactory,
    today,
)


@dataclass(frozen=True)
class Concerned:
    """Whom and what the mails are about. `away` has named `deputy` as stand-in."""

    clinic: Clinic
    clinician: User
    manager: User
    away: User
    deputy: User
    patient: Patient
    prescription: Prescription
    review: Review
    work: WorkItem
    work_of_away: WorkItem
    asked: Message
    answered: Message
    invitation: Invitation
    staff_invitation: StaffInvitation


def concerned(clinic: Clinic | None = None, *, language: str = "en", name: str = "Anna") -> Concerned:
    """People and rows for every mail. The clinic is open on all days, the patient's reminder has come."""
    clinic = clinic or ClinicFactory(name="Clinic Aurora", email="desk@aurora.example")
    Clinic.objects.filter(pk=clinic.pk).update(language=language, open_days="1234567")
    clinic.refresh_from_db()

    def colleague(role: Role) -> User:
        user: User = MembershipFactory(
            clinic=clinic, role=role, user__name="Dr. Alba Rossi", user__language=language
        ).user
        return user

    clinician, away, deputy = (colleague(Role.CLINICIAN) for _ in range(3))
    patient = PatientFactory(clinic=clinic, given_name=name, language=language)
    prescription = PrescriptionFactory(patient=patient, clinician=clinician)
    other = PrescriptionFactory(patient=PatientFactory(clinic=clinic, language=language), clinician=away)
    ReminderTimeFactory(patient=patient, slot=1)
    NudgeFactory(patient=patient)
    AbsenceFactory(
        clinic=clinic,
        user=away,
        stand_in=deputy,
        first_on=today(patient) - dt.timedelta(days=1),
        last_on=today(patient) + dt.timedelta(days=1),
    )
    return Concerned(
        clinic=clinic,
        clinician=clinician,
        manager=colleague(Role.MANAGER),
        away=away,
        deputy=deputy,
        patient=patient,
        prescription=prescription,
        review=ReviewFactory(prescription=prescription),
        work=WorkItemFactory(prescription=prescription, kind=WorkKind.STOP),
        work_of_away=WorkItemFactory(prescription=other, kind=WorkKind.STOP),
        asked=MessageFactory(patient=patient, words="May I swim?"),
        answered=MessageFactory(
            patient=patient,
            outcome=MessageOutcome.ANSWERED,
            answer="Yes, gently.",
            closed_by=clinician,
            closed_at=timezone.now(),
        ),
        invitation=InvitationFactory(patient=patient, invited_by=clinician),
        staff_invitation=StaffInvitationFactory(
            clinic=clinic, name="Dr. Alba Rossi", invited_by=clinician, role=Role.CLINICIAN
        ),
    )


def notices_for(of: Concerned) -> list[Notice]:
    """Every kind in every wording, due now."""
    review = {"review": of.review.pk, "prescription": of.prescription.pk}
    slot = {"patient": of.patient.pk, "slot": 1, "on": today(of.patient).isoformat()}
    work = {"work_item": of.work.pk}
    again = {**work, "since": of.work.waits_since.isoformat()}
    again_away = {"work_item": of.work_of_away.pk, "since": of.work_of_away.waits_since.isoformat()}
    version = of.prescription.versions.get()
    wanted: list[tuple[str, User | None, dict[str, Any]]] = [
        ("reminder", None, slot),
        ("nudge", None, slot),
        ("helped", None, {"review": of.review.pk, "step": 1}),
        ("helped", None, {"review": of.review.pk, "step": 2}),
        ("programme_changed", None, {"version": version.pk, "prescription": of.prescription.pk}),
        ("question_answered", None, {"message": of.answered.pk}),
        ("review_word", None, {"review": of.review.pk}),
        ("invitation", None, {"invitation": str(of.invitation.pk)}),
        ("staff_invitation", None, {"invitation": str(of.staff_invitation.pk)}),
        ("undelivered_invitation", of.clinician, {"page": "admin:patient", "args": [of.patient.pk]}),
        ("stop_alert", of.clinician, work),
        ("stop_alert", None, work),
        ("emergency_alert", of.clinician, work),
        ("alert_again", of.clinician, {**again, "step": "owner"}),
        ("alert_again", of.deputy, {**again_away, "step": "stand_in"}),
        ("alert_again", of.manager, {**again, "step": "manager"}),
        ("review_due", None, review),
        ("review_again", of.clinician, {**review, "step": 7}),
        ("review_again", of.manager, {**review, "step": "manager"}),
        ("morning_list", of.clinician, {}),
    ]
    return [
        NoticeFactory(kind=kind, clinic=of.clinic, recipient=to, subject_id=of.patient.pk, params=params)
        for kind, to, params in wanted
    ]
