"""Deciding at a review, and adding to one that is signed."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.clinic_pages.forms.acts import words_field
from patients.models import Prescription
from patients.review_words import usual_word
from patients.vocabulary import Decision, EndReason

MOST_DAYS = 365
MOST_NAME = 200  # characters


class SignForm(forms.Form):
    """The decision and what goes with it. Of a programme that has ended only the decision is asked.

    `decided` gives what `sign_review` takes.
    """

    decision = forms.ChoiceField(
        label=_("Decision"), choices=Decision.choices, widget=forms.RadioSelect(attrs={"class": "inline"})
    )
    note = words_field(label=_("Note for colleagues"), required=False)
    word = words_field(
        label=_("Word to the patient"),
        required=False,
        help_text=_(
            "Left empty, the patient reads the usual words for your decision. A mail says that there is one."
        ),
    )
    no_word = forms.BooleanField(label=_("No word this time"), required=False)
    next_after_days = forms.IntegerField(
        label=_("Next review after days"), min_value=1, max_value=MOST_DAYS, required=False
    )
    end_reason = forms.ChoiceField(
        label=_("If it ends: why"), choices=[("", "–"), *EndReason.choices], required=False
    )
    refer_to = forms.CharField(
        label=_("If you refer: to whom"),
        max_length=MOST_NAME,
        required=False,
        help_text=_("Left empty, the letter is to the family doctor."),
    )
    refer_why = words_field(
        label=_("If you refer: why"),
        required=False,
        help_text=_("Stands in the letter, which opens next and can be changed."),
    )

    def __init__(self, *args: Any, prescription: Prescription, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = prescription.patient.language
        self.is_running = prescription.status == Prescription.Status.ACTIVE
        self.fields["next_after_days"].initial = prescription.review_after_days
        # For js/word.js, which shows the usual words before they are sent.
        words = {decision.value: self._usual(decision) for decision in Decision}
        self.fields["word"].widget.attrs |= {"data-usual": json.dumps(words), "lang": self.language}
        if not self.is_running:
            del self.fields["next_after_days"], self.fields["end_reason"]

    def _usual(self, decision: Decision) -> str:
        return usual_word(decision, language=self.language, is_running=self.is_running)

    def decided(self) -> dict[str, Any]:
        """The arguments of `sign_review` that were chosen; of a valid form."""
        said = self.cleaned_data
        decision = Decision(said["decision"])
        word = "" if said["no_word"] else said["word"] or self._usual(decision)
        reason = said.get("end_reason")
        return {
            "decision": decision,
            "note": said["note"],
            "word": word,
            "next_after_days": said.get("next_after_days"),
            "end_reason": EndReason(reason) if reason else None,
            "refer_to": said["refer_to"],
            "refer_why": said["refer_why"],
        }


class AdditionForm(forms.Form):
    words = words_field(label=_("What is to be added or put right"))
