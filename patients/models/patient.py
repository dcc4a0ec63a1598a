"""A patient of a clinic, and when they want to be reminded."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic, User
from clinic.models.clinic import validate_time_zone
from clinic.scoping import ScopedQuerySet, clinics_of, may_look
from patients.models.scoping import HealthQuerySet
from programs.models.exercise import validate_precautions
from programs.vocabulary import Precaution

EARLIEST_REMINDER, LATEST_REMINDER = dt.time(7, 0), dt.time(21, 0)


class TextSize(models.TextChoices):
    """How large a patient's pages are written, on every device."""

    NORMAL = "normal", _("Normal")
    LARGE = "large", _("Large")
    LARGEST = "largest", _("Largest")


class PatientQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The patient's own, and every role of the clinic: the front desk needs names and contacts."""
        if not may_look(user):
            return self.none()
        return self.filter(Q(user=user) | Q(clinic_id__in=clinics_of(user)))

    def visible_to_staff(self, user: Any) -> Self:
        return self.filter(clinic_id__in=clinics_of(user)) if may_look(user) else self.none()

    def visible_to_patient(self, user: Any) -> Self:
        return self.filter(user=user) if may_look(user) else self.none()


class Patient(models.Model):
    """Somebody who practises. `user` signs in for them; one sign-in may stand for several patients."""

    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, related_name="patients", verbose_name=_("clinic")
    )
    user = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="patients",
        verbose_name=_("signs in as"),
    )
    given_name = models.CharField(_("first name"), max_length=80)
    family_name = models.CharField(_("surname"), max_length=80)
    birth_on = models.DateField(_("date of birth"))
    # Not unique: a couple may share one address.
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("en", _("English")), ("it", _("Italian"))], default="en"
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("Empty: the clinic's."),
    )
    # ISO numbers of the weekdays without reminders, e.g. "67"; which days are due the programme says.
    reminder_days_off = models.CharField(max_length=7, blank=True, default="", editable=False)
    text_size = models.CharField(
        max_length=7, choices=TextSize.choices, default=TextSize.NORMAL, editable=False
    )
    timer_sound = models.BooleanField(default=False, editable=False)  # what the timer begins with
    reminders_stopped_at = models.DateTimeField(null=True, blank=True, editable=False)
    # No mail any more that asks at a review whether it has helped; the page asks all the same.
    helped_stopped_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        ordering = ["family_name", "given_name", "pk"]
        constraints = [
            models.CheckConstraint(name="patient_language_known", condition=Q(language__in=["en", "it"])),
            models.CheckConstraint(
                name="patient_text_size_known", condition=Q(text_size__in=TextSize.values)
            ),
            models.CheckConstraint(
                name="patient_days_off_in_order", condition=Q(reminder_days_off__regex=r"^1?2?3?4?5?6?7?$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def zone(self) -> str:
        """The name of the time zone that this patient's dates are counted in."""
        return self.time_zone or self.clinic.time_zone


class PrecautionsQuerySet(HealthQuerySet):
    pass


class Precautions(models.Model):
    """What speaks against some exercises, asked once and kept with the patient. No row: not asked yet.

    A table of its own, since the front desk sees patients and must not see this.
    """

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="precautions")
    codes = models.JSONField(_("precautions"), default=list, blank=True, validators=[validate_precautions])
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    objects = PrecautionsQuerySet.as_manager()

    class Meta:
        verbose_name = _("precautions")
        verbose_name_plural = _("precautions")

    def __str__(self) -> str:
        return ", ".join(str(Precaution(code).label) for code in self.codes)


class ReminderTimeQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(user))


class ReminderTime(models.Model):
    """A local time at which a patient is reminded, one for each session of the day. No row: no reminder."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="reminder_times")
    slot = models.PositiveSmallIntegerField(default=1)
    at = models.TimeField(_("remind me at"))
    set_at = models.DateTimeField()  # who chooses 09:00 at 10:00 is reminded from tomorrow on

    objects = ReminderTimeQuerySet.as_manager()

    class Meta:
        ordering = ["patient", "slot"]
        constraints = [
            models.UniqueConstraint(name="reminder_slot_once", fields=["patient", "slot"]),
            models.CheckConstraint(name="reminder_slot_range", condition=Q(slot__range=(1, 4))),
            models.CheckConstraint(
                name="reminder_in_daytime", condition=Q(at__range=(EARLIEST_REMINDER, LATEST_REMINDER))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M}"
