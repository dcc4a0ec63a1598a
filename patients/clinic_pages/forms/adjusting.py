"""Adjusting a prescription: a row for each line with dose, place and removal; one to add; the schedule."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinic.weekdays import CHOICES, WeekdaysFormField
from patients.clinic_pages.forms.acts import MOST_WORDS, words_field
from patients.versions import Line
from programs.models import Dose, Exercise
from programs.models.dose import MOST_SECONDS, MOST_TIMES
from programs.sources import sources_after

RANGES = (("reps", "reps_most"), ("hold_s", "hold_most_s"), ("hold_s", "hold_until_s"))


class LineForm(forms.Form):
    """One line: its place, its figures, the note; or off the programme."""

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        self.line = line
        initial = {**line.dose, "note_en": line.note_en, "note_it": line.note_it}
        kwargs["initial"] = {**initial, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["place"] = forms.IntegerField(label=_("Place"), min_value=1, max_value=99)
        self.fields["remove"] = forms.BooleanField(label=_("Remove"), required=False)
        for name in Dose.FIGURES:
            self.fields[name] = forms.IntegerField(
                label=capfirst(Dose._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
                required=False,
                min_value=1,
                max_value=MOST_SECONDS if name.endswith("_s") else MOST_TIMES,
            )
        for name, label in (("note_en", _("Note, English")), ("note_it", _("Note, Italian"))):
            self.fields[name] = forms.CharField(label=label, required=False, max_length=MOST_WORDS)

    def figures(self) -> list[forms.BoundField]:
        return [self[name] for name in Dose.FIGURES]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("remove"):
            return cleaned
        for least, most in RANGES:
            low, high = cleaned.get(least), cleaned.get(most)
            if high is not None and low is None and not self.has_error(least):
                self.add_error(most, ValidationError(_("Give the lower figure too.")))
            elif high is not None and low is not None and high < low:
                self.add_error(most, ValidationError(_("This must not be less than the lower figure.")))
        return cleaned

    def changed_line(self) -> Line:
        """The line as it was adjusted; a figure that changed is the clinician's."""
        said = self.cleaned_data
        dose = {**self.line.dose, **{name: said[name] for name in Dose.FIGURES}}
        dose["dose_sources"] = sources_after(self.line.dose, dose)
        return replace(self.line, dose=dose, note_en=said["note_en"], note_it=said["note_it"])


class AdjustForm(forms.Form):
    """The schedule, the exercise to add, and the version that all this was based on."""

    based_on = forms.IntegerField(widget=forms.HiddenInput)
    sessions_a_day = forms.IntegerField(label=_("Sessions a day"), min_value=1, max_value=4)
    weekdays = WeekdaysFormField(
        label=_("Days of the week"),
        choices=CHOICES,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "inline"}),
    )
    add = forms.ModelChoiceField(
        label=_("Add an exercise"),
        queryset=Exercise.objects.none(),
        required=False,
        help_text=_("It comes last, with the dose of the library; adjust it in the next step."),
    )
    precautions_reason = words_field(label=_("Prescribed all the same, because"), required=False)

    def __init__(self, *args: Any, exercises: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["add"]
        field.queryset = exercises
        field.choices = choices


class Adjusting:
    """The page's forms together: bound to `data` where something was sent."""

    def __init__(self, lines: Sequence[Line], *, data: Any = None, **more: Any) -> None:
        self.schedule = AdjustForm(data, **more)
        self.rows = [
            LineForm(data, line=line, prefix=f"line-{line.line}", initial={"place": place})
            for place, line in enumerate(lines, start=1)
        ]

    def is_valid(self) -> bool:
        # Every form is asked, so that all that is wrong is said at once.
        return all([self.schedule.is_valid(), *[row.is_valid() for row in self.rows]])

    def has_changed(self) -> bool:
        return self.schedule.has_changed() or any(row.has_changed() for row in self.rows)

    def lines(self) -> list[Line]:
        """What was asked for, in order, with what was added at the end."""
        kept = [row for row in self.rows if not row.cleaned_data["remove"]]
        kept.sort(key=lambda row: row.cleaned_data["place"])
        added = self.schedule.cleaned_data["add"]
        fresh = [Line(added, added.dose(), line=uuid.uuid4())] if added else []
        return [row.changed_line() for row in kept] + fresh
