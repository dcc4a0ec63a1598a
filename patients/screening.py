"""What is asked before prescribing (rule 6), in its short form.

One click says "none of these". Else: emergency or doctor-today signs, which need an assessment (by, on,
result) to go on; and the patient's precautions that an exercise names, which need a reason.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.models import User
from patients.locking import locked_patient
from patients.models import Patient, Precautions
from patients.vocabulary import EmergencySign, ForStretching
from programs.models import Exercise
from programs.vocabulary import Precaution


@dataclass(frozen=True)
class ScreeningAnswers:
    """`signs` are codes of EmergencySign; `assessed_*` say who looked into them, when and what was found."""

    none_of_these: bool
    signs: Sequence[str] = ()
    assessed_by: str = ""
    assessed_on: dt.date | None = None
    assessed_result: str = ""
    precautions_reason: str = ""
    for_stretching: Sequence[str] = ()  # codes of ForStretching, kept, and asked for nothing

    def as_fields(self) -> dict[str, Any]:
        """The columns of Screening; the reason for the precautions stands with each exercise."""
        fields = asdict(self) | {"signs": list(self.signs), "for_stretching": list(self.for_stretching)}
        del fields["precautions_reason"]
        return fields


def precautions_of(patient: Patient) -> list[str]:
    """The patient's precautions as they were asked last; none where nobody asked yet."""
    codes: list[str] = (
        Precautions.objects.filter(patient=patient).values_list("codes", flat=True).first() or []
    )
    return codes


@transaction.atomic
def keep_precautions(*, patient: Patient, codes: Sequence[str], by: User, now: dt.datetime) -> Precautions:
    """Keep what was asked, with name and time. Raises ValidationError at `precautions` for an unknown one."""
    if not set(codes) <= set(Precaution):
        raise ValidationError({"precautions": ValidationError(_("Choose from the list."), code="choice")})
    locked_patient(patient)
    kept, _is_new = Precautions.objects.update_or_create(
        patient=patient, defaults={"codes": sorted(set(codes)), "asked_by": by, "asked_at": now}
    )
    audit.write(verb=Verb.CHANGED, obj=kept, actor=by, clinic=patient.clinic, subject=patient, now=now)
    return kept


def against(exercise: Exercise, precautions: Iterable[str]) -> list[str]:
    """Those of a patient's `precautions` that `exercise` names."""
    flags = set(precautions)
    return [code for code in exercise.precautions if code in flags]


def conflicts(precautions: Iterable[str], exercises: Iterable[Exercise]) -> dict[Exercise, list[str]]:
    """The exercises that name a precaution of the patient, each with the precautions that it names."""
    flags = list(precautions)
    named = {exercise: against(exercise, flags) for exercise in exercises}
    return {exercise: codes for exercise, codes in named.items() if codes}


def refuse_screening(answers: ScreeningAnswers, *, has_conflicts: bool, today: dt.date) -> None:
    """Raise ValidationError, by field, while something that rule 6 asks is missing."""
    errors: dict[str, ValidationError] = {}
    if answers.none_of_these == bool(answers.signs):
        errors["none_of_these"] = ValidationError(
            _("Say either that there is none of these signs, or which there are."), code="screening"
        )
    if not set(answers.signs) <= set(EmergencySign):
        errors["signs"] = ValidationError(_("Choose from the list."), code="choice")
    if not set(answers.for_stretching) <= set(ForStretching):
        errors["for_stretching"] = ValidationError(_("Choose from the list."), code="choice")
    if answers.signs:
        for name in ("assessed_by", "assessed_on", "assessed_result"):
            if not getattr(answers, name):
                errors[name] = ValidationError(_("Needed to go on in spite of a sign."), code="required")
    if answers.assessed_on is not None and answers.assessed_on > today:
        errors["assessed_on"] = ValidationError(_("This day is still to come."), code="future")
    if has_conflicts and not answers.precautions_reason.strip():
        errors["precautions_reason"] = ValidationError(
            _("Say why, in spite of the precautions."), code="required"
        )
    if errors:
        raise ValidationError(errors)
