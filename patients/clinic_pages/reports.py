"""All running programmes of the clinic at a glance, for managers and clinicians: constant queries."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic import audit
from clinic.admin_site import page
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import Clinic
from patients import facts
from patients.adherence import Report, of_facts, within
from patients.clinic_pages import report_figures
from patients.clinic_pages.forms.reports import AdherenceForm
from patients.clinic_pages.report_figures import Rate, Trend
from patients.clinic_pages.report_files import FILES, adherence_file
from patients.models import PracticeSession, Prescription

ROWS_A_PAGE = 50
BANDS = list(report_figures.BAND_WORDS.items())
EARLIEST, LATEST = dt.date.min, dt.date.max


@dataclass(frozen=True)
class Row:
    prescription: Any  # with `last_pain` and `open_alerts`
    seen: Report
    sessions_rate: Rate
    doses_rate: Rate
    last_session_on: dt.date | None
    trend: Trend | None


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    form = AdherenceForm(request.GET, user=request.user)
    if not form.is_valid():
        context: dict[str, Any] = {"title": _("Reports"), "form": form, "asked": True, "total": 0}
        return page(request, "patients/staff/reports.html", context, status=400)
    rows = _rows(request.user, form.cleaned_data, now=timezone.now())
    sort = request.GET.get("sort")
    order = SORTS.get(sort or "", SORTS["adherence"])
    shown = Paginator(sorted(rows, key=order), ROWS_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    for name in ("page", "sort"):
        query.pop(name, None)
    context = {
        "title": _("Reports"),
        "form": form,
        "asked": any(form.cleaned_data.values()),
        "query": query.urlencode(),
        "paged": f"{query.urlencode()}&sort={sort if sort in SORTS else 'adherence'}",
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


@require_safe
def reports_file(request: HttpRequest, kind: str) -> HttpResponse:
    """What the page shows, of all its pages, as a file with its definitions. That it was taken is noted."""
    form = AdherenceForm(request.GET, user=request.user)
    if kind not in FILES or not form.is_valid():
        raise Http404
    user: Any = request.user
    now = timezone.now()
    rows = sorted(_rows(user, form.cleaned_data, now=now), key=SORTS["name"])
    for clinic in Clinic.objects.filter(pk__in={row.prescription.patient.clinic_id for row in rows}):
        audit.write(verb=Verb.EXPORTED, obj=clinic, actor=user, clinic=clinic, now=now)
    answer = HttpResponse(adherence_file(rows, kind), content_type=FILES[kind])
    answer["Content-Disposition"] = f'attachment; filename="adherence-{now:%Y-%m-%d}.{kind}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _by_name(row: Row) -> Any:
    patient = row.prescription.patient
    return (patient.family_name.casefold(), patient.given_name.casefold(), patient.pk)


def _by_adherence(row: Row) -> Any:
    """Lowest first: they need somebody; where nothing is due yet, last."""
    percent = row.sessions_rate.percent
    return (percent is None, percent or 0, _by_name(row))


def _by_last_session(row: Row) -> Any:
    """Who was not heard of for longest, first."""
    return (row.last_session_on or EARLIEST, _by_name(row))


SORTS: dict[str, Callable[[Row], Any]] = {
    "name": _by_name,
    "adherence": _by_adherence,
    "last": _by_last_session,
}


def _rows(user: Any, chosen: dict[str, Any], *, now: dt.datetime) -> list[Row]:
    last = (
        PracticeSession.objects.current()
        .filter(prescription=OuterRef("pk"), pain_after__isnull=False)
        .order_by("-practised_on", "-first_recorded_at")
    )
    wanted = {name: chosen[name] for name in ("clinician", "program", "phase") if chosen[name]}
    prescriptions = list(
        Prescription.objects.visible_to_staff(user)
        .active()
        .filter(**wanted)
        .select_related("patient__clinic", "clinician")
        .annotate(
            last_pain=Subquery(last.values("pain_after")[:1]),
            open_alerts=Count("patient__work_items", filter=Q(patient__work_items__closed_at__isnull=True)),
        )
        .order_by("pk")
    )
    known = facts.load(prescriptions)
    rows = [_row(one, known[one.pk], chosen, now=now) for one in prescriptions]
    return [row for row in rows if not chosen["band"] or row.sessions_rate.band == chosen["band"]]


def _row(
    prescription: Prescription, trial: facts.TrialFacts, chosen: dict[str, Any], *, now: dt.datetime
) -> Row:
    patient = prescription.patient
    seen = of_facts(trial, on=local_date(now, patient.zone))
    if chosen["first"] or chosen["last"]:
        seen = within(seen, first=chosen["first"] or EARLIEST, last=chosen["last"] or LATEST)
    return Row(
        prescription=prescription,
        seen=seen,
        sessions_rate=report_figures.session_rate(seen, patient.clinic),
        doses_rate=report_figures.dose_rate(seen, patient.clinic),
        last_session_on=trial.sessions[-1].on if trial.sessions else None,
        trend=report_figures.trend(seen),
    )
