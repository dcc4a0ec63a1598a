"""One line of a paper sheet as it is typed: a tick and the pains of each session of that day."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from patients.paper_sheets import SheetDay, Ticked
from patients.vocabulary import PAIN_RANGE

PAIN_WORDS = gettext_lazy("Pain is a number from 0 to 10.")


class Slot(NamedTuple):
    """The fields of one session; without them where it is recorded already."""

    number: int
    done: Any = None
    before: Any = None
    after: Any = None


class LineForm(forms.Form):
    """`before` is on sheets with one session a day alone, as on the printed one."""

    def __init__(self, day: SheetDay, data: Any = None) -> None:
        super().__init__(data, prefix=day.on.isoformat())
        self.day = day
        self.has_before = day.asked == 1
        for slot in self._open():
            self.fields[f"done-{slot}"] = forms.BooleanField(
                required=False, widget=_cell(forms.CheckboxInput, day.on, slot, _("Done"))
            )
            pains = {"after": pgettext("pain", "After")}
            if self.has_before:
                pains = {"before": pgettext("pain", "Before"), **pains}
            for name, label in pains.items():
                self.fields[f"{name}-{slot}"] = forms.IntegerField(
                    required=False,
                    min_value=PAIN_RANGE[0],
                    max_value=PAIN_RANGE[1],
                    widget=_cell(
                        forms.TextInput, day.on, slot, label, inputmode="numeric", maxlength=2, size=2
                    ),
                    error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), PAIN_WORDS),
                )

    def _open(self) -> list[int]:
        return [slot for slot in range(1, self.day.asked + 1) if slot not in self.day.taken]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for slot in self._open():
            pains = [cleaned.get(f"{name}-{slot}") for name in ("before", "after")]
            if not cleaned.get(f"done-{slot}") and any(pain is not None for pain in pains):
                problem = _("There is a pain without a tick: tick the session, or take the pain out.")
                self.add_error(f"done-{slot}", ValidationError(problem, code="tick"))
        return cleaned

    def ticked(self) -> list[Ticked]:
        said = self.cleaned_data
        return [
            Ticked(slot, said.get(f"before-{slot}"), said.get(f"after-{slot}"))
            for slot in self._open()
            if said.get(f"done-{slot}")
        ]

    def slots(self) -> Iterator[Slot]:
        """The sessions in order. Where something is wrong in the line, it describes all of its fields."""
        if self.is_bound and self.errors:
            for field in self.fields.values():
                field.widget.attrs["aria-describedby"] = self.error_id
        for slot in range(1, self.day.asked + 1):
            names = (f"{name}-{slot}" for name in ("done", "before", "after"))
            yield Slot(slot, *(self[name] if name in self.fields else None for name in names))

    @property
    def said_wrong(self) -> list[str]:
        """What is wrong in this line, each thing once."""
        return list(dict.fromkeys(str(message) for errors in self.errors.values() for message in errors))

    @property
    def error_id(self) -> str:
        return f"{self.prefix}-wrong"


def _cell(widget: type[forms.Widget], on: dt.date, slot: int, label: str, **attrs: Any) -> forms.Widget:
    """A field of the grid, which a screen reader names by its day, session and column."""
    name = f"{date_format(on, 'D j M')}, {slot}. {label}"
    return widget(attrs={"aria-label": name, "autocomplete": "off", **attrs})
