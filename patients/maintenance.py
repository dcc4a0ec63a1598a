"""Exercise goes on as maintenance (the source text): the same prescription, lighter, looked at more rarely.

It is the next version by the rules of adjusting, and a new count of its own from that version's first day.

Counting, and reviews (rule 2): a point that is reached by today is never withdrawn, so its review is opened
first. While a review waits for its signature no count is running: it keeps its days and its number, and the
maintenance's count begins with the signature, or with the maintenance itself where that is later. So there
is one open review at a time, whichever of the two a clinician does first.
"""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import User
from patients.adjusting import adjust
from patients.locking import locked
from patients.models import Prescription, PrescriptionVersion
from patients.reviews import open_review
from patients.trial import begin_count
from patients.versions import Line
from programs.vocabulary import Phase

# Proposed, to be edited by the clinician who decides: neither figure is in the source text, which says only
# that exercise goes on as maintenance. They are ours: three days with a day between, and twelve weeks.
SUGGESTED_WEEKDAYS = "135"
SUGGESTED_REVIEW_DAYS = 84


def suggested_weekdays(version: PrescriptionVersion) -> str:
    """The days to propose after `version`: as they are where they are few already."""
    few = len(version.weekdays) <= len(SUGGESTED_WEEKDAYS)
    return version.weekdays if few else SUGGESTED_WEEKDAYS


@transaction.atomic
def convert_to_maintenance(
    *,
    prescription: Prescription,
    lines: Sequence[Line],
    sessions_a_day: int,
    weekdays: str,
    review_after_days: int,
    by: User,
    now: dt.datetime,
    precautions_reason: str = "",
    based_on: int | None = None,
) -> PrescriptionVersion:
    """Let `prescription` go on as maintenance with `lines`, from the day that adjusting gives.

    The patient is told. Raises ValidationError for a programme that is not running, has not begun or is
    maintenance already, and as `adjust` does.
    """
    prescription = locked(prescription)
    today = local_date(now, prescription.patient.zone)
    refuse_conversion(prescription, today=today)
    open_review(prescription=prescription, now=now)
    version = adjust(
        prescription=prescription,
        lines=lines,
        sessions_a_day=sessions_a_day,
        weekdays=weekdays,
        precautions_reason=precautions_reason,
        based_on=based_on,
        is_news=True,
        by=by,
        now=now,
    )
    prescription = locked(prescription)  # as opening the review has left it
    prescription.phase, prescription.maintenance_from = Phase.MAINTENANCE, version.starts_on
    prescription.review_after_days = review_after_days
    if not prescription.reviews.unsigned().exists():
        begin_count(prescription, on=version.starts_on)
    prescription.save()
    patient = prescription.patient
    audit.write(
        verb=Verb.MAINTAINED, obj=prescription, actor=by, clinic=patient.clinic, subject=patient, now=now
    )
    return version


def refuse_conversion(prescription: Prescription, *, today: dt.date) -> None:
    """Raise ValidationError where `prescription` cannot go on as maintenance."""
    if prescription.status != Prescription.Status.ACTIVE:
        raise ValidationError(_("This programme is not running."), code="not_running")
    if prescription.starts_on is None or prescription.starts_on > today:
        raise ValidationError(_("This programme has not begun yet."), code="not_begun")
    if prescription.is_maintenance:
        raise ValidationError(_("This programme is maintenance already: adjust it."), code="maintenance")
