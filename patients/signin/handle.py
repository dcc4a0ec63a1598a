"""Whose form it is, in a word that says nothing: a sign-in may stand for several, and phones keep forms."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from clinic.audit import Verb
from clinic.models import Event
from patients.models import Patient
from patients.signin.current import patients_of

SALT = "patients.signin.handle"


def handle_of(patient: Patient) -> str:
    """The same for a patient on every device, and no id: it can stand in a page and in a phone's storage."""
    return _handle(patient.pk, settings.SECRET_KEY)


def patient_of(request: HttpRequest, handle: str) -> Patient | None:
    """The patient with this handle, if the session stands for them; also by a record merged into theirs."""
    patients = list(patients_of(request))
    for patient in patients:
        if _fits(patient.pk, handle):
            return patient
    merged = Event.objects.filter(
        verb=Verb.MERGED, object_type=Patient._meta.label, subject_id__in=[one.pk for one in patients]
    )
    for pk, subject in merged.values_list("object_id", "subject_id"):
        if _fits(int(pk), handle):
            return next(one for one in patients if one.pk == subject)
    return None


def _fits(pk: int, handle: str) -> bool:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(_handle(pk, key), handle) for key in keys)


def _handle(pk: int, key: str) -> str:
    return salted_hmac(SALT, str(pk), secret=key, algorithm="sha256").hexdigest()[:32]
