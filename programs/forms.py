"""Form fields of the library."""

from typing import Any

from django import forms


class CodesField(forms.MultipleChoiceField):
    """Check boxes for a list of codes that the model keeps as JSON, e.g. the precautions of an exercise."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, choices: Any, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(choices=choices, **kwargs)
