"""Doing what a page is asked: who does it, when, and what the rules refuse, said in its place."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest
from django.utils import timezone

from clinic import audit
from clinic.audit import Verb
from patients.models import Patient, Prescription


def by_now(request: HttpRequest) -> dict[str, Any]:
    """`by` and `now`, as every domain function takes them."""
    return {"by": request.user, "now": timezone.now()}


def done(request: HttpRequest, form: forms.BaseForm, act: Callable[..., object]) -> bool:
    """Whether `form` was right, and `act(what it says, by=, now=)` went through; else the form says why."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data, **by_now(request))
    except ValidationError as refused:
        tell(form, refused)
        return False
    return True


def tried(request: HttpRequest, act: Callable[..., object]) -> bool:
    """The same for a button without a form: what is refused is said in a message."""
    try:
        act(**by_now(request))
    except ValidationError as refused:
        for message in refused.messages:
            messages.error(request, message)
        return False
    return True


def tell(form: forms.BaseForm, refused: ValidationError) -> None:
    """Put what a domain function says at the fields it names; at the form where it has no such field."""
    if not hasattr(refused, "error_dict"):
        form.add_error(None, refused)
        return
    for name, errors in refused.error_dict.items():
        form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, errors)


def write_reading(request: HttpRequest, obj: Patient | Prescription, patient: Patient) -> None:
    """Somebody has opened a patient's record: the one thing that is written on GET."""
    user: Any = request.user
    audit.write(
        verb=Verb.READ, obj=obj, actor=user, clinic=patient.clinic, subject=patient, now=timezone.now()
    )
