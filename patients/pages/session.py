"""Recording a session on one form."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic.localtime import local_date
from patients.answers import answers_of
from patients.arriving import record_form
from patients.forms.session import Line, SessionSheet, posted_lines
from patients.going_on import stopped_in
from patients.models import PracticeSession, Prescription
from patients.pages.cards import cards
from patients.pages.sent import ASIDE, is_closed, sent_in, whose
from patients.pages.shell import show
from patients.prescribed import prescribed_on
from patients.recording import refuse_day
from patients.settling import to_ask_about
from patients.signin.current import choose, patient_required
from patients.signin.handle import handle_of
from patients.standing import current_prescription
from patients.stop_words import stop_words
from patients.vocabulary import Settled, Site, SkipReason, WhyAside

# What is answered, calmly, as it is told: a skip by its reason, less than what was asked, not settled yet.
REPLIES = (*SkipReason.values, "easier", "partly", Settled.NOT_YET.value)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def session(request: Any) -> HttpResponse:
    if request.method == "POST":
        return _record(request)
    prescription = current_prescription(patient=request.patient, user=request.user)
    if prescription is None or prescription.is_suspended or prescription.status != Prescription.Status.ACTIVE:
        return redirect("today")  # which says why
    today = local_date(timezone.now(), request.patient.zone)
    day = _day(request.GET.get("day"), otherwise=today)
    try:
        if day is None:
            raise ValidationError(_("This is not a date."))
        refuse_day(prescription, day, today=today)
    except ValidationError as error:
        return _closed(request, error.messages, status=400)
    going_on = _going_on(prescription, day) if day == today else None
    shown = going_on.version.number if going_on else None
    exercises: list[Any] = list(prescribed_on(prescription, day, shown=shown))
    if going_on is not None:
        stopped_in(going_on, exercises)
    worse = to_ask_about(prescription, going_on=going_on) if day == today else None
    sheet = SessionSheet(
        lines=lines_of(exercises),
        said=answers_of(going_on) if going_on else None,
        is_now=day == today,
        initial={
            "uid": going_on.uid if going_on else uuid.uuid4(),
            "practised_on": day.isoformat(),
            "version": exercises[0].version.number if exercises else None,
            "settled_of": worse.uid if worse else None,
            "settled": worse.settled if worse else "",
            "whose": handle_of(request.patient),
        },
    )
    if all(exercise.is_off for exercise in exercises):
        return redirect("today")
    return _show(request, prescription, sheet, exercises, day=day, today=today, goes_on=going_on is not None)


def _going_on(prescription: Prescription, day: dt.date) -> PracticeSession | None:
    """The session of `day` that was left in the middle, the latest where there are several."""
    rows = PracticeSession.objects.current().going_on()
    rows = rows.filter(prescription=prescription, practised_on=day).order_by("-first_recorded_at")
    return rows.select_related("version").prefetch_related("records__prescribed").first()


def _record(request: Any) -> HttpResponse:
    sheet = SessionSheet(lines=posted_lines(request.POST), data=request.POST)
    if not sheet.is_valid():
        return _show_again(request, None)
    patient = whose(request, sheet, chosen=request.patient)
    if patient is None:
        return _closed(request, [_("This form is somebody else's, so nothing was saved.")], status=403)
    if patient != request.patient:
        choose(request, patient)  # two on one sign-in: the form was opened before the other was chosen
    sent = sent_in(sheet)
    # Without a script: a question on the way, and the session goes on after it.
    asks_first = request.POST.get("then") == "ask"
    try:
        differs = record_form(
            patient=patient, sent=sent, is_whole=not asks_first, by=request.user, now=timezone.now()
        )
    except ValidationError as refused:
        return _show_again(request, refused)
    if differs:
        messages.info(request, ASIDE[WhyAside.OTHER_ANSWERS])
    if asks_first:
        return redirect(f"{reverse('ask')}?from=session")
    return redirect("session_saved", on=sent.practised_on)


def _show_again(request: Any, refused: ValidationError | None) -> HttpResponse:
    """The form with what was typed and what is wrong with it, for the exercises that are prescribed."""
    prescription = current_prescription(patient=request.patient, user=request.user)
    if prescription is None:
        return _closed(request, refused.messages if refused else [_("Nothing was saved.")], status=403)
    today = local_date(timezone.now(), request.patient.zone)
    day = _day(request.POST.get("practised_on"), otherwise=today) or today
    data = _usable(request.POST)
    exercises = list(prescribed_on(prescription, day, shown=_number(data.get("version"))))
    sheet = SessionSheet(lines=lines_of(exercises), data=data, is_now=day == today)
    status = say_refused(sheet, refused)
    return _show(request, prescription, sheet, exercises, day=day, today=today, status=status)


def say_refused(sheet: SessionSheet, refused: ValidationError | None) -> int:
    """Say in a sheet that was sent what is wrong with it; gives the status of the page that shows it."""
    sheet.is_valid()
    if refused is not None:
        sheet.refuse(refused)
    if not sheet.problems:  # what was wrong is not in the form any more: its id, or a line that is not theirs
        sheet.refuse(
            ValidationError(_("Something in this form could not be read. Please send it once more."))
        )
    return 403 if refused is not None and is_closed(refused) else 400


def lines_of(exercises: list[Any]) -> dict[uuid.UUID, Line]:
    return {
        one.line: Line(one.plain_name, one.easier_rung() is not None) for one in exercises if not one.is_off
    }


def _usable(posted: QueryDict) -> QueryDict:
    """What was posted, so that sending it again can succeed: what nobody sees in the form is put right.

    A `uid` that cannot be read is a new one, a version or another session's id that cannot is left out.
    """
    data = posted.copy()
    if _id(data.get("uid")) is None:
        data["uid"] = str(uuid.uuid4())
    if _number(data.get("version")) is None:
        data.pop("version", None)
    if _id(data.get("settled_of")) is None:
        data.pop("settled_of", None)
    return data


def _id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def _number(text: str | None) -> int | None:
    is_one = text is not None and text.isascii() and text.isdigit() and len(text) < 5
    return int(text or 0) or None if is_one else None


def _day(text: str | None, *, otherwise: dt.date) -> dt.date | None:
    """A date as it is written in an address; None where it is none."""
    if not text:
        return otherwise
    try:
        return parse_date(text)
    except ValueError:
        return None


def _show(
    request: Any,
    prescription: Any,
    sheet: SessionSheet,
    exercises: list[Any],
    *,
    day: dt.date,
    today: dt.date,
    status: int = 200,
    goes_on: bool = False,
) -> HttpResponse:
    sites = last_sites(prescription)
    is_first = not PracticeSession.objects.told().filter(prescription=prescription).exists()
    return show_sheet(
        request,
        "session.html",
        sheet,
        exercises,
        status=status,
        day=day,
        is_today=day == today,
        goes_on=goes_on,
        replies=REPLIES,
        is_first=is_first,
        asks_usual=is_first and _says_nothing_usual(prescription),
        same_sites={"value": ",".join(map(str, sites)), "words": [Site(site).label for site in sites]},
    )


def show_sheet(
    request: Any, template: str, sheet: SessionSheet, exercises: list[Any], *, status: int, **context: Any
) -> HttpResponse:
    return show(
        request,
        template,
        section="today",
        status=status,
        sheet=sheet,
        form=sheet.session,
        rows=[(card, sheet.exercises.get(card.exercise.line)) for card in cards(exercises)],
        stop_rule=stop_words(request.patient.clinic),
        **context,
    )


def _says_nothing_usual(prescription: Any) -> bool:
    """What is usual is asked once, before the first session, where nobody has said anything of it yet."""
    return prescription.usual_pain is None and prescription.usual_lowest_site is None


def last_sites(prescription: Prescription) -> list[int]:
    """Where it hurt in the last finished session that says so: what "same as last time" means."""
    rows = PracticeSession.objects.current().filter(
        prescription=prescription, lowest_site__isnull=False, finished_at__isnull=False
    )
    return rows.order_by("-practised_on", "-first_recorded_at").values_list("sites", flat=True).first() or []


def _closed(request: HttpRequest, words: list[str], *, status: int) -> HttpResponse:
    return show(request, "session_closed.html", section="today", status=status, words=words)
