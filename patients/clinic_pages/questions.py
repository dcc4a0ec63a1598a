"""Answering what patients ask; and the list of wishes for the front desk, which shows none of their words."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.admin_site import page
from clinic.scoping import HEALTH_ROLES, clinics_of
from clinic.signin.entry import safe_next
from patients.asking import answer, settle
from patients.clinic_pages.acting import done, tried
from patients.clinic_pages.forms.questions import AnswerForm
from patients.clinic_pages.message_rows import shown
from patients.clinic_pages.scope import CLINICIANS
from patients.models import Message
from patients.vocabulary import MessageOutcome
from patients.wishes import settled_by, waiting_wishes


def wish_count(user: Any) -> int:
    """How many wishes wait where this user works."""
    return Message.objects.wishes_for_desk(user).count()


@require_safe
def wishes(request: HttpRequest) -> HttpResponse:
    return _wishes(request)


@require_POST
def message_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What is refused is shown on a page of its own, with what was typed."""
    rows = Message.objects.visible_to_staff(request.user).select_related("patient__clinic")
    mine = clinics_of(request.user, CLINICIANS)
    message = get_object_or_404(rows.filter(patient__clinic_id__in=mine), pk=pk)
    if message.closed_at is not None:
        return _closed_already(request)
    form = AnswerForm(request.POST, auto_id=f"answer-{pk}-%s")
    if done(request, form, lambda said, **by: answer(message=message, words=said["answer"], **by)):
        told = _("Answered. The patient gets an e-mail that says so.")
        if not message.patient.email:
            told = _("Answered. This patient has no e-mail address: please call.")
        messages.success(request, told)
        return _back(request)
    context = {
        "title": str(message.patient),
        "row": shown(message, treats=True, form=form),
        "here": safe_next(request, otherwise=_home(request)),
    }
    return page(request, "patients/staff/answer.html", context, status=400)


@require_POST
def message_settle(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(settled_by(request.user), pk=pk)
    if message.closed_at is not None:
        return _closed_already(request)
    outcome: Any = request.POST.get("outcome", "")
    if not tried(request, lambda **by: settle(message=message, outcome=outcome, **by)):
        return _wishes(request, status=400)
    messages.success(request, str(MessageOutcome(outcome).label) + ".")
    return _back(request)


def _wishes(request: HttpRequest, *, status: int = 200) -> HttpResponse:
    context = {
        "title": _("Appointments and calls"),
        "wishes": waiting_wishes(request.user),
        "here": reverse("admin:wishes"),
    }
    return page(request, "patients/staff/wishes.html", context, status=status)


def _closed_already(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Somebody has closed this already."))
    return _back(request)


def _home(request: HttpRequest) -> str:
    user: Any = request.user
    return reverse("admin:worklist" if user.roles & HEALTH_ROLES else "admin:wishes")


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(safe_next(request, otherwise=_home(request)))
