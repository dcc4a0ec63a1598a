"""The patients app: patients, prescriptions, sessions, reviews, adherence, worklist, reports."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "patients"
    verbose_name = "Patients"

    def ready(self) -> None:
        # Models can be imported only now.
        from clinic.notices import kinds  # noqa: PLC0415
        from patients.notices import registration  # noqa: PLC0415
        from patients.signin import receivers  # noqa: F401, PLC0415
        from patients.signin.notices import INVITATION_KIND  # noqa: PLC0415

        kinds.register(INVITATION_KIND)
        registration.register()
