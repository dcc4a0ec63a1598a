"""The words of an exercise, in both languages."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.bilingual import LANGUAGES, localized


class Wording(models.Model):
    """What a clinician and a patient read of an exercise.

    Abstract: the library's exercise has it, and a prescribed exercise keeps a copy, so that a later
    change of the library never touches what somebody was prescribed.
    """

    name_en = models.CharField(_("clinician's name, English"), max_length=120)
    name_it = models.CharField(_("clinician's name, Italian"), max_length=120, blank=True)
    plain_name_en = models.CharField(_("patient's name, English"), max_length=120)
    plain_name_it = models.CharField(_("patient's name, Italian"), max_length=120, blank=True)
    steps_en = models.TextField(_("steps, English"), help_text=_("One step a line."))
    steps_it = models.TextField(_("steps, Italian"), blank=True, help_text=_("One step a line."))
    feel_en = models.TextField(_("where to feel it, English"), blank=True)
    feel_it = models.TextField(_("where to feel it, Italian"), blank=True)
    tempo_en = models.CharField(_("tempo, English"), max_length=200, blank=True)
    tempo_it = models.CharField(_("tempo, Italian"), max_length=200, blank=True)
    technique_en = models.TextField(_("how not to do it, English"), blank=True)
    technique_it = models.TextField(_("how not to do it, Italian"), blank=True)
    stop_en = models.TextField(_("when to stop, English"), blank=True)
    stop_it = models.TextField(_("when to stop, Italian"), blank=True)
    side_means_en = models.CharField(
        _("what a side names, English"),
        max_length=80,
        blank=True,
        help_text=_("For example: the lifted leg."),
    )
    side_means_it = models.CharField(_("what a side names, Italian"), max_length=80, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def wording_fields(cls) -> list[str]:
        return [field.name for field in Wording._meta.get_fields()]

    def wording(self) -> dict[str, str]:
        """All the words, to be copied."""
        return {name: getattr(self, name) for name in self.wording_fields()}

    def text(self, field: str) -> str:
        """`field` in the active language, e.g. text("plain_name")."""
        return localized(self, field)

    @property
    def name(self) -> str:
        return self.text("name")

    @property
    def plain_name(self) -> str:
        return self.text("plain_name")

    @property
    def steps(self) -> list[str]:
        return [line.strip() for line in self.text("steps").splitlines() if line.strip()]

    @property
    def feel(self) -> str:
        return self.text("feel")

    @property
    def tempo(self) -> str:
        return self.text("tempo")

    @property
    def technique(self) -> str:
        return self.text("technique")

    @property
    def stop_rule(self) -> str:
        return self.text("stop")

    @property
    def side_means(self) -> str:
        return self.text("side_means")


def bilingual(data: dict[str, Any], field: str) -> dict[str, Any]:
    """`{"en": ..., "it": ...}` under `field` as the two columns that keep it."""
    texts = data.get(field) or {}
    return {f"{field}_{language}": texts.get(language, "") for language in LANGUAGES}
