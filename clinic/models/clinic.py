"""A clinic and its settings."""

import datetime as dt
import zoneinfo
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.scoping import ScopedQuerySet, clinics_of
from clinic.weekdays import MONDAY_TO_FRIDAY, WeekdaysField, weekdays_condition


def validate_time_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("This time zone is not known."), code="time_zone")


class ClinicQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(pk__in=clinics_of(user))


class Clinic(models.Model):
    """One clinic: what patients read of it, when it is open, and the numbers that its rules use."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), unique=True)
    address = models.TextField(_("address"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)

    phone = models.CharField(_("phone"), max_length=40, blank=True)
    emergency_phone = models.CharField(
        _("emergency number"),
        max_length=40,
        blank=True,
        help_text=_("What patients must call at once, for example 112. Needed before a programme can start."),
    )
    doctor_phone = models.CharField(
        _("doctor out of hours"),
        max_length=40,
        blank=True,
        help_text=_("For what must be seen today. Needed before a programme can start."),
    )

    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Rome", validators=[validate_time_zone]
    )
    language = models.CharField(
        _("usual language"), max_length=2, choices=[("en", _("English")), ("it", _("Italian"))], default="en"
    )
    offers_english = models.BooleanField(_("patients may choose English"), default=True)
    offers_italian = models.BooleanField(_("patients may choose Italian"), default=True)
    open_days = WeekdaysField(_("open days"), default=MONDAY_TO_FRIDAY)
    opens_at = models.TimeField(_("opens at"), default=dt.time(8, 0))
    closes_at = models.TimeField(_("closes at"), default=dt.time(18, 0))
    notices_at = models.TimeField(
        _("time of review e-mails"), default=dt.time(8, 0), help_text=_("On open days, local time.")
    )

    pain_rise_alert = models.PositiveSmallIntegerField(
        _("alert when pain rises by"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("Points from before the session to right after it."),
    )
    pain_level_alert = models.PositiveSmallIntegerField(
        _("alert from pain"),
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("Right after the session, and above the patient's usual level."),
    )
    silent_after_days = models.PositiveSmallIntegerField(
        _("silent after due days"), default=4, validators=[MinValueValidator(1)]
    )
    band_good = models.PositiveSmallIntegerField(
        _("good from (%)"), default=80, validators=[MaxValueValidator(100)]
    )
    band_fair = models.PositiveSmallIntegerField(
        _("fair from (%)"), default=50, validators=[MaxValueValidator(100)]
    )
    stop_text_en = models.TextField(_("stop rule, English"), blank=True)
    stop_text_it = models.TextField(_("stop rule, Italian"), blank=True)

    objects = ClinicQuerySet.as_manager()

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(name="clinic_language_known", condition=Q(language__in=["en", "it"])),
            models.CheckConstraint(
                name="clinic_offers_a_language", condition=Q(offers_english=True) | Q(offers_italian=True)
            ),
            models.CheckConstraint(name="clinic_open_days_given", condition=weekdays_condition("open_days")),
            models.CheckConstraint(
                name="clinic_opens_before_closing", condition=Q(opens_at__lt=F("closes_at"))
            ),
            models.CheckConstraint(
                name="clinic_pain_rise_alert_range", condition=Q(pain_rise_alert__range=(1, 10))
            ),
            models.CheckConstraint(
                name="clinic_pain_level_alert_range", condition=Q(pain_level_alert__range=(1, 10))
            ),
            models.CheckConstraint(name="clinic_silent_after_a_day", condition=Q(silent_after_days__gte=1)),
            models.CheckConstraint(
                name="clinic_bands_in_order",
                condition=Q(band_good__lte=100) & Q(band_fair__lt=F("band_good")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_emergency_numbers(self) -> bool:
        """Whether patients can be told whom to call (rule 5: else no programme starts)."""
        return bool(self.emergency_phone and self.doctor_phone)

    @property
    def offered_languages(self) -> list[str]:
        offers = {"en": self.offers_english, "it": self.offers_italian}
        return [code for code, offered in offers.items() if offered]
