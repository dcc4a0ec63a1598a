"""Who practises: one sign-in may stand for several patients, of whom one is chosen for this device."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from patients.merged import merged_into
from patients.models import Patient
from patients.signin.handle import handle_of, is_handle_of

CHOSEN = "patient"  # in the session: the id of the patient who was chosen
PAPER = "paper"  # how allauth's records name coming in by paper

View = Callable[..., Any]


def patients_of(request: HttpRequest) -> "QuerySet[Patient]":
    """The patients that this session stands for, with their clinic.

    A code on paper opens the door to its own patient alone, whoever else the user signs in for.
    """
    user: Any = request.user
    patients = Patient.objects.visible_to_patient(user).select_related("clinic")
    records = get_authentication_records(request, user) if user.is_authenticated else []
    if records and all(record["method"] == PAPER for record in records):
        patients = patients.filter(pk__in=[record["patient"] for record in records])
    return patients


def patient_of(request: HttpRequest, handle: str) -> Patient | None:
    """The patient with this handle, if the session stands for them; also by a record merged into theirs."""
    patients = list(patients_of(request))
    for patient in patients:
        if any(is_handle_of(pk, handle) for pk in (patient.pk, *merged_into(patient))):
            return patient
    return None


def current_patient(request: HttpRequest) -> Patient | None:
    """The patient of this request: the only one, or the chosen one; asked of the database each time.

    One query. On the answer, `others` says whether the session stands for more than this one, and `handles`
    for whom.
    """
    patients = list(patients_of(request))
    chosen = request.session.get(CHOSEN)
    patient = next((one for one in patients if one.pk == chosen), None)
    if patient is None and len(patients) == 1:
        patient = patients[0]
    if patient is not None:
        patient.others = len(patients) > 1  # type: ignore[attr-defined]
        patient.handles = [handle_of(one) for one in patients]  # type: ignore[attr-defined]
    return patient


def choose(request: HttpRequest, patient: Patient) -> None:
    request.session[CHOSEN] = patient.pk


def patient_required(view: View) -> View:
    """Let patients in, as `request.patient`, and lead everybody else to where they belong."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return _redirect(request, "sign_in")
        patient = current_patient(request)
        if patient is None:
            return elsewhere(request)
        request.patient = patient  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return guarded


def elsewhere(request: HttpRequest) -> HttpResponse:
    """Where somebody goes who is signed in and stands for no patient, or for several and chose none."""
    user: Any = request.user
    if patients_of(request).exists():
        return _redirect(request, "choose")
    if user.is_staff:
        return redirect("admin:index")
    return render(request, "patients/signin/nobody.html", status=404)


def _redirect(request: HttpRequest, name: str) -> HttpResponse:
    return redirect(reverse(name) + "?" + urlencode({"next": request.get_full_path()}))
