"""Writing down what was done in the clinic, and withdrawing what was written by mistake."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.locking import locked_patient
from patients.models import Patient, TreatmentNote


@transaction.atomic
def note_treatment(
    *, patient: Patient, kind: str, given_on: dt.date, words: str, by: User, now: dt.datetime
) -> TreatmentNote:
    """Keep one treatment; `given_on` is a local date of the clinic.

    Raises ValidationError at `given_on` for a day to come or before the patient was born.
    """
    if given_on > local_date(now, patient.clinic.time_zone):
        raise ValidationError({"given_on": ValidationError(_("This day is still to come."), code="future")})
    if given_on < patient.birth_on:
        raise ValidationError({"given_on": ValidationError(_("Check this date."), code="past")})
    locked_patient(patient)
    note = TreatmentNote.objects.create(
        patient=patient,
        kind=kind,
        given_on=given_on,
        words=words.strip(),
        written_by=by,
        written_at=now,
    )
    audit.write(verb=Verb.ADDED, obj=note, actor=by, clinic=patient.clinic, subject=patient, now=now)
    return note


@transaction.atomic
def withdraw_treatment(*, note: TreatmentNote, by: User, now: dt.datetime) -> None:
    """It stays, crossed out, with who withdrew it. Nothing happens to one that is withdrawn already."""
    note = (
        TreatmentNote.objects.select_for_update(of=("self",))
        .select_related("patient__clinic")
        .get(pk=note.pk)
    )
    if note.withdrawn_at is not None:
        return
    note.withdrawn_by, note.withdrawn_at = by, now
    note.save(update_fields=["withdrawn_by", "withdrawn_at"])
    patient = note.patient
    audit.write(verb=Verb.REVOKED, obj=note, actor=by, clinic=patient.clinic, subject=patient, now=now)
