"""Response times of a clinic over a period; each figure leads to the work behind it, closed or not."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from clinic.admin_site import page
from clinic.localtime import local_date
from clinic.models import Clinic
from clinic.scoping import HEALTH_ROLES, clinics_of
from patients.clinic_pages.durations import in_words
from patients.clinic_pages.forms.reports import ResponseForm
from patients.models import WorkItem, WorkItemEntry
from patients.response import ALL, OF_ITEMS, Figure, Period, Response, Span, measured
from patients.spreads import Spread
from patients.vocabulary import WorkKind

PERIOD = dt.timedelta(days=89)  # about three months, today included
ROWS_A_PAGE = 50
WORDS: dict[Figure, Any] = {
    Figure.WAITS: gettext_lazy("Waits"),
    Figure.TAKEN: gettext_lazy("Until somebody took it"),
    Figure.LATE: gettext_lazy("Late"),
    Figure.WAITING: gettext_lazy("Not taken yet"),
    Figure.ITEMS: gettext_lazy("Opened"),
    Figure.CLOSED: gettext_lazy("Until it was closed"),
    Figure.OPEN: gettext_lazy("Still open"),
}


@dataclass(frozen=True)
class Cell:
    """A figure in words, and where it leads; a spread has its middle half and how many there are."""

    name: Any
    words: str
    link: str  # "" where there is nothing behind it
    low: str = ""
    high: str = ""
    count: int = 0


@dataclass(frozen=True)
class Behind:
    """A wait or an item with its work item. `taken_at` and `taken_by`: who saw it first."""

    item: Any
    span: Span
    taken_at: dt.datetime | None
    taken_by: Any


@require_safe
def response(request: HttpRequest) -> HttpResponse:
    form, period = _asked(request)
    if period is None:
        return _refused(request, form)
    found = measured(period, now=timezone.now())
    rows = [(_name(one.kind), _cells(one, request.GET)) for one in found.figures()]
    context = {
        "title": _("Response times"),
        "form": form,
        "period": period,
        "heads": [WORDS[figure] for figure in Figure],
        "rows": rows if found.waits or found.items else [],
    }
    return page(request, "patients/staff/response.html", context)


@require_safe
def response_behind(request: HttpRequest, kind: str, figure: str) -> HttpResponse:
    """The work behind one figure."""
    form, period = _asked(request)
    if (kind != ALL and kind not in WorkKind.values) or figure not in list(Figure):
        raise Http404
    if period is None:
        return _refused(request, form)
    chosen = Figure(figure)
    spans = measured(period, now=timezone.now()).behind(kind, chosen)
    shown = Paginator(spans, ROWS_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "title": f"{_name(kind)}: {WORDS[chosen]}",
        "up": (_("Response times"), f"{reverse('admin:response')}?{query.urlencode()}"),
        "page": shown,
        "rows": _behind(list(shown.object_list), of_items=chosen in OF_ITEMS),
        "of_items": chosen in OF_ITEMS,
        "query": query.urlencode(),
        "period": period,
        "zone": period.clinic.time_zone,
    }
    return page(request, "patients/staff/response_behind.html", context)


def _refused(request: HttpRequest, form: ResponseForm) -> HttpResponse:
    context = {"title": _("Response times"), "form": form}
    return page(request, "patients/staff/response.html", context, status=400)


def _asked(request: HttpRequest) -> tuple[ResponseForm, Period | None]:
    """What is asked for; without a question, three months of the first clinic. None where asked wrongly."""
    clinics = list(
        Clinic.objects.filter(pk__in=clinics_of(request.user, HEALTH_ROLES)).order_by("name", "pk")
    )
    today = local_date(timezone.now(), clinics[0].time_zone)
    asked = QueryDict(mutable=True)
    first = {"clinic": str(clinics[0].pk), "first": (today - PERIOD).isoformat(), "last": today.isoformat()}
    asked.update({name: request.GET.get(name, usual) for name, usual in first.items()})
    form = ResponseForm(asked, clinics=clinics)
    if not form.is_valid():
        return form, None
    said = form.cleaned_data
    return form, Period(request.user, said["clinic"], said["first"], said["last"])


def _name(kind: str) -> Any:
    return _("All") if kind == ALL else WorkKind(kind).label


def _cells(one: Response, asked: QueryDict) -> list[Cell]:
    query = asked.urlencode()
    spreads = {Figure.TAKEN: one.until_taken, Figure.CLOSED: one.until_closed}
    return [
        _cell(
            figure,
            one.counts[figure],
            spreads.get(figure),
            f"{reverse('admin:response_behind', args=[one.kind, figure.value])}?{query}",
        )
        for figure in Figure
    ]


def _cell(figure: Figure, count: int, spread: Spread | None, link: str) -> Cell:
    link = link if count else ""
    if spread is None:
        return Cell(WORDS[figure], str(count), link)
    if spread.median is None or spread.low is None or spread.high is None:
        return Cell(WORDS[figure], "", "")
    median, low, high = (in_words(seconds) for seconds in (spread.median, spread.low, spread.high))
    return Cell(WORDS[figure], median, link, low, high, spread.count)


def _behind(spans: list[Span], *, of_items: bool) -> list[Behind]:
    """With their items, and who took what: two queries."""
    entries = WorkItemEntry.objects.filter(item=OuterRef("pk"), acknowledged_at__isnull=False)
    items = WorkItem.objects.select_related("patient", "owner", "closed_by").annotate(
        first_taken_at=Subquery(entries.order_by("acknowledged_at").values("acknowledged_at")[:1])
    )
    known: dict[int, Any] = items.in_bulk([span.item for span in spans])
    taken = {
        (entry.item_id, entry.acknowledged_at): entry.acknowledged_by
        for entry in WorkItemEntry.objects.filter(
            item__in=known, acknowledged_at__isnull=False
        ).select_related("acknowledged_by")
    }
    found = []
    for span in spans:
        item = known.get(span.item)
        if item is None:  # joined with another one in this instant, as its patient was merged
            continue
        taken_at = item.first_taken_at if of_items else span.ended
        if (item.pk, taken_at) in taken:
            found.append(Behind(item, span, taken_at, taken[item.pk, taken_at]))
        else:  # closed without
            found.append(Behind(item, span, item.closed_at, item.closed_by))
    return found
