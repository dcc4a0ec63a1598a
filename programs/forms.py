"""Form fields and pickers of the library."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from programs.models import Exercise
from programs.pictures import drawing, figure_choices
from programs.vocabulary import Kind, Status


class CodesField(forms.MultipleChoiceField):
    """Check boxes for a list of codes that the model keeps as JSON, e.g. the precautions of an exercise."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, choices: Any, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(choices=choices, **kwargs)


class FigurePicker(forms.RadioSelect):
    """Radio buttons with the figure that each stands for."""

    template_name = "programs/figure_picker.html"
    option_template_name = "django/forms/widgets/input.html"

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().create_option(name, value, *args, **kwargs), "drawing": drawing(str(value))}


def figure_or_none() -> list[tuple[str, Any]]:
    """The figures of a picker, with the choice of none first."""
    return [("", _("No figure")), *figure_choices()]


def exercise_choices(exercises: Iterable[Exercise]) -> list[tuple[Any, Any]]:
    """The exercises of a picker, by kind; last those not published, which old programmes may still have."""
    offered = sorted(exercises, key=lambda one: (one.status != Status.PUBLISHED, one.kind, one.name))
    groups = groupby(offered, key=lambda one: (one.status != Status.PUBLISHED, one.kind))
    return [
        ("", _("Choose an exercise")),
        *(
            (_("Not published") if hidden else Kind(kind).label, [(one.pk, one.name) for one in members])
            for (hidden, kind), members in groups
        ),
    ]
