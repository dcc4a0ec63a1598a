"""Two patients side by side, and what merging them would do, in plain words."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from clinic.localtime import local_date
from clinic.signin import links
from patients.care_team import team_of
from patients.clinic_pages.forms.merging import NOTHING, in_words, label_of
from patients.contacts import likely_duplicates
from patients.merging import CONTACT
from patients.models import EmergencyReport, Patient, PracticeSession, Precautions, Prescription, WorkItem

MOST_FOUND = 20


def candidates(patient: Patient, words: str) -> dict[str, Any]:
    """Who might be the same person: likely duplicates, and those of the clinic whom `words` find."""
    likely = [
        one
        for one in likely_duplicates(
            clinic=patient.clinic,
            given_name=patient.given_name,
            family_name=patient.family_name,
            birth_on=patient.birth_on,
        )
        if one != patient
    ]
    found: list[Patient] = []
    if words:
        rows = Patient.objects.filter(clinic=patient.clinic).exclude(pk=patient.pk)
        for word in words.split():
            rows = rows.filter(
                Q(given_name__icontains=word)
                | Q(family_name__icontains=word)
                | Q(email__icontains=word)
                | Q(phone__icontains=word)
            )
        found = list(rows[: MOST_FOUND + 1])
    return {"likely": likely, "found": found[:MOST_FOUND], "are_more": len(found) > MOST_FOUND}


def side_by_side(
    keep: Patient, other: Patient, *, now: dt.datetime
) -> list[tuple[Any, list[str], list[str]]]:
    """What one of them has: label, lines of the one that is kept, lines of the other."""
    ours, theirs = (_facts(patient, now=now) for patient in (keep, other))
    return [
        (label, lines or [NOTHING], theirs[label] or [NOTHING])
        for label, lines in ours.items()
        if lines or theirs[label]
    ]


def consequences(keep: Patient, other: Patient) -> list[str]:
    """What will happen, one sentence each."""
    said = [
        _("The programmes of both stand on one page, with their sessions, reviews, notes and open work."),
    ]
    if Precautions.objects.filter(patient__in=[keep, other]).exists():
        said.append(_("The precautions of both are kept together."))
    if keep.user is not None or other.user is not None:
        said.append(_("Who signs in with an e-mail address that is not kept does so no more."))
    said.append(_("Invitations and the code on paper of the other record are worth nothing any more."))
    if keep.reminder_times.exists():
        said.append(_("Reminders come at the times of the record that is kept."))
    elif other.reminder_times.exists():
        said.append(_("Reminders come at the times of the other record."))
    said.append(_("The other record is deleted. This cannot be undone."))
    return said


def _facts(patient: Patient, *, now: dt.datetime) -> dict[str, list[str]]:
    prescriptions = patient.prescriptions.order_by("-created_at", "-pk")
    known = Precautions.objects.filter(patient=patient).first()
    reports = EmergencyReport.objects.filter(patient=patient)
    team = team_of(patient)
    people = [team.prescribing] if team.prescribing else []
    return {
        **{str(label_of(name)): _line(in_words(patient, name)) for name in CONTACT},
        _("entered on"): [date_format(local_date(patient.created_at, patient.clinic.time_zone), "j F Y")],
        _("signs in"): _ways_in(patient, now=now),
        _("programmes"): [_programme(one) for one in prescriptions],
        _("sessions recorded"): _count(PracticeSession.objects.current().told().filter(patient=patient)),
        _("precautions"): _line(str(known) if known else ""),
        _("emergency signs, not cleared"): _count(reports.uncleared()),
        _("open work"): [str(item) for item in WorkItem.objects.open().filter(patient=patient)],
        _("notes of treatments"): _count(patient.treatment_notes),
        _("care team"): [str(one) for one in [*people, *team.others]],
        _("reminders"): [time_format(one.at, "H:i") for one in patient.reminder_times.all()],
    }


def _programme(prescription: Prescription) -> str:
    since = prescription.starts_on
    day = f", {date_format(since, 'j F Y')}" if since else ""
    return f"{prescription.name} ({prescription.get_status_display()}{day})"


def _ways_in(patient: Patient, *, now: dt.datetime) -> list[str]:
    found = []
    if patient.user is not None:
        found.append(patient.user.email or _("by code on paper"))
    if links.still_open(patient.invitations.all(), now=now).exists():
        found.append(_("invited, not used yet"))
    if patient.paper_codes.filter(revoked_at__isnull=True).exists():
        found.append(_("has a code on paper"))
    return found


def _line(text: str) -> list[str]:
    return [text] if text else []


def _count(rows: Any) -> list[str]:
    number = rows.count()
    return [str(number)] if number else []
