"""The summary of a programme as plain text: for another record, and as letters to the family doctor and at
discharge. A clinician reads and edits it before it goes anywhere; nothing of it is kept here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.localtime import local_date
from clinic.models import User
from patients.models import Prescription, Review


class Letter(StrEnum):
    DOCTOR = "doctor"
    DISCHARGE = "discharge"
    REFERRAL = "referral"  # of a review that was signed with this decision

    @property
    def heading(self) -> str:
        return str(TITLES[self])


TITLES = {
    Letter.DOCTOR: gettext_lazy("Letter to the family doctor"),
    Letter.DISCHARGE: gettext_lazy("Discharge letter"),
    Letter.REFERRAL: gettext_lazy("Referral letter"),
}


@dataclass(frozen=True)
class Told:
    """What a summary is written from; texts are in the active language already."""

    prescription: Prescription
    on: dt.date
    day_number: int | None
    in_short: Sequence[str]
    adherence: Sequence[str]  # "Sessions: 14 of 20 (70 %)"
    exercises: Sequence[str]  # each with its dose
    not_done: Sequence[str]
    review: Review | None  # the latest, open or signed


def summary(told: Told) -> str:
    """For the clipboard and the clinic's own record: no greeting, a line for each thing, the note too."""
    note = told.review.decision_note if told.review is not None else ""
    return "\n".join([*_whom(told), "", *_said(told), *([note] if note else [])])


def letter(kind: Letter, told: Told, *, by: User, referral: Review | None = None) -> str:
    """A draft for whoever signs it; `referral` is the review that refers, with to whom and why."""
    prescription = told.prescription
    clinic = prescription.patient.clinic
    words = {"name": prescription.patient, "from": _date(prescription.starts_on)}
    if kind == Letter.DISCHARGE and prescription.ended_on:
        ended = {"on": _date(prescription.ended_on), "why": prescription.get_end_reason_display()}
        opening = _("the home exercise programme of %(name)s ended on %(on)s (%(why)s).") % {**words, **ended}
    elif kind == Letter.DISCHARGE:
        opening = _("the treatment of %(name)s with us comes to an end.") % words
    elif told.day_number:
        opening = _("%(name)s has practised a home exercise programme for back pain since %(from)s.") % words
    else:
        opening = _("%(name)s has been given a home exercise programme for back pain.") % words
    refers = referral.snapshot.get("referral", {}) if referral is not None else {}
    phone = [_("For questions please call us: %(phone)s.") % {"phone": clinic.phone}] if clinic.phone else []
    return "\n".join(
        [
            *([_("To: %(name)s") % {"name": refers["to"]}, ""] if refers.get("to") else []),
            *_whom(told),
            "",
            _("Dear colleague,"),
            opening,
            *([_("We would be glad if you saw %(name)s.") % words] if referral is not None else []),
            *([_("Reason: %(why)s") % {"why": refers["why"]}] if refers.get("why") else []),
            "",
            *_said(told),
            "",
            *phone,
            _("Kind regards"),
            str(by),
        ]
    )


def _whom(told: Told) -> list[str]:
    patient = told.prescription.patient
    return [
        _("%(name)s, born %(birth)s") % {"name": patient, "birth": _date(patient.birth_on)},
        _programme(told),
    ]


def _programme(told: Told) -> str:
    prescription = told.prescription
    words = {"programme": prescription.name, "from": _date(prescription.starts_on), "on": _date(told.on)}
    if not told.day_number:
        return _("%(programme)s, not begun on %(on)s") % words
    if prescription.ended_on:
        return _("%(programme)s, %(from)s to %(to)s") % {**words, "to": _date(prescription.ended_on)}
    return _("%(programme)s, from %(from)s, day %(day)s on %(on)s") % {**words, "day": told.day_number}


def _said(told: Told) -> list[str]:
    review = told.review
    found = [" ".join(told.in_short)]
    if review is not None and review.patient_words:
        found.append(_("In the patient's own words: “%(words)s”") % {"words": review.patient_words})
    found += told.adherence
    if told.exercises:
        found += ["", _("Exercises:"), *(f"- {one}" for one in told.exercises)]
    if told.not_done:
        found += ["", _("Stopped, skipped or partly done:"), *(f"- {one}" for one in told.not_done)]
    if review is not None and review.signed_at:
        signed = {
            "number": review.number,
            "decision": review.get_decision_display(),
            "name": review.signed_by,
            "on": _date(local_date(review.signed_at, told.prescription.patient.zone)),
        }
        found += ["", _("Review %(number)s: %(decision)s (%(name)s, %(on)s)") % signed]
    return found


def _date(day: dt.date | None) -> str:
    return date_format(day, "j F Y") if day else ""
