"""The part of a builder's row that says what grows, and when: the progression (rule 7)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programs.models import NO_PROGRESSION, Progression
from programs.models.progression import MOST_SESSIONS
from programs.progression import holds

GROWS = ("hold_step_s", "hold_until_s")  # figures of the dose that stand here
SAYS_WHAT = ("hold_s", *GROWS, "up_to_rung", "next_after")
ASKS, ALONE = "ask", "alone"


class GrowthForm(forms.Form):
    """The form of a row has `rung` and the figures of the dose beside it."""

    rungs: list[int]  # of the exercise's ladder, easier first

    next_after = forms.IntegerField(
        label=_("After comfortable sessions"), required=False, min_value=1, max_value=MOST_SESSIONS
    )
    next_how = forms.ChoiceField(
        label=_("The next step"), choices=[(ASKS, _("Ask me")), (ALONE, _("On its own"))], required=False
    )

    def growth(self) -> list[forms.BoundField]:
        ladder = ["up_to_rung"] if len(self.rungs) > 1 else []
        return [self[name] for name in (*GROWS, *ladder, "next_after", "next_how")]

    @property
    def grows(self) -> bool:
        return bool(self["next_after"].value()) or any(field.errors for field in self.growth())

    def clean(self) -> dict[str, Any]:
        """After so many sessions, to what; and the other way round."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        after, up_to, rung = (cleaned.get(name) for name in ("next_after", "up_to_rung", "rung"))
        if self.errors:
            return cleaned
        if up_to is not None and up_to <= (rung or 0) and self._changes("rung", "up_to_rung"):
            self.add_error("up_to_rung", ValidationError(_("Choose a harder form than the one of now.")))
        elif after is None and up_to is not None:
            self.add_error("next_after", ValidationError(_("Say after how many comfortable sessions.")))
        elif after is not None and up_to is None and len(holds(cleaned)) == 1 and self._changes(*SAYS_WHAT):
            problem = _("Say what grows: the hold by how much and until when, or up to which form.")
            self.add_error("next_after", ValidationError(problem))
        return cleaned

    def _changes(self, *names: str) -> bool:
        """One that has come to its last step is not asked anew what grows, whatever else is changed."""
        return not set(names).isdisjoint(self.changed_data)


def rung_field(label: Any, choices: list[tuple[Any, Any]]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, required=False, empty_value=None, choices=choices)


def growth_of(progression: Progression) -> dict[str, Any]:
    """As the fields show it."""
    how = ALONE if progression.next_alone else ASKS
    return {"next_after": progression.next_after, "next_how": how, "up_to_rung": progression.up_to_rung}


def progression_of(said: Mapping[str, Any]) -> Progression:
    """As the fields say it."""
    if said["next_after"] is None:
        return NO_PROGRESSION
    return Progression(said["next_after"], said["next_how"] == ALONE, said["up_to_rung"])
