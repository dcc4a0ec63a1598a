"""The patient's part of a review: has it helped, and the same questions as at the start."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.forms.questions import WAS, QuestionsForm, lines_alike
from patients.forms.words import WordsField
from patients.vocabulary import Helped


class ReviewForm(QuestionsForm):
    helped = forms.ChoiceField(
        label=_("Have the exercises been useful to you?"),
        choices=Helped.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose from the list.")},
    )
    words = WordsField(label=_("What would you like your physiotherapist to know?"), rows=4)

    def __init__(self, data: Any = None, *, helped: str, words: str, **kwargs: Any) -> None:
        """`helped` and `words` are what was said before."""
        super().__init__(data, **kwargs)
        self.initial.update(helped=helped, words=words)
        if words:
            self.was[f"{WAS}words"] = words

    def said_helped(self) -> Helped | None:
        helped = self.cleaned_data["helped"]
        return Helped(helped) if helped else None

    def says_something(self) -> bool:
        return self.said_helped() is not None or self.said_words() is not None or bool(self.said())

    def said_words(self) -> str | None:
        """None where the form showed the same."""
        posted, was = self.data.get("words", ""), self.data.get(f"{WAS}words", "")
        return None if lines_alike(posted) == lines_alike(was) else self.cleaned_data["words"]
