"""Telling the clinic of an emergency sign."""

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.vocabulary import EmergencySign


class EmergencyForm(forms.Form):
    """Which signs were noticed. The page groups them by what is to be done (rule 5)."""

    signs = forms.MultipleChoiceField(
        label=_("What you noticed"),
        choices=EmergencySign.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose what you noticed."),
            "invalid_choice": _("Choose from the list."),
        },
    )
