"""Saying that a day went by without practice, and why."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic.localtime import local_date
from patients.adherence import Day, report
from patients.forms.away import SkipForm
from patients.models import SkippedDay
from patients.pages.shell import show
from patients.signin.current import patient_required
from patients.skipping import can_be_skipped, skip_own_day, take_back_own_skip
from patients.standing import current_prescription


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def skip(request: Any, on: dt.date) -> HttpResponse:
    """One question; what was said before can be changed here, or taken back."""
    now = timezone.now()
    today = local_date(now, request.patient.zone)
    prescription = current_prescription(patient=request.patient, user=request.user)
    day = _day(prescription, on, today=today)
    if "undo" in request.POST:
        return _take_back(request, on, now=now)
    if request.method != "POST" and not can_be_skipped(prescription, day, today=today):
        return redirect("progress_day", on=on)  # which says what is known of it
    data = request.POST if request.method == "POST" else None
    form = SkipForm(data, is_today=on == today, initial={"reason": day.reason})
    if request.method == "POST" and form.is_valid():
        reason = SkippedDay.Reason(form.cleaned_data["reason"])
        try:
            skip_own_day(patient=request.patient, on=on, reason=reason, by=request.user, now=now)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            if reason != SkippedDay.Reason.FLARE:  # of which the page has more to say
                messages.success(request, _("Saved. Thank you for saying so."))
            return redirect("progress_day", on=on)
    status = 400 if request.method == "POST" else 200
    return show(
        request, "skip.html", section="progress", status=status, day=day, is_today=on == today, form=form
    )


def _day(prescription: Any, on: dt.date, *, today: dt.date) -> Day:
    """The day in the programme up to today; 404 where there is none."""
    if prescription is None:
        raise Http404
    found = next((day for day in report(prescription, on=today).days if day.on == on), None)
    if found is None:
        raise Http404
    return found


def _take_back(request: Any, on: dt.date, *, now: dt.datetime) -> HttpResponse:
    try:
        take_back_own_skip(patient=request.patient, on=on, by=request.user, now=now)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Taken back."))
    return redirect("progress_day", on=on)
