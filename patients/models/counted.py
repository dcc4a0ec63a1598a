"""Adherence, counted beforehand: what `patients.adherence` says of a programme, for each local date.

Kept for lists of many programmes. The page of one counts anew. `patients.counting` writes them.
"""

from django.db import models
from django.db.models import Q

from patients.models.prescription import Prescription
from patients.models.scoping import HealthQuerySet


class CountedDayQuerySet(HealthQuerySet):
    patient_path = "prescription__patient"


class CountedDay(models.Model):
    """A running programme as it stands on the local date `on`, if nothing else is told.

    The totals are those of the days before `on`, which are over then. `today_*` is what counts of `on` itself
    while it is today: what is due then is less than when it is over, so both are kept, and at midnight
    nothing has to be counted anew. Doses are counted in halves.
    """

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="counted_days")
    on = models.DateField()
    day_number = models.PositiveSmallIntegerField(null=True, blank=True)  # None: the start is paused
    sessions_done = models.PositiveIntegerField()
    sessions_due = models.PositiveIntegerField()
    dose_halves_done = models.PositiveIntegerField()
    doses_due = models.PositiveIntegerField()
    days_due = models.PositiveIntegerField()
    days_practised = models.PositiveIntegerField()
    today_sessions_done = models.PositiveSmallIntegerField()
    today_sessions_due = models.PositiveSmallIntegerField()
    today_dose_halves_done = models.PositiveSmallIntegerField()
    today_doses_due = models.PositiveSmallIntegerField()
    last_session_on = models.DateField(null=True, blank=True)  # `on` or before

    objects = CountedDayQuerySet.as_manager()

    class Meta:
        ordering = ["prescription", "on"]
        constraints = [
            models.UniqueConstraint(name="counted_day_once", fields=["prescription", "on"]),
            models.CheckConstraint(
                name="counted_day_done_of_due",
                condition=Q(sessions_done__lte=models.F("sessions_due"))
                & Q(days_practised__lte=models.F("days_due")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}"
