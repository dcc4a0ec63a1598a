"""All running programmes of the clinic at a glance, for managers and clinicians: constant queries."""

from collections import Counter
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic import audit
from clinic.admin_site import page
from clinic.audit import Verb
from patients.clinic_pages import report_figures, report_rows
from patients.clinic_pages.forms.reports import AdherenceForm
from patients.clinic_pages.report_files import FILES, adherence_file
from patients.clinic_pages.report_rows import SORTS, rows_of

ROWS_A_PAGE = 50
BANDS = list(report_figures.BAND_WORDS.items())


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    form = AdherenceForm(request.GET, user=request.user)
    if not form.is_valid():
        context: dict[str, Any] = {"title": _("Reports"), "form": form, "asked": True, "total": 0}
        return page(request, "patients/staff/reports.html", context, status=400)
    asked = form.cleaned_data
    lines = report_rows.lines(request.user, asked, now=timezone.now())
    sort = request.GET.get("sort")
    sort = sort if sort in SORTS else "adherence"
    shown: Any = Paginator(sorted(lines, key=SORTS[sort]), ROWS_A_PAGE).get_page(request.GET.get("page"))
    shown.object_list = rows_of(shown.object_list, dates=(asked["first"], asked["last"]))
    clinics = {line.clinic.pk: line.clinic for line in lines}
    by_band = Counter(line.band for line in lines)
    query = request.GET.copy()
    for name in ("page", "sort"):
        query.pop(name, None)
    context = {
        "title": _("Reports"),
        "form": form,
        "asked": any(asked.values()),
        "query": query.urlencode(),
        "paged": f"{query.urlencode()}&sort={sort}",
        "rows": shown,
        "sort": sort,
        "several_clinics": len(clinics) > 1,
        "clinic": next(iter(clinics.values()), None),
        "with_bands": [(band, name, by_band[band]) for band, name in BANDS],
        "behind": sum(line.is_behind for line in lines),
        "total": len(lines),
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
    asked = form.cleaned_data
    lines = sorted(report_rows.lines(user, asked, now=now), key=SORTS["name"])
    for clinic in {line.clinic.pk: line.clinic for line in lines}.values():
        audit.write(verb=Verb.EXPORTED, obj=clinic, actor=user, clinic=clinic, now=now)
    rows = rows_of(lines, dates=(asked["first"], asked["last"]))
    answer = HttpResponse(adherence_file(rows, kind), content_type=FILES[kind])
    answer["Content-Disposition"] = f'attachment; filename="adherence-{now:%Y-%m-%d}.{kind}"'
    answer["Cache-Control"] = "no-store"
    return answer
