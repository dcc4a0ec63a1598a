"""The handout of one prescription: what it will hold, and the question for a code; sent, the PDF."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.admin_site import page
from patients.clinic_pages.forms.handouts import HandoutForm
from patients.clinic_pages.handout.printing import CannotPrint, printed, today_of
from patients.clinic_pages.scope import prescription_or_404
from patients.handing_out import needs_code, to_hand_out
from patients.models import Prescription
from programs import schedule_text


@require_http_methods(["GET", "HEAD", "POST"])
def prescription_handout(request: HttpRequest, pk: int) -> HttpResponse:
    prescription = prescription_or_404(request, pk)
    patient = prescription.patient
    try:
        found = to_hand_out(prescription, today=today_of(patient))
    except ValidationError as refused:
        status = 400 if request.method == "POST" else 200
        return _page(request, prescription, {"refused": refused.messages}, status=status)
    context = {
        "found": found,
        "schedule": schedule_text.in_words(found.version),
        "is_to_come": found.version.number > 1 and found.version.starts_on > today_of(patient),
    }
    if request.method != "POST":
        form = HandoutForm(initial={"new_code": needs_code(patient)})
        return _page(request, prescription, {**context, "form": form})
    form = HandoutForm(request.POST)
    wants_code = form.is_valid() and form.cleaned_data["new_code"]
    try:
        return printed(request, [found], new_codes={patient.pk} if wants_code else set())
    except CannotPrint:
        return _page(request, prescription, {**context, "form": form, "cannot_print": True}, status=503)


def _page(
    request: HttpRequest, prescription: Prescription, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    label = f"{prescription.patient}: {prescription.name}"
    return page(
        request,
        "patients/staff/handout.html",
        {
            "title": _("Handout"),
            "up": (label, reverse("admin:prescription_report", args=[prescription.pk])),
            "prescription": prescription,
            "patient": prescription.patient,
            **context,
        },
        status=status,
    )
