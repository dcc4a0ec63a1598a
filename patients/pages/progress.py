"""Progress: the days of the programme, how they went, and which can still be recorded."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.dates import WEEKDAYS_ABBR
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic.localtime import local_date
from patients.adherence import Day, DayState, Mark, Report, report
from patients.bands import percent
from patients.correcting import may_correct
from patients.day_words import MARK_WORDS, STATE_WORDS
from patients.models import PracticeSession, Prescription, SkippedDay
from patients.pages.recorded import Recorded, recorded
from patients.pages.shell import show
from patients.pain_graph import pain_graph
from patients.pausing import paused_until
from patients.recording import earliest_day
from patients.signin.current import patient_required
from patients.since_day_one import since_day_one
from patients.skipping import can_be_skipped
from patients.standing import current_prescription
from patients.trial import ONE_DAY

DAYS_ON_A_PAGE = 28  # four whole weeks


@dataclass(frozen=True)
class Row:
    """One date as it is shown: `can_record` where a session of it is due and can still be entered."""

    day: Day
    sessions: list[Recorded]
    can_record: bool
    is_today: bool
    can_skip: bool = False

    @property
    def was_stopped(self) -> bool:
        return Mark.STOPPED in self.day.marks

    @property
    def state_words(self) -> Any:
        return STATE_WORDS[self.day.state]

    @property
    def reason_words(self) -> Any:
        return SkippedDay.Reason(self.day.reason).label if self.day.reason else ""

    @property
    def eases_off(self) -> bool:
        return self.day.reason == SkippedDay.Reason.FLARE

    @property
    def mark_words(self) -> list[Any]:
        return [words for mark, words in MARK_WORDS.items() if mark in self.day.marks]


@never_cache
@require_safe
@patient_required
def progress(request: Any) -> HttpResponse:
    prescription = current_prescription(patient=request.patient, user=request.user)
    if prescription is None:
        return show(request, "progress.html", section="progress", prescription=None)
    today = local_date(timezone.now(), request.patient.zone)
    seen = _report(prescription, today=today)
    until = _until(request.GET.get("until"), seen)
    shown = [day for day in seen.days if day.on <= until][-DAYS_ON_A_PAGE:] if until else []
    rows = _rows(request, prescription, shown, today=today)
    return show(
        request,
        "progress.html",
        section="progress",
        prescription=prescription,
        report=seen,
        paused_until=paused_until(prescription, today=today),
        percent=percent(seen.sessions_done, seen.sessions_due),
        rows=rows,
        graph=pain_graph([(row.day, [shown.session for shown in row.sessions]) for row in rows]),
        since=since_day_one(prescription, seen, on=seen.days[-1].on) if seen.days else None,
        latest_first=rows[::-1],
        weekdays=[str(name)[:2] for name in WEEKDAYS_ABBR.values()],
        legend=[
            (state, words) for state, words in STATE_WORDS.items() if state in {day.state for day in shown}
        ],
        blanks=range(shown[0].on.weekday() if shown else 0),
        earlier=shown[0].on - ONE_DAY if shown and shown[0].on > seen.days[0].on else None,
        later=min(shown[-1].on + DAYS_ON_A_PAGE * ONE_DAY, seen.days[-1].on)
        if shown and shown[-1].on < seen.days[-1].on
        else None,
    )


@never_cache
@require_safe
@patient_required
def progress_day(request: Any, on: dt.date) -> HttpResponse:
    prescription = current_prescription(patient=request.patient, user=request.user)
    if prescription is None:
        raise Http404
    today = local_date(timezone.now(), request.patient.zone)
    day = next((day for day in _report(prescription, today=today).days if day.on == on), None)
    if day is None:
        raise Http404
    row = _rows(request, prescription, [day], today=today)[0]
    # The day itself stays as it was told; a pause is offered from tomorrow on.
    is_paused = row.eases_off and paused_until(prescription, today=today + ONE_DAY) is not None
    return show(
        request, "progress_day.html", section="progress", row=row, is_today=on == today, is_paused=is_paused
    )


def _report(prescription: Prescription, *, today: dt.date) -> Report:
    """Up to today; of a programme that has ended, up to its end."""
    ended = prescription.ended_on
    return report(prescription, on=min(today, ended) if ended else today)


def _until(text: str | None, seen: Report) -> dt.date | None:
    """The last date to be shown: the one asked for, if it is one of the programme, else the last of all."""
    if not seen.days:
        return None
    try:
        asked = parse_date(text or "")
    except ValueError:
        asked = None
    return asked if asked and seen.days[0].on <= asked else seen.days[-1].on


def _rows(request: Any, prescription: Any, days: list[Day], *, today: dt.date) -> list[Row]:
    if not days:
        return []
    sessions: dict[dt.date, list[Recorded]] = defaultdict(list)
    numbers: dict[dt.date, int] = defaultdict(int)
    found = (
        PracticeSession.objects.visible_to_patient(request.user)
        .current()
        .of(request.patient)
        .filter(practised_on__range=(days[0].on, days[-1].on))
    )
    for session in found.order_by("practised_on", "first_recorded_at", "pk").prefetch_related(
        "records__prescribed"
    ):
        numbers[session.practised_on] += 1
        if session.prescription_id != prescription.pk:
            continue  # it counts in its day, and belongs to a programme before this one
        session.prescription = prescription
        can_be = may_correct(session, today=today, is_suspended=prescription.is_suspended)
        sessions[session.practised_on].append(
            recorded(session, number=numbers[session.practised_on], may_correct=can_be)
        )
    running = prescription.status == Prescription.Status.ACTIVE and not prescription.is_suspended
    first = earliest_day(prescription, today=today)
    return [
        Row(
            day=day,
            sessions=sessions[day.on],
            can_record=running and first <= day.on <= today and _misses_one(day),
            is_today=day.on == today,
            can_skip=can_be_skipped(prescription, day, today=today),
        )
        for day in days
    ]


def _misses_one(day: Day) -> bool:
    """Whether a session of `day` is due that was not recorded: the only one, or one of several."""
    return day.state == DayState.OPEN or day.sessions_recorded < day.sessions_due
