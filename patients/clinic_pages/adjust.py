"""Adjusting a prescription: the next version of it, from today or tomorrow on, on the builder's page."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.admin_site import page
from clinic.localtime import local_date
from clinic.weekdays import EVERY_DAY, joined
from patients.adjusting import adjust
from patients.changes import Asked, changes
from patients.clinic_pages.acting import by_now
from patients.clinic_pages.building import PatientBuilder
from patients.clinic_pages.forms.adjusting import AdjustForm
from patients.clinic_pages.scope import CLINICIANS, prescription_or_404
from patients.models import ExerciseStop, Prescription, PrescriptionVersion
from patients.versions import Line, lines_of_version, next_version_on
from programs.admin.builder import ProgramBuilder
from programs.building import Row


@require_http_methods(["GET", "HEAD", "POST"])
def prescription_adjust(request: HttpRequest, pk: int) -> HttpResponse:
    prescription = prescription_or_404(request, pk, CLINICIANS)
    if prescription.status == Prescription.Status.ENDED:
        title = _("Adjust: %(name)s") % {"name": prescription.name}
        said = _("This programme has ended: nothing can be adjusted any more.")
        return closed(request, prescription, title=title, said=said)
    return AdjustBuilder(request, prescription).answer()


@require_http_methods(["GET", "HEAD", "POST"])
def prescription_template(request: HttpRequest, pk: int) -> HttpResponse:
    """A programme of the clinic that begins with what this patient practises now. No word of the patient."""
    prescription = prescription_or_404(request, pk, CLINICIANS)
    version = prescription.versions.order_by("-number")[0]
    rows = [replace(_row(line), note_en="", note_it="", forms=None) for line in lines_of_version(version)]
    return ProgramBuilder(
        request,
        program=None,
        start=None,
        begun=rows,
        sessions_a_day=version.sessions_a_day,
        weekdays=version.weekdays,
        review_after_days=prescription.review_after_days,
        **({"phase": prescription.phase} if prescription.phase else {}),
    ).answer()


class AdjustBuilder(PatientBuilder):
    """Begins with the newest version; what is saved is the next one."""

    scheme_class = AdjustForm
    template = "patients/staff/adjust.html"

    def __init__(self, request: HttpRequest, prescription: Prescription) -> None:
        self.prescription = prescription
        self.is_maintenance = self.is_maintenance or prescription.is_maintenance
        self.version: PrescriptionVersion = prescription.versions.order_by("-number")[0]
        self.lines = {str(line.exercise.pk): line for line in lines_of_version(self.version)}
        begun = [_row(line) for line in self.lines.values()]
        super().__init__(request, prescription.patient, begun=begun, scheme=self.scheme_begun())

    def scheme_begun(self) -> dict[str, Any]:
        """What the fields beside the rows begin with."""
        return {
            "sessions_a_day": self.version.sessions_a_day,
            "weekdays": self.version.weekdays,
            "precautions_reason": "",
        }

    def write(self, rows: list[Row]) -> str:
        based_on = self.request.POST.get("based_on", "")
        lines = [self.line(row) for row in rows]
        self.save(lines, based_on=int(based_on) if based_on.isdecimal() and len(based_on) < 9 else 0)
        return reverse("admin:prescription_report", args=[self.prescription.pk])

    def save(self, lines: list[Line], *, based_on: int) -> None:
        """Make the next version of `lines`, and say so. Raises ValidationError."""
        if based_on == self.version.number and not self._changes(lines):
            messages.info(self.request, _("Nothing was changed."))
            return
        version = adjust(
            prescription=self.prescription,
            lines=lines,
            based_on=based_on,
            **self.scheme.cleaned_data,
            **by_now(self.request),
        )
        day = date_format(version.starts_on, "j F Y")
        messages.success(self.request, _("Adjusted: it holds from %(day)s.") % {"day": day})

    def line(self, row: Row) -> Line:
        """A line that goes on keeps what was copied into it; one that is new is copied from the library."""
        old = self.lines.get(row.key)
        return replace(old, **row.asked()) if old else Line(row.exercise, **row.asked())

    def off(self) -> Collection[Any]:
        standing = ExerciseStop.objects.standing().filter(prescription=self.prescription)
        return set(standing.values_list("line", flat=True))

    def _changes(self, lines: list[Line]) -> list[str]:
        """What saving would change; a schedule that cannot be read changes nothing yet."""
        before = Asked(list(self.lines.values()), self.version.sessions_a_day, self.version.weekdays)
        often = str(self.scheme["sessions_a_day"].value())
        days = [day for day in self.scheme["weekdays"].value() if day in EVERY_DAY]
        after = replace(before, lines=lines)
        if often.isdecimal() and len(often) == 1 and days:
            after = replace(after, sessions_a_day=int(often), weekdays=joined(days))
        return changes(before, after)

    def more(self) -> dict[str, Any]:
        today = local_date(timezone.now(), self.patient.zone)
        return {
            "title": _("Adjust: %(name)s") % {"name": self.prescription.name},
            "up": _up(self.prescription),
            "prescription": self.prescription,
            "patient": self.patient,
            "holds_from": next_version_on(self.prescription, today=today),
            "changes": self._changes([self.line(form.row_now()) for form in self.sheet.kept()]),
            "asks_reason": any(form.against for form in self.sheet.kept()),
            "flags": self.flags,
            "save_words": _("Adjust"),
            "template_url": reverse("admin:prescription_template", args=[self.prescription.pk]),
            "based_on": self.based_on(self.version.number),
            "is_told": self.prescription.status == Prescription.Status.ACTIVE,
        }


def _row(line: Line) -> Row:
    return Row(line.exercise, **line.asked(), forms=line.forms)


def _up(prescription: Prescription) -> tuple[str, str]:
    label = f"{prescription.patient}: {prescription.name}"
    return label, reverse("admin:prescription_report", args=[prescription.pk])


def closed(request: HttpRequest, prescription: Prescription, *, title: str, said: str) -> HttpResponse:
    """Instead of the builder: why there is nothing to build."""
    context = {"title": title, "up": _up(prescription), "patient": prescription.patient, "said": said}
    status = 400 if request.method == "POST" else 200
    return page(request, "patients/staff/adjust_closed.html", context, status=status)
