"""Handing out a programme on paper: which of a patient's programmes, what of it, and what is kept of it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.models import User
from patients.models import EmergencyReport, PaperCode, Patient, Prescription, PrescriptionVersion
from patients.prescribed import exercises_on
from patients.signin.paper import make_paper_code
from patients.tick_days import TickSheet, tick_sheet

MOST_AT_ONCE = 30  # patients in one pile: each takes half a second and 8 MB while it is made


@dataclass(frozen=True)
class ToHandOut:
    """What a patient gets on paper: the newest version, which holds from `version.starts_on`.

    `off` are its exercises that were stopped for pain: the paper says to leave them out.
    """

    prescription: Prescription
    version: PrescriptionVersion
    exercises: Sequence[Any]
    off: Sequence[Any]
    sheet: TickSheet


def to_hand_out(prescription: Prescription, *, today: dt.date) -> ToHandOut:
    """What the paper of a running programme or a draft holds on the patient's local date `today`.

    A newer version is on its way from tomorrow at the latest, or from a start to come: so the newest one is
    printed. Raises ValidationError for a programme that has ended or waits for a clinician, and for a clinic
    whose emergency numbers would be missing on the paper (rule 5).
    """
    patient = prescription.patient
    if prescription.status == Prescription.Status.ENDED:
        raise ValidationError(_("This programme has ended: there is nothing to hand out."), code="ended")
    if not patient.clinic.has_emergency_numbers:
        raise ValidationError(
            _("Enter the clinic's emergency number and doctor out of hours first (Clinic, Settings)."),
            code="numbers",
        )
    if EmergencyReport.objects.uncleared().filter(patient=patient).exists():
        raise ValidationError(
            _("An emergency sign was reported: the programme is suspended until a clinician clears it."),
            code="suspended",
        )
    version = prescription.versions.order_by("-number")[0]
    rows = exercises_on(prescription, max(today, version.starts_on))
    exercises = [row for row in rows if not row.is_off]
    if not exercises:
        raise ValidationError(_("Every exercise is off for pain: resume or change one first."), code="off")
    return ToHandOut(
        prescription=prescription,
        version=version,
        exercises=exercises,
        off=[row for row in rows if row.is_off],
        sheet=tick_sheet(prescription, version, today=today),
    )


def programmes_of(
    prescriptions: QuerySet[Prescription], patients: Sequence[Patient]
) -> dict[int, Prescription]:
    """Of `prescriptions`, what each of `patients` has by their id: what runs, else the newest draft."""
    rows = prescriptions.filter(patient__in=patients).exclude(status=Prescription.Status.ENDED)
    # "active" stands before "draft" in the alphabet; the last one of a patient stays.
    latest_last = rows.order_by("-status", "created_at", "pk").select_related(
        "patient__clinic", "patient__user"
    )
    return {prescription.patient_id: prescription for prescription in latest_last}


def needs_code(patient: Patient) -> bool:
    """Whether the patient lacks a way in: an e-mail address, a sign-in, or a code on paper that works."""
    codes = PaperCode.objects.filter(patient=patient, revoked_at__isnull=True, locked_at__isnull=True)
    return not patient.email or patient.user_id is None or not codes.exists()


@transaction.atomic
def hand_out(
    *, prescriptions: Sequence[Prescription], codes: Mapping[int, str], by: User, now: dt.datetime
) -> None:
    """Keep that paper was made, and the new codes that stand on it, by their patients' ids.

    Called when the paper is there: where it could not be made, nobody's code has changed.
    """
    # In one order, so that two piles at once do not wait for each other.
    for prescription in sorted(prescriptions, key=lambda one: one.patient_id):
        patient: Any = prescription.patient
        code = codes.get(patient.pk)
        if code:
            make_paper_code(patient=patient, by=by, now=now, code=code)
        audit.write(
            verb=Verb.PRINTED, obj=prescription, actor=by, clinic=patient.clinic, subject=patient, now=now
        )
