"""The form behind "send again"."""

from django import forms


class AgainForm(forms.Form):
    """`attempt` is the number of tries that stood on the page: a press belongs to what was seen."""

    attempt = forms.IntegerField(min_value=0, max_value=32767, widget=forms.HiddenInput)
