"""All my data: a page to read, and a file to take along."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic.localtime import local_date
from patients.own_data.collecting import copy_for_patient
from patients.own_data.telling import as_json
from patients.pages.shell import show
from patients.signin.current import patient_required


@never_cache
@require_safe
@patient_required
def own_data_page(request: Any) -> HttpResponse:
    sections = copy_for_patient(patient=request.patient, user=request.user, now=timezone.now())
    return show(request, "own_data.html", section="settings", sections=sections)


@never_cache
@require_safe
@patient_required
def own_data_file(request: Any) -> HttpResponse:
    """JSON with stable keys (English), dates and instants as ISO 8601; texts in the patient's language."""
    now = timezone.now()
    sections = copy_for_patient(patient=request.patient, user=request.user, now=now)
    copy = {"made_at": now.isoformat(), "format": 1, **as_json(sections)}
    response = JsonResponse(copy, json_dumps_params={"indent": 2, "ensure_ascii": False})
    name = f"exercises-{local_date(now, request.patient.zone)}.json"  # says nothing of whose
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
