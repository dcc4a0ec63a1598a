"""What every patient page has in common."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show(
    request: HttpRequest, template: str, *, section: str = "", status: int = 200, **context: Any
) -> HttpResponse:
    """Render `templates/patients/<template>` for the request's patient; `section` is the entry of the bar."""
    patient = getattr(request, "patient", None)
    clinic = patient.clinic if patient else None
    shared = {"patient": patient, "clinic": clinic, "section": section}
    return render(request, f"patients/{template}", {**shared, **context}, status=status)
