"""The lists on the page of one prescription, of each the newest page or the one that is asked for."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from patients.answer_words import lines
from patients.clinic_pages.forms.review import AdditionForm
from patients.clinic_pages.told_sessions import told_all
from patients.clinic_pages.windows import Asked, Part, part
from patients.facts import TrialFacts
from patients.models import (
    ExerciseStop,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    Review,
    WorkItem,
)
from patients.vocabulary import WorkKind
from programs import dose_figures, schedule_text
from programs.vocabulary import Precaution

SESSIONS, ALERTS, VERSIONS, STOPS, PAUSES, SIGNED = 20, 10, 5, 10, 10, 5  # a page
ALERT_KINDS = (WorkKind.EMERGENCY, WorkKind.STOP, WorkKind.SKIPPED_FOR_PAIN, WorkKind.SET_ASIDE)
Row = dict[str, Any]


def alerts(prescription: Prescription, *, asked: Asked) -> Part:
    """What called for a clinician, the newest first, with what came of it."""
    rows = WorkItem.objects.filter(prescription=prescription, kind__in=ALERT_KINDS)
    rows = rows.select_related("owner", "closed_by").prefetch_related("entries")
    return part(rows.order_by("-opened_at", "-pk"), name="alerts", size=ALERTS, asked=asked)


def signed(reviews: QuerySet[Review], *, bound: Mapping[str, Any], asked: Asked) -> Part:
    """With what was frozen with the signature, and the form that adds to it."""
    rows = reviews.filter(signed_at__isnull=False).prefetch_related("additions__added_by")
    found = part(rows.order_by("-number"), name="signed", size=SIGNED, asked=asked)
    shown: list[Any] = list(found.rows)
    for review in shown:
        review.answers = lines(review.snapshot.get("answers", {}))
        review.in_short = review.snapshot.get("in_short", {}).get(get_language(), [])
        name = f"add-{review.number}"
        review.add_form = bound.get(name) or AdditionForm(auto_id=f"{name}-%s")
    return found.of_rows(shown)


def sessions(prescription: Prescription, *, asked: Asked) -> Part:
    rows = PracticeSession.objects.current().filter(prescription=prescription)
    rows = rows.prefetch_related("records__prescribed").order_by("-practised_on", "-first_recorded_at", "-pk")
    found = part(rows, name="sessions", size=SESSIONS, asked=asked)
    return found.of_rows(told_all(found.rows))


def pauses(prescription: Prescription, *, today: dt.date, asked: Asked) -> Part:
    """Each with whether it still runs or is to come."""
    rows = prescription.pauses.select_related("made_by").order_by("-starts_on", "-pk")
    found = part(rows, name="pauses", size=PAUSES, asked=asked)
    return found.of_rows([(pause, pause.ends_on >= today) for pause in found.rows])


def stops(prescription: Prescription, *, asked: Asked) -> tuple[list[Row], Part]:
    """Those that stand, all of them, and those that were resumed; with the exercise as it was prescribed in
    that session."""
    rows = ExerciseStop.objects.filter(prescription=prescription).select_related("session", "resumed_by")
    rows = rows.order_by("-stopped_at", "pk")
    standing = list(rows.filter(resumed_at__isnull=True))
    resumed = part(rows.filter(resumed_at__isnull=False), name="stops", size=STOPS, asked=asked)
    shown = [*standing, *resumed.rows]
    prescribed = PrescribedExercise.objects.filter(version__in={stop.session.version_id for stop in shown})
    names = {(one.version_id, one.line): one for one in prescribed}
    found = [{"stop": stop, "exercise": names.get((stop.session.version_id, stop.line))} for stop in shown]
    return found[: len(standing)], resumed.of_rows(found[len(standing) :])


def versions(
    prescription: Prescription,
    trial: TrialFacts,
    *,
    off: set[uuid.UUID],
    grows: Mapping[uuid.UUID, Any],
    today: dt.date,
    asked: Asked,
) -> tuple[Part, Row | None]:
    """The newest first, each with its exercises; and the one in force, else the newest.

    `state` is next, in_force or past. `grows` says of the newest one's lines what comes next.
    """
    by_number = list(reversed(trial.versions))
    reigns = trial.in_force(today) or (by_number[0] if by_number else None)
    found = part(by_number, name="versions", size=VERSIONS, asked=asked)
    wanted = {one.pk for one in found.rows} | ({reigns.pk} if reigns else set())
    kept = prescription.versions.select_related("prescribed_by").prefetch_related("exercises")
    rows = {
        version.pk: {
            "version": version,
            "schedule": schedule_text.in_short(version),
            "state": _state(version.number, trial, today=today),
            "exercises": [
                _exercise(one, off=one.line in off, grows=grows.get(one.line) if is_newest else None)
                for one in version.exercises.all()
            ],
        }
        for version in kept.filter(pk__in=wanted)
        for is_newest in [version.number == by_number[0].number]
    }
    return found.of_rows([rows[one.pk] for one in found.rows]), rows[reigns.pk] if reigns else None


def names(trial: TrialFacts) -> dict[uuid.UUID, str]:
    """What each exercise of the programme is called, by line, as in the latest version that has it: one
    query."""
    last = {line: version.pk for version in trial.versions for line in version.lines}
    rows = PrescribedExercise.objects.filter(version__in=set(last.values()))
    return {one.line: one.name for one in rows if last[one.line] == one.version_id}


def _state(number: int, trial: TrialFacts, *, today: dt.date) -> str:
    in_force = trial.in_force(today)
    if in_force is None or number > in_force.number:
        return "next"
    return "in_force" if number == in_force.number else "past"


def _exercise(exercise: PrescribedExercise, *, off: bool, grows: Row | None) -> Row:
    return {
        "exercise": exercise,
        "dose": dose_figures.in_short(exercise),
        "form": exercise.form_name(exercise.rung) if exercise.form(exercise.rung) else "",
        "off": off,
        "grows": grows,
        "against": [Precaution(code).label for code in exercise.against],
    }
