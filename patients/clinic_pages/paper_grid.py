"""Typing in a paper sheet: a page for the front desk too, so it shows days and nothing of the programme."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from clinic.admin_site import page
from clinic.localtime import local_date
from patients.clinic_pages.acting import by_now
from patients.clinic_pages.forms.paper_grid import LineForm
from patients.clinic_pages.scope import TYPISTS, patient_or_404
from patients.models import EmergencyReport, Patient, Prescription
from patients.paper_sheets import MOST_DAYS, record_sheet_day, sheet_days


@require_http_methods(["GET", "HEAD", "POST"])
def patient_paper_grid(request: HttpRequest, pk: int) -> HttpResponse:
    patient = patient_or_404(request, pk, TYPISTS)
    prescription = _open_programme(patient)
    if prescription is None:
        return _page(request, patient, [], status=200 if request.method != "POST" else 400)
    if request.method == "POST":
        return _typed(request, patient, prescription)
    return _page(request, patient, _lines(prescription))


def _open_programme(patient: Patient) -> Prescription | None:
    """The running programme; None where nothing can be typed in. Why not is no news for the front desk."""
    if EmergencyReport.objects.uncleared().filter(patient=patient).exists():
        return None
    running: Prescription | None = (
        Prescription.objects.active().of(patient).select_related("patient__clinic").first()
    )
    return running


def _lines(prescription: Prescription, data: Any = None) -> list[LineForm]:
    today = local_date(timezone.now(), prescription.patient.zone)
    return [LineForm(day, data) for day in sheet_days(prescription, today=today)]


def _typed(request: HttpRequest, patient: Patient, prescription: Prescription) -> HttpResponse:
    """Nothing is saved while something cannot be read; then each line for itself."""
    lines = _lines(prescription, request.POST)
    if any([not line.is_valid() for line in lines]):  # noqa: C419 all of them, so that all is said at once
        return _page(request, patient, lines, status=400)
    sent = [line for line in lines if line.ticked()]
    saved, refused = 0, {}
    for line in sent:
        try:
            new = record_sheet_day(
                prescription=prescription, on=line.day.on, ticked=line.ticked(), **by_now(request)
            )
        except ValidationError:
            refused[line.day.on] = line
        else:
            saved += bool(new)
    _say(request, saved, left_alone=_left_alone(lines, request.POST) + len(sent) - saved - len(refused))
    if not refused:
        return redirect("admin:patient_paper_grid", patient.pk)
    for line in refused.values():
        line.add_error(None, _("This day cannot be typed in: please give the sheet to the physiotherapist."))
    now = [refused.get(line.day.on, line) for line in _lines(prescription)]
    return _page(request, patient, now, status=400)


def _left_alone(lines: list[LineForm], posted: Any) -> int:
    """The days of which something was sent that is recorded by now: the page had been open meanwhile."""
    places = [(line.day.on, slot) for line in lines for slot in line.day.taken]
    return len({on for on, slot in places if posted.get(f"{on.isoformat()}-done-{slot}")})


def _say(request: HttpRequest, saved: int, *, left_alone: int) -> None:
    if saved:
        words = ngettext(
            "%(count)s day is saved, from paper.", "%(count)s days are saved, from paper.", saved
        )
        messages.success(request, words % {"count": saved})
    if left_alone:
        words = ngettext(
            "%(count)s day was recorded already and was left alone.",
            "%(count)s days were recorded already and were left alone.",
            left_alone,
        )
        messages.warning(request, words % {"count": left_alone})
    if not saved and not left_alone:
        messages.warning(request, _("Nothing was ticked, so nothing was saved."))


def _page(
    request: HttpRequest, patient: Patient, lines: list[LineForm], *, status: int = 200
) -> HttpResponse:
    most = max((line.day.asked for line in lines), default=1)
    context = {
        "title": _("Type in a paper sheet"),
        "up": (str(patient), reverse("admin:patient", args=[patient.pk])),
        "patient": patient,
        "lines": [line for line in lines if not line.day.is_full],
        "full": [line for line in lines if line.day.is_full],
        "sessions": range(1, most + 1),
        "has_before": any(line.has_before for line in lines),
        "most_days": MOST_DAYS if len(lines) == MOST_DAYS else 0,
        "wrong": [line for line in lines if line.is_bound and line.errors],
        "is_open": bool(lines),
    }
    return page(request, "patients/staff/paper_grid.html", context, status=status)
