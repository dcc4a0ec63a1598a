"""Answering a patient in a few words."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_WORDS = 4000  # characters


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MOST_WORDS}),
        error_messages={"required": _("Write an answer.")},
    )
