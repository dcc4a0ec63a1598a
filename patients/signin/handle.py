"""Whose form it is, in a word that says nothing: a sign-in may stand for several, and phones keep forms."""

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from patients.models import Patient

SALT = "patients.signin.handle"


def handle_of(patient: Patient) -> str:
    """The same for a patient on every device, and no id: it can stand in a page and in a phone's storage."""
    return _handle(patient.pk, settings.SECRET_KEY)


def is_handle_of(pk: int, handle: str) -> bool:
    """Whether it is the handle of the patient with this id, also by a secret key that was before."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(_handle(pk, key), handle) for key in keys)


def _handle(pk: int, key: str) -> str:
    return salted_hmac(SALT, str(pk), secret=key, algorithm="sha256").hexdigest()[:32]
