"""The patient's part of a review: has it helped?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.vocabulary import Helped

MOST_WORDS = 2000  # characters


class ReviewForm(forms.Form):
    helped = forms.ChoiceField(
        label=_("Have the exercises been useful to you?"),
        choices=Helped.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the answers."),
            "invalid_choice": _("Choose from the list."),
        },
    )
    words = forms.CharField(
        label=_("What would you like your physiotherapist to know?"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": MOST_WORDS}),
    )
