"""The next step of an exercise, where its clinician wanted to be asked: yes, or not yet."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from patients.clinic_pages.acting import tried
from patients.clinic_pages.scope import CLINICIANS, prescription_or_404
from patients.models import ExerciseStop, Prescription, PrescriptionVersion, StepRequest
from patients.progressing import comfortable_sessions
from patients.step_words import coming
from patients.stepping import answer_step
from patients.versions import lines_of_version
from programs import dose_figures


@require_POST
def prescription_step(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    prescription = prescription_or_404(request, pk, CLINICIANS)
    asked = get_object_or_404(StepRequest, pk=step_pk, prescription=prescription)
    answer = request.POST.get("answer")
    if answer not in {"yes", "no"}:
        messages.error(request, _("Choose from the list."))
        return redirect("admin:prescription_report", prescription.pk)
    approve = answer == "yes"
    made: list[PrescriptionVersion | None] = []
    if tried(request, lambda **by: made.append(answer_step(request=asked, approve=approve, **by))):
        messages.success(request, _said(made[0]))
    return redirect("admin:prescription_report", prescription.pk)


def _said(version: PrescriptionVersion | None) -> str:
    if version is None:
        return _("Left as it is. The comfortable sessions are counted anew.")
    return _("The next step holds from %(day)s.") % {"day": date_format(version.starts_on, "j F Y")}


def steps_context(prescription: Prescription) -> dict[str, Any]:
    """The steps that wait for a word, and by line how far the others are: eight queries at the most."""
    newest = prescription.versions.order_by("-number")[0]
    lines = [line for line in lines_of_version(newest) if line.copy_of and line.copy_of.has_next_step]
    if not lines or prescription.status != Prescription.Status.ACTIVE:
        return {"waiting_steps": [], "grows": {}}
    comfortable = comfortable_sessions(prescription, lines)
    begun = {line.line: line.copy_of.step_since for line in lines if line.copy_of}
    by_line = {line.line: line.copy_of for line in lines if line.copy_of}
    stops = ExerciseStop.objects.standing().filter(prescription=prescription, line__in=list(by_line))
    off = set(stops.values_list("line", flat=True))
    waiting = StepRequest.objects.waiting().filter(prescription=prescription, line__in=list(by_line))
    return {
        "waiting_steps": [
            {
                "asked": asked,
                "exercise": by_line[asked.line],
                "now": dose_figures.in_short(by_line[asked.line]),
                "next": coming(by_line[asked.line]),
                "off": asked.line in off,
                # Asked before a week's gap took it back: changed by hand, it would not wait any more.
                "went_back": asked.asked_at < begun[asked.line],
            }
            for asked in waiting
        ],
        "grows": {
            line: {
                "next": coming(exercise),
                "done": min(len(comfortable.get(line, ())), exercise.next_after or 0),
                "of": exercise.next_after,
                "alone": exercise.next_alone,
            }
            for line, exercise in by_line.items()
        },
    }
