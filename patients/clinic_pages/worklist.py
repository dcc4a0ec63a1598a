"""The worklist: what needs a clinician, most urgent first. Nothing leaves it without an outcome."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.absences import away_for
from clinic.admin_site import page
from clinic.notices.holding import current_hold
from clinic.scoping import Role
from clinic.signin.entry import safe_next
from patients.clinic_pages.acting import by_now, done
from patients.clinic_pages.forms.work import CloseForm, HandOverForm
from patients.clinic_pages.scope import work_or_404
from patients.clinic_pages.work_rows import rows_of, with_what_a_row_shows
from patients.closing import close_item
from patients.models import CareTeamMember, WorkItem
from patients.vocabulary import URGENCY, WorkKind
from patients.work import acknowledge, hand_over_work

ROWS_A_PAGE = 50
MOST_DIGITS = 18  # of the id of an entry


@dataclass(frozen=True)
class Part:
    """Which part of the list is looked at: one's own or everybody's, of all kinds or of one."""

    mine: bool
    kind: str = ""

    @property
    def query(self) -> str:
        asked = {"who": "mine" if self.mine else "all"} | ({"kind": self.kind} if self.kind else {})
        return urlencode(asked)


def open_count(user: Any) -> int:
    """How many items wait in the list that this user opens first."""
    return int(_items(user, mine=_starts_with_mine(user)).count())


@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def work_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    item = work_or_404(request, pk)
    if item.closed_at is not None:
        return _closed_already(request)
    seen = request.POST.get("seen", "")
    last = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < MOST_DIGITS else None
    if acknowledge(item=item, seen=last, **by_now(request)):
        messages.success(request, _("Noted: you take care of it."))
    else:
        messages.info(request, _("Noted. Something new has come meanwhile: please look at it too."))
    return _back(request)


@require_POST
def work_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    item = work_or_404(request, pk)
    if item.closed_at is not None:
        return _closed_already(request)
    form = HandOverForm(request.POST, item=item)
    if done(request, form, lambda said, **by: hand_over_work(item=item, to=said["to"], **by)):
        messages.success(request, _("Handed over to %(name)s.") % {"name": form.cleaned_data["to"]})
        return _back(request)
    return _page(request, bound={(item.pk, "hand_over"): form}, status=400)


@require_POST
def work_close(request: HttpRequest, pk: int) -> HttpResponse:
    item = work_or_404(request, pk)
    if item.closed_at is not None:
        return _closed_already(request)
    form = CloseForm(request.POST, auto_id=f"close-{item.pk}-%s")
    if done(request, form, lambda said, **by: close_item(item=item, outcome=said["outcome"], **by)):
        messages.success(request, _("Closed."))
        return _back(request)
    return _page(request, bound={(item.pk, "close"): form}, status=400)


def _closed_already(request: HttpRequest) -> HttpResponse:
    """Two at once, or a page that stood open for long."""
    messages.info(request, _("Somebody has closed this already."))
    return _back(request)


def _page(request: HttpRequest, *, bound: Any = None, status: int = 200) -> HttpResponse:
    """`bound` holds a form that was refused, by item and name: it is shown on the page that has the item, of
    the list that it was sent from, or of everybody's where it is not on that."""
    user: Any = request.user
    part = _asked_part(request)
    everything = _items(user, mine=part.mine)
    items = _of_kind(everything, part.kind)
    refused = next((pk for pk, _name in bound or {}), None)
    if refused is not None and not items.filter(pk=refused).exists():
        part, everything = Part(mine=False), _items(user, mine=False)
        items = everything
    counts = _counts(everything)
    number = request.GET.get("page") if refused is None else _page_of(items, refused)
    shown = Paginator(with_what_a_row_shows(items), ROWS_A_PAGE).get_page(number)
    context = {
        "title": _("Worklist"),
        "rows": rows_of(shown.object_list, bound=bound or {}, by=user, now=timezone.now()),
        "page": shown,
        "part": part,
        "kinds": [(kind, kind.label, counts[kind]) for kind in URGENCY if counts[kind]],
        "total": counts.total(),
        "here": f"{reverse('admin:worklist')}?{part.query}&page={shown.number}",
        "held": current_hold(),
        "others": _items(user, mine=False).count() - counts.total() if part.mine else 0,
    }
    return page(request, "patients/staff/worklist.html", context, status=status)


def _asked_part(request: HttpRequest) -> Part:
    """What the address asks for; of a form that was sent, the address of the page that it stood on."""
    asked = request.GET
    if request.method == "POST":
        asked = QueryDict(urlsplit(safe_next(request, otherwise="")).query)
    who, kind = asked.get("who"), asked.get("kind", "")
    mine = who == "mine" if who in {"mine", "all"} else _starts_with_mine(request.user)
    return Part(mine=mine, kind=kind if kind in WorkKind.values else "")


def _of_kind(items: Any, kind: str) -> Any:
    return items.filter(kind=kind) if kind else items


def _page_of(items: Any, pk: int) -> int:
    """On which page an item of the list stands."""
    ids = list(items.values_list("pk", flat=True))
    return ids.index(pk) // ROWS_A_PAGE + 1 if pk in ids else 1


def _counts(items: Any) -> "Counter[str]":
    """How many of each kind there are: one query."""
    return Counter(dict(items.order_by().values_list("kind").annotate(count=Count("pk"))))


def _items(user: Any, *, mine: bool) -> Any:
    items = WorkItem.objects.visible_to_staff(user).open().by_urgency()
    if not mine:
        return items
    treated = CareTeamMember.objects.filter(user=user).values("patient")
    # What nobody owns is everybody's, and what concerns a patient of one's care team is one's own too; so is
    # what is for a colleague for whom one stands in.
    own = Q(owner=user) | Q(owner__isnull=True) | Q(patient__in=treated)
    for clinic, away in away_for(user, now=timezone.now()):
        own |= Q(patient__clinic=clinic, owner=away)
    return items.filter(own)


def _starts_with_mine(user: Any) -> bool:
    """Who treats looks at their own first; a manager at everything."""
    return Role.CLINICIAN in user.roles


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(safe_next(request, otherwise=reverse("admin:worklist")))
