"""What a clinic makes of the cards under Learn."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic
from clinic.scoping import Role, ScopedQuerySet, clinics_of


class ClinicCardsQuerySet(ScopedQuerySet):
    """For who may change them. Patients read the cards of their own clinic (patients.learning)."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(clinic_id__in=clinics_of(user, {Role.MANAGER}))


class ClinicCards(models.Model):
    """One row a clinic: `cards` has an entry for each card that was reworded or hidden, or is its own.

    {"key", "hidden", "title_en", "title_it", "text_en", "text_it"}, and of an own one "own" and "day".
    `edition` counts changes, so that of two who edit at once the second one is told.
    """

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, related_name="learn_cards")
    cards = models.JSONField(_("cards"), default=list, blank=True)
    edition = models.PositiveIntegerField(default=0)

    objects = ClinicCardsQuerySet.as_manager()

    class Meta:
        verbose_name = _("cards of a clinic")

    def __str__(self) -> str:
        return str(self.pk)
