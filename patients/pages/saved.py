"""What is said when a session is saved, or an entry changed."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic.localtime import local_date
from patients.aftermath import aftermath
from patients.correcting import may_correct
from patients.pages.day_sessions import sessions_of_day
from patients.pages.recorded import recorded
from patients.pages.shell import show
from patients.signin.current import patient_required
from patients.step_words import reached


@never_cache
@require_safe
@patient_required
def saved(request: Any, on: dt.date) -> HttpResponse:
    """What was saved last of that day, and what happens next."""
    sessions = sessions_of_day(request, on)
    if not sessions:
        raise Http404
    last = max(sessions, key=lambda session: session.recorded_at)
    after = aftermath(last)
    today = local_date(timezone.now(), request.patient.zone)
    shown = recorded(
        last,
        number=sessions.index(last) + 1,
        may_correct=may_correct(last, today=today, is_suspended=last.is_suspended),
    )
    return show(
        request,
        "saved.html",
        section="today",
        shown=shown,
        after=after,
        grown=[(exercise, reached(exercise)) for exercise in after.grown],
        stays_off=bool(after.stopped) and not shown.says_stopped,
    )
