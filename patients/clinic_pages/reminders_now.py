"""How it stands with a patient's reminders: when they come and, where none comes today, why.

A day that is paused or suspended leaves no line in the delivery log, as nothing was owed on it; it is said
here.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from clinic.localtime import local_date
from patients.models import Nudge, Patient
from patients.notices import due, words


@dataclass(frozen=True)
class RemindersNow:
    """Times of the patient's own clock. `why_none`: why today has no reminder for the first session."""

    times: list[str]
    nudge_at: dt.time | None
    why_none: Any
    turned_off: bool
    asked_no_more: bool  # no mail any more that asks whether it has helped


def reminders_now(patient: Patient, *, now: dt.datetime) -> RemindersNow:
    """Three queries at most."""
    times = [f"{one.at:%H:%M}" for one in patient.reminder_times.order_by("slot")]
    turned_off = patient.reminders_stopped_at is not None
    code = ""
    if times and not turned_off:
        today = local_date(now, patient.zone)
        code = due.why_not(due.first_reminders(), patient_id=patient.pk, slot=1, on=today)
    return RemindersNow(
        times=times,
        nudge_at=Nudge.objects.filter(patient=patient).values_list("at", flat=True).first(),
        why_none=words.reason(code),
        turned_off=turned_off,
        asked_no_more=patient.helped_stopped_at is not None,
    )
