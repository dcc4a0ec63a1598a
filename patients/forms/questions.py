"""Questions to a patient as fields of a form. Nothing is chosen beforehand but what was answered before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.bilingual import current_language, localized
from patients.keeping_answers import MOST_WORDS, Said
from patients.models import Answer
from patients.our_questions import ACTIVITY_NAME
from patients.questionnaire import Asked
from patients.vocabulary import PAIN_RANGE
from programs.vocabulary import QuestionKind

WAS = "was-"  # with it the form carries what it showed of each answer
MOST_OF_A_NAME = 80  # characters: it stands before other questions
NOT_IN_THE_LIST = {"invalid_choice": _("Choose from the list.")}


@dataclass(frozen=True)
class Group:
    """Questions that belong together; `prefix` stands before their names in the form."""

    prefix: str
    asked: Sequence[Asked]
    told: Mapping[str, Answer]  # by the key of the question
    title: str = ""


class QuestionsForm(forms.Form):
    """Only what was said otherwise than the form showed it is an answer.

    So what another window has saved meanwhile stays, and an answer that was emptied on purpose goes.
    """

    def __init__(self, data: Any = None, *, groups: Iterable[Group], **kwargs: Any) -> None:
        self.groups = list(groups)
        self.was: dict[str, str] = {}
        super().__init__(data, **kwargs)
        for group in self.groups:
            for asked in group.asked:
                self._add(group.prefix + asked.key, asked, group.told.get(asked.key))

    def _add(self, name: str, asked: Asked, answer: Answer | None) -> None:
        value = "" if answer is None else answer.words if answer.number is None else str(answer.number)
        self.fields[name] = _field(asked, is_told=bool(value))
        if value:
            self.initial[name] = self.was[f"{WAS}{name}"] = value

    def sections(self) -> list[tuple[str, list[Any]]]:
        """The title and the bound fields of each group."""
        return [
            (group.title, [self[group.prefix + asked.key] for asked in group.asked]) for group in self.groups
        ]

    def said(self, prefix: str = "") -> dict[str, Said | None]:
        """What was said of the group's questions, by their keys; None takes an answer back."""
        group = next(one for one in self.groups if one.prefix == prefix)
        found: dict[str, Said | None] = {}
        for asked in group.asked:
            name = prefix + asked.key
            shown = self.data.get(f"{WAS}{name}", "")
            if name not in self.data or lines_alike(self.data[name]) == lines_alike(shown):
                continue
            value = self.cleaned_data[name]
            if value in (None, ""):
                found[asked.key] = None
            elif asked.question.kind == QuestionKind.WORDS:
                found[asked.key] = Said(words=value)
            else:
                found[asked.key] = Said(number=value)
        return found


def _field(asked: Asked, *, is_told: bool) -> forms.Field:
    """Who has answered may leave it out again; who has not leaves it as it is."""
    label, kind = asked.words(), asked.question.kind
    if kind == QuestionKind.WORDS:
        most = MOST_OF_A_NAME if asked.key == ACTIVITY_NAME else MOST_WORDS
        widget: Any = forms.TextInput() if asked.key == ACTIVITY_NAME else forms.Textarea(attrs={"rows": 3})
        hint = _("For example gardening, or sitting through a film.") if asked.key == ACTIVITY_NAME else ""
        return forms.CharField(label=label, help_text=hint, required=False, max_length=most, widget=widget)
    choices: list[tuple[Any, Any]] = [("", _("Leave this out"))] if is_told else []
    field = forms.TypedChoiceField(
        label=label,
        choices=choices + _choices(asked),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "scale"} if kind == QuestionKind.SCALE else {}),
        error_messages=NOT_IN_THE_LIST,
    )
    if kind == QuestionKind.SCALE:
        field.ends = [localized(asked.question, end) for end in ("low", "high")]  # type: ignore[attr-defined]
    return field


def _choices(asked: Asked) -> list[tuple[Any, Any]]:
    kind = asked.question.kind
    if kind == QuestionKind.SCALE:
        return [(level, str(level)) for level in range(PAIN_RANGE[0], PAIN_RANGE[1] + 1)]
    if kind == QuestionKind.YES_NO:
        return [(1, gettext("Yes")), (0, gettext("No"))]
    italian = current_language() == "it"
    return [(place, it if italian else en) for place, en, it in asked.question.choices()]


def lines_alike(text: str) -> str:
    """To compare by: browsers send the lines of a text in their own way."""
    return text.replace("\r\n", "\n").strip()
