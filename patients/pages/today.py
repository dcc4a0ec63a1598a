"""Today: which day it is, what is due, how it is done, and what is done already."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from patients.pages.cards import cards
from patients.pages.shell import show
from patients.signin.current import patient_required
from patients.standing import standing
from patients.stop_words import stop_words


@never_cache
@require_safe
@patient_required
def today(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    patient: Any = request.patient  # type: ignore[attr-defined]
    stands = standing(patient=patient, user=user, now=timezone.now())
    return show(
        request,
        "today.html",
        section="today",
        stands=stands,
        prescription=stands.prescription,
        cards=cards(stands.exercises, stands.records_today),
        stop_rule=stop_words(patient.clinic),
    )
