"""What patients set for themselves beside their reminders: a second reminder, a calendar to subscribe to."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.links import SecretLink
from clinic.scoping import ScopedQuerySet
from patients.models.patient import EARLIEST_REMINDER, LATEST_REMINDER, Patient


class NudgeQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Any:
        return self.filter(patient__in=Patient.objects.visible_to(user))


class Nudge(models.Model):
    """The local time at which a patient is reminded once more, if nothing is recorded that day.

    Later than their reminders, which patients.preferences keeps. No row: no second reminder.
    """

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="nudge")
    at = models.TimeField(_("remind me once more at"))
    set_at = models.DateTimeField()  # who chooses 20:00 at 21:00 is reminded from tomorrow on

    objects = NudgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("second reminder")
        verbose_name_plural = _("second reminders")
        constraints = [
            models.CheckConstraint(
                name="nudge_in_daytime", condition=Q(at__range=(EARLIEST_REMINDER, LATEST_REMINDER))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M}"


class CalendarFeedQuerySet(ScopedQuerySet):
    """The patient's own alone: who has the address needs no permission, and nobody else is to have it."""

    def visible_to(self, user: Any) -> Any:
        return self.filter(patient__in=Patient.objects.visible_to_patient(user))


class CalendarFeed(SecretLink):
    """The secret address of a patient's calendar. No row: none. A new address is a new row."""

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="calendar_feed")
    made_at = models.DateTimeField()

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.pk)
