"""What the clinic's pages start from: an object that this user may see in that role there, else 404."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from clinic.models import Notice
from clinic.scoping import HEALTH_ROLES, Role, clinics_of
from patients.models import Patient, Prescription, WorkItem

CLINICIANS = frozenset({Role.CLINICIAN})
TYPISTS = frozenset({Role.CLINICIAN, Role.FRONT_DESK})  # who types in what came on paper


def patient_or_404(request: HttpRequest, pk: int, roles: Collection[Role] = HEALTH_ROLES) -> Patient:
    """The patient, where the user has one of `roles` in the patient's own clinic."""
    patients = Patient.objects.visible_to_staff(request.user).select_related("clinic", "user")
    return get_object_or_404(patients.filter(clinic_id__in=clinics_of(request.user, roles)), pk=pk)


def prescription_or_404(
    request: HttpRequest, pk: int, roles: Collection[Role] = HEALTH_ROLES
) -> Prescription:
    prescriptions = Prescription.objects.visible_to_staff(request.user)
    prescriptions = prescriptions.select_related("patient__clinic", "clinician", "program")
    allowed = prescriptions.filter(patient__clinic_id__in=clinics_of(request.user, roles))
    return get_object_or_404(allowed, pk=pk)


def work_or_404(request: HttpRequest, pk: int) -> WorkItem:
    """An open or closed item of the worklist."""
    items = WorkItem.objects.visible_to_staff(request.user).select_related("patient__clinic", "owner")
    return get_object_or_404(items, pk=pk)


def notice_or_404(request: HttpRequest, pk: int) -> Notice:
    """A line of the delivery log. It may say that a programme is suspended: nothing for the front desk."""
    notices = Notice.objects.visible_to(request.user).select_related("clinic", "recipient")
    return get_object_or_404(notices, pk=pk)


def has_role_for(request: HttpRequest, patient: Patient, roles: Collection[Role]) -> bool:
    """Whether the user has one of `roles` in the patient's clinic."""
    mine: Any = clinics_of(request.user, roles)
    return mine.filter(clinic_id=patient.clinic_id).exists()
