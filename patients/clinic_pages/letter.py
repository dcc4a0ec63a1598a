"""Letters from the summary of a programme: a draft to edit, and what was made of it as a PDF."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from clinic import audit
from clinic.admin_site import page
from clinic.audit import Verb
from clinic.localtime import local_date
from patients.clinic_pages.acting import write_reading
from patients.clinic_pages.forms.letter import LetterForm
from patients.clinic_pages.report_context import told_of
from patients.clinic_pages.scope import CLINICIANS, prescription_or_404
from patients.letters import Letter, letter
from patients.models import Prescription, Review
from patients.vocabulary import Decision


@require_http_methods(["GET", "HEAD", "POST"])
def prescription_letter(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The draft; sent, the PDF of what was made of it. That it was read and printed is all that is kept."""
    prescription, chosen = prescription_or_404(request, pk, CLINICIANS), _kind(kind)
    user: Any = request.user
    now = timezone.now()
    if prescription.status == Prescription.Status.DRAFT:
        raise Http404  # nothing was practised that a letter could tell of
    referral = _referral(prescription) if chosen == Letter.REFERRAL else None
    if request.method != "POST":
        write_reading(request, prescription, prescription.patient)
        draft = letter(chosen, told_of(prescription, by=user, now=now), by=user, referral=referral)
        return _page(request, prescription, chosen, LetterForm(initial={"words": draft}))
    form = LetterForm(request.POST)
    if not form.is_valid():
        return _page(request, prescription, chosen, form, status=400)
    try:
        from patients.clinic_pages.handout import press  # noqa: PLC0415 two seconds, which only who prints waits
    except (ImportError, OSError):  # OSError: Pango is not there
        return _page(request, prescription, chosen, form, status=503, cannot_print=True)
    patient = prescription.patient
    on = local_date(now, patient.clinic.time_zone)
    context = {
        "clinic": patient.clinic,
        "title": chosen.heading,
        "words": form.cleaned_data["words"],
        "on": on,
        "language": get_language(),
    }
    data = press.letter(context)
    audit.write(
        verb=Verb.PRINTED,
        obj=prescription,
        actor=user,
        clinic=patient.clinic,
        subject=patient,
        now=now,
    )
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="letter-{on:%Y-%m-%d}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def _referral(prescription: Prescription) -> Review:
    """The latest review that refers the patient to somebody."""
    found = prescription.reviews.filter(decision=Decision.REFER).order_by("-number").first()
    if found is None:
        raise Http404
    return found


def _kind(kind: str) -> Letter:
    try:
        return Letter(kind)
    except ValueError:
        raise Http404 from None


def _page(
    request: HttpRequest,
    prescription: Prescription,
    kind: Letter,
    form: LetterForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    label = f"{prescription.patient}: {prescription.name}"
    context = {
        "title": kind.heading,
        "up": (label, reverse("admin:prescription_report", args=[prescription.pk])),
        "form": form,
        **more,
    }
    return page(request, "patients/staff/letter.html", context, status=status)
