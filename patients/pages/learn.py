"""A few short cards on what helps to practise well."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from patients.pages.shell import show
from patients.signin.current import patient_required
from patients.stop_words import stop_words


@never_cache
@require_safe
@patient_required
def learn(request: Any) -> HttpResponse:
    return show(request, "learn.html", section="learn", stop_rule=stop_words(request.patient.clinic))
