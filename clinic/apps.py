"""The clinic app, and the admin site that stands in for Django's own."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = "Clinic"

    def ready(self) -> None:
        # Models can be imported only now.
        from clinic.notices import kinds  # noqa: PLC0415
        from clinic.signin import receivers  # noqa: F401, PLC0415
        from clinic.signin.notices import STAFF_INVITATION_KIND, UNDELIVERED_KIND  # noqa: PLC0415

        kinds.register(STAFF_INVITATION_KIND)
        kinds.register(UNDELIVERED_KIND)


class HomestretchAdminConfig(AdminConfig):
    default_site = "clinic.admin_site.HomestretchAdminSite"
