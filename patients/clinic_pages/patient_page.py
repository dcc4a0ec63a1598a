"""A patient's page: contact and ways in for everybody who works here, health data for those who treat."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.admin_site import page
from clinic.models import User
from clinic.scoping import ANY_ROLE, HEALTH_ROLES
from patients import mail_address
from patients.clinic_pages.acting import by_now, done, tried, write_reading
from patients.clinic_pages.forms.acts import ClearForm, PrecautionsForm
from patients.clinic_pages.notice_rows import log_of
from patients.clinic_pages.patient_context import contact_context, health_context
from patients.clinic_pages.reminders_now import reminders_now
from patients.clinic_pages.scope import CLINICIANS, TYPISTS, has_role_for, patient_or_404
from patients.clinic_pages.windows import Asked
from patients.closing import clear_and_close
from patients.models import Patient
from patients.screening import keep_precautions
from patients.signin import paper
from patients.signin.invitations import invite_patient


@require_safe
def patient_page(request: HttpRequest, pk: int) -> HttpResponse:
    """That it was read is written down."""
    patient = patient_or_404(request, pk, ANY_ROLE)
    write_reading(request, patient, patient)
    return show_patient(request, patient)


@require_POST
def patient_clear(request: HttpRequest, pk: int) -> HttpResponse:
    """A clinician has looked into the emergency signs: the programme goes on."""
    patient, form = patient_or_404(request, pk, CLINICIANS), ClearForm(request.POST)
    if done(request, form, lambda said, **by: clear_and_close(patient=patient, note=said["note"], **by)):
        messages.success(request, _("Cleared. The programme and its reminders go on."))
        return _back(patient)
    return show_patient(request, patient, bound={"clear": form}, status=400)


@require_POST
def patient_precautions(request: HttpRequest, pk: int) -> HttpResponse:
    patient, form = patient_or_404(request, pk, CLINICIANS), PrecautionsForm(request.POST)
    if done(
        request, form, lambda said, **by: keep_precautions(patient=patient, codes=said["precautions"], **by)
    ):
        messages.success(request, _("Kept with the patient."))
        return _back(patient)
    return show_patient(request, patient, bound={"precautions": form}, status=400)


@require_POST
def patient_invite(request: HttpRequest, pk: int) -> HttpResponse:
    patient = patient_or_404(request, pk, ANY_ROLE)
    if not tried(request, lambda **by: invite_patient(patient=patient, **by)):
        return show_patient(request, patient, status=400)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": patient.email})
    return _back(patient)


@require_POST
def patient_address(request: HttpRequest, pk: int) -> HttpResponse:
    """The address that a mail server refused is right, somebody says: it gets mail again."""
    patient = patient_or_404(request, pk, ANY_ROLE)
    if mail_address.is_refused(patient):
        mail_address.try_again(patient=patient, **by_now(request))
        messages.success(request, _("Mails go to %(email)s again.") % {"email": patient.email})
    return _back(patient)


@require_POST
def patient_paper_code(request: HttpRequest, pk: int) -> HttpResponse:
    """A new code, shown this once on a sheet to be printed; an earlier one is worth nothing any more."""
    patient = patient_or_404(request, pk, ANY_ROLE)
    code = paper.make_paper_code(patient=patient, **by_now(request))
    context = {
        "to_staff": _(
            "Print this page now: the code is shown only this once. An earlier one is worth nothing."
        ),
        "patient": patient,
        "clinic": patient.clinic,
        "code": code,
        "address": paper.address(code),
        "qr": paper.qr_svg(code),
    }
    with translation.override(patient.language):
        return render(request, "patients/staff/paper_sheet.html", context)


@require_POST
def patient_paper_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    patient = patient_or_404(request, pk, ANY_ROLE)
    paper.revoke_paper_code(patient=patient, **by_now(request))
    messages.success(request, _("The code is worth nothing any more."))
    return _back(patient)


def show_patient(
    request: HttpRequest, patient: Patient, *, bound: Any = None, status: int = 200
) -> HttpResponse:
    """The page; `bound` holds a form that was sent and refused, by its name."""
    user, now = cast("User", request.user), timezone.now()
    context = {"title": str(patient), **contact_context(patient, now=now)}
    sees_health = has_role_for(request, patient, HEALTH_ROLES)
    treats = has_role_for(request, patient, CLINICIANS)
    if sees_health:
        asked = Asked(reverse("admin:patient", args=[patient.pk]), request.GET)
        context |= health_context(patient, by=user, now=now, asked=asked, bound=bound or {}, treats=treats)
        context |= {
            "log": log_of(patient, by=user, asked=asked),
            "reminders": reminders_now(patient, now=now),
        }
    context |= {
        "sees_health": sees_health,
        "treats": treats,
        "types_in": has_role_for(request, patient, TYPISTS),
    }
    return page(request, "patients/staff/patient.html", context, status=status)


def _back(patient: Patient) -> HttpResponse:
    return redirect("admin:patient", patient.pk)
