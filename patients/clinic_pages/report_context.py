"""All that the page of one prescription shows, read in a constant number of queries."""

import datetime as dt
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinic.localtime import local_date
from clinic.models import User
from patients import facts
from patients.adherence import Report, of_facts
from patients.answer_words import lines
from patients.care_team import team_of
from patients.clinic_pages import report_figures
from patients.clinic_pages.forms.acts import (
    ON_DATE,
    ON_FIRST_SESSION,
    EndForm,
    PauseForm,
    StartForm,
)
from patients.clinic_pages.forms.review import AdditionForm, SignForm
from patients.clinic_pages.notice_rows import log_of
from patients.clinic_pages.packet import packet, running_days
from patients.clinic_pages.steps import steps_context
from patients.clinic_pages.told_sessions import told_all
from patients.letters import Told, summary
from patients.maintenance import refuse_conversion
from patients.models import (
    ExerciseStop,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    Review,
    Screening,
    WorkItem,
)
from patients.vocabulary import EmergencySign, ForStretching, WorkKind
from programs import dose_figures, schedule_text
from programs.vocabulary import Precaution

SESSIONS_A_PAGE = 20
ALERTS = (WorkKind.EMERGENCY, WorkKind.STOP, WorkKind.SKIPPED_FOR_PAIN, WorkKind.SET_ASIDE)
ALERTS_SHOWN = 50
STRIP_DAYS = 28  # four whole weeks


def report_context(
    prescription: Prescription,
    *,
    by: User,
    now: dt.datetime,
    sessions_page: str | None,
    bound: dict[str, Any],
) -> dict[str, Any]:
    """As `by` sees it. `bound` holds a form that was sent and refused, by its name."""
    patient = prescription.patient
    today = local_date(now, patient.zone)
    trial = facts.load([prescription])[prescription.pk]
    seen = of_facts(trial, on=today)
    days = report_figures.shown_days(running_days(prescription, seen), today=today)
    steps = steps_context(prescription)
    reviews = list(
        prescription.reviews.select_related("signed_by")
        .prefetch_related("additions__added_by")
        .order_by("-number")
    )
    review = next((one for one in reversed(reviews) if one.signed_at is None), None)
    versions = _versions(prescription, steps["grows"], today=today)
    names = {
        row["exercise"].line: row["exercise"].name for one in reversed(versions) for row in one["exercises"]
    }
    latest = reviews[0] if reviews else None
    seen_in_short = packet(prescription, trial, seen, review=latest, names=names)
    told = _told(prescription, seen, seen_in_short, versions, review=latest, today=today)
    return {
        **seen_in_short,
        "told": told,
        "as_text": summary(told),
        "alerts": _alerts(prescription),
        "prescription": prescription,
        "patient": patient,
        "clinic": patient.clinic,
        "team": team_of(patient),
        "zone": patient.zone,
        "today": today,
        "seen": seen,
        "count": _count(prescription, seen, today=today),
        "sessions_rate": report_figures.session_rate(seen, patient.clinic),
        "doses_rate": report_figures.dose_rate(seen, patient.clinic),
        "pains": _pains(prescription),
        "strip": days[-STRIP_DAYS:],
        "legend": {shown.day.state: shown.state_words for shown in days[-STRIP_DAYS:]},
        "days": list(reversed(days)),
        "sessions": _sessions(prescription, sessions_page),
        "versions": versions,
        "waiting_steps": steps["waiting_steps"],
        "stops": _stops(prescription),
        "pauses": [
            (pause, pause.ends_on >= today) for pause in prescription.pauses.select_related("made_by")
        ],
        "review": review,
        "may_maintain": _may_maintain(prescription, today=today),
        "signed": _signed([one for one in reviews if one.signed_at], bound),
        "screening": _screening(prescription),
        "log": log_of(patient, by=by, number=None),
        "start_form": bound.get("start") or StartForm(initial=_start(prescription, today=today)),
        "pause_form": bound.get("pause") or PauseForm(initial={"starts_on": today}, auto_id="pause-%s"),
        "end_form": bound.get("end") or EndForm(auto_id="end-%s"),
        "sign_form": bound.get("sign") or SignForm(prescription=prescription, auto_id="sign-%s"),
        "refused": next(iter(bound), ""),
        "refused_form": next(iter(bound.values()), None),
    }


def told_of(prescription: Prescription, *, by: User, now: dt.datetime) -> Told:
    """What letters are written from, in the active language."""
    told: Told = report_context(prescription, by=by, now=now, sessions_page=None, bound={})["told"]
    return told


def _told(
    prescription: Prescription,
    seen: Report,
    shown: dict[str, Any],
    versions: list[dict[str, Any]],
    *,
    review: Review | None,
    today: dt.date,
) -> Told:
    clinic = prescription.patient.clinic
    rates = {
        _("Sessions"): report_figures.session_rate(seen, clinic),
        _("Exercises"): report_figures.dose_rate(seen, clinic),
    }
    in_force = next(
        (one for one in versions if one["state"] == "in_force"), versions[0] if versions else None
    )
    return Told(
        prescription=prescription,
        on=today,
        day_number=seen.day_number,
        in_short=shown["in_short"],
        adherence=[
            _("%(name)s: %(done)s of %(due)s (%(percent)s %%)")
            % {"name": name, "done": rate.done, "due": rate.due, "percent": rate.percent}
            for name, rate in rates.items()
            if rate.percent is not None
        ],
        exercises=[
            f"{row['exercise'].name}: {row['dose']}" + (f" ({_('off for pain')})" if row["off"] else "")
            for row in (in_force["exercises"] if in_force else [])
        ],
        not_done=[f"{row.name}: {'; '.join(row.was)}" for row in shown["not_done"]],
        review=review,
    )


def _alerts(prescription: Prescription) -> Any:
    """What called for a clinician, the newest first, with what came of it."""
    rows = WorkItem.objects.filter(prescription=prescription, kind__in=ALERTS)
    rows = rows.select_related("owner", "closed_by").prefetch_related("entries")
    return rows.order_by("-opened_at", "-pk")[:ALERTS_SHOWN]


def _signed(reviews: list[Any], bound: dict[str, Any]) -> list[Any]:
    """With what was frozen with the signature, and the form that adds to it."""
    for review in reviews:
        review.answers = lines(review.snapshot.get("answers", {}))
        review.in_short = review.snapshot.get("in_short", {}).get(get_language(), [])
        name = f"add-{review.number}"
        review.add_form = bound.get(name) or AdditionForm(auto_id=f"{name}-%s")
    return reviews


def _may_maintain(prescription: Prescription, *, today: dt.date) -> bool:
    try:
        refuse_conversion(prescription, today=today)
    except ValidationError:
        return False
    return True


def _count(prescription: Prescription, seen: Report, *, today: dt.date) -> dict[str, Any]:
    """Day N of the programme, and whether its review point is reached."""
    return {
        "day": seen.day_number,
        "of": prescription.review_after_days,
        "reached": seen.review_on is not None and seen.review_on <= today,
        "review_on": seen.review_on,
    }


def _pains(prescription: Prescription) -> tuple[int | None, int | None]:
    """Pain right after the first and the last session that says it; missing stays missing."""
    said = PracticeSession.objects.current().filter(prescription=prescription, pain_after__isnull=False)
    pains = said.order_by("practised_on", "first_recorded_at", "pk").values_list("pain_after", flat=True)
    return pains.first(), pains.last()


def _sessions(prescription: Prescription, number: str | None) -> Any:
    rows = PracticeSession.objects.current().filter(prescription=prescription)
    rows = rows.prefetch_related("records__prescribed").order_by("-practised_on", "-first_recorded_at", "-pk")
    page = Paginator(rows, SESSIONS_A_PAGE).get_page(number)
    page.object_list = told_all(page.object_list)
    return page


def _versions(
    prescription: Prescription, grows: dict[uuid.UUID, Any], *, today: dt.date
) -> list[dict[str, Any]]:
    """The newest first, each with its exercises; `state` is next, in_force or past.

    `grows` says of the newest one's lines what comes next.
    """
    off = set(
        ExerciseStop.objects.standing().filter(prescription=prescription).values_list("line", flat=True)
    )
    rows = prescription.versions.select_related("prescribed_by").prefetch_related("exercises")
    found: list[dict[str, Any]] = []
    reigning = False
    for version in rows.order_by("-number"):
        started = version.starts_on <= today and not reigning
        reigning = reigning or started
        found.append(
            {
                "version": version,
                "schedule": schedule_text.in_short(version),
                "state": "in_force" if started else "past" if reigning else "next",
                "exercises": [
                    _exercise(one, off=one.line in off, grows=grows.get(one.line) if not found else None)
                    for one in version.exercises.all()
                ],
            }
        )
    return found


def _exercise(exercise: PrescribedExercise, *, off: bool, grows: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "exercise": exercise,
        "dose": dose_figures.in_short(exercise),
        "form": exercise.form_name(exercise.rung) if exercise.form(exercise.rung) else "",
        "off": off,
        "grows": grows,
        "against": [Precaution(code).label for code in exercise.against],
    }


def _stops(prescription: Prescription) -> list[dict[str, Any]]:
    """Every stop with the exercise as it was prescribed in that session, the standing ones first."""
    rows = list(
        ExerciseStop.objects.filter(prescription=prescription)
        .select_related("session", "resumed_by")
        .order_by("-stopped_at", "pk")
    )
    prescribed = PrescribedExercise.objects.filter(version__in={stop.session.version_id for stop in rows})
    names = {(one.version_id, one.line): one for one in prescribed}
    found = [{"stop": stop, "exercise": names.get((stop.session.version_id, stop.line))} for stop in rows]
    return sorted(found, key=lambda row: row["stop"].resumed_at is not None)


def _screening(prescription: Prescription) -> dict[str, Any] | None:
    screening = Screening.objects.filter(prescription=prescription).select_related("asked_by").first()
    if screening is None:
        return None
    return {
        "kept": screening,
        "signs": [EmergencySign(sign).label for sign in screening.signs],
        "for_stretching": [ForStretching(code).label for code in screening.for_stretching],
    }


def _start(prescription: Prescription, *, today: dt.date) -> dict[str, Any]:
    picked = prescription.starts_on
    if picked is None:
        return {"start": ON_FIRST_SESSION}
    return {"start": ON_DATE, "starts_on": max(picked, today)}
