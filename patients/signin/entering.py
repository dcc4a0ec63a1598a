"""Coming in as one certain patient: by link, by paper, by the demo's click."""

from django.http import HttpRequest, HttpResponse

from clinic.models import User
from clinic.signin.entry import sign_in
from patients.models import Patient
from patients.signin.current import choose
from patients.signin.language import speak


def enter(request: HttpRequest, user: User, *, patient: Patient, method: str, to: str) -> HttpResponse:
    """Sign `user` in, let `patient` practise, and speak the patient's language."""
    response = sign_in(request, user, method=method, to=to, patient=patient.pk)
    choose(request, patient)  # after it: signing in begins with an empty session
    speak(response, patient)
    return response
