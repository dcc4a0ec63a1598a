"""The worklist: what needs a clinician, most urgent first. Nothing leaves it without an outcome."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
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
from patients.clinic_pages.work_rows import rows_of
from patients.closing import close_item
from patients.models import CareTeamMember, WorkItem
from patients.work import acknowledge, hand_over_work


def open_count(user: Any) -> int:
    """How many items wait in the list that this user opens first."""
    return _items(user, mine=_starts_with_mine(user)).count()


@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def work_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    item = work_or_404(request, pk)
    if item.closed_at is not None:
        return _closed_already(request)
    acknowledge(item=item, **by_now(request))
    messages.success(request, _("Noted: you take care of it."))
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
    """`bound` holds a form that was refused, by item and name: then everybody's items, so that it is seen."""
    user: Any = request.user
    chosen = request.GET.get("who")
    mine = not bound and (chosen == "mine" if chosen in {"mine", "all"} else _starts_with_mine(user))
    rows = rows_of(_items(user, mine=mine), bound=bound or {}, by=user, now=timezone.now())
    context = {
        "title": _("Worklist"),
        "rows": rows,
        "mine": mine,
        "here": reverse("admin:worklist") + ("?who=mine" if mine else "?who=all"),
        "held": current_hold(),
        "others": _items(user, mine=False).count() - len(rows) if mine else 0,
    }
    return page(request, "patients/staff/worklist.html", context, status=status)


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
