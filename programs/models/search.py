"""The column that the library is searched by: what an exercise says of itself, folded."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from clinic.bilingual import LANGUAGES
from clinic.folding import folded

SEARCHED = ("name", "plain_name", "target")


class SearchField(models.TextField):
    """Filled by itself wherever the row is saved or made in bulk; `QuerySet.update` must say it itself."""

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {"blank": True, "default": "", "editable": False, **kwargs}
        super().__init__(**given)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = searchable(model_instance)
        setattr(model_instance, self.attname, value)
        return value


def refresh_search(exercises: Iterable[Any]) -> set[str]:
    """Fill the column of rows that go through `bulk_update`, which asks no field. Gives its name."""
    for exercise in exercises:
        exercise.search = searchable(exercise)
    return {"search"}


def searchable(exercise: Any) -> str:
    """All that a search for `exercise` may find, folded; each text on a line of its own."""
    texts = (getattr(exercise, f"{field}_{language}") for field in SEARCHED for language in LANGUAGES)
    return "\n".join(folded(text) for text in texts if text)
