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
from patients.models import PracticeSession, PrescriptionVersion
from patients.pages.day_sessions import sessions_of_day
from patients.pages.recorded import Recorded, recorded
from patients.pages.shell import show
from patients.signin.current import patient_required
from patients.step_words import reached
from patients.stop_words import stop_words
from patients.vocabulary import SkipReason


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
        goes_on=last.finished_at is None and on == today,
        after=after,
        replies=_reasons(shown),
        changed_meanwhile=_changed_meanwhile(last),
        stop_rule=stop_words(request.patient.clinic),
        grown=[(exercise, reached(exercise)) for exercise in after.grown],
        stays_off=bool(after.stopped) and not shown.says_stopped,
    )


def _reasons(shown: Recorded) -> list[str]:
    """Why exercises were skipped, each reason once, in the order in which it is said."""
    told = {record.skip_reason for record in shown.records}
    return [reason for reason in SkipReason.values if reason in told]


def _changed_meanwhile(session: PracticeSession) -> bool:
    """Whether the clinician made another version while this one was practised, which holds on its day."""
    versions = PrescriptionVersion.objects.filter(prescription=session.prescription_id)
    in_force = versions.in_force(session.practised_on).values_list("pk", flat=True).first()
    return in_force != session.version_id
