"""The sessions of one day, in order; on a patient's page each is known by its number of the day."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef

from patients.models import EmergencyReport, PracticeSession


def sessions_of_day(request: Any, on: dt.date) -> list[Any]:
    """Those of the chosen patient, their newest revisions, with `is_suspended` of the patient.

    They are in the order in which they were first recorded, which no correction changes.
    """
    reports = EmergencyReport.objects.uncleared().filter(patient=OuterRef("patient"))
    rows = PracticeSession.objects.visible_to_patient(request.user).current().of(request.patient)
    rows = rows.filter(practised_on=on).annotate(is_suspended=Exists(reports))
    rows = rows.select_related("prescription").prefetch_related("records__prescribed")
    return list(rows.order_by("first_recorded_at", "pk"))
