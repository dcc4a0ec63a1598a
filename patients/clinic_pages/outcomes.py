"""The clinic's outcomes over a period; each figure leads to the patients behind it."""

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from clinic.admin_site import page
from clinic.bilingual import localized_data
from clinic.localtime import local_date
from clinic.models import Clinic
from patients import outcomes as figures
from patients.clinic_pages.forms.reports import PeriodForm
from patients.models import Review
from patients.outcomes import Scope
from patients.vocabulary import EndReason, Helped

PERIOD = dt.timedelta(days=364)  # a year, today included
ROWS_A_PAGE = 50
WORDS: dict[str, Any] = {
    "reviews.reached": gettext_lazy("Reviews reached"),
    "reviews.signed": gettext_lazy("Signed"),
    "reviews.open": gettext_lazy("Not signed yet"),
    "reviews.overdue": gettext_lazy("Overdue: unsigned for more than 7 days"),
    **{f"helped.{one.value}": one.label for one in Helped},
    f"helped.{figures.UNSAID}": gettext_lazy("Not said"),
    "pain.less": gettext_lazy("Less than at the start"),
    "pain.same": gettext_lazy("The same"),
    "pain.more": gettext_lazy("More than at the start"),
    f"pain.{figures.UNSAID}": gettext_lazy("Not said at the start or at the review"),
    **{f"ended.{one.value}": one.label for one in EndReason},
}
GROUPS = {
    "reviews": gettext_lazy("Reviews"),
    "helped": gettext_lazy("Was it useful?"),
    "pain": gettext_lazy("Average pain, start and review"),
    "ended": gettext_lazy("Why programmes ended"),
}


@require_safe
def outcomes(request: HttpRequest) -> HttpResponse:
    form, scope, today = _scope(request)
    if scope is None:
        return _refused(request, form)
    found = figures.outcomes(scope, today=today)
    context = {
        "title": _("Outcomes"),
        "form": form,
        "found": found,
        "groups": [(name, _bars(group, found.counts, request.GET)) for group, name in GROUPS.items()],
        "programs": [_named(row) for row in figures.by_program(scope)],
        "exercises": [_named(row) for row in figures.by_exercise(scope)],
        "scope": scope,
    }
    return page(request, "patients/staff/outcomes.html", context)


@require_safe
def outcomes_behind(request: HttpRequest, key: str) -> HttpResponse:
    """The patients behind one figure."""
    form, scope, today = _scope(request)
    if scope is None:
        return _refused(request, form)
    try:
        rows = figures.behind(scope, key, today=today)
    except KeyError:
        raise Http404 from None
    joined = ("prescription__patient__clinic", "prescription__clinician")
    is_review = rows.model is Review
    rows = rows.select_related(*joined) if is_review else rows.select_related("patient__clinic", "clinician")
    shown = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "title": f"{GROUPS[key.partition('.')[0]]}: {WORDS[key]}",
        "up": (_("Outcomes"), f"{reverse('admin:outcomes')}?{query.urlencode()}"),
        "rows": shown,
        "is_review": is_review,
        "query": query.urlencode(),
        "scope": scope,
    }
    return page(request, "patients/staff/outcomes_behind.html", context)


def _refused(request: HttpRequest, form: PeriodForm) -> HttpResponse:
    context = {"title": _("Outcomes"), "form": form}
    return page(request, "patients/staff/outcomes.html", context, status=400)


def _scope(request: HttpRequest) -> tuple[PeriodForm, Scope | None, dt.date]:
    """What is asked for; without a question, a year until today. None where it was asked wrongly."""
    clinic = Clinic.objects.visible_to(request.user).first()
    today = local_date(timezone.now(), clinic.time_zone if clinic else "UTC")
    asked = QueryDict(mutable=True)
    asked.update({"first": (today - PERIOD).isoformat(), "last": today.isoformat()})
    for name in ("first", "last", "clinician", "program"):
        if name in request.GET:
            asked[name] = request.GET[name]
    form = PeriodForm(asked, user=request.user)
    if not form.is_valid():
        return form, None, today
    said = form.cleaned_data
    scope = Scope(request.user, said["first"], said["last"], said["clinician"], said["program"])
    return form, scope, today


def _bars(group: str, counts: dict[str, int], asked: QueryDict) -> list[dict[str, Any]]:
    """Each figure of a group with its share of the largest, for a bar of that length."""
    keys = [key for key in counts if key.startswith(f"{group}.")]
    most = max([counts[key] for key in keys], default=0) or 1
    query = asked.urlencode()
    return [
        {
            "words": WORDS[key],
            "count": counts[key],
            "width": round(100 * counts[key] / most),
            "link": f"{reverse('admin:outcomes_behind', args=[key])}?{query}",
        }
        for key in keys
    ]


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"name": localized_data(row, "name") if row["name_en"] else _("no programme of the library")}
