"""Pausing a programme from today on, and practising again before the pause is over."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from clinic.localtime import local_date
from patients import pausing
from patients.forms.away import PAUSE_REASONS, OwnPauseForm
from patients.models import Pause, PracticeSession, Prescription
from patients.pages.shell import show
from patients.signin.current import patient_required
from patients.standing import current_prescription

REASON_WORDS = dict(PAUSE_REASONS)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def pause(request: Any) -> HttpResponse:
    """The pauses that run or are to come, and a form for a new one; neither while the clinic is to speak."""
    now = timezone.now()
    today = local_date(now, request.patient.zone)
    running = _running(request, on=today)
    form = OwnPauseForm(
        request.POST if request.method == "POST" else None, today=today, **_told(request, running, on=today)
    )
    if request.method == "POST" and running is not None and form.is_valid():
        try:
            made = pausing.pause(
                prescription=running,
                starts_on=form.cleaned_data["starts_on"],
                ends_on=form.cleaned_data["ends_on"],
                reason=Pause.Reason(form.cleaned_data["reason"]),
                by=request.user,
                now=now,
                by_patient=True,
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            if made.reason != Pause.Reason.FLARE:  # which has more to say, on this page
                messages.success(request, _("Your programme is paused for these days."))
            return redirect("pause")
    pauses = list(_pauses(request, running).filter(ends_on__gte=today)) if running else []
    return show(
        request,
        "pause.html",
        section="today",
        status=400 if request.method == "POST" else 200,
        running=running,
        today=today,
        pauses=[(one, one.starts_on <= today, REASON_WORDS[one.reason]) for one in pauses],
        eases_off=any(one.reason == Pause.Reason.FLARE for one in pauses),
        form=form,
    )


@never_cache
@require_POST
@patient_required
def end_pause(request: Any) -> HttpResponse:
    """Practise again from today, or take back a pause that is to come; `pause` says which."""
    running = _running(request)
    chosen = request.POST.get("pause", "")
    if running is None or not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
        raise Http404
    found = _pauses(request, running).filter(pk=chosen).first()
    if found is None:
        raise Http404
    now = timezone.now()
    has_begun = found.starts_on <= local_date(now, request.patient.zone)
    try:
        pausing.end_pause(pause=found, by=request.user, now=now)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("pause")
    messages.success(request, _("Good to go on.") if has_begun else _("The pause is taken back."))
    return redirect("today")


def _told(request: Any, running: Any, *, on: dt.date) -> dict[str, Any]:
    """Whether something was told of the date `on`, and the reason for a pause that follows from it."""
    if running is None:
        return {}
    sessions = PracticeSession.objects.visible_to_patient(request.user).current().told().of(request.patient)
    if sessions.filter(prescription=running, practised_on=on).exists():
        return {"told": True}
    # A day that was forgotten gives no reason for days to come; the others are called the same.
    reason = running.skip_reason if running.skip_reason in Pause.Reason.values else ""
    return {"told": bool(running.skip_reason), "reason": reason or ""}


def _running(request: Any, *, on: dt.date | None = None) -> Any:
    prescription = current_prescription(patient=request.patient, user=request.user, on=on)
    is_running = prescription is not None and prescription.status == Prescription.Status.ACTIVE
    return prescription if is_running else None


def _pauses(request: Any, running: Any) -> Any:
    rows = Pause.objects.visible_to_patient(request.user).of(request.patient)
    return rows.filter(prescription=running).order_by("starts_on")
