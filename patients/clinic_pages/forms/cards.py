"""Wording a card under Learn, in both languages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.learning.cards import ALWAYS, TEXTS, Card
from patients.learning.editing import LATEST_DAY

MOST_TITLE, MOST_TEXT = 80, 1200  # characters: short cards


def _title(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=MOST_TITLE)


def _text(label: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 5, "maxlength": MOST_TEXT})
    return forms.CharField(label=label, required=False, max_length=MOST_TEXT, widget=widget)


class CardForm(forms.Form):
    """`card` is what it is now, None for a new one. A card of ours has no day to choose."""

    edition = forms.IntegerField(widget=forms.HiddenInput)
    title_en = _title(_("Title, English"))
    text_en = _text(_("Text, English"))
    title_it = _title(_("Title, Italian"))
    text_it = _text(_("Text, Italian"))
    day = forms.IntegerField(
        label=_("From which day of the programme on"), min_value=ALWAYS, max_value=LATEST_DAY
    )
    hidden = forms.BooleanField(label=_("Do not show it"), required=False)

    def __init__(self, *args: Any, card: Card | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if card is not None and not card.is_own:
            del self.fields["day"]
        if card is None or card.is_safety:
            del self.fields["hidden"]

    @property
    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in TEXTS}
