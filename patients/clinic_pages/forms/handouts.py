"""What is asked before paper is made: whether a new sign-in code stands on it."""

from django import forms
from django.utils.translation import gettext_lazy as _

NEEDED, EVERYBODY, NOBODY = "needed", "everybody", "nobody"


class HandoutForm(forms.Form):
    new_code = forms.BooleanField(
        label=_("With a new sign-in code"),
        required=False,
        help_text=_(
            "The patient signs in with it and their date of birth. A code on an earlier paper stops working. "
            "Without it, the paper leads to the address of this site."
        ),
    )


class PileForm(forms.Form):
    codes = forms.ChoiceField(
        label=_("New sign-in codes"),
        choices=[
            (NEEDED, _("For those who lack a sign-in, an e-mail address or a code so far")),
            (EVERYBODY, _("For everybody")),
            (NOBODY, _("For nobody: the papers lead to the address of this site")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Who gets a new code can no longer use the one on an earlier paper."),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose who gets a new code.")),
    )
