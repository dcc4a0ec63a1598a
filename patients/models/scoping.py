"""Who sees a patient's data: who treats or manages in the clinic and, where it says so, the patient."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db.models import Q

from clinic.scoping import HEALTH_ROLES, ScopedQuerySet, clinics_of, may_look

if TYPE_CHECKING:
    from patients.models.patient import Patient


class HealthQuerySet(ScopedQuerySet):
    """Rows that belong to a patient, found along `patient_path`. The front desk sees none of them."""

    patient_path: ClassVar[str] = "patient"
    # What of it the patient sees; None: nothing, it is the staff's own work.
    shown_to_patient: ClassVar[Q | None] = None

    def visible_to(self, user: Any) -> Self:
        return (
            self.filter(self._seen_by_staff(user) | self._seen_by_patient(user))
            if may_look(user)
            else self.none()
        )

    def visible_to_staff(self, user: Any) -> Self:
        """For the clinic's side alone: what somebody sees because they work there."""
        return self.filter(self._seen_by_staff(user)) if may_look(user) else self.none()

    def visible_to_patient(self, user: Any) -> Self:
        """For the patient's side alone: what somebody sees because it is theirs."""
        return self.filter(self._seen_by_patient(user)) if may_look(user) else self.none()

    def told_by(self, user: Any) -> Self:
        """Rows of this sign-in's patients, also those that staff have written into since: for a copy of what
        the patient told, which takes nothing else of them (patients.own_data)."""
        return self.filter(**{f"{self.patient_path}__user": user}) if may_look(user) else self.none()

    def of(self, patient: "Patient") -> Self:
        """Of one patient: where one sign-in stands for several, a page shows the chosen one's rows only."""
        return self.filter(**{self.patient_path: patient})

    def _seen_by_staff(self, user: Any) -> Q:
        return Q(**{f"{self.patient_path}__clinic_id__in": clinics_of(user, HEALTH_ROLES)})

    def _seen_by_patient(self, user: Any) -> Q:
        if self.shown_to_patient is None:
            return Q(pk__in=[])
        return Q(**{f"{self.patient_path}__user": user}) & self.shown_to_patient
