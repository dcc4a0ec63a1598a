"""Shared or a clinic's own: who sees a row of the library."""

from typing import Any, Self

from django.db.models import Q

from clinic.scoping import HEALTH_ROLES, Role, ScopedQuerySet, clinics_of, may_look


class LibraryQuerySet(ScopedQuerySet):
    """Rows with a nullable `clinic`: shared ones are for every clinic and operators, others for their own."""

    def visible_to(self, user: Any) -> Self:
        if not may_look(user):
            return self.none()
        own = Q(clinic_id__in=clinics_of(user, HEALTH_ROLES))
        if user.is_operator or user.roles & HEALTH_ROLES:
            return self.filter(own | Q(clinic__isnull=True))
        return self.none()

    def editable_by(self, user: Any) -> Self:
        """Shared rows are edited by operators, a clinic's own by its clinicians and managers."""
        if not may_look(user):
            return self.none()
        own = Q(clinic_id__in=clinics_of(user, {Role.CLINICIAN, Role.MANAGER}))
        return self.filter(own | Q(clinic__isnull=True)) if user.is_operator else self.filter(own)

    def available_to(self, clinic: Any) -> Self:
        """What this clinic's people may prescribe from: shared and its own."""
        return self.filter(Q(clinic__isnull=True) | Q(clinic=clinic))
