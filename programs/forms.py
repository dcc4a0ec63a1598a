"""Form fields and pickers of the library."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from programs.models import Exercise
from programs.vocabulary import Kind, Status


class CodesField(forms.MultipleChoiceField):
    """Check boxes for a list of codes that the model keeps as JSON, e.g. the precautions of an exercise."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, choices: Any, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(choices=choices, **kwargs)


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
