"""Emergency signs (rule 5): what to do stands there at once, for everybody; a button tells the clinic."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from clinic.localtime import local_date
from clinic.models import Clinic
from patients.emergency import must_call_now, report_emergency
from patients.forms.safety import EmergencyForm
from patients.models import EmergencyReport, PracticeSession
from patients.pages.shell import show
from patients.signin.current import current_patient, patient_required
from patients.vocabulary import CALL_DOCTOR_TODAY, CALL_NOW

EMERGENCY_NUMBER = "112"  # where no clinic has said another one: it works all over the European Union


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def help_now(request: Any) -> HttpResponse:
    """Public: who cannot sign in needs it as much."""
    patient = current_patient(request) if request.user.is_authenticated else None
    request.patient = patient
    if request.method != "POST":
        return _show(request)
    if patient is None:
        return _show(request, status=403, problem=_("Call first. To tell your clinic here as well, sign in."))
    form = EmergencyForm(request.POST)
    if form.is_valid():
        try:
            report_emergency(
                patient=patient, signs=form.cleaned_data["signs"], by=request.user, now=timezone.now()
            )
        except ValidationError as error:
            form.add_error("signs", error.messages)
        else:
            return redirect("help_told")
    problem = " ".join(str(message) for message in form.errors.get("signs", []))
    return _show(request, status=400, problem=problem, chosen=request.POST.getlist("signs"))


def _show(request: Any, *, status: int = 200, problem: str = "", chosen: Sequence[str] = ()) -> HttpResponse:
    clinic = _clinic(request)
    return show(
        request,
        "help_now.html",
        status=status,
        now_signs=CALL_NOW,
        today_signs=CALL_DOCTOR_TODAY,
        chosen=chosen,
        problem=problem,
        emergency_phone=(clinic and clinic.emergency_phone) or EMERGENCY_NUMBER,
        doctor_phone=clinic.doctor_phone if clinic else "",
        leads_back=_leads_back(request),
    )


def _leads_back(request: Any) -> bool:
    """Whether there is a session to go back to: one of today goes on, or the page was opened from its form.

    Not while the programme waits for the clinic.
    """
    patient = request.patient
    if patient is None or EmergencyReport.objects.uncleared().filter(patient=patient).exists():
        return False
    if _came_from_session(request):
        return True
    mine = PracticeSession.objects.visible_to_patient(request.user).of(patient).current().going_on()
    return bool(mine.filter(practised_on=local_date(timezone.now(), patient.zone)).exists())


def _came_from_session(request: Any) -> bool:
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # whatever was sent as one
        return False
    return came_from.netloc == request.get_host() and came_from.path == reverse("session")


def _clinic(request: Any) -> Clinic | None:
    """Whose numbers to show: the patient's clinic; to whom is not known yet, the only clinic there is."""
    if request.patient is not None:
        return request.patient.clinic
    clinics = list(Clinic.objects.all()[:2])  # its numbers stand on its door: no secret of anybody's
    return clinics[0] if len(clinics) == 1 else None


@never_cache
@require_safe
@patient_required
def told(request: Any) -> HttpResponse:
    """What to do now, after a report: by the gravest sign that no clinician has cleared yet."""
    reports = EmergencyReport.objects.visible_to_patient(request.user).uncleared().of(request.patient)
    signs = {sign for report in reports for sign in report.signs}
    if not signs:
        return redirect("help_now")
    clinic: Any = request.patient.clinic
    return show(
        request,
        "help_told.html",
        call_now=must_call_now(sorted(signs)),
        emergency_phone=clinic.emergency_phone or EMERGENCY_NUMBER,
        doctor_phone=clinic.doctor_phone,
    )
