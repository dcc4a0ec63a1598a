"""The language that a device speaks after somebody came in."""

from django.conf import settings
from django.http import HttpResponse

from patients.models import Patient


def speak(response: HttpResponse, patient: Patient) -> None:
    """From the next page on, this device speaks the patient's language; the footer's switch overrules it."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        patient.language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",  # as the footer's switch sets it (LANGUAGE_COOKIE_SAMESITE)
    )
