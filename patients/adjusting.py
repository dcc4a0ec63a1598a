"""Adjusting a programme: a change is the next version, and past days keep their denominator."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.changes import Asked
from patients.locking import locked
from patients.models import Prescription, PrescriptionVersion
from patients.notices.changed import owe_change_notice
from patients.screening import precautions_of
from patients.stepping import drop_changed
from patients.versions import (
    Line,
    add_version,
    lines_of_version,
    needs_reason,
    next_version_on,
    refuse_foreign,
)


@transaction.atomic
def adjust(
    *,
    prescription: Prescription,
    lines: Sequence[Line],
    sessions_a_day: int,
    weekdays: str,
    by: User,
    now: dt.datetime,
    precautions_reason: str = "",
    based_on: int | None = None,
    is_news: bool = False,
) -> PrescriptionVersion:
    """Make the next version, which holds from `next_version_on`. Past days keep their denominator.

    The patient gets a mail where they would see a difference, and where the caller says that it `is_news`
    to them all the same. `based_on` is the number of the version that was looked at. Raises ValidationError
    where another one was made since, by a colleague or a next step, for a programme that has ended, no
    exercises, and a precaution of the patient that speaks against an exercise without a reason.
    """
    prescription = locked(prescription)
    patient = prescription.patient
    last = prescription.versions.order_by("-number")[0]
    if based_on is not None and based_on != last.number:
        raise ValidationError(
            _(
                "This programme has a newer version by now, from a colleague or a next step: look at what "
                "changes, then save again."
            ),
            code="stale",
        )
    if prescription.status == Prescription.Status.ENDED:
        raise ValidationError(_("This programme has ended."), code="ended")
    if not lines:
        raise ValidationError(_("Leave at least one exercise, or end the programme."), code="empty")
    added = [line for line in lines if line.copy_of is None]
    refuse_foreign(added, patient.clinic)
    flags = precautions_of(patient)
    if any(needs_reason(line, flags) for line in lines) and not precautions_reason.strip():
        problem = _("Say why, in spite of the precautions.")
        raise ValidationError({"precautions_reason": ValidationError(problem, code="required")})
    before = Asked(lines_of_version(last), last.sessions_a_day, last.weekdays)
    version = add_version(
        prescription,
        lines,
        sessions_a_day=sessions_a_day,
        weekdays=weekdays,
        starts_on=next_version_on(prescription, today=local_date(now, patient.zone)),
        flags=flags,
        precautions_reason=precautions_reason,
        by=by,
        now=now,
    )
    is_running = prescription.status == Prescription.Status.ACTIVE
    is_seen = before.of_the_patient() != Asked(lines, sessions_a_day, weekdays).of_the_patient()
    if is_running and (is_news or is_seen):
        owe_change_notice(version, now=now)
    drop_changed(version, by=by, now=now)
    audit.write(verb=Verb.ADJUSTED, obj=version, actor=by, clinic=patient.clinic, subject=patient, now=now)
    return version
