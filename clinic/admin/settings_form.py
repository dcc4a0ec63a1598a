"""A clinic's settings: what patients read of it, its hours, and the numbers that its rules use."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinic.images import clean_image
from clinic.models import Clinic
from clinic.models.clinic import validate_time_zone

MOST_SILENT_DAYS = 90  # catches typing errors; nobody waits that long
LOGO_WITHIN = (640, 320)  # pixels: twice what is shown, for fine screens
ZONES_LISTED = "time-zones"  # the id of the page's list of suggestions


class SettingsForm(forms.ModelForm):
    new_logo = forms.FileField(
        label=_("New logo"), required=False, help_text=_("JPEG, PNG or WebP, at most 2 MB.")
    )
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    class Meta:
        model = Clinic
        fields = (
            *("name", "address", "email", "phone", "emergency_phone", "doctor_phone"),
            *("open_days", "opens_at", "closes_at", "notices_at", "time_zone"),
            *("offers_english", "offers_italian", "language"),
            *("pain_rise_alert", "pain_level_alert", "silent_after_days", "band_good", "band_fair"),
            *("stop_text_en", "stop_text_it"),
        )
        widgets = {
            **{
                name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
                for name in ("opens_at", "closes_at", "notices_at")
            },
            "time_zone": forms.TextInput(attrs={"list": ZONES_LISTED, "autocomplete": "off"}),
            **{
                name: forms.Textarea(attrs={"rows": 3})
                for name in ("address", "stop_text_en", "stop_text_it")
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["open_days"].widget.attrs["class"] = "inline"
        self.fields["open_days"].label = capfirst(str(self.fields["open_days"].label))
        self.fields["silent_after_days"].validators.append(MaxValueValidator(MOST_SILENT_DAYS))

    def clean_new_logo(self) -> Any:
        upload = self.cleaned_data["new_logo"]
        if not upload:
            return None
        return clean_image(upload, most_mb=2, within=LOGO_WITHIN, format="PNG")

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"].strip()
        validate_time_zone(zone)
        return zone

    def clean(self) -> dict[str, Any]:
        """What must fit together is told where one looks for it, not as the database would."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        self._numbers_stay(said)
        if _both(said, "opens_at", "closes_at") and said["opens_at"] >= said["closes_at"]:
            self.add_error("closes_at", ValidationError(_("The clinic closes after it opens.")))
        if _both(said, "band_good", "band_fair") and said["band_fair"] >= said["band_good"]:
            self.add_error("band_fair", ValidationError(_("“Fair” begins below “good”.")))
        offered = {"en": said.get("offers_english"), "it": said.get("offers_italian")}
        if not any(offered.values()):
            self.add_error("offers_english", ValidationError(_("Offer at least one language.")))
        elif said.get("language") and not offered[said["language"]]:
            self.add_error("language", ValidationError(_("Patients can't choose this language.")))
        return said

    def _numbers_stay(self, said: dict[str, Any]) -> None:
        """Patients of running programmes are told these numbers (rule 5): once given, never empty again."""
        for name in ("emergency_phone", "doctor_phone"):
            if self.initial.get(name) and not said.get(name) and not self.has_error(name):
                self.add_error(
                    name, ValidationError(_("Patients are told this number: change it, do not empty it."))
                )

    def save(self, commit: bool = True) -> Clinic:
        if self.cleaned_data["new_logo"]:
            self.instance.logo = self.cleaned_data["new_logo"]
        elif self.cleaned_data["remove_logo"]:
            self.instance.logo = ""
        clinic: Clinic = super().save(commit)
        return clinic


def zones() -> list[str]:
    """The names of all time zones, for suggestions."""
    return sorted(available_timezones())


def _both(said: dict[str, Any], *names: str) -> bool:
    return all(said.get(name) is not None for name in names)
