"""What happens when somebody who stands for patients has signed in, by whichever door."""

from typing import Any

from allauth.account.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic import audit
from patients.signin.current import current_patient, patients_of
from patients.signin.language import speak


@receiver(user_logged_in)
def arrived(request: HttpRequest, user: Any, response: HttpResponse, **kwargs: Any) -> None:
    patients = list(patients_of(request))
    for patient in patients:
        audit.write(
            verb=audit.Verb.SIGNED_IN,
            obj=patient,
            actor=user,
            clinic=patient.clinic,
            now=timezone.now(),
            subject=patient,
        )
    if patients:
        speak(response, current_patient(request) or patients[0])
