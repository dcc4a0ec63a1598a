"""The review packet: what a clinician reads in half a minute, for the top of a programme's page."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from patients import facts
from patients.adherence import Day, Report
from patients.answer_words import lines
from patients.in_short import in_short, stops_of
from patients.models import PracticeSession, Prescription, Review
from patients.pain_graph import pain_graph
from patients.settling import courses
from patients.start_and_now import answers_data
from patients.tallies import Tally, tallies
from patients.vocabulary import Outcome, SkipReason


@dataclass(frozen=True)
class Row:
    """One exercise and what became of it, in words."""

    name: str
    tally: Tally
    was: list[str]


def packet(
    prescription: Prescription,
    trial: facts.TrialFacts,
    seen: Report,
    *,
    drawn: Sequence[Day],
    review: Review | None,
    names: Mapping[uuid.UUID, str],
) -> dict[str, Any]:
    """`drawn` are the days of the graph; `review` is the latest, open or signed; `names` of the exercises, by
    line. Six queries."""
    answers = answers_data(prescription, review=review.number if review else None)
    rows = [
        Row(names[line], tally, _was(tally))
        for line, tally in tallies(trial.sessions).items()
        if line in names
    ]
    return {
        "in_short": in_short(seen=seen, review=review, answers=answers, stops=stops_of(prescription)),
        "answers": lines(answers),
        "graph": pain_graph(_dated(prescription, drawn)),
        "exercise_rows": rows,
        "not_done": [row for row in rows if row.tally.skipped or row.tally.stopped],
        "courses": courses(prescription),
    }


def running_days(prescription: Prescription, seen: Report) -> Sequence[Day]:
    """The days of the programme, not those since it ended."""
    end = prescription.ended_on
    return seen.days if end is None else [day for day in seen.days if day.on <= end]


def _dated(prescription: Prescription, days: Sequence[Day]) -> list[tuple[Day, list[PracticeSession]]]:
    if not days:
        return []
    by_day: dict[dt.date, list[PracticeSession]] = {day.on: [] for day in days}
    rows = (
        PracticeSession.objects.current()
        .told()
        .filter(prescription=prescription, practised_on__range=(days[0].on, days[-1].on))
    )
    for session in rows.order_by("practised_on", "first_recorded_at", "pk"):
        if session.practised_on in by_day:
            by_day[session.practised_on].append(session)
    return [(day, by_day[day.on]) for day in days]


def _was(tally: Tally) -> list[str]:
    """E.g. "skipped 3 times (no time 2, pain 1)"; what was done is a figure of the table."""
    said = []
    if tally.stopped:
        said.append(
            ngettext("stopped for pain once", "stopped for pain %(times)s times", tally.stopped)
            % {"times": tally.stopped}
        )
    if tally.skipped:
        reasons = ", ".join(
            _reason(reason, times, of=tally.skipped) for reason, times in tally.reasons.most_common()
        )
        said.append(
            ngettext("skipped once (%(why)s)", "skipped %(times)s times (%(why)s)", tally.skipped)
            % {"times": tally.skipped, "why": reasons}
        )
    if partly := tally.outcomes[Outcome.PARTLY]:
        said.append(ngettext("partly once", "partly %(times)s times", partly) % {"times": partly})
    return said


def _reason(reason: str, times: int, *, of: int) -> str:
    words = str(SkipReason(reason).label) if reason else _("no reason given")
    return words if times == of else f"{words} {times}"
