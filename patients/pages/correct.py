"""Changing an entry: the form of recording, filled in with what was said."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic.localtime import local_date
from patients.answers import answers_of
from patients.correcting import correct_session, refuse_late
from patients.forms.session import CorrectionForm, SessionSheet, posted_lines
from patients.models import ExerciseStop, PracticeSession
from patients.pages.day_sessions import sessions_of_day
from patients.pages.session import lines_of, say_refused, show_sheet
from patients.pages.shell import show
from patients.prescribed import prescribed_in
from patients.recording import refuse_suspended
from patients.signin.current import patient_required


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def correct(request: Any, on: dt.date, number: int) -> HttpResponse:
    """The session with this number of that day, as its patient may change it."""
    sessions = sessions_of_day(request, on)
    if not 1 <= number <= len(sessions):
        raise Http404
    session = sessions[number - 1]
    if request.method == "POST":
        return _correct(request, session, number)
    try:
        refuse_late(session, session.prescription, today=local_date(timezone.now(), request.patient.zone))
        refuse_suspended(is_suspended=session.is_suspended)
    except ValidationError as error:
        return show(
            request, "session_closed.html", section="today", status=403, words=error.messages, changes=True
        )
    return _show(request, session, number)


def _correct(request: Any, session: PracticeSession, number: int) -> HttpResponse:
    sheet = SessionSheet(lines=posted_lines(request.POST), data=request.POST, form=CorrectionForm)
    refused = None
    if sheet.is_valid():
        try:
            correct_session(
                session=_looked_at(session, sheet),
                answers=sheet.answers(),
                now=timezone.now(),
                by=request.user,
            )
        except ValidationError as error:
            refused = error
        else:
            return redirect("session_saved", on=session.practised_on)
    return _show(request, session, number, data=request.POST, refused=refused)


def _looked_at(session: PracticeSession, sheet: SessionSheet) -> PracticeSession:
    """The revision that the form was filled in with; a made-up one is like one that was changed since."""
    said = sheet.session.cleaned_data
    revisions = PracticeSession.objects.filter(patient=session.patient_id, uid=session.uid)
    seen = revisions.filter(uid=said["uid"], revision=said["revision"]).first()
    return seen or PracticeSession(uid=session.uid, prescription=session.prescription)


def _show(
    request: Any,
    session: PracticeSession,
    number: int,
    *,
    data: Any = None,
    refused: ValidationError | None = None,
) -> HttpResponse:
    """The form; sent and refused, with what was typed and what is wrong with it."""
    exercises = list(prescribed_in(session))
    sheet = SessionSheet(
        lines=lines_of(exercises),
        data=data,
        initial={
            "uid": session.uid,
            "practised_on": session.practised_on.isoformat(),
            "revision": session.revision,
        },
        said=answers_of(session),
        form=CorrectionForm,
    )
    status = 200 if data is None else say_refused(sheet, refused)
    stops = ExerciseStop.objects.standing().filter(session__patient=session.patient_id)
    return show_sheet(
        request,
        "session_correct.html",
        sheet,
        exercises,
        status=status,
        day=session.practised_on,
        number=number,
        turned_off=stops.filter(session__uid=session.uid).exists(),
        is_stale=refused is not None and getattr(refused, "code", "") == "stale",
    )
