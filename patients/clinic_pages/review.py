"""Signing a review, and adding to one that is signed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from patients.clinic_pages.acting import done
from patients.clinic_pages.forms.review import AdditionForm, SignForm
from patients.clinic_pages.prescription import show_prescription
from patients.clinic_pages.scope import CLINICIANS, prescription_or_404
from patients.letters import Letter
from patients.models import Prescription
from patients.signing import add_to_review, sign_review
from patients.vocabulary import Decision

# Where a decision leads on to, by the name of the page.
LEADS_TO = {
    Decision.PROGRESS: "prescription_adjust",
    Decision.REGRESS: "prescription_adjust",
    Decision.CHANGE: "prescription_adjust",
    Decision.MAINTENANCE: "prescription_maintenance",
}


@require_POST
def prescription_sign(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Sign, and go on to where the decision is put into practice."""
    prescription = prescription_or_404(request, pk, CLINICIANS)
    review = get_object_or_404(prescription.reviews, number=number)
    form = SignForm(request.POST, prescription=prescription, auto_id="sign-%s")
    if not done(request, form, lambda said, **by: sign_review(review=review, **form.decided(), **by)):
        return show_prescription(request, prescription, bound={"sign": form}, status=400)
    decision = Decision(form.cleaned_data["decision"])
    messages.success(request, _("Signed: %(decision)s.") % {"decision": decision.label})
    return redirect(_leads_to(prescription, decision))


def _leads_to(prescription: Prescription, decision: Decision) -> str:
    prescription.refresh_from_db()
    if decision == Decision.REFER:  # of a programme that has ended too
        return reverse("admin:prescription_letter", args=[prescription.pk, Letter.REFERRAL])
    if prescription.status != Prescription.Status.ACTIVE:
        return reverse("admin:prescription_report", args=[prescription.pk])
    name = LEADS_TO.get(decision, "prescription_report")
    if decision == Decision.MAINTENANCE and prescription.maintenance_since is not None:
        name = "prescription_report"  # it is maintenance already
    return reverse(f"admin:{name}", args=[prescription.pk])


@require_POST
def review_add(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """An addition with a name and a time; what was signed stays."""
    prescription = prescription_or_404(request, pk, CLINICIANS)
    review = get_object_or_404(prescription.reviews, number=number)
    form: Any = AdditionForm(request.POST, auto_id=f"add-{number}-%s")
    if not done(request, form, lambda said, **by: add_to_review(review=review, words=said["words"], **by)):
        return show_prescription(request, prescription, bound={f"add-{number}": form}, status=400)
    messages.success(request, _("Added."))
    return redirect(reverse("admin:prescription_report", args=[pk]) + f"#review-{number}")
