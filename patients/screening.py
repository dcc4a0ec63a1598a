"""What is asked before prescribing (rule 6), in its short form.

One click says "none of these". Else: emergency or doctor-today signs, which need an assessment (by, on,
result) to go on; and the patient's precautions that an exercise names, which need a reason.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from patients.vocabulary import EmergencySign
from programs.models import Exercise


@dataclass(frozen=True)
class ScreeningAnswers:
    """`signs` are codes of EmergencySign; `assessed_*` say who looked into them, when and what was found."""

    none_of_these: bool
    signs: Sequence[str] = ()
    assessed_by: str = ""
    assessed_on: dt.date | None = None
    assessed_result: str = ""
    precautions_reason: str = ""

    def as_fields(self) -> dict[str, Any]:
        return asdict(self) | {"signs": list(self.signs)}


def conflicts(precautions: Iterable[str], exercises: Iterable[Exercise]) -> dict[Exercise, list[str]]:
    """The exercises that name a precaution of the patient, each with the precautions that it names."""
    flags = set(precautions)
    return {
        exercise: [code for code in exercise.precautions if code in flags]
        for exercise in exercises
        if flags & set(exercise.precautions)
    }


def refuse_screening(
    answers: ScreeningAnswers, *, against: dict[Exercise, list[str]], today: dt.date
) -> None:
    """Raise ValidationError, by field, while something that rule 6 asks is missing."""
    errors: dict[str, ValidationError] = {}
    if answers.none_of_these == bool(answers.signs):
        errors["none_of_these"] = ValidationError(
            _("Say either that there is none of these signs, or which there are."), code="screening"
        )
    if not set(answers.signs) <= set(EmergencySign):
        errors["signs"] = ValidationError(_("Choose from the list."), code="choice")
    if answers.signs:
        for name in ("assessed_by", "assessed_on", "assessed_result"):
            if not getattr(answers, name):
                errors[name] = ValidationError(_("Needed to go on in spite of a sign."), code="required")
    if answers.assessed_on is not None and answers.assessed_on > today:
        errors["assessed_on"] = ValidationError(_("This day is still to come."), code="future")
    if against and not answers.precautions_reason.strip():
        errors["precautions_reason"] = ValidationError(
            _("Say why, in spite of the precautions."), code="required"
        )
    if errors:
        raise ValidationError(errors)
