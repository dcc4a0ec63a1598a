"""An exercise as a patient's page shows it."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clinic.bilingual import localized, localized_data
from patients.models import ExerciseRecord, PrescribedExercise
from patients.step_words import news, next_step
from programs.dose_words import dose_parts
from programs.photos import photo_url
from programs.pictures import Drawing, drawing
from programs.tempo import tempo_seconds


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
    tempo_s: int | None = None  # seconds for one time, where the tempo gives figures
    news: str = ""  # of a step that was just taken
    next_step: str = ""

    @property
    def key(self) -> str:
        """What makes ids of this card unique on its page; short, because a page has many."""
        return f"x{self.exercise.position}"


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
            tempo_s=tempo_seconds(exercise.tempo),
            news=news(exercise),
            next_step=next_step(exercise),
        )
        for exercise in exercises
    ]


def easier_form(exercise: PrescribedExercise) -> FormWords | None:
    rung = exercise.easier_rung()
    if rung is None:
        return None
    return _form(exercise, rung) or FormWords(_("the usual form"), exercise.steps, drawing(exercise.figure))


def _form(exercise: PrescribedExercise, rung: int) -> FormWords | None:
    data = exercise.form(rung)
    if data is None:
        return None
    name = localized_data(data, "name")
    return FormWords(
        name, localized_data(data, "how").splitlines(), drawing(data.get("figure", ""), name=name)
    )
