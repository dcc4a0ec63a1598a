"""Of the copy: sessions with their exercises, stops, emergency signs that were reported, messages."""

from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from patients.models import (
    EmergencyReport,
    ExerciseRecord,
    ExerciseStop,
    Message,
    Patient,
    PracticeSession,
    PrescribedExercise,
)
from patients.own_data.telling import Fact, Record, Section, Teller, record, weekdays_in_words
from patients.vocabulary import EmergencySign, Site, TimeOfDay
from programs import dose_figures


def sessions(patient: Patient, user: User, tell: Teller) -> Section:
    """Every revision: what was said first, and what it was corrected to."""
    records = ExerciseRecord.objects.visible_to_patient(user).select_related("prescribed")
    rows = PracticeSession.objects.visible_to_patient(user).of(patient)
    rows = rows.order_by("practised_on", "first_recorded_at", "revision").prefetch_related(
        Prefetch("records", records.order_by("prescribed__position"))
    )
    return Section("sessions", _("Sessions"), [_session(one, tell) for one in rows])


def _session(one: PracticeSession, tell: Teller) -> Record:
    return record(
        tell("practised_on", _("Day"), one.practised_on),
        tell("uid", _("Number of this session"), str(one.uid)),
        tell("revision", _("Version"), one.revision),
        tell("superseded_at", _("Corrected on"), one.superseded_at),
        tell("recorded_at", _("Recorded"), one.recorded_at),
        tell("finished_at", _("Finished"), one.finished_at),
        tell("source", _("How"), one.source, one.get_source_display()),
        tell("arrived_late", _("Arrived late"), one.arrived_late),
        tell("pain_before", _("Pain before"), one.pain_before),
        tell("pain_during", _("Pain during"), one.pain_during),
        tell("during_no_more", _("During, no more than before"), one.during_no_more),
        tell("pain_after", _("Pain right after"), one.pain_after),
        tell("sites", _("Where"), one.sites, _labels(Site, one.sites)),
        tell("settled", _("Settled"), one.settled, one.get_settled_display() or "–"),
        tell("settled_at", _("Said on"), one.settled_at),
        tell("words", _("In your words"), one.words),
        tell("stopped", _("Stopped for pain"), one.stopped),
        Fact("exercises", _("Exercises"), records=[_exercise(row, tell) for row in one.records.all()]),
    )


def _exercise(row: ExerciseRecord, tell: Teller) -> Record:
    return record(
        tell("name", _("Exercise"), row.prescribed.plain_name),
        tell("line", _("Number of this exercise"), str(row.line)),
        tell("outcome", _("How it went"), row.outcome, row.get_outcome_display()),
        tell("skip_reason", _("Reason"), row.skip_reason, row.get_skip_reason_display() or "–"),
        tell("hurt_more", _("Hurt more during it"), row.hurt_more),
        tell("form", _("Form"), row.rung_done, row.prescribed.form_name(row.rung_done)),
        Fact("dose_asked", _("Dose asked"), row.dose_asked, _dose(row.dose_asked)),
    )


def _dose(asked: dict[str, Any]) -> str:
    return dose_figures.in_short(PrescribedExercise(**asked)) or "–"


def stops(patient: Patient, user: User, tell: Teller) -> Section:
    rows = ExerciseStop.objects.visible_to_patient(user).of(patient).order_by("stopped_at", "pk")
    return Section(
        "stops",
        _("Exercises stopped for pain"),
        [
            record(
                tell("line", _("Number of this exercise"), str(row.line)),
                tell("stopped_at", _("Stopped"), row.stopped_at),
                tell("resumed_on", _("On again from"), row.resumed_on),
            )
            for row in rows
        ],
    )


def emergency_reports(patient: Patient, user: User, tell: Teller) -> Section:
    """What the patient reported; what the clinic found is the clinic's."""
    rows = EmergencyReport.objects.told_by(user).of(patient).order_by("reported_at", "pk")
    return Section(
        "emergency_reports",
        _("Emergency signs that you reported"),
        [
            record(
                tell("signs", _("Signs"), row.signs, _labels(EmergencySign, row.signs)),
                tell("reported_at", _("Reported"), row.reported_at),
                tell("cleared_on", _("Programme free again from"), row.cleared_on),
            )
            for row in rows
        ],
    )


def messages(patient: Patient, user: User, tell: Teller) -> Section:
    rows = Message.objects.visible_to_patient(user).of(patient).select_related("closed_by")
    return Section(
        "messages",
        _("Questions and wishes"),
        [_message(row, tell) for row in rows.order_by("asked_at", "pk")],
    )


def _message(row: Message, tell: Teller) -> Record:
    days = "".join(str(day) for day in row.days)
    return record(
        tell("kind", _("Kind"), row.kind, row.get_kind_display()),
        tell("words", _("In your words"), row.words),
        tell("days", _("Days that suit"), row.days, weekdays_in_words(days)),
        tell("times", _("Times that suit"), row.times, _labels(TimeOfDay, row.times)),
        tell("asked_at", _("Asked"), row.asked_at),
        tell("read_by_on", _("Read by"), row.read_by_on),
        tell("outcome", _("Outcome"), row.outcome, row.get_outcome_display() or "–"),
        tell("answer", _("Answer"), row.answer),
        tell("answered_by", _("Answered by"), row.closed_by.name if row.closed_by else ""),
        tell("closed_at", _("Answered"), row.closed_at),
    )


def _labels(choices: Any, codes: list[Any]) -> str:
    return ", ".join(str(choices(code).label) for code in codes) or "–"
