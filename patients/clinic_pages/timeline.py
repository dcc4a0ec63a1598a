"""A patient's timeline: what was done in the clinic, and what became of their programmes, the latest first.

Sessions are not on it: they stand beside it, in a table of their own.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.localtime import local_date
from patients.models import (
    EmergencyReport,
    ExerciseStop,
    Patient,
    Pause,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
    Review,
    SkippedDay,
    TreatmentNote,
)
from patients.step_words import reached
from patients.trial import ONE_DAY

Cause = PrescriptionVersion.Cause


@dataclass(frozen=True)
class Moment:
    """What was on the local date `on`. `who` did it, where somebody did; `link` leads to more.

    `note` is the treatment note that this is, which can be withdrawn.
    """

    on: dt.date
    icon: str
    words: str
    detail: str = ""
    who: Any = ""
    link: str = ""
    note: TreatmentNote | None = None


def timeline(patient: Patient) -> list[Moment]:
    """The latest first: ten queries, however much there is."""
    found = [*_notes(patient), *_prescriptions(patient), *_versions(patient), *_pauses(patient)]
    found += _skipped_days(patient)
    found += [*_reviews(patient), *_stops(patient), *_emergencies(patient)]
    found.sort(key=lambda moment: moment.on, reverse=True)
    return found


def _notes(patient: Patient) -> Iterator[Moment]:
    for note in patient.treatment_notes.select_related("written_by", "withdrawn_by"):
        kind = note.get_kind_display()
        yield Moment(note.given_on, "user", kind, note.words, note.written_by, note=note)


def _prescriptions(patient: Patient) -> Iterator[Moment]:
    rows = patient.prescriptions.exclude(status=Prescription.Status.DRAFT).select_related("clinician")
    for one in rows:
        report = reverse("admin:prescription_report", args=[one.pk])
        begun = one.starts_on or one.activated_on
        if begun:
            words = _("Start: %(name)s") if one.starts_on else _("Prescribed: %(name)s")
            yield Moment(begun, "play", words % {"name": one.name}, who=one.clinician, link=report)
        if one.maintenance_from and one.maintenance_from != begun:
            yield Moment(one.maintenance_from, "moon", _("From now on maintenance"), link=report)
        if one.ended_on:
            words = _("End: %(name)s") % {"name": one.name}
            yield Moment(one.ended_on, "flag", words, one.get_end_reason_display(), link=report)


def _of(rows: Any, patient: Patient) -> Any:
    """Of the patient's prescriptions that were started."""
    started = rows.filter(prescription__patient=patient, prescription__activated_at__isnull=False)
    return started.select_related("prescription")


def _versions(patient: Patient) -> Iterator[Moment]:
    """What changed in a running programme; what became of a draft before its start nobody ever practised."""
    icons = {Cause.STEP: "up", Cause.STEP_BACK: "easier", Cause.CORRECTED: "easier"}
    changed = PrescriptionVersion.objects.filter(number__gt=1, created_at__gt=F("prescription__activated_at"))
    rows = _of(changed, patient).select_related("prescribed_by")
    moved = _moved(patient)
    for version in rows.order_by("number"):
        by_hand = version.cause == Cause.CLINICIAN
        yield Moment(
            version.starts_on,
            icons.get(Cause(version.cause), "edit"),
            _("Programme adjusted") if by_hand else version.get_cause_display(),
            "; ".join(moved[version.pk]),
            who=version.prescribed_by if by_hand else "",
            link=reverse("admin:prescription_report", args=[version.prescription_id]) + "#versions",
        )


def _moved(patient: Patient) -> dict[int, list[str]]:
    """By version, the exercises that went a step on, with what it asks more, or a step back."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = PrescribedExercise.objects.filter(
        version__prescription__patient=patient,
        version__cause__in=(Cause.STEP, Cause.STEP_BACK),
        step_since=F("version__created_at"),
    ).annotate(cause=F("version__cause"))
    for one in rows.order_by("version", "position"):
        more = reached(one) if one.cause == Cause.STEP and one.step else ""
        found[one.version_id].append(f"{one.name}, {more}" if more else one.name)
    return found


def _pauses(patient: Patient) -> Iterator[Moment]:
    for pause in _of(Pause.objects.all(), patient).select_related("made_by"):
        days = (pause.ends_on - pause.starts_on).days + 1
        words = _("Pause of %(days)s days: %(reason)s") if days > 1 else _("Pause of one day: %(reason)s")
        said = words % {"days": days, "reason": pause.get_reason_display().lower()}
        yield Moment(pause.starts_on, "pause", said, who=pause.made_by)


def _skipped_days(patient: Patient) -> Iterator[Moment]:
    """Days in a row with one reason are one moment, on the first of them."""
    runs: list[list[SkippedDay]] = []
    for row in _of(SkippedDay.objects.all(), patient).order_by("prescription", "skipped_on"):
        last = runs[-1][-1] if runs else None
        if last and last.reason == row.reason and last.skipped_on + ONE_DAY == row.skipped_on:
            runs[-1].append(row)
        else:
            runs.append([row])
    for run in runs:
        words = (
            _("Did not practise on %(days)s days: %(reason)s")
            if len(run) > 1
            else _("Did not practise: %(reason)s")
        )
        said = {"days": len(run), "reason": run[0].get_reason_display().lower()}
        yield Moment(run[0].skipped_on, "skipped", words % said)


def _reviews(patient: Patient) -> Iterator[Moment]:
    for review in _of(Review.objects.all(), patient).select_related("signed_by"):
        link = reverse("admin:prescription_report", args=[review.prescription_id]) + "#review"
        reached = _("Review %(number)s reached") % {"number": review.number}
        yield Moment(review.reached_on, "flag", reached, link=link)
        if review.signed_at:
            words = _("Review %(number)s signed: %(decision)s")
            said = words % {"number": review.number, "decision": review.get_decision_display().lower()}
            on = local_date(review.signed_at, patient.zone)
            yield Moment(on, "check", said, review.decision_note, review.signed_by)


def _stops(patient: Patient) -> Iterator[Moment]:
    stops = list(_of(ExerciseStop.objects.all(), patient).select_related("session", "resumed_by"))
    prescribed = PrescribedExercise.objects.filter(version__in={stop.session.version_id for stop in stops})
    names = {(one.version_id, one.line): one.name for one in prescribed}
    for on, icon, words, who in _by_day(stops, names):
        yield Moment(on, icon, words, who=who)


def _by_day(
    stops: Iterable[ExerciseStop], names: dict[tuple[int, uuid.UUID], str]
) -> Iterator[tuple[dt.date, str, str, Any]]:
    """A session that stopped all of them is one moment, and so are those resumed on one day."""

    def named(same: list[ExerciseStop]) -> dict[str, str]:
        found = {names.get((stop.session.version_id, stop.line), "") for stop in same}
        return {"what": ", ".join(sorted(found))}

    stopped: dict[Any, list[ExerciseStop]] = {}
    resumed: dict[Any, list[ExerciseStop]] = {}
    for stop in stops:
        stopped.setdefault(stop.session_id, []).append(stop)
        if stop.resumed_on:
            resumed.setdefault((stop.resumed_on, stop.resumed_by), []).append(stop)
    for same in stopped.values():
        yield same[0].session.practised_on, "stopped", _("Stopped for pain: %(what)s") % named(same), ""
    for (on, who), same in resumed.items():
        yield on, "repeat", _("Resumed: %(what)s") % named(same), who


def _emergencies(patient: Patient) -> Iterator[Moment]:
    for report in EmergencyReport.objects.filter(patient=patient).select_related("cleared_by"):
        yield Moment(local_date(report.reported_at, patient.zone), "urgent", _("Emergency sign reported"))
        if report.cleared_at:
            on = local_date(report.cleared_at, patient.zone)
            yield Moment(on, "check", _("Emergency sign cleared"), report.clearing_note, report.cleared_by)
