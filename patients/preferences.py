"""What patients set for themselves."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from patients.models import Patient


def set_language(*, patient: Patient, language: str) -> None:
    """The language that `patient` reads and is written to in.

    Raises ValidationError at `language` for one that the clinic does not offer.
    """
    if language not in patient.clinic.offered_languages:
        raise ValidationError(
            {"language": ValidationError(_("This language is not offered."), code="language")}
        )
    patient.language = language
    patient.save(update_fields=["language"])
