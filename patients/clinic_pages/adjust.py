"""Adjusting a prescription: the next version of it, from today or tomorrow on."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.admin_site import page
from clinic.localtime import local_date
from patients.adjusting import adjust, next_version_on
from patients.clinic_pages.acting import by_now, tell
from patients.clinic_pages.forms.adjusting import Adjusting
from patients.clinic_pages.scope import CLINICIANS, prescription_or_404
from patients.models import Prescription, PrescriptionVersion
from patients.screening import against, precautions_of
from patients.versions import lines_of_version
from programs.forms import exercise_choices
from programs.models import Exercise
from programs.vocabulary import Precaution


@require_http_methods(["GET", "HEAD", "POST"])
def prescription_adjust(request: HttpRequest, pk: int) -> HttpResponse:
    prescription = prescription_or_404(request, pk, CLINICIANS)
    version = prescription.versions.order_by("-number")[0]
    if request.method != "POST":
        return _page(request, prescription, _forms(request, prescription, version))
    forms = _forms(request, prescription, version, data=request.POST)
    if request.POST.get("based_on") != str(version.number):
        # What was sent fits lines that are gone: the page as it is now.
        messages.error(
            request, _("A colleague has adjusted this programme meanwhile: this is how it is now.")
        )
        return _page(request, prescription, _forms(request, prescription, version), status=400)
    if not forms.is_valid():
        return _page(request, prescription, forms, status=400)
    if not forms.has_changed():
        messages.info(request, _("Nothing was changed."))
    elif not _adjusted(request, prescription, forms):
        return _page(request, prescription, forms, status=400)
    return redirect("admin:prescription_report", prescription.pk)


def _forms(
    request: HttpRequest, prescription: Prescription, version: PrescriptionVersion, *, data: Any = None
) -> Adjusting:
    lines = lines_of_version(version)
    in_use = [line.exercise.pk for line in lines]
    offered = Exercise.objects.visible_to(request.user).published().available_to(prescription.patient.clinic)
    offered = offered.exclude(pk__in=in_use)
    return Adjusting(
        lines,
        data=data,
        initial={
            "based_on": version.number,
            "sessions_a_day": version.sessions_a_day,
            "weekdays": version.weekdays,
        },
        exercises=offered,
        choices=exercise_choices(offered),
    )


def _adjusted(request: HttpRequest, prescription: Prescription, forms: Adjusting) -> bool:
    """Whether the new version was made; else what was refused is said at the schedule's form."""
    said = forms.schedule.cleaned_data
    try:
        version = adjust(
            prescription=prescription,
            lines=forms.lines(),
            sessions_a_day=said["sessions_a_day"],
            weekdays=said["weekdays"],
            precautions_reason=said["precautions_reason"],
            based_on=said["based_on"],
            **by_now(request),
        )
    except ValidationError as refused:
        tell(forms.schedule, refused)
        return False
    messages.success(
        request, _("Adjusted: it holds from %(day)s.") % {"day": date_format(version.starts_on, "j F Y")}
    )
    return True


def _page(
    request: HttpRequest, prescription: Prescription, forms: Adjusting, *, status: int = 200
) -> HttpResponse:
    patient = prescription.patient
    flags = precautions_of(patient)
    context = {
        "title": _("Adjust: %(name)s") % {"name": prescription.name},
        "up": (
            f"{patient}: {prescription.name}",
            reverse("admin:prescription_report", args=[prescription.pk]),
        ),
        "prescription": prescription,
        "patient": patient,
        "forms": forms,
        "rows": [
            (row, [Precaution(code).label for code in against(row.line.exercise, flags)])
            for row in forms.rows
        ],
        "holds_from": next_version_on(prescription, today=local_date(timezone.now(), patient.zone)),
        "has_precautions": bool(flags),
        "ended": prescription.status == Prescription.Status.ENDED,
    }
    return page(request, "patients/staff/adjust.html", context, status=status)
