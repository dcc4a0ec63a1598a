"""Two records of one person: whom to compare with, and merging them after a look at both."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.admin_site import page
from patients.clinic_pages.acting import done, write_reading
from patients.clinic_pages.forms.merging import MergeForm
from patients.clinic_pages.merge_context import candidates, consequences, side_by_side
from patients.clinic_pages.scope import patient_or_404
from patients.merged import was_merged
from patients.merging import merge_patients, refuse_merge
from patients.models import Patient

LONGEST_WORDS = 100


@require_safe
def patient_same(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom to compare with: likely duplicates first, and a search among the clinic's patients."""
    patient = patient_or_404(request, pk)
    words = request.GET.get("q", "").strip()[:LONGEST_WORDS]
    context = {
        "title": _("Same person as another?"),
        "up": (patient, reverse("admin:patient", args=[patient.pk])),
        "patient": patient,
        "words": words,
        **candidates(patient, words),
    }
    return page(request, "patients/staff/same.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def patient_merge(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Both side by side; by POST what was decided. That both were read is written down."""
    keep = patient_or_404(request, pk)
    if was_merged(other_pk, into=keep):
        return _done_already(request, keep)
    other = patient_or_404(request, other_pk)
    if other.clinic_id != keep.clinic_id or other == keep:
        raise Http404
    if request.method != "POST":
        for patient in (keep, other):
            write_reading(request, patient, patient)
        return _show(request, keep, other, MergeForm(keep=keep, other=other))
    form = MergeForm(request.POST, keep=keep, other=other)
    merged: list[Patient] = []

    def act(said: dict[str, Any], **by: Any) -> None:
        merged.append(merge_patients(keep=keep, other=other, from_other=form.from_other(), **by))

    if done(request, form, act):
        messages.success(request, _("Merged: everything stands on this page now."))
        if merged[0].user is None and merged[0].email and (keep.user or other.user):
            messages.warning(
                request, _("Nobody signs in for %(name)s any more: invite them again.") % {"name": keep}
            )
        return redirect("admin:patient", keep.pk)
    if not Patient.objects.filter(pk=other.pk).exists():  # a colleague was faster by a moment
        return _done_already(request, keep)
    return _show(request, keep, other, form, status=400)


def _done_already(request: HttpRequest, keep: Patient) -> HttpResponse:
    messages.info(request, _("Somebody has merged the two already."))
    return redirect("admin:patient", keep.pk)


def _show(
    request: HttpRequest, keep: Patient, other: Patient, form: MergeForm, *, status: int = 200
) -> HttpResponse:
    try:
        refuse_merge(keep=keep, other=other)
        problems = []
    except ValidationError as refused:
        problems = refused.messages
    context = {
        "title": _("Merge two records of one person"),
        "up": (keep, reverse("admin:patient", args=[keep.pk])),
        "keep": keep,
        "other": other,
        "rows": side_by_side(keep, other, now=timezone.now()),
        "happens": consequences(keep, other),
        "problems": problems,
        "form": form,
    }
    return page(request, "patients/staff/merge.html", context, status=status)
