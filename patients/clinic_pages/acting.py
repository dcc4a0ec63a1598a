"""Doing what a form asks: what the rules of the house refuse is said at the form's fields."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError


def done(form: forms.BaseForm, act: Callable[[dict[str, Any]], object]) -> bool:
    """Whether `form` was right and `act`, called with what it says, went through."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except ValidationError as refused:
        tell(form, refused)
        return False
    return True


def tell(form: forms.BaseForm, refused: ValidationError) -> None:
    """Put what a domain function says at the fields it names; at the form where it has no such field."""
    if not hasattr(refused, "error_dict"):
        form.add_error(None, refused)
        return
    for name, errors in refused.error_dict.items():
        form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, errors)
