"""An exercise as a patient's page shows it."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.bilingual import localized
from patients.models import ExerciseRecord, PrescribedExercise
from programs.dose_words import dose_parts
from programs.photos import photo_url
from programs.pictures import Drawing, drawing


@dataclass(frozen=True)
class FormWords:
    """One form of the ladder: its name, what is done differently, step by step, and its own figure."""

    name: str
    steps: list[str]
    drawing: Drawing | None = None


@dataclass(frozen=True)
class Card:
    """`form` is the form that is prescribed, None for the usual one; `easier` is the one for a bad day.

    `photo` is the address of a photo, which stands in the place of `drawing`; "" where there is none.
    """

    exercise: Any
    drawing: Drawing | None
    photo: str
    dose: list[str]
    note: str
    form: FormWords | None
    easier: FormWords | None
    record: ExerciseRecord | None = None

    @property
    def key(self) -> str:
        """What makes ids of this card unique on its page."""
        return str(self.exercise.line)


def cards(exercises: Iterable[Any], records: Mapping[uuid.UUID, ExerciseRecord] | None = None) -> list[Card]:
    """One card for each of `exercises`, with what `records` say of its line, in the active language."""
    return [
        Card(
            exercise=exercise,
            drawing=drawing(exercise.figure_at(exercise.rung), name=exercise.plain_name),
            photo=photo_url(exercise.photo_at(exercise.rung)),
            dose=dose_parts(exercise),
            note=localized(exercise, "note"),
            form=_form(exercise, exercise.rung),
            easier=easier_form(exercise),
            record=(records or {}).get(exercise.line),
        )
        for exercise in exercises
    ]


def easier_form(exercise: PrescribedExercise) -> FormWords | None:
    rung = exercise.easier_rung()
    if rung is None:
        return None
    return _form(exercise, rung) or FormWords(_("the usual form"), exercise.steps, drawing(exercise.figure))


def form_names(exercise: PrescribedExercise) -> dict[int, str]:
    """What the forms that were copied are called, by their rung."""
    return {form["rung"]: _text(form, "name") for form in exercise.ladder}


def _form(exercise: PrescribedExercise, rung: int) -> FormWords | None:
    data = exercise.form(rung)
    if data is None:
        return None
    name = _text(data, "name")
    return FormWords(name, _text(data, "how").splitlines(), drawing(data.get("figure", ""), name=name))


def _text(data: Mapping[str, Any], field: str) -> str:
    """`field` of a copied ladder form in the active language, else in the other one."""
    first, other = ("it", "en") if (get_language() or "").startswith("it") else ("en", "it")
    text: str = data.get(f"{field}_{first}") or data.get(f"{field}_{other}") or ""
    return text
