"""The rows of the adherence report: the figures of all that were asked for, and the rest of those shown."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from clinic.models import Clinic
from patients import counted
from patients.bands import Band, band, percent
from patients.clinic_pages import report_figures
from patients.clinic_pages.report_figures import Rate, Trend
from patients.counted import Counted
from patients.models import PracticeSession, Prescription
from patients.totals import NOTHING, Totals
from patients.zones import zone_of

Dates = tuple[dt.date | None, dt.date | None]  # from the first to the last, both included; None: not narrowed


@dataclass(frozen=True)
class Line:
    """One running programme with what it is chosen and sorted by."""

    pk: int
    name: tuple[str, str, int]  # of the patient, as sorted
    clinic: Clinic
    starts_on: dt.date | None
    is_behind: bool  # something was told that is not counted yet
    counted: Counted | None  # None: it has not begun, or was never counted

    @property
    def totals(self) -> Totals:
        return self.counted.totals if self.counted else NOTHING

    @cached_property
    def percent(self) -> int | None:
        """Of the sessions, as it is shown."""
        return percent(self.totals.sessions_done, self.totals.sessions_due)

    @property
    def band(self) -> Band | None:
        return band(self.percent, self.clinic)

    @property
    def last_session_on(self) -> dt.date | None:
        return self.counted.last_session_on if self.counted else None


@dataclass(frozen=True)
class Row:
    prescription: Any  # with `last_pain` and `open_alerts`
    totals: Totals
    day_number: int | None
    sessions_rate: Rate
    doses_rate: Rate
    last_session_on: dt.date | None
    trend: Trend | None
    is_behind: bool


def lines(user: Any, chosen: dict[str, Any], *, now: dt.datetime) -> list[Line]:
    """Those that `user` may see and that `chosen`, the cleaned AdherenceForm, asks for."""
    wanted = {name: chosen[name] for name in ("clinician", "program", "phase") if chosen[name]}
    running = Prescription.objects.visible_to_staff(user).active().filter(**wanted)
    clinics = Clinic.objects.visible_to(user).in_bulk()
    rows = list(
        running.order_by().values_list(
            *("pk", "patient__family_name", "patient__given_name", "patient_id", "patient__clinic_id"),
            *("starts_on", "changes", "counted_changes", "counted_to", zone_of("patient")),
        )
    )
    zones = {zone for *_row, zone in rows}
    known = counted.load(running, zones=zones, now=now, first=chosen["first"], last=chosen["last"])
    found = [
        Line(
            pk=pk,
            name=(family.casefold(), given.casefold(), patient),
            clinic=clinics[clinic],
            starts_on=starts_on,
            # Or no worker has counted for so long that the dates have run out.
            is_behind=starts_on is not None
            and (changes != counted_changes or (pk not in known and counted_to <= now.date())),
            counted=known.get(pk),
        )
        for pk, family, given, patient, clinic, starts_on, changes, counted_changes, counted_to, _zone in rows
    ]
    return [one for one in found if not chosen["band"] or one.band == chosen["band"]]


def rows_of(some: Sequence[Line], *, dates: Dates) -> list[Row]:
    """The whole rows of `some` lines, in their order: two queries."""
    prescriptions = {one.pk: one for one in _whole([line.pk for line in some])}
    begun = {line.pk: line.counted for line in some if line.counted}
    starts = {line.pk: line.starts_on for line in some if line.starts_on}
    weeks = counted.weeks(begun, starts, first=dates[0], last=dates[1])
    return [
        Row(
            prescription=prescriptions[line.pk],
            totals=line.totals,
            day_number=line.counted.day_number if line.counted else None,
            sessions_rate=report_figures.session_rate(line.totals, line.clinic),
            doses_rate=report_figures.dose_rate(line.totals, line.clinic),
            last_session_on=line.last_session_on,
            trend=report_figures.trend(weeks.get(line.pk, [])),
            is_behind=line.is_behind,
        )
        for line in some
        if line.pk in prescriptions  # one that has ended meanwhile is not running
    ]


def _whole(ids: Sequence[int]) -> QuerySet[Any]:
    last = (
        PracticeSession.objects.current()
        .told()
        .filter(prescription=OuterRef("pk"), pain_after__isnull=False)
        .order_by("-practised_on", "-first_recorded_at", "-pk")
    )
    return (
        Prescription.objects.filter(pk__in=ids)
        .select_related("patient__clinic", "clinician")
        .annotate(
            last_pain=Subquery(last.values("pain_after")[:1]),
            open_alerts=Count("patient__work_items", filter=Q(patient__work_items__closed_at__isnull=True)),
        )
    )


# --- In which order ---------------------------------------------------------------------------------
def _by_name(line: Line) -> Any:
    return line.name


def _by_adherence(line: Line) -> Any:
    """Lowest first: they need somebody; where nothing is due yet, last."""
    return (line.percent is None, line.percent or 0, line.name)


def _by_last_session(line: Line) -> Any:
    """Who was not heard of for longest, first."""
    return (line.last_session_on or dt.date.min, line.name)


SORTS: dict[str, Callable[[Line], Any]] = {
    "name": _by_name,
    "adherence": _by_adherence,
    "last": _by_last_session,
}
