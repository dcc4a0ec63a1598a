"""All that the page of one prescription shows, read in a constant number of queries."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.localtime import local_date
from clinic.models import User
from patients import facts
from patients.adherence import Report, of_facts
from patients.care_team import team_of
from patients.clinic_pages import report_figures, report_lists
from patients.clinic_pages.forms.acts import (
    ON_DATE,
    ON_FIRST_SESSION,
    EndForm,
    PauseForm,
    StartForm,
)
from patients.clinic_pages.forms.review import SignForm
from patients.clinic_pages.notice_rows import log_of
from patients.clinic_pages.packet import packet, running_days
from patients.clinic_pages.steps import steps_context
from patients.clinic_pages.windows import Asked, window
from patients.letters import Told, summary
from patients.maintenance import refuse_conversion
from patients.models import (
    PracticeSession,
    Prescription,
    Review,
    Screening,
)
from patients.vocabulary import EmergencySign, ForStretching

STRIP_DAYS = 28  # four whole weeks


def report_context(
    prescription: Prescription,
    *,
    by: User,
    now: dt.datetime,
    asked: Asked,
    bound: dict[str, Any],
) -> dict[str, Any]:
    """As `by` sees it. `asked` says which days and pages of its lists; `bound` holds a form that was sent
    and refused, by its name. Figures count the whole programme, whatever is asked."""
    patient = prescription.patient
    today = local_date(now, patient.zone)
    trial = facts.load([prescription])[prescription.pk]
    seen = of_facts(trial, on=today)
    drawn = window(running_days(prescription, seen), counts_from=prescription.counts_from, asked=asked)
    steps = steps_context(prescription)
    reviews = prescription.reviews.select_related("signed_by").order_by("-number")
    unsigned = list(reviews.filter(signed_at__isnull=True))
    signed = report_lists.signed(reviews, bound=bound, asked=asked)
    latest = reviews.first()
    stopped, resumed = report_lists.stops(prescription, asked=asked)
    off = {row["stop"].line for row in stopped}
    versions, in_force = report_lists.versions(
        prescription, trial, off=off, grows=steps["grows"], today=today, asked=asked
    )
    seen_in_short = packet(
        prescription, trial, seen, drawn=drawn.days, review=latest, names=report_lists.names(trial)
    )
    told = _told(prescription, seen, seen_in_short, in_force, review=latest, today=today)
    days = report_figures.shown_days(drawn.days, today=today)
    strip = days[-STRIP_DAYS:]
    return {
        **seen_in_short,
        "told": told,
        "as_text": summary(told),
        "alerts": report_lists.alerts(prescription, asked=asked),
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
        "drawn": drawn,
        "strip": strip,
        "legend": {shown.day.state: shown.state_words for shown in strip},
        "days": days[::-1],
        "sessions": report_lists.sessions(prescription, asked=asked),
        "versions": versions,
        "waiting_steps": steps["waiting_steps"],
        "stops": stopped,
        "resumed": resumed,
        "pauses": report_lists.pauses(prescription, today=today, asked=asked),
        "review": unsigned[-1] if unsigned else None,
        "may_maintain": _may_maintain(prescription, today=today),
        "signed": signed,
        "screening": _screening(prescription),
        "log": log_of(patient, by=by, asked=Asked("")),
        "start_form": bound.get("start") or StartForm(initial=_start(prescription, today=today)),
        "pause_form": bound.get("pause") or PauseForm(initial={"starts_on": today}, auto_id="pause-%s"),
        "end_form": bound.get("end") or EndForm(auto_id="end-%s"),
        "sign_form": bound.get("sign") or SignForm(prescription=prescription, auto_id="sign-%s"),
        "refused": next(iter(bound), ""),
        "refused_form": next(iter(bound.values()), None),
    }


def told_of(prescription: Prescription, *, by: User, now: dt.datetime) -> Told:
    """What letters are written from, in the active language."""
    told: Told = report_context(prescription, by=by, now=now, asked=Asked(""), bound={})["told"]
    return told


def _told(
    prescription: Prescription,
    seen: Report,
    shown: dict[str, Any],
    in_force: dict[str, Any] | None,
    *,
    review: Review | None,
    today: dt.date,
) -> Told:
    clinic = prescription.patient.clinic
    rates = {
        _("Sessions"): report_figures.session_rate(seen, clinic),
        _("Exercises"): report_figures.dose_rate(seen, clinic),
    }
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
    said = (
        PracticeSession.objects.current().told().filter(prescription=prescription, pain_after__isnull=False)
    )
    pains = said.order_by("practised_on", "first_recorded_at", "pk").values_list("pain_after", flat=True)
    return pains.first(), pains.last()


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
