"""Asking the clinic: a question, an appointment, a call back."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from patients.forms.words import WordsField
from patients.vocabulary import MessageKind, TimeOfDay


class AskForm(forms.Form):
    """`uid` makes the same form, sent twice, one question. `open_days` are the clinic's ISO weekdays."""

    uid = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), _("Please send this form once more.")),
    )
    kind = forms.ChoiceField(
        label=_("What would you like?"),
        choices=MessageKind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the answers."),
            "invalid_choice": _("Choose from the list."),
        },
    )
    words = WordsField(
        label=_("Your question, or what it is about"),
        help_text=_("Your physiotherapists read this, the front desk does not."),
        rows=4,
    )
    days = forms.TypedMultipleChoiceField(
        label=_("For an appointment or a call: which days suit you?"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "inline"}),
        error_messages={"invalid_choice": _("Choose from the list.")},
    )
    times = forms.MultipleChoiceField(
        label=_("And at what time of day?"),
        choices=TimeOfDay.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "inline"}),
        error_messages={"invalid_choice": _("Choose from the list.")},
    )

    def __init__(self, *args: Any, open_days: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days: Any = self.fields["days"]
        days.choices = [(int(day), capfirst(WEEKDAYS[int(day) - 1])) for day in open_days]
