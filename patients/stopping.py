"""A stopped exercise is off until a clinician resumes it."""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.locking import locked
from patients.models import ExerciseStop, Prescription
from patients.stepping import drop_requests


@transaction.atomic
def resume_exercise(*, prescription: Prescription, line: uuid.UUID, by: User, now: dt.datetime) -> None:
    """Switch a stopped exercise on again, from today on. Raises ValidationError if it is not off.

    A next step that waited for a word waits no more: sessions count from here on (patients.progressing).
    """
    prescription = locked(prescription)
    stops = list(ExerciseStop.objects.standing().filter(prescription=prescription, line=line))
    if not stops:
        raise ValidationError(_("This exercise is not stopped."), code="not_stopped")
    today = local_date(now, prescription.patient.zone)
    ExerciseStop.objects.filter(pk__in=[stop.pk for stop in stops]).update(
        resumed_at=now, resumed_on=today, resumed_by=by
    )
    asked = prescription.step_requests.filter(line=line)
    outcome = str(_("The exercise was stopped, and resumed."))
    drop_requests(asked, prescription, by=by, outcome=outcome, now=now)
    audit.write_many(
        verb=Verb.RESUMED,
        objs=stops,
        actor=by,
        clinic=prescription.patient.clinic,
        subject=prescription.patient,
        now=now,
    )
