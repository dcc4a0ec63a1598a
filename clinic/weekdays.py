"""Days of the week as a set of ISO numbers (1 = Monday), kept as a short string of digits, e.g. "135"."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

EVERY_DAY = "1234567"
MONDAY_TO_FRIDAY = "12345"
CHOICES = [(str(number + 1), name) for number, name in WEEKDAYS.items()]


def joined(days: Iterable[int | str]) -> str:
    """The days in order and once each, e.g. {5, 1} gives "15"."""
    return "".join(sorted({str(day) for day in days}))


def validate_weekdays(value: str) -> None:
    if not value or joined(value) != value or not set(value) <= set(EVERY_DAY):
        raise ValidationError(_("Choose at least one day of the week."), code="weekdays")


def weekdays_condition(field: str) -> models.Q:
    """For a CheckConstraint: digits of days in order and once each, at least one."""
    return models.Q(**{f"{field}__regex": r"^1?2?3?4?5?6?7?$"}) & ~models.Q(**{field: ""})


class WeekdaysFormField(forms.MultipleChoiceField):
    """Check boxes for the seven days; its value is the string that the model keeps."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: str | list[str] | None) -> list[str]:
        return list(value or [])

    def to_python(self, value: object) -> str:  # type: ignore[override]
        return joined(super().to_python(value))

    def has_changed(self, initial: object, data: object) -> bool:
        return super().has_changed(self.prepare_value(initial), data)  # type: ignore[arg-type]


class WeekdaysField(models.CharField):
    """Digits of ISO weekdays in order, never empty."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", 7)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.validators.append(validate_weekdays)

    def formfield(self, **kwargs: object) -> forms.Field:
        kwargs.pop("widget", None)
        return WeekdaysFormField(
            choices=CHOICES,
            required=not self.blank,
            label=kwargs.get("label", self.verbose_name),  # type: ignore[arg-type]
            help_text=self.help_text,
            initial=self.get_default(),
        )
