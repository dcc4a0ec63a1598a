"""What changed since day 1, restated from what the patient entered and the clinic prescribed. No verdict.

The first week are the first seven counted days (paused ones are none), the last one the latest seven that are
over and do not belong to the first; before there is such a day, nothing is compared.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from patients.adherence import Day, DayState, Report
from patients.models import PracticeSession, PrescribedExercise, Prescription, PrescriptionVersion

A_WEEK = 7  # days
NOT_COUNTED = frozenset({DayState.PAUSED, DayState.OPEN})


@dataclass(frozen=True)
class Week:
    """Some counted days. `pain` is the average of what was entered of pain before, None without entries."""

    first: dt.date
    last: dt.date
    days_practised: int
    days_due: int
    pain: float | None
    entries: int


@dataclass(frozen=True)
class Since:
    """`weeks` are the first and the last one, none before they can be compared; `programme` in sentences."""

    weeks: list[Week]
    programme: list[str]


def since_day_one(prescription: Prescription, seen: Report, *, on: dt.date) -> Since:
    """Up to the local date `on`, of whose adherence `seen` is; three queries."""
    counted = [day for day in seen.days if day.state not in NOT_COUNTED]
    first, last = counted[:A_WEEK], counted[A_WEEK:][-A_WEEK:]
    pains = _pains(prescription)
    return Since(
        weeks=[_week(first, pains), _week(last, pains)] if last else [],
        programme=list(_changes(prescription, on=on)),
    )


def _pains(prescription: Prescription) -> list[tuple[dt.date, int]]:
    rows = PracticeSession.objects.current().filter(prescription=prescription, pain_before__isnull=False)
    return list(rows.order_by().values_list("practised_on", "pain_before"))


def _week(days: Sequence[Day], pains: Sequence[tuple[dt.date, int]]) -> Week:
    dates = {day.on for day in days}
    found = [pain for on, pain in pains if on in dates]
    return Week(
        first=days[0].on,
        last=days[-1].on,
        days_practised=sum(day.sessions_done > 0 for day in days),
        days_due=sum(day.sessions_due > 0 for day in days),
        pain=sum(found) / len(found) if found else None,
        entries=len(found),
    )


# --- The programme ------------------------------------------------------------------------------------


def _changes(prescription: Prescription, *, on: dt.date) -> Iterator[str]:
    """One sentence for each exercise that is asked otherwise on `on` than on day 1."""
    rows = PrescriptionVersion.objects.filter(prescription=prescription, starts_on__lte=on)
    versions = list(rows.prefetch_related("exercises").order_by("number"))
    begins = prescription.starts_on or on
    started = [version for version in versions if version.starts_on <= begins]
    if not started or started[-1] == versions[-1]:
        return
    before = {one.line: one for one in started[-1].exercises.all()}
    now = {one.line: one for one in versions[-1].exercises.all()}
    for line, one in now.items():
        if line not in before:
            yield _("New since then: %(name)s") % {"name": one.plain_name}
        else:
            yield from _asked_otherwise(before[line], one)
    for line, one in before.items():
        if line not in now:
            yield _("No longer in it: %(name)s") % {"name": one.plain_name}


def _asked_otherwise(before: PrescribedExercise, now: PrescribedExercise) -> Iterator[str]:
    name = now.plain_name
    if now.rung != before.rung:
        yield _("%(name)s: now in this form: %(form)s") % {"name": name, "form": now.form_name(now.rung)}
    if before.hold_s and now.hold_s and now.hold_s != before.hold_s:
        words = ngettext(
            "%(name)s: hold %(now)s; on day 1 it was %(before)s second",
            "%(name)s: hold %(now)s; on day 1 it was %(before)s seconds",
            before.hold_s,
        )
        yield words % {"name": name, "now": _seconds(now.hold_s), "before": before.hold_s}
    if before.reps and now.reps and now.reps != before.reps:
        words = ngettext(
            "%(name)s: %(now)s; on day 1 it was %(before)s time",
            "%(name)s: %(now)s; on day 1 it was %(before)s times",
            before.reps,
        )
        yield words % {"name": name, "now": _times(now.reps), "before": before.reps}
    if before.sets and now.sets and now.sets != before.sets:
        words = ngettext(
            "%(name)s: %(now)s; on day 1 it was %(before)s round",
            "%(name)s: %(now)s; on day 1 it was %(before)s rounds",
            before.sets,
        )
        yield words % {"name": name, "now": _rounds(now.sets), "before": before.sets}


def _seconds(number: int) -> str:
    return ngettext("%(number)s second", "%(number)s seconds", number) % {"number": number}


def _times(number: int) -> str:
    return ngettext("%(number)s time", "%(number)s times", number) % {"number": number}


def _rounds(number: int) -> str:
    return ngettext("%(number)s round", "%(number)s rounds", number) % {"number": number}
