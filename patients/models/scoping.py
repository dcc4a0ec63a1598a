"""Who sees a patient's data: the patient, and those who treat or manage in the patient's clinic."""

from typing import Any, ClassVar, Self

from django.db.models import Q

from clinic.scoping import HEALTH_ROLES, ScopedQuerySet, clinics_of, may_look


class HealthQuerySet(ScopedQuerySet):
    """Rows that belong to a patient, found along `patient_path`. The front desk sees none of them."""

    patient_path: ClassVar[str] = "patient"

    def visible_to(self, user: Any) -> Self:
        return self.filter(self.seen_by_staff(user) | self.seen_by_patient(user)) if may_look(user) else self.none()

    def seen_by_staff(self, user: Any) -> Q:
        return Q(**{f"{self.patient_path}__clinic_id__in": clinics_of(user, HEALTH_ROLES)})

    def seen_by_patient(self, user: Any) -> Q:
        return Q(**{f"{self.patient_path}__user": user})

    def visible_to_staff(self, user: Any) -> Self:
        """For the clinic's side alone: what somebody sees because they work there."""
        return self.filter(self.seen_by_staff(user)) if may_look(user) else self.none()

    def visible_to_patient(self, user: Any) -> Self:
        """For the patient's side alone: what somebody sees because it is theirs."""
        return self.filter(self.seen_by_patient(user)) if may_look(user) else self.none()
