"""Building for one patient: on the builder's page, before the questions and the start."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.localtime import local_date
from clinic.weekdays import EVERY_DAY
from patients.clinic_pages.acting import write_reading
from patients.clinic_pages.building import PatientBuilder
from patients.clinic_pages.forms.acts import ON_DATE, ON_FIRST_SESSION
from patients.clinic_pages.forms.adjusting import ForPatientForm
from patients.clinic_pages.forms.prescribing import when_begun
from patients.clinic_pages.scope import CLINICIANS, patient_or_404
from patients.models import Patient, Prescription
from patients.plans import Plan, as_kept, plan_from, plan_of
from patients.prescribing import refuse_start
from patients.standing import Count
from patients.versions import Line, lines_of_version
from programs.admin.builder_forms import MOST_SESSIONS_A_DAY
from programs.admin.building import LONGEST_ID
from programs.building import Row
from programs.models import Program
from programs.models.program import REVIEW_AFTER_DAYS

PLANNED = ("name_en", "name_it", "sessions_a_day", "weekdays", "review_after_days")
REMINDERS = [f"reminder_{slot}" for slot in range(1, MOST_SESSIONS_A_DAY + 1)]
LONGEST_DAYS = 3  # digits
KEPT_S = 4 * 3600  # so long what was built waits for the questions to be answered


@require_http_methods(["GET", "HEAD", "POST"])
def prescribe_build(request: HttpRequest, pk: int) -> HttpResponse:
    """Begins with a `program`, what a `prescription` asks now, what was `built` just before, or nothing."""
    patient = patient_or_404(request, pk, CLINICIANS)
    return PrescribeBuilder(request, patient, _start(request, patient)).answer()


def kept_key(request: HttpRequest, patient: Patient, token: str) -> str:
    """Where what was built is kept: for who built it, and for this patient, alone."""
    user: Any = request.user
    return f"built-{user.pk}-{patient.pk}-{''.join(filter(str.isalnum, token))[:32]}"


def kept_plan(request: HttpRequest, patient: Patient) -> Plan | None:
    """What was `built` for this patient; None, and a word, where it waited too long."""
    kept = cache.get(kept_key(request, patient, request.GET["built"]))
    try:
        if kept is not None:
            return plan_from(json.loads(kept), clinic=patient.clinic)
        messages.error(request, _("What you built waited for too long: build it again."))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return None


def _start(request: HttpRequest, patient: Patient) -> Plan | None:
    if "built" in request.GET:
        return kept_plan(request, patient)
    program, prescription = (_number(request.GET.get(name, "")) for name in ("program", "prescription"))
    if program:
        offered = Program.objects.visible_to(request.user).published().available_to(patient.clinic)
        found = offered.filter(pk=program).first()
        if found is None:
            raise Http404
        return plan_of(found)
    if prescription:
        seen = Prescription.objects.visible_to_staff(request.user).filter(patient__clinic=patient.clinic)
        return _as_plan(
            seen.select_related("patient__clinic").filter(pk=prescription).first(), request, patient
        )
    return None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_ID else None


def _as_plan(prescription: Prescription | None, request: HttpRequest, patient: Patient) -> Plan:
    """What a prescription asks now, without the notes to its patient.

    Of somebody else's neither its name nor a tempo in words of its own.
    That it was read is written down.
    """
    if prescription is None:
        raise Http404
    if request.method == "GET":
        write_reading(request, prescription, prescription.patient)
    is_theirs = prescription.patient_id == patient.pk
    version = prescription.versions.order_by("-number")[0]
    lines = [
        Line(line.exercise, line.dose, line.rung, progression=line.progression, **_tempo(line, is_theirs))
        for line in lines_of_version(version)
    ]
    return Plan(
        lines,
        prescription.name_en if is_theirs else "",
        prescription.name_it if is_theirs else "",
        version.sessions_a_day,
        version.weekdays,
        prescription.review_after_days,
        program=prescription.program,
    )


def _tempo(line: Line, is_theirs: bool) -> dict[str, Any]:
    return {**line.tempo()} if is_theirs else {}


def _when(patient: Patient, plan: Plan) -> dict[str, Any]:
    """What the start and the reminders begin with: what was said before, else what is known."""
    begun = {
        "start": ON_FIRST_SESSION,
        **dict.fromkeys(REMINDERS),
        **when_begun(patient, plan.sessions_a_day),
    }
    if plan.when is None:
        return begun
    if plan.when.starts_on is not None:
        begun |= {"start": ON_DATE, "starts_on": plan.when.starts_on}
    return begun | dict.fromkeys(REMINDERS) | dict(zip(REMINDERS, plan.when.reminders, strict=False))


class PrescribeBuilder(PatientBuilder):
    """What is saved goes on to the questions before prescribing."""

    scheme_class = ForPatientForm
    template = "patients/staff/prescribe_build.html"

    def __init__(self, request: HttpRequest, patient: Patient, start: Plan | None) -> None:
        self.start = start
        began = start or Plan([], "", "", 1, EVERY_DAY, REVIEW_AFTER_DAYS)
        scheme = {
            "name_en": began.name_en,
            "name_it": began.name_it,
            "sessions_a_day": began.sessions_a_day,
            "weekdays": began.weekdays,
            "review_after_days": began.review_after_days,
            **_when(patient, began),
        }
        begun = [Row(line.exercise, **line.asked()) for line in began.lines]
        super().__init__(request, patient, begun=begun, scheme=scheme)

    def write(self, rows: list[Row]) -> str:
        if not rows:
            raise ValidationError(_("Choose at least one exercise."), code="empty")
        scheme: Any = self.scheme
        today = local_date(timezone.now(), self.patient.zone)
        refuse_start(scheme.when().starts_on, today=today)
        plan = Plan(
            [self.line(row) for row in rows],
            **{name: scheme.cleaned_data[name] for name in PLANNED},
            program=self.start.program if self.start else None,
            when=scheme.when(),
        )
        token = uuid.uuid4().hex
        cache.set(kept_key(self.request, self.patient, token), json.dumps(as_kept(plan)), KEPT_S)
        return reverse("admin:prescribe", args=[self.patient.pk]) + f"?built={token}"

    def day_of(self) -> Count | None:
        """Day 1 of as many as there are until the review, where that can be read."""
        days = str(self.scheme["review_after_days"].value())
        readable = days.isdecimal() and 0 < len(days) <= LONGEST_DAYS
        return Count(1, int(days), after_review=False, practised=(False,)) if readable else None

    def more(self) -> dict[str, Any]:
        return {
            "title": _("Build for %(name)s") % {"name": self.patient},
            "up": (_("Prescribe"), reverse("admin:prescribe", args=[self.patient.pk])),
            "patient": self.patient,
            "save_words": _("Go on to the questions"),
        }
