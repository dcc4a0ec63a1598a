"""Of the copy: programmes with all their versions, pauses, days without practice, reviews."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from clinic.bilingual import localized
from clinic.models import User
from patients.models import (
    Patient,
    Pause,
    PrescribedExercise,
    Prescription,
    PrescriptionVersion,
    Review,
    SkippedDay,
)
from patients.own_data.telling import Fact, Record, Section, Teller, record, weekdays_in_words
from patients.vocabulary import Site
from programs import dose_figures


def programmes(patient: Patient, user: User, tell: Teller) -> Section:
    versions = PrescriptionVersion.objects.visible_to_patient(user).order_by("number")
    exercises = PrescribedExercise.objects.visible_to_patient(user).order_by("position")
    rows = Prescription.objects.visible_to_patient(user).of(patient).select_related("clinician")
    rows = rows.order_by("activated_at", "pk").prefetch_related(
        Prefetch("versions", versions.prefetch_related(Prefetch("exercises", exercises)))
    )
    return Section("programmes", _("Programmes"), [_programme(one, tell) for one in rows])


def _programme(one: Prescription, tell: Teller) -> Record:
    site = one.usual_lowest_site
    return record(
        tell("name", _("Programme"), one.name),
        tell("status", _("Status"), one.status, one.get_status_display()),
        tell("physiotherapist", _("Physiotherapist"), one.clinician.name),
        tell("activated_on", _("Given on"), one.activated_on),
        tell("starts_on", _("Day 1"), one.starts_on),
        tell("ended_on", _("Ended on"), one.ended_on),
        tell("end_reason", _("Why it ended"), one.end_reason, one.get_end_reason_display() or "–"),
        tell("review_after_days", _("Review after days"), one.review_after_days),
        tell("next_review_on", _("Next review"), one.next_review_on),
        tell("usual_pain", _("Usual pain (0-10)"), one.usual_pain),
        tell("usual_lowest_site", _("Lowest usual place"), site, Site(site).label if site else "–"),
        Fact(
            "versions", _("What was prescribed"), records=[_version(row, tell) for row in one.versions.all()]
        ),
    )


def _version(version: PrescriptionVersion, tell: Teller) -> Record:
    return record(
        tell("number", _("Version"), version.number),
        tell("starts_on", _("From"), version.starts_on),
        tell("sessions_a_day", _("Sessions a day"), version.sessions_a_day),
        tell("weekdays", _("Days of the week"), version.weekdays, weekdays_in_words(version.weekdays)),
        Fact("exercises", _("Exercises"), records=[_exercise(row, tell) for row in version.exercises.all()]),
    )


def _exercise(one: PrescribedExercise, tell: Teller) -> Record:
    figures: dict[str, Any] = {
        "sets": one.sets,
        "reps": one.reps,
        "hold_s": one.hold_s,
        "rest_s": one.rest_s,
        "each_side": one.each_side,
    }
    return record(
        tell("name", _("Exercise"), one.plain_name),
        tell("line", _("Number of this exercise"), str(one.line)),
        Fact("dose", _("Dose"), figures, dose_figures.in_short(one)),
        tell("form", _("Form"), one.rung, one.form_name(one.rung)),
        tell("note", _("Note"), localized(one, "note")),
    )


def pauses(patient: Patient, user: User, tell: Teller) -> Section:
    rows = Pause.objects.visible_to_patient(user).of(patient).order_by("starts_on", "pk")
    return Section(
        "pauses",
        _("Pauses"),
        [
            record(
                tell("starts_on", _("First day"), row.starts_on),
                tell("ends_on", _("Last day"), row.ends_on),
                tell("reason", _("Reason"), row.reason, row.get_reason_display()),
                tell("made_at", _("Told on"), row.made_at),
            )
            for row in rows
        ],
    )


def skipped_days(patient: Patient, user: User, tell: Teller) -> Section:
    rows = SkippedDay.objects.visible_to_patient(user).of(patient).order_by("skipped_on", "pk")
    return Section(
        "skipped_days",
        _("Days without practice"),
        [
            record(
                tell("skipped_on", _("Day"), row.skipped_on),
                tell("reason", _("Reason"), row.reason, row.get_reason_display()),
                tell("made_at", _("Told on"), row.made_at),
            )
            for row in rows
        ],
    )


def reviews(patient: Patient, user: User, tell: Teller) -> Section:
    """What the patient said, and the word they got; the decision and its note are the clinic's."""
    rows: Iterable[Any] = Review.objects.told_by(user).of(patient).order_by("reached_on", "number")
    return Section(
        "reviews",
        _("Reviews: your part"),
        [
            record(
                tell("number", _("Review"), row.number),
                tell("reached_on", _("Reached on"), row.reached_on),
                tell("helped", _("Has it helped?"), row.helped, row.get_helped_display() or "–"),
                tell("words", _("In your words"), row.patient_words),
                tell("answered_at", _("Answered"), row.answered_at),
                tell("word", _("Word from your physiotherapist"), row.word_to_patient),
            )
            for row in rows
        ],
    )
