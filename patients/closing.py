"""Closing a work item with an end of its own: a sign cleared, a review signed, a question answered."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from patients.asking import kinds_on
from patients.emergency import clear_emergency
from patients.models import EmergencyReport, Message, Patient, Review, StepRequest, WorkItem
from patients.vocabulary import WorkKind
from patients.work import close_work


@transaction.atomic
def close_item(*, item: WorkItem, by: User, outcome: str, now: dt.datetime) -> None:
    """Close `item` with what came of it.

    Raises ValidationError without an outcome, and while what it is about has not come to its own end: a
    suspended programme, or a review that nobody signed, would be on nobody's list any more.
    """
    if item.kind == WorkKind.EMERGENCY:
        if EmergencyReport.objects.uncleared().filter(patient=item.patient_id).exists():
            raise ValidationError(_("Clear the emergency sign: that closes it."), code="not_cleared")
    elif (
        item.kind == WorkKind.REVIEW
        and Review.objects.unsigned().filter(prescription__patient=item.patient_id).exists()
    ):
        raise ValidationError(_("Sign the review: that closes it."), code="not_signed")
    elif (
        item.kind == WorkKind.PROGRESSION
        and StepRequest.objects.waiting().filter(prescription__patient=item.patient_id).exists()
    ):
        problem = _("Say yes or not yet to the next step, on the programme's page: that closes it.")
        raise ValidationError(problem, code="not_answered")
    elif (
        item.kind in {WorkKind.QUESTION, WorkKind.WISH}
        and Message.objects.waiting().filter(patient=item.patient_id, kind__in=kinds_on(item.kind)).exists()
    ):
        raise ValidationError(_("Answer, or say what came of it: that closes it."), code="not_answered")
    close_work(item=item, by=by, outcome=outcome, now=now)


@transaction.atomic
def clear_and_close(*, patient: Patient, note: str, by: User, now: dt.datetime) -> None:
    """Clear the patient's emergency signs, and close their work item with the same note.

    Raises ValidationError as `clear_emergency` does.
    """
    clear_emergency(patient=patient, note=note, by=by, now=now)
    for item in WorkItem.objects.open().filter(patient=patient, kind=WorkKind.EMERGENCY):
        close_work(item=item, by=by, outcome=note, now=now)
