"""A letter, as its writer has it."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_CHARACTERS = 20_000


class LetterForm(forms.Form):
    words = forms.CharField(
        label=_("Text of the letter"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 24, "maxlength": MOST_CHARACTERS}),
    )
