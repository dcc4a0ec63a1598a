"""The clinic app, and the admin site that stands in for Django's own."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = "Clinic"


class HomestretchAdminConfig(AdminConfig):
    default_site = "clinic.admin_site.HomestretchAdminSite"
