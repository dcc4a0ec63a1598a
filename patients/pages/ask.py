"""Asking the clinic, and what was asked before with its answers."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic.localtime import local_date
from patients.asking import MOST_WAITING, read_by
from patients.asking import ask as ask_clinic
from patients.forms.asking import AskForm
from patients.models import Message
from patients.pages.shell import show
from patients.signin.current import patient_required
from patients.vocabulary import MessageKind, TimeOfDay
from patients.wishes import day_names, time_names


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def ask(request: Any) -> HttpResponse:
    open_days = request.patient.clinic.open_days
    if request.method != "POST":
        return _show(request, AskForm(open_days=open_days, initial={"uid": uuid.uuid4()}))
    form = AskForm(request.POST, open_days=open_days)
    if form.is_valid():
        said = form.cleaned_data
        try:
            asked = ask_clinic(
                patient=request.patient,
                uid=said["uid"],
                kind=MessageKind(said["kind"]),
                words=said["words"],
                days=said["days"],
                times=[TimeOfDay(time) for time in said["times"]],
                by=request.user,
                now=timezone.now(),
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            day = date_format(asked.read_by_on, "l j F")
            messages.success(request, _("Sent. We read this by %(day)s.") % {"day": day})
            return redirect(f"{reverse('ask')}?sent=1{'&from=session' if _from_session(request) else ''}")
    return _show(request, _usable(request, form, open_days), status=400)


def _usable(request: Any, form: AskForm, open_days: str) -> AskForm:
    """Where the form's own id cannot be read, the form with a new one, so that sending again can succeed."""
    if not form.has_error("uid"):
        return form
    posted = request.POST.copy()
    posted["uid"] = str(uuid.uuid4())
    again = AskForm(posted, open_days=open_days)
    again.add_error(None, _("Please send this form once more."))
    return again


def _show(request: Any, form: AskForm, *, status: int = 200) -> HttpResponse:
    now, clinic = timezone.now(), request.patient.clinic
    rows = Message.objects.visible_to_patient(request.user).of(request.patient)
    by_clinic = Q(asked_by__memberships__clinic=clinic) & ~Q(asked_by=request.user)
    asked = list(rows.exclude(by_clinic))  # a wish of the clinic's own to see them is for its desk
    return show(
        request,
        "ask.html",
        section="ask",
        status=status,
        form=form,
        rows=[(one, day_names(one.days) + time_names(one.times)) for one in asked],
        full=sum(one.closed_at is None for one in asked) >= MOST_WAITING,
        today=local_date(now, clinic.time_zone),
        read_by=read_by(clinic, now),
        zone=request.patient.zone,
        from_session=_from_session(request),
        was_sent=not form.is_bound and request.GET.get("sent") == "1",
    )


def _from_session(request: Any) -> bool:
    """Whether somebody asks in the middle of a session, and goes back to it."""
    return bool(request.GET.get("from") == "session")
