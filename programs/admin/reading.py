"""An exercise's words side by side, for reading."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from programs.models import Exercise


@dataclass(frozen=True)
class Text:
    """One text in both languages; `steps` is to be read as a numbered list."""

    label: str
    english: list[str]
    italian: list[str]
    steps: bool = False


def texts_of(exercise: Exercise) -> list[Text]:
    """All words of `exercise` that are given in at least one language, in the order of reading."""
    labels = {
        "name": _("Clinician's name"),
        "plain_name": _("Patient's name"),
        "target": _("Target"),
        "steps": _("Steps"),
        "feel": _("Where to feel it"),
        "tempo": _("Tempo"),
        "technique": _("How not to do it"),
        "stop": _("When to stop"),
        "side_means": _("What a side names"),
    }
    texts = [
        Text(
            label=label,
            english=_lines(getattr(exercise, f"{name}_en")),
            italian=_lines(getattr(exercise, f"{name}_it")),
            steps=name == "steps",
        )
        for name, label in labels.items()
    ]
    return [text for text in texts if text.english or text.italian]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
