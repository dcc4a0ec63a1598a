"""The patients app: patients, prescriptions, sessions, reviews, adherence, worklist, reports."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "patients"
    verbose_name = "Patients"
