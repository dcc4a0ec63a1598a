"""What a patient's page shows: contact and ways in; and, for those who treat, everything else."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.localtime import local_date
from clinic.models import User
from clinic.signin import links
from patients import mail_address
from patients.adherence import report
from patients.answer_words import report_lines
from patients.care_team import team_of
from patients.clinic_pages import report_figures
from patients.clinic_pages.forms.acts import ClearForm, PrecautionsForm, TreatmentForm
from patients.clinic_pages.forms.team import TeamForm
from patients.clinic_pages.message_rows import shown
from patients.clinic_pages.timeline import timeline
from patients.clinic_pages.told_sessions import told_all, told_aside
from patients.clinic_pages.windows import Asked, part
from patients.clinic_pages.work_rows import stopped_exercises
from patients.models import (
    EmergencyReport,
    Message,
    Patient,
    PracticeSession,
    Precautions,
    Prescription,
    SetAside,
    WorkItem,
)
from patients.vocabulary import EmergencySign

SESSIONS_SHOWN = 5
MOMENTS, MESSAGES, EMERGENCIES = 12, 10, 10  # a page


def contact_context(patient: Patient, *, now: dt.datetime) -> dict[str, Any]:
    """No health data: the front desk sees all of it."""
    today = local_date(now, patient.zone)
    born = patient.birth_on
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return {
        "patient": patient,
        "zone": patient.zone,
        "up": (_("Patients"), reverse("admin:patients_patient_changelist")),
        "age": today.year - born.year - (not had_birthday),
        # One that is open, and not one that came with a merged record and was taken back.
        "invitation": links.still_open(patient.invitations.all(), now=now).first()
        or patient.invitations.first(),
        "now": now,
        "refused_at": mail_address.refused_at(patient),
        "paper_code": patient.paper_codes.filter(revoked_at__isnull=True).first(),
    }


def health_context(
    patient: Patient, *, by: User, now: dt.datetime, asked: Asked, bound: dict[str, Any], treats: bool
) -> dict[str, Any]:
    """As `by` sees it, who `treats` here or not. `asked` says which pages of its lists; `bound` holds a form
    that was refused, by its name."""
    prescriptions = list(patient.prescriptions.select_related("clinician").order_by("-created_at", "-pk"))
    active = next((one for one in prescriptions if one.status == Prescription.Status.ACTIVE), None)
    known = Precautions.objects.filter(patient=patient).select_related("asked_by").first()
    sessions = (
        PracticeSession.objects.current().filter(patient=patient).prefetch_related("records__prescribed")
    )
    asides = list(SetAside.objects.of(patient))
    team = team_of(patient)
    messages = Message.objects.visible_to_staff(by).of(patient).select_related("patient", "closed_by")
    closed = part(messages.filter(closed_at__isnull=False), name="asked", size=MESSAGES, asked=asked)
    emergencies = EmergencyReport.objects.filter(patient=patient).select_related("cleared_by")
    reports = part(emergencies, name="emergencies", size=EMERGENCIES, asked=asked)
    return {
        "moments": part(timeline(patient), name="timeline", size=MOMENTS, asked=asked),
        "treatment_form": bound.get("treatment")
        or TreatmentForm(
            initial={"given_on": local_date(now, patient.clinic.time_zone)}, auto_id="treatment-%s"
        ),
        "prescriptions": prescriptions,
        "team": team,
        "in_team": team.has(by),
        "team_form": bound.get("team") or TeamForm(clinic=patient.clinic, team=team),
        "active": _active(active, now=now) if active else None,
        "work": WorkItem.objects.open().filter(patient=patient).by_urgency().select_related("owner"),
        "messages_waiting": [shown(message, treats=treats) for message in messages.waiting()],
        "messages_closed": closed.of_rows([shown(message, treats=treats) for message in closed.rows]),
        "reports": reports.of_rows([_with_signs(one) for one in reports.rows]),
        "suspended": [_with_signs(one) for one in emergencies.uncleared()],
        "sessions": told_all(sessions[:SESSIONS_SHOWN]),
        "set_aside": list(zip(asides, told_aside(asides), strict=True)),
        "known_precautions": known,
        "clear_form": bound.get("clear") or ClearForm(auto_id="clear-%s"),
        "precautions_form": bound.get("precautions")
        or PrecautionsForm(initial={"precautions": known.codes if known else []}),
        "refused": next(iter(bound), ""),
    }


def _with_signs(report: EmergencyReport) -> tuple[EmergencyReport, list[Any]]:
    return report, [EmergencySign(sign).label for sign in report.signs]


def _active(prescription: Prescription, *, now: dt.datetime) -> dict[str, Any]:
    """The running programme at a glance."""
    patient = prescription.patient
    seen = report(prescription, on=local_date(now, patient.zone))
    return {
        "prescription": prescription,
        "seen": seen,
        "sessions_rate": report_figures.session_rate(seen, patient.clinic),
        "answers": report_lines(prescription),
        "stopped": stopped_exercises([prescription.pk]).get(prescription.pk, []),
    }
