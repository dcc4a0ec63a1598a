"""A running programme goes on as maintenance: the builder's page, with what is proposed filled in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.localtime import local_date
from patients.clinic_pages.acting import by_now
from patients.clinic_pages.adjust import AdjustBuilder, closed
from patients.clinic_pages.forms.adjusting import MaintenanceForm
from patients.clinic_pages.scope import CLINICIANS, prescription_or_404
from patients.maintenance import (
    SUGGESTED_REVIEW_DAYS,
    convert_to_maintenance,
    refuse_conversion,
    suggested_weekdays,
)
from patients.versions import Line

LONGEST_DAYS = 3  # digits


@require_http_methods(["GET", "HEAD", "POST"])
def prescription_maintenance(request: HttpRequest, pk: int) -> HttpResponse:
    prescription = prescription_or_404(request, pk, CLINICIANS)
    try:
        refuse_conversion(prescription, today=local_date(timezone.now(), prescription.patient.zone))
    except ValidationError as refused:
        title = _("Maintenance: %(name)s") % {"name": prescription.name}
        return closed(request, prescription, title=title, said=" ".join(refused.messages))
    return MaintenanceBuilder(request, prescription).answer()


class MaintenanceBuilder(AdjustBuilder):
    scheme_class = MaintenanceForm
    template = "patients/staff/maintain.html"
    is_maintenance = True

    def scheme_begun(self) -> dict[str, Any]:
        return {
            **super().scheme_begun(),
            "sessions_a_day": 1,
            "weekdays": suggested_weekdays(self.version),
            "review_after_days": SUGGESTED_REVIEW_DAYS,
        }

    def save(self, lines: list[Line], *, based_on: int) -> None:
        version = convert_to_maintenance(
            prescription=self.prescription,
            lines=lines,
            based_on=based_on,
            **self.scheme.cleaned_data,
            **by_now(self.request),
        )
        day = date_format(version.starts_on, "j F Y")
        messages.success(self.request, _("It goes on as maintenance from %(day)s.") % {"day": day})

    def more(self) -> dict[str, Any]:
        shown = super().more()
        before, after = self.prescription.review_after_days, str(self.scheme["review_after_days"].value())
        if after.isdecimal() and len(after) <= LONGEST_DAYS and int(after) != before:
            days = {"before": before, "after": after}
            shown["changes"].append(_("Review after days: %(before)s → %(after)s") % days)
        return {
            **shown,
            "title": _("Maintenance: %(name)s") % {"name": self.prescription.name},
            "open_review": self.prescription.reviews.unsigned().exists(),
            "save_words": _("Go on as maintenance"),
            "template_url": "",
        }
