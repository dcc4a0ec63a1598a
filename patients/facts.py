"""All that adherence needs to know of a prescription, read in eight queries however many there are."""

import datetime as dt
import uuid
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property

from django.db.models import CharField, F, Value

from patients.models import (
    EmergencyReport,
    ExerciseRecord,
    ExerciseStop,
    Pause,
    PracticeSession,
    PrescribedExercise,
    Prescription,
    Review,
    SkippedDay,
)
from patients.models.prescription import PrescriptionVersion
from patients.stopped_line import StopFacts, StoppedLine
from patients.trial import ONE_DAY, Span, SpansInOrder
from patients.vocabulary import Outcome, SkipReason, Source

HALVES = {Outcome.DONE.value: 2, Outcome.PARTLY.value: 1}
NEVER_STOPPED = StoppedLine()
OF_A_SESSION = (
    *("uid", "prescription_id", "version_id", "practised_on", "recorded_on", "first_recorded_at"),
    *("stopped", "source", "arrived_late"),
)


@dataclass(frozen=True)
class VersionFacts:
    pk: int
    number: int
    starts_on: dt.date
    sessions_a_day: int
    weekdays: frozenset[int]  # ISO numbers
    lines: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class RecordFacts:
    outcome: str
    skip_reason: str

    @property
    def halves(self) -> int:
        """What it counts for, in halves: done (an easier form too) 2, partly 1, else 0."""
        return HALVES.get(self.outcome, 0)

    @property
    def was_tried(self) -> bool:
        """Something was done, or it was stopped for pain."""
        return self.outcome != Outcome.SKIPPED

    @property
    def was_pain_skip(self) -> bool:
        return self.outcome == Outcome.SKIPPED and self.skip_reason == SkipReason.PAIN


@dataclass(frozen=True)
class SessionFacts:
    uid: uuid.UUID
    version: int  # the primary key of the one that it was done by
    on: dt.date
    first_recorded_at: dt.datetime
    stopped: bool
    back_filled: bool
    from_paper: bool
    arrived_late: bool
    records: dict[uuid.UUID, RecordFacts]

    @property
    def place(self) -> tuple[dt.date, dt.datetime]:
        """Its place in the order of sessions: by day, then by when it was first recorded."""
        return (self.on, self.first_recorded_at)


@dataclass(frozen=True)
class TrialFacts:
    """One prescription as adherence sees it. Dates are local dates of the patient."""

    starts_on: dt.date | None
    ended_on: dt.date | None
    is_draft: bool
    review_on: dt.date | None
    versions: tuple[VersionFacts, ...]  # by number
    pauses: tuple[Span, ...]
    suspensions: tuple[tuple[dt.date, dt.date | None], ...]  # reported on, cleared on
    sessions: tuple[SessionFacts, ...]  # in order
    stops: tuple[StopFacts, ...]
    skipped: dict[dt.date, str] = field(default_factory=dict)  # days without practice, and why

    # Adherence asks these of each day and session: what they answer from is put in order once.
    @cached_property
    def paused(self) -> SpansInOrder:
        return SpansInOrder(self.pauses)

    @cached_property
    def suspended(self) -> SpansInOrder:
        """The days after an emergency report, up to the one before it was cleared."""
        return SpansInOrder(
            Span(reported_on + ONE_DAY, cleared_on - ONE_DAY if cleared_on else dt.date.max)
            for reported_on, cleared_on in self.suspensions
        )

    @cached_property
    def reported(self) -> frozenset[dt.date]:
        """The days of emergency reports."""
        return frozenset(reported_on for reported_on, _cleared_on in self.suspensions)

    @cached_property
    def version_by_pk(self) -> dict[int, VersionFacts]:
        return {version.pk: version for version in self.versions}

    @cached_property
    def _reigns(self) -> tuple[list[dt.date], list[VersionFacts]]:
        """The days on which the version in force changes, and to which."""
        days: list[dt.date] = []
        versions: list[VersionFacts] = []
        for version in sorted(self.versions, key=lambda one: (one.starts_on, one.number)):
            if not versions or version.number > versions[-1].number:
                days.append(version.starts_on)
                versions.append(version)
        return days, versions

    def in_force(self, day: dt.date) -> VersionFacts | None:
        """The version with the highest number that starts on or before `day`."""
        days, versions = self._reigns
        place = bisect_right(days, day)
        return versions[place - 1] if place else None

    @cached_property
    def stopping(self) -> frozenset[uuid.UUID]:
        """The sessions in which something was stopped."""
        return frozenset(stop.session_uid for stop in self.stops)

    @cached_property
    def _stopped_lines(self) -> dict[uuid.UUID, StoppedLine]:
        stops: dict[uuid.UUID, list[StopFacts]] = defaultdict(list)
        for stop in self.stops:
            stops[stop.line].append(stop)
        return {line: StoppedLine(found) for line, found in stops.items()}

    def stopped_line(self, line: uuid.UUID) -> StoppedLine:
        return self._stopped_lines.get(line, NEVER_STOPPED)

    @cached_property
    def sessions_by_day(self) -> dict[dt.date, list[SessionFacts]]:
        found: dict[dt.date, list[SessionFacts]] = defaultdict(list)
        for session in self.sessions:
            found[session.on].append(session)
        return found


def load(prescriptions: Iterable[Prescription]) -> dict[int, TrialFacts]:
    """The facts of each of `prescriptions`, by primary key."""
    chosen = list(prescriptions)
    ids = [prescription.pk for prescription in chosen]
    versions = _versions(ids)
    pauses, skipped = _pauses_and_skipped(ids)
    suspensions = _suspensions([prescription.patient_id for prescription in chosen])
    sessions = _sessions(ids)
    stops = _stops(ids)
    reached = _last_reached(ids)
    return {
        prescription.pk: TrialFacts(
            starts_on=prescription.starts_on,
            ended_on=prescription.ended_on,
            is_draft=prescription.status == Prescription.Status.DRAFT,
            review_on=prescription.next_review_on or reached.get(prescription.pk),
            versions=tuple(versions[prescription.pk]),
            pauses=tuple(pauses[prescription.pk]),
            suspensions=tuple(suspensions[prescription.patient_id]),
            sessions=tuple(sessions[prescription.pk]),
            stops=tuple(stops[prescription.pk]),
            skipped=skipped[prescription.pk],
        )
        for prescription in chosen
    }


def _versions(ids: list[int]) -> dict[int, list[VersionFacts]]:
    lines: dict[int, list[uuid.UUID]] = defaultdict(list)
    rows = PrescribedExercise.objects.filter(version__prescription__in=ids).order_by("version_id", "position")
    for version_id, line in rows.values_list("version_id", "line"):
        lines[version_id].append(line)
    found: dict[int, list[VersionFacts]] = defaultdict(list)
    for version in PrescriptionVersion.objects.filter(prescription__in=ids).order_by("number"):
        found[version.prescription_id].append(
            VersionFacts(
                pk=version.pk,
                number=version.number,
                starts_on=version.starts_on,
                sessions_a_day=version.sessions_a_day,
                weekdays=frozenset(int(day) for day in version.weekdays),
                lines=tuple(lines[version.pk]),
            )
        )
    return found


def _pauses_and_skipped(ids: list[int]) -> tuple[dict[int, list[Span]], dict[int, dict[dt.date, str]]]:
    """Both are spans of days that were told, so they come in one query; a pause has no reason here."""
    none = Value("", output_field=CharField())
    told = Pause.objects.filter(prescription__in=ids).order_by().annotate(why=none)
    skips = SkippedDay.objects.filter(prescription__in=ids).order_by()
    rows = told.values_list("prescription_id", "starts_on", "ends_on", "why").union(
        skips.annotate(last=F("skipped_on")).values_list("prescription_id", "skipped_on", "last", "reason"),
        all=True,
    )
    pauses: dict[int, list[Span]] = defaultdict(list)
    skipped: dict[int, dict[dt.date, str]] = defaultdict(dict)
    for prescription_id, first, last, why in rows:
        if why:
            skipped[prescription_id][first] = why
        else:
            pauses[prescription_id].append(Span(first, last))
    return pauses, skipped


def _suspensions(patient_ids: list[int]) -> dict[int, list[tuple[dt.date, dt.date | None]]]:
    found: dict[int, list[tuple[dt.date, dt.date | None]]] = defaultdict(list)
    rows = EmergencyReport.objects.filter(patient__in=patient_ids)
    for patient_id, reported_on, cleared_on in rows.values_list("patient_id", "reported_on", "cleared_on"):
        found[patient_id].append((reported_on, cleared_on))
    return found


@cache
def _record(outcome: str, skip_reason: str) -> RecordFacts:
    """There are few that differ, and many exercises in many sessions."""
    return RecordFacts(outcome, skip_reason)


def _sessions(ids: list[int]) -> dict[int, list[SessionFacts]]:
    records: dict[int, dict[uuid.UUID, RecordFacts]] = defaultdict(dict)
    rows = ExerciseRecord.objects.filter(session__prescription__in=ids, session__superseded_at__isnull=True)
    for session_id, line, outcome, reason in rows.order_by().values_list(
        "session_id", "line", "outcome", "skip_reason"
    ):
        records[session_id][line] = _record(outcome, reason)
    found: dict[int, list[SessionFacts]] = defaultdict(list)
    sessions = PracticeSession.objects.current().told().filter(prescription__in=ids)
    for session in sessions.only(*OF_A_SESSION).order_by("practised_on", "first_recorded_at", "pk"):
        found[session.prescription_id].append(
            SessionFacts(
                uid=session.uid,
                version=session.version_id,
                on=session.practised_on,
                first_recorded_at=session.first_recorded_at,
                stopped=session.stopped,
                back_filled=session.is_back_filled,
                from_paper=session.source == Source.PAPER,
                arrived_late=session.arrived_late,
                records=records[session.pk],
            )
        )
    return found


def _stops(ids: list[int]) -> dict[int, list[StopFacts]]:
    found: dict[int, list[StopFacts]] = defaultdict(list)
    rows = ExerciseStop.objects.filter(prescription__in=ids).values_list(
        "prescription_id",
        "line",
        "session__uid",
        "session__practised_on",
        "session__first_recorded_at",
        "resumed_on",
        "resumed_at",
    )
    for prescription_id, *stop in rows:
        found[prescription_id].append(StopFacts(*stop))
    return found


def _last_reached(ids: list[int]) -> dict[int, dt.date]:
    """Where no further review point is set, the report shows the one that was reached last."""
    rows = Review.objects.filter(prescription__in=ids).order_by("number")
    return dict(rows.values_list("prescription_id", "reached_on"))
