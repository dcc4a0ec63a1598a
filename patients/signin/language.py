"""The language that a device speaks after somebody came in."""

from django.conf import settings
from django.http import HttpResponse

from patients.models import Patient


def speak(response: HttpResponse, patient: Patient) -> None:
    """From the next page on, this device speaks the patient's language; the switch in the footer overrules it."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        patient.language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
