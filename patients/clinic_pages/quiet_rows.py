"""What has become of a silence since it was put on the worklist, for its row and as the usual outcome."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.localtime import local_date
from patients.models import (
    EmergencyReport,
    Pause,
    PracticeSession,
    Prescription,
    SkippedDay,
    WorkItem,
    WorkItemEntry,
)
from patients.silent_work import KINDS
from patients.templatetags.short_dates import in_line


def since_then(items: Sequence[Any], *, now: dt.datetime) -> dict[int, list[str]]:
    """Sentences by item, none where nothing has changed: two queries, none where there is no silence.

    `items` come with patient and clinic.
    """
    quiet = {item.pk: item for item in items if item.kind in KINDS}
    if not quiet:
        return {}
    pauses = _pauses([item.patient_id for item in quiet.values()])
    found: dict[int, list[str]] = {}
    for row in _changed(list(quiet)):
        patient = quiet[row.pk].patient
        today = local_date(now, patient.zone)
        paused = [last for of, first, last in pauses if of == patient.pk and first <= today <= last]
        said = []
        if row.recorded_on:
            said.append(_("Has recorded again: practice of %(day)s.") % {"day": _day(row.recorded_on)})
        if row.excused_on:
            said.append(_("Has said why there was no practice on %(day)s.") % {"day": _day(row.excused_on)})
        if paused:
            said.append(_("The programme is paused until %(day)s.") % {"day": _day(max(paused))})
        if row.is_suspended:
            said.append(_("The programme is suspended: an emergency sign was reported."))
        found[row.pk] = said
    return found


def _changed(ids: list[int]) -> Any:
    """These items with the last day of which the patient recorded something, or said why not, after it was
    asked about, and whether an emergency sign suspends the programme now."""
    entries = WorkItemEntry.objects.filter(item=OuterRef("pk")).order_by("-at")
    sessions = PracticeSession.objects.current().told()
    sessions = sessions.filter(patient=OuterRef("patient"), first_recorded_at__gt=OuterRef("asked_at"))
    excuses = SkippedDay.objects.filter(
        prescription__patient=OuterRef("patient"), made_at__gt=OuterRef("asked_at")
    )
    suspended = EmergencyReport.objects.uncleared().filter(patient=OuterRef("patient"))
    return (
        WorkItem.objects.filter(pk__in=ids)
        .annotate(asked_at=Subquery(entries.values("at")[:1]))
        .annotate(
            recorded_on=Subquery(sessions.order_by("-practised_on").values("practised_on")[:1]),
            excused_on=Subquery(excuses.order_by("-skipped_on").values("skipped_on")[:1]),
            is_suspended=Exists(suspended),
        )
    )


def _pauses(patients: list[int]) -> list[tuple[int, dt.date, dt.date]]:
    """The pauses of running programmes, by patient."""
    rows = Pause.objects.filter(
        prescription__patient__in=patients, prescription__status=Prescription.Status.ACTIVE
    )
    return list(rows.values_list("prescription__patient", "starts_on", "ends_on"))


def _day(on: dt.date) -> str:
    return in_line(date_format(on, "D j F"))
