"""All running programmes of the clinic at a glance, for managers and clinicians: constant queries."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.admin_site import page
from clinic.localtime import local_date
from patients import facts
from patients.adherence import Report, of_facts
from patients.clinic_pages import report_figures
from patients.clinic_pages.report_figures import Rate
from patients.models import PracticeSession, Prescription

ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Row:
    prescription: Any  # with `last_pain` and `open_alerts`
    seen: Report
    sessions_rate: Rate
    doses_rate: Rate
    last_session_on: dt.date | None


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    rows = _rows(request.user, now=timezone.now())
    sort = request.GET.get("sort")
    order = SORTS.get(sort or "", SORTS["adherence"])
    shown = Paginator(sorted(rows, key=order), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Reports"),
        "rows": shown,
        "sort": sort if sort in SORTS else "adherence",
        "several_clinics": len({row.prescription.patient.clinic_id for row in rows}) > 1,
        "clinic": rows[0].prescription.patient.clinic if rows else None,
        "with_bands": [
            (band, name, sum(row.sessions_rate.band == band for row in rows)) for band, name in BANDS
        ],
        "total": len(rows),
    }
    return page(request, "patients/staff/reports.html", context)


BANDS = list(report_figures.BAND_WORDS.items())


def _by_name(row: Row) -> Any:
    patient = row.prescription.patient
    return (patient.family_name.casefold(), patient.given_name.casefold(), patient.pk)


def _by_adherence(row: Row) -> Any:
    """Lowest first: they need somebody; where nothing is due yet, last."""
    percent = row.sessions_rate.percent
    return (percent is None, percent or 0, _by_name(row))


SORTS: dict[str, Callable[[Row], Any]] = {"name": _by_name, "adherence": _by_adherence}


def _rows(user: Any, *, now: dt.datetime) -> list[Row]:
    last = (
        PracticeSession.objects.current()
        .filter(prescription=OuterRef("pk"), pain_after__isnull=False)
        .order_by("-practised_on", "-first_recorded_at")
    )
    prescriptions = list(
        Prescription.objects.visible_to_staff(user)
        .active()
        .select_related("patient__clinic", "clinician")
        .annotate(
            last_pain=Subquery(last.values("pain_after")[:1]),
            open_alerts=Count("patient__work_items", filter=Q(patient__work_items__closed_at__isnull=True)),
        )
        .order_by("pk")
    )
    known = facts.load(prescriptions)
    return [_row(prescription, known[prescription.pk], now=now) for prescription in prescriptions]


def _row(prescription: Prescription, trial: facts.TrialFacts, *, now: dt.datetime) -> Row:
    patient = prescription.patient
    seen = of_facts(trial, on=local_date(now, patient.zone))
    return Row(
        prescription=prescription,
        seen=seen,
        sessions_rate=report_figures.session_rate(seen, patient.clinic),
        doses_rate=report_figures.dose_rate(seen, patient.clinic),
        last_session_on=trial.sessions[-1].on if trial.sessions else None,
    )
