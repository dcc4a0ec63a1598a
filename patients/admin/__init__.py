"""Patients in the admin; and which pages of the clinic's own there are, at which address, for whom."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clinic import navigation
from clinic.admin.managed import MANAGERS, register_tab
from clinic.admin_site import View, site
from clinic.navigation import Entry
from clinic.scoping import ANY_ROLE, HEALTH_ROLES, Role
from patients.admin.patients import PatientAdmin
from patients.clinic_pages import (
    adjust,
    away,
    cards,
    letter,
    maintain,
    merge,
    morning,
    notices,
    outcome_files,
    outcome_lists,
    outcomes,
    paper_grid,
    patient_page,
    prescribe,
    prescribe_build,
    prescription,
    questions,
    reports,
    response,
    review,
    staff,
    steps,
    team,
    treatments,
    worklist,
)
from patients.clinic_pages.handout import one, pile
from patients.clinic_pages.scope import CLINICIANS, TYPISTS
from patients.models import Patient

admin.site.register(Patient, PatientAdmin)

PAGES: list[tuple[str, View, str, frozenset[str]]] = [
    ("worklist/", worklist.worklist, "worklist", HEALTH_ROLES),
    ("worklist/<int:pk>/acknowledge/", worklist.work_acknowledge, "work_acknowledge", HEALTH_ROLES),
    ("worklist/<int:pk>/hand-over/", worklist.work_hand_over, "work_hand_over", HEALTH_ROLES),
    ("worklist/<int:pk>/close/", worklist.work_close, "work_close", HEALTH_ROLES),
    ("wishes/", questions.wishes, "wishes", ANY_ROLE),
    ("messages/<int:pk>/answer/", questions.message_answer, "message_answer", CLINICIANS),
    ("messages/<int:pk>/settle/", questions.message_settle, "message_settle", ANY_ROLE),
    ("notices/", notices.notices, "notices", HEALTH_ROLES),
    ("notices/<int:pk>/", notices.notice, "notice", HEALTH_ROLES),
    ("notices/<int:pk>/again/", notices.notice_again, "notice_again", HEALTH_ROLES),
    ("morning/", morning.morning, "morning", HEALTH_ROLES),
    ("away/", away.away, "away", HEALTH_ROLES),
    ("away/<int:pk>/back/", away.away_back, "away_back", HEALTH_ROLES),
    ("reports/", reports.reports, "reports", HEALTH_ROLES),
    ("patients/<int:pk>/", patient_page.patient_page, "patient", ANY_ROLE),
    ("patients/<int:pk>/invite/", patient_page.patient_invite, "patient_invite", ANY_ROLE),
    ("patients/<int:pk>/address/", patient_page.patient_address, "patient_address", ANY_ROLE),
    ("patients/<int:pk>/paper-code/", patient_page.patient_paper_code, "patient_paper_code", ANY_ROLE),
    (
        "patients/<int:pk>/paper-code/revoke/",
        patient_page.patient_paper_revoke,
        "patient_paper_revoke",
        ANY_ROLE,
    ),
    ("patients/<int:pk>/paper-grid/", paper_grid.patient_paper_grid, "patient_paper_grid", TYPISTS),
    ("patients/<int:pk>/clear/", patient_page.patient_clear, "patient_clear", CLINICIANS),
    ("patients/<int:pk>/precautions/", patient_page.patient_precautions, "patient_precautions", CLINICIANS),
    ("patients/<int:pk>/same/", merge.patient_same, "patient_same", HEALTH_ROLES),
    ("patients/<int:pk>/merge/<int:other_pk>/", merge.patient_merge, "patient_merge", HEALTH_ROLES),
    ("patients/<int:pk>/team/", team.patient_team_join, "patient_team_join", CLINICIANS),
    (
        "patients/<int:pk>/team/<int:user_pk>/leave/",
        team.patient_team_leave,
        "patient_team_leave",
        CLINICIANS,
    ),
    ("patients/<int:pk>/treatments/", treatments.patient_treatment, "patient_treatment", CLINICIANS),
    ("treatments/<int:pk>/withdraw/", treatments.treatment_withdraw, "treatment_withdraw", CLINICIANS),
    ("patients/<int:pk>/prescribe/", prescribe.prescribe_page, "prescribe", CLINICIANS),
    ("patients/<int:pk>/prescribe/build/", prescribe_build.prescribe_build, "prescribe_build", CLINICIANS),
    ("prescriptions/<int:pk>/", prescription.prescription_report, "prescription_report", HEALTH_ROLES),
    ("prescriptions/<int:pk>/handout/", one.prescription_handout, "prescription_handout", HEALTH_ROLES),
    ("handouts/", pile.handouts, "handouts", HEALTH_ROLES),
    ("prescriptions/<int:pk>/adjust/", adjust.prescription_adjust, "prescription_adjust", CLINICIANS),
    (
        "prescriptions/<int:pk>/maintenance/",
        maintain.prescription_maintenance,
        "prescription_maintenance",
        CLINICIANS,
    ),
    ("prescriptions/<int:pk>/template/", adjust.prescription_template, "prescription_template", CLINICIANS),
    (
        "prescriptions/<int:pk>/take-over/",
        team.prescription_take_over,
        "prescription_take_over",
        CLINICIANS,
    ),
    ("prescriptions/<int:pk>/start/", prescription.prescription_start, "prescription_start", CLINICIANS),
    (
        "prescriptions/<int:pk>/discard/",
        prescription.prescription_discard,
        "prescription_discard",
        CLINICIANS,
    ),
    ("prescriptions/<int:pk>/end/", prescription.prescription_end, "prescription_end", CLINICIANS),
    ("prescriptions/<int:pk>/pause/", prescription.prescription_pause, "prescription_pause", CLINICIANS),
    (
        "prescriptions/<int:pk>/pauses/<int:pause_pk>/end/",
        prescription.prescription_end_pause,
        "prescription_end_pause",
        CLINICIANS,
    ),
    ("prescriptions/<int:pk>/resume/", prescription.prescription_resume, "prescription_resume", CLINICIANS),
    (
        "prescriptions/<int:pk>/steps/<int:step_pk>/",
        steps.prescription_step,
        "prescription_step",
        CLINICIANS,
    ),
    (
        "prescriptions/<int:pk>/reviews/<int:number>/sign/",
        review.prescription_sign,
        "prescription_sign",
        CLINICIANS,
    ),
    ("prescriptions/<int:pk>/reviews/<int:number>/add/", review.review_add, "review_add", CLINICIANS),
    (
        "prescriptions/<int:pk>/letter/<slug:kind>/",
        letter.prescription_letter,
        "prescription_letter",
        CLINICIANS,
    ),
    ("reports/adherence.<slug:kind>", reports.reports_file, "reports_file", HEALTH_ROLES),
    ("reports/outcomes.<slug:kind>", outcome_files.outcomes_file, "outcomes_file", HEALTH_ROLES),
    ("reports/outcomes/", outcomes.outcomes, "outcomes", HEALTH_ROLES),
    ("reports/outcomes/<str:key>/", outcome_lists.outcomes_behind, "outcomes_behind", HEALTH_ROLES),
    ("reports/response/", response.response, "response", HEALTH_ROLES),
    (
        "reports/response/<slug:kind>/<slug:figure>/",
        response.response_behind,
        "response_behind",
        HEALTH_ROLES,
    ),
    ("clinic/<slug:slug>/cards/", cards.clinic_cards, "clinic_cards", MANAGERS),
    ("clinic/<slug:slug>/cards/add/", cards.card_add, "card_add", MANAGERS),
    ("clinic/<slug:slug>/cards/<slug:key>/", cards.card_edit, "card_edit", MANAGERS),
    ("clinic/<slug:slug>/cards/<slug:key>/remove/", cards.card_remove, "card_remove", MANAGERS),
    ("clinic/<slug:slug>/staff/", staff.clinic_staff, "clinic_staff", MANAGERS),
    ("clinic/<slug:slug>/staff/invite/", staff.staff_invite, "staff_invite", MANAGERS),
    ("clinic/<slug:slug>/staff/<int:pk>/leave/", staff.staff_leave, "staff_leave", MANAGERS),
    ("clinic/<slug:slug>/staff/<int:pk>/hand-over/", staff.staff_hand_over, "staff_hand_over", MANAGERS),
]
for route, view, name, roles in PAGES:
    site().add_page(route, view, name=name, roles=roles)
register_tab(_("Staff"), "admin:clinic_staff")
register_tab(_("Cards"), "admin:clinic_cards")

for entry in (
    Entry(_("Worklist"), "admin:worklist", order=10, roles=HEALTH_ROLES, count=worklist.open_count),
    Entry(
        _("Patients"),
        "admin:patients_patient_changelist",
        order=20,
        roles=ANY_ROLE,
        under=("patients/", "prescriptions/", "handouts/"),
    ),
    Entry(
        _("Appointments and calls"),
        "admin:wishes",
        order=30,
        roles=frozenset({Role.FRONT_DESK}),
        count=questions.wish_count,
    ),
    Entry(_("Reports"), "admin:reports", order=50, roles=HEALTH_ROLES),
):
    navigation.register(entry)
