"""What is done in the clinic meanwhile: a note is written, or withdrawn, on the patient's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.scoping import clinics_of
from patients.clinic_pages.acting import by_now, done
from patients.clinic_pages.forms.acts import TreatmentForm
from patients.clinic_pages.patient_page import show_patient
from patients.clinic_pages.scope import CLINICIANS, patient_or_404
from patients.models import TreatmentNote
from patients.treating import note_treatment, withdraw_treatment


@require_POST
def patient_treatment(request: HttpRequest, pk: int) -> HttpResponse:
    patient, form = patient_or_404(request, pk, CLINICIANS), TreatmentForm(request.POST)
    if done(request, form, lambda said, **by: note_treatment(patient=patient, **said, **by)):
        messages.success(request, _("Kept with the patient."))
        return redirect("admin:patient", patient.pk)
    return show_patient(request, patient, bound={"treatment": form}, status=400)


@require_POST
def treatment_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    mine = clinics_of(request.user, CLINICIANS)
    notes = TreatmentNote.objects.visible_to_staff(request.user).filter(patient__clinic_id__in=mine)
    note = get_object_or_404(notes, pk=pk)
    withdraw_treatment(note=note, **by_now(request))
    messages.success(request, _("Withdrawn."))
    return redirect("admin:patient", note.patient_id)
