"""What a session's form says beside the answers, and what becomes of it in a patient's words."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from patients.arriving import Sent
from patients.forms.session import SessionSheet
from patients.models import Patient
from patients.signin.current import current_patient, patient_of
from patients.signin.handle import handle_of
from patients.vocabulary import WhyAside

EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # a phone whose clock says less has lost it
# Not a mistake in the form, but a door that is closed.
CLOSED_CODES = frozenset({"not_running", "suspended", "late"})
# What a patient reads of it; the clinic reads `WhyAside` itself.
ASIDE = {
    WhyAside.OTHER_ANSWERS: _("This session was sent before, with other answers. Both are with your clinic."),
    WhyAside.NOT_RUNNING: _("Your programme has ended meanwhile. What you entered is with your clinic."),
    WhyAside.SUSPENDED: _(
        "Your programme waits until the clinic has spoken to you. What you entered is with your clinic."
    ),
    WhyAside.DAY: _("This day cannot be recorded any more. What you entered is with your clinic."),
    WhyAside.EXERCISE: _("Your programme has changed meanwhile. What you entered is with your clinic."),
}


def whose(request: HttpRequest, sheet: SessionSheet, *, chosen: Patient | None = None) -> Patient | None:
    """Who told it: the patient that the form was made for, else the one who is chosen now."""
    handle = sheet.session.cleaned_data["whose"]
    if chosen is not None and handle in ("", handle_of(chosen)):
        return chosen
    return patient_of(request, handle) if handle else current_patient(request)


def sent_in(sheet: SessionSheet) -> Sent:
    said = sheet.session.cleaned_data
    done_at = said["done_at"]
    return Sent(
        uid=said["uid"],
        practised_on=said["practised_on"],
        answers=sheet.answers(),
        done_at=done_at if done_at is not None and done_at > EARLIEST else None,
        shown=said["version"],
    )


def is_closed(refused: ValidationError) -> bool:
    by_field = refused.error_dict.values() if hasattr(refused, "error_dict") else [refused.error_list]
    return any(error.code in CLOSED_CODES for errors in by_field for error in errors)
