"""A field for somebody's own words."""

from typing import Any

from django import forms

MOST_WORDS = 2000  # characters


class WordsField(forms.CharField):
    """A browser counts a line's end as one character and sends two: what fits there must fit here."""

    def __init__(self, *, rows: int, required: bool = False, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "maxlength": MOST_WORDS})
        super().__init__(required=required, max_length=MOST_WORDS, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        return text.replace("\r\n", "\n")
