"""The care team on the patient's page: who treats too, and who prescribes from now on."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.signin.entry import safe_next
from patients.care_team import join_team, leave_team
from patients.caseload import take_over_prescribing
from patients.clinic_pages.acting import by_now, done, tried
from patients.clinic_pages.forms.team import TeamForm
from patients.clinic_pages.patient_page import show_patient
from patients.clinic_pages.scope import CLINICIANS, patient_or_404, prescription_or_404
from patients.models import CareTeamMember


@require_POST
def patient_team_join(request: HttpRequest, pk: int) -> HttpResponse:
    """A colleague, or with the one-click button whoever presses it, treats this patient too."""
    patient = patient_or_404(request, pk, CLINICIANS)
    form = TeamForm(request.POST, clinic=patient.clinic)
    if done(request, form, lambda said, **by: join_team(patient=patient, user=said["user"], **by)):
        said = _("%(name)s is in the care team.") % {"name": form.cleaned_data["user"]}
        messages.success(request, said)
        return redirect(reverse("admin:patient", args=[patient.pk]) + "#team")
    return show_patient(request, patient, bound={"team": form}, status=400)


@require_POST
def patient_team_leave(request: HttpRequest, pk: int, user_pk: int) -> HttpResponse:
    patient = patient_or_404(request, pk, CLINICIANS)
    members = CareTeamMember.objects.visible_to_staff(request.user).of(patient).select_related("user")
    member = get_object_or_404(members, user=user_pk)
    leave_team(patient=patient, user=member.user, **by_now(request))
    messages.success(request, _("%(name)s is in the care team no more.") % {"name": member})
    return redirect(reverse("admin:patient", args=[patient.pk]) + "#team")


@require_POST
def prescription_take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """ "I prescribe from now on." """
    prescription = prescription_or_404(request, pk, CLINICIANS)
    seen = request.POST.get("instead_of", "")
    instead_of = int(seen) if seen.isdecimal() and len(seen) < 19 else None

    def act(**by: Any) -> None:
        take_over_prescribing(prescription=prescription, instead_of=instead_of, **by)

    if tried(request, act):
        messages.success(
            request, _("You prescribe for %(name)s from now on.") % {"name": prescription.patient}
        )
    return redirect(
        safe_next(request, otherwise=reverse("admin:prescription_report", args=[prescription.pk]))
    )
