"""What stands on a handout, as plain data in the patient's language."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_skeleton
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clinic import qr
from clinic.bilingual import current_language
from clinic.models import Clinic
from clinic.notices.writing import absolute
from patients.handing_out import ToHandOut
from patients.models import Patient
from patients.pages.cards import Card, cards
from patients.signin import paper
from patients.stop_words import stop_words
from patients.vocabulary import CALL_DOCTOR_TODAY, CALL_NOW
from programs.schedule_text import in_words

CALENDARS = {"en": "en_GB", "it": "it"}  # how dates are put in short: "Tue, 3 Mar", "mar 3 mar"


@dataclass(frozen=True)
class Picture:
    """`source` is fetched by press.Files, `alt` says what it shows, `label` stands below."""

    source: str
    alt: str
    label: str = ""


@dataclass(frozen=True)
class Exercise:
    number: int
    card: Card
    pictures: Sequence[Picture]

    @property
    def glance(self) -> Picture | None:
        """The position to reach."""
        return self.pictures[-1] if self.pictures else None


@dataclass(frozen=True)
class WayIn:
    """How the patient comes in on a phone; `code` is empty where the paper leads to the site alone."""

    address: str
    code: str
    qr: SafeString


@dataclass(frozen=True)
class Line:
    """A line of the sheet to tick: `on` is empty where the patient writes the date."""

    number: int | None
    on: str


@dataclass(frozen=True)
class Handout:
    language: str
    patient: Patient
    clinic: Clinic
    program: str
    starts_on: dt.date | None
    holds_from: dt.date | None
    schedule: str
    exercises: Sequence[Exercise]
    off: Sequence[str]
    stop_rule: str
    call_now: Sequence[str]
    call_today: Sequence[str]
    lines: Sequence[Line]
    review_on: dt.date | None
    review_after_days: int
    goes_on: bool
    sessions: Sequence[int]
    way_in: WayIn


def handout(found: ToHandOut, *, today: dt.date, code: str = "") -> Handout:
    """The paper of `found`; with `code`, a new sign-in code that is not kept yet."""
    patient = found.prescription.patient
    with translation.override(patient.language):
        return _handout(found, patient, today=today, code=code)


def _handout(found: ToHandOut, patient: Patient, *, today: dt.date, code: str) -> Handout:
    prescription, version, sheet = found.prescription, found.version, found.sheet
    starts_on = prescription.starts_on if any(line.on for line in sheet.days) else None
    return Handout(
        language=current_language(),
        patient=patient,
        clinic=patient.clinic,
        program=prescription.name,
        starts_on=starts_on,
        holds_from=version.starts_on if version.number > 1 and version.starts_on > today else None,
        schedule=in_words(version),
        exercises=[
            Exercise(number, card, _pictures(card)) for number, card in enumerate(cards(found.exercises), 1)
        ],
        off=[row.plain_name for row in found.off],
        stop_rule=stop_words(patient.clinic),
        call_now=[str(sign.label) for sign in CALL_NOW],
        call_today=[str(sign.label) for sign in CALL_DOCTOR_TODAY],
        lines=[Line(line.number, _short(line.on)) for line in sheet.days],
        review_on=sheet.review_on,
        review_after_days=prescription.review_after_days,
        goes_on=sheet.goes_on,
        sessions=range(1, version.sessions_a_day + 1),
        way_in=_way_in(code),
    )


def _pictures(card: Card) -> list[Picture]:
    exercise: Any = card.exercise
    photo = exercise.photo_at(exercise.rung)
    if photo and default_storage.exists(photo):
        return [Picture(f"photo:{photo}", exercise.plain_name)]
    frames = card.drawing.frames if card.drawing else ()
    return [
        Picture(f"figure:{frame.symbol}", f"{frame.title}. {frame.desc}", frame.label) for frame in frames
    ]


def _short(on: dt.date | None) -> str:
    return format_skeleton("MMMEd", on, locale=CALENDARS[current_language()]) if on else ""


def _way_in(code: str) -> WayIn:
    address = paper.address(code) if code else absolute(reverse("today"))
    svg = qr.svg(
        address, title=_("Square to be read by a phone: it leads to %(address)s") % {"address": address}
    )
    return WayIn(address, code, mark_safe(svg))  # noqa: S308 segno's own drawing; it escapes the title
