"""Prescribing: choose a programme, answer rule 6, start."""

from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.admin_site import page
from patients.clinic_pages.acting import done
from patients.clinic_pages.forms.prescribing import PrescribeForm, when_begun
from patients.clinic_pages.prescribe_build import kept_key, kept_plan
from patients.clinic_pages.scope import CLINICIANS, patient_or_404
from patients.drafts import prescribe_in_one_go
from patients.models import Patient, PrescribedExercise, Prescription, PrescriptionVersion
from patients.plans import Plan, plan_of
from patients.screening import against, precautions_of
from patients.vocabulary import CALL_DOCTOR_TODAY, CALL_NOW
from programs import dose_figures, schedule_text
from programs.models import Program
from programs.vocabulary import Precaution


@require_http_methods(["GET", "HEAD", "POST"])
def prescribe_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Which programme; or, for a `program` or what was `built`, the questions, then draft or start."""
    patient = patient_or_404(request, pk, CLINICIANS)
    if "built" in request.GET:
        plan = kept_plan(request, patient)
        if plan is None:
            return redirect("admin:prescribe", patient.pk)
        return _answer(request, patient, plan)
    programs = Program.objects.visible_to(request.user).published().available_to(patient.clinic)
    chosen = request.GET.get("program")
    if chosen is None:
        return _choose(request, patient, programs)
    program = programs.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
    if program is None:
        raise Http404
    return _answer(request, patient, plan_of(program))


def _answer(request: HttpRequest, patient: Patient, plan: Plan) -> HttpResponse:
    if request.method == "POST":
        return _prescribe(request, patient, plan)
    form = PrescribeForm(initial=_initial(patient, plan), plan=plan)
    return _ask(request, patient, plan, form)


def _choose(request: HttpRequest, patient: Patient, programs: Any) -> HttpResponse:
    offered = programs.prefetch_related("items__exercise").order_by("-clinic", "name_en", "pk")
    context = {
        "title": _("Prescribe"),
        "earlier": Prescription.objects.visible_to_staff(request.user).of(patient).latest_first(),
        "programs": [
            {
                "program": program,
                "schedule": schedule_text.in_short(program),
                "exercises": [item.exercise.name for item in program.items.all()],
            }
            for program in offered
        ],
    }
    return _page(request, "patients/staff/prescribe_choose.html", patient, context)


def _ask(
    request: HttpRequest, patient: Patient, plan: Plan, form: PrescribeForm, *, status: int = 200
) -> HttpResponse:
    flags = form["precautions"].value() or []
    lines = [
        {
            "exercise": line.exercise,
            "dose": dose_figures.in_short(PrescribedExercise(**line.dose, **line.progression.values())),
            "rung": line.rung,
            "against": [Precaution(code).label for code in against(line.exercise, flags)],
        }
        for line in plan.lines
    ]
    program = plan.program.pk if plan.program else ""
    built = request.GET.get("built", "")
    start = {"built": built} if built else {"program": program}
    context = {
        "title": _("Prescribe"),
        "plan": plan,
        "schedule": schedule_text.in_short(
            PrescriptionVersion(sessions_a_day=plan.sessions_a_day, weekdays=plan.weekdays)
        ),
        "build_url": reverse("admin:prescribe_build", args=[patient.pk]) + f"?{urlencode(start)}",
        "lines": lines,
        "has_conflicts": any(line["against"] for line in lines),
        "form": form,
        "reminders": [form[name] for name in form.reminder_names if name in form.fields],
        "own_reminders": patient.reminder_times.exists(),
        "call_now": [sign.label for sign in CALL_NOW],
        "call_today": [sign.label for sign in CALL_DOCTOR_TODAY],
        "running": Prescription.objects.active().filter(patient=patient).first(),
    }
    return _page(request, "patients/staff/prescribe.html", patient, context, status=status)


def _prescribe(request: HttpRequest, patient: Patient, plan: Plan) -> HttpResponse:
    form = PrescribeForm(request.POST, plan=plan)
    start, made = request.POST.get("go") == "start", []

    def act(said: dict[str, Any], **by: Any) -> None:
        prescription = prescribe_in_one_go(
            patient=patient,
            plan=plan,
            precautions=said["precautions"],
            screening=form.screening(),
            start=start,
            starts_on=form.when().starts_on,
            reminders=form.when().reminders,
            usual_pain=said["usual_pain"],
            usual_lowest_site=said["usual_lowest_site"],
            **by,
        )
        made.append(prescription)

    if not done(request, form, act):
        return _ask(request, patient, plan, form, status=400)
    if "built" in request.GET:
        cache.delete(kept_key(request, patient, request.GET["built"]))
    messages.success(request, _("Prescribed and started.") if start else _("Kept as a draft."))
    return redirect("admin:prescription_report", made[0].pk)


def _initial(patient: Patient, plan: Plan) -> dict[str, Any]:
    """What is known already: nobody is asked twice."""
    return {"precautions": precautions_of(patient), **when_begun(patient, plan.sessions_a_day)}


def _page(
    request: HttpRequest, template: str, patient: Patient, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    up = (patient, reverse("admin:patient", args=[patient.pk]))
    return page(request, template, {"patient": patient, "up": up, **context}, status=status)
