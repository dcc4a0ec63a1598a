"""Language, reminders, and leaving."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from patients.forms.preferences import LanguageForm, ReminderForm
from patients.models import Prescription, PrescriptionVersion
from patients.pages.shell import show
from patients.preferences import set_language, set_reminders
from patients.signin.current import patient_required
from patients.signin.language import speak


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def settings(request: Any) -> HttpResponse:
    """Two forms on one page; what was posted says which of them was sent."""
    if request.method != "POST":
        return _show(request, _language_form(request), _reminder_form(request))
    if "language" in request.POST:
        return _save_language(request)
    return _save_reminders(request)


def _save_language(request: Any) -> HttpResponse:
    form = _language_form(request, request.POST)
    if not form.is_valid():
        return _show(request, form, _reminder_form(request), status=400)
    set_language(patient=request.patient, language=form.cleaned_data["language"])
    response = redirect("settings")
    speak(response, request.patient)
    with translation.override(request.patient.language):
        messages.success(request, _("Saved."))
    return response


def _save_reminders(request: Any) -> HttpResponse:
    form = _reminder_form(request, request.POST)
    if "off" in request.POST:  # whatever stands in the fields
        times = []
    elif form.is_valid():
        times = form.times()
    else:
        return _show(request, _language_form(request), form, status=400)
    set_reminders(patient=request.patient, times=times, now=timezone.now())
    messages.success(request, _("Saved.") if times else _("Reminders are off."))
    return redirect("settings")


def _language_form(request: Any, data: Any = None) -> LanguageForm:
    patient = request.patient
    return LanguageForm(
        data, offered=patient.clinic.offered_languages, initial={"language": patient.language}
    )


def _reminder_form(request: Any, data: Any = None) -> ReminderForm:
    """A time for each session that is due on a day, and for each reminder that is there already."""
    off = request.patient.reminders_stopped_at is not None
    times = [] if off else [row.at for row in request.patient.reminder_times.all()]
    versions = PrescriptionVersion.objects.visible_to_patient(request.user).of(request.patient)
    running = versions.filter(prescription__status=Prescription.Status.ACTIVE)
    asked = running.order_by("-number").values_list("sessions_a_day", flat=True).first() or 1
    initial = {f"time_{slot}": at for slot, at in enumerate(times, start=1)}
    return ReminderForm(data, slots=max(asked, len(times)), initial=initial)


def _show(
    request: Any, language: LanguageForm, reminders: ReminderForm, *, status: int = 200
) -> HttpResponse:
    return show(
        request,
        "settings.html",
        section="settings",
        status=status,
        language_form=language,
        reminder_form=reminders,
    )
