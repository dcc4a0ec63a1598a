"""The ground floor in the admin: a clinic's settings, and the scoped ModelAdmin that upper floors use."""

from django.utils.translation import gettext_lazy as _

from clinic import navigation
from clinic.admin.managed import MANAGERS
from clinic.admin.settings_page import clinic_settings, first_clinic
from clinic.admin_site import site
from clinic.navigation import Entry

site().add_page("clinic/", first_clinic, name="clinic", roles=MANAGERS)
site().add_page("clinic/<slug:slug>/settings/", clinic_settings, name="clinic_settings", roles=MANAGERS)

navigation.register(Entry(_("Clinic"), "admin:clinic", order=60, roles=MANAGERS))
