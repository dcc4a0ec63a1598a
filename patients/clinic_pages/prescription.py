"""One prescription: its adherence report, and all that is done with it from there."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.admin_site import page
from clinic.signin.entry import safe_next
from patients.clinic_pages.acting import done, tried, write_reading
from patients.clinic_pages.forms.acts import EndForm, PauseForm, ResumeForm, StartForm
from patients.clinic_pages.report_context import report_context
from patients.clinic_pages.scope import CLINICIANS, has_role_for, prescription_or_404
from patients.clinic_pages.windows import Asked
from patients.drafts import start_draft
from patients.models import Pause, Prescription
from patients.pausing import end_pause, pause
from patients.prescribing import discard, end
from patients.stopping import resume_exercise
from patients.vocabulary import EndReason


@require_safe
def prescription_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The page that mails link to. That it was read is written down."""
    prescription = prescription_or_404(request, pk)
    write_reading(request, prescription, prescription.patient)
    return show_prescription(request, prescription)


@require_POST
def prescription_start(request: HttpRequest, pk: int) -> HttpResponse:
    prescription, form = prescription_or_404(request, pk, CLINICIANS), StartForm(request.POST)
    return _act(
        request,
        prescription,
        name="start",
        form=form,
        act=lambda said, **by: start_draft(prescription=prescription, starts_on=said["starts_on"], **by),
        success=_("Started."),
    )


@require_POST
def prescription_discard(request: HttpRequest, pk: int) -> HttpResponse:
    prescription = prescription_or_404(request, pk, CLINICIANS)
    if not tried(request, lambda **by: discard(prescription=prescription, **by)):
        return show_prescription(request, prescription, status=400)
    messages.success(request, _("The draft was thrown away."))
    return redirect("admin:patient", prescription.patient_id)


@require_POST
def prescription_end(request: HttpRequest, pk: int) -> HttpResponse:
    prescription, form = prescription_or_404(request, pk, CLINICIANS), EndForm(request.POST, auto_id="end-%s")
    return _act(
        request,
        prescription,
        name="end",
        form=form,
        act=lambda said, **by: end(prescription=prescription, reason=EndReason(said["reason"]), **by),
        success=_("The programme has ended."),
    )


@require_POST
def prescription_pause(request: HttpRequest, pk: int) -> HttpResponse:
    prescription, form = (
        prescription_or_404(request, pk, CLINICIANS),
        PauseForm(request.POST, auto_id="pause-%s"),
    )
    return _act(
        request,
        prescription,
        name="pause",
        form=form,
        act=lambda said, **by: pause(
            prescription=prescription,
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            reason=Pause.Reason(said["reason"]),
            **by,
        ),
        success=_("Paused. Those days do not count."),
    )


@require_POST
def prescription_end_pause(request: HttpRequest, pk: int, pause_pk: int) -> HttpResponse:
    prescription = prescription_or_404(request, pk, CLINICIANS)
    chosen = get_object_or_404(Pause, pk=pause_pk, prescription=prescription)
    if not tried(request, lambda **by: end_pause(pause=chosen, **by)):
        return show_prescription(request, prescription, status=400)
    messages.success(request, _("The pause is over: days count again from today."))
    return _back(request, prescription)


@require_POST
def prescription_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch a stopped exercise on again: from the report, the worklist or the patient's page."""
    prescription, form = prescription_or_404(request, pk, CLINICIANS), ResumeForm(request.POST)
    return _act(
        request,
        prescription,
        name="resume",
        form=form,
        act=lambda said, **by: resume_exercise(prescription=prescription, line=said["line"], **by),
        success=_("Resumed: the exercise is part of the programme again from today."),
    )


def _act(
    request: HttpRequest,
    prescription: Prescription,
    *,
    name: str,
    form: Any,
    act: Callable[..., object],
    success: str,
) -> HttpResponse:
    """Do it and go back; where it is refused, the page again with what was said at the form."""
    if done(request, form, act):
        messages.success(request, success)
        return _back(request, prescription)
    return show_prescription(request, prescription, bound={name: form}, status=400)


def show_prescription(
    request: HttpRequest, prescription: Prescription, *, bound: Any = None, status: int = 200
) -> HttpResponse:
    """The page; `bound` holds a form that was sent and refused, by its name."""
    patient = prescription.patient
    user: Any = request.user
    context = report_context(
        prescription,
        by=user,
        now=timezone.now(),
        asked=Asked(reverse("admin:prescription_report", args=[prescription.pk]), request.GET),
        bound=bound or {},
    )
    return page(
        request,
        "patients/staff/prescription.html",
        {
            **context,
            "title": f"{patient}: {prescription.name}",
            "up": (patient, reverse("admin:patient", args=[patient.pk])),
            "treats": has_role_for(request, patient, CLINICIANS),
        },
        status=status,
    )


def _back(request: HttpRequest, prescription: Prescription) -> HttpResponse:
    return redirect(
        safe_next(request, otherwise=reverse("admin:prescription_report", args=[prescription.pk]))
    )
