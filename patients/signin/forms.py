"""Forms of the patients' doors."""

from typing import Any

from allauth.account.forms import RequestLoginCodeForm
from django import forms
from django.utils.translation import gettext_lazy as _

DAY_FIRST = ["%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d %m %Y", "%d%m%Y", "%Y-%m-%d"]


class SignInForm(RequestLoginCodeForm):
    """Where to send the six digits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Your e-mail address")
        self.fields["email"].widget.attrs.pop("placeholder", None)


class PaperForm(forms.Form):
    """The code on the sheet, and who it is for."""

    code = forms.CharField(
        label=_("Code on your sheet"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("Eight letters and digits, for example KFD7-2XMP."),
    )
    birth_on = forms.DateField(
        label=_("Date of birth"),
        input_formats=DAY_FIRST,
        widget=forms.DateInput(attrs={"autocomplete": "bday", "inputmode": "text"}),
        help_text=_("Day, month, year, for example 24.3.1952."),
        error_messages={"invalid": _("Write the date as day, month, year, for example 24.3.1952.")},
    )
