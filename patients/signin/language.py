"""The language that a device speaks after somebody came in, and how large it writes."""

from django.conf import settings
from django.http import HttpResponse

from patients.models import Patient

TEXT_SIZE_COOKIE = "text_size"  # read by templates/base.html


def speak(response: HttpResponse, patient: Patient) -> None:
    """From the next page on, this device speaks the patient's language; the footer's switch overrules it.

    Pages without a patient are written as large, too.
    """
    write_large(response, patient)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        patient.language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",  # as the footer's switch sets it (LANGUAGE_COOKIE_SAMESITE)
    )


def write_large(response: HttpResponse, patient: Patient) -> None:
    """Pages without a patient (signing in, mails' links) are written as large on this device."""
    response.set_cookie(
        TEXT_SIZE_COOKIE,
        patient.text_size,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
