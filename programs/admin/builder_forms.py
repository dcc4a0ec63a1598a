"""The forms of the builder: a row for each exercise, the programme's own fields, the sheet of them all."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinic.weekdays import CHOICES, WeekdaysFormField
from programs import dose_figures, progression_words
from programs.admin.builder_growth import GROWS, GrowthForm, growth_of, progression_of, rung_field
from programs.building import TEMPO, Row, figures
from programs.models import Dose, Exercise
from programs.models.dose import MOST_SECONDS, MOST_TIMES
from programs.progression import steps
from programs.sources import sources_after
from programs.vocabulary import Phase, SideOrder

RANGES = (("reps", "reps_most"), ("hold_s", "hold_most_s"), ("hold_s", "hold_until_s"))
SEEN_AT_ONCE = ("sets", "reps", "hold_s", "rest_s")  # the other figures are folded away until one is given
NO_SIDES, ANY_ORDER = "no", "any"
SIDES = [
    (NO_SIDES, _("Not by sides")),
    (ANY_ORDER, _("Each side, in any order")),
    (SideOrder.FINISH.value, _("Each side, one after the other")),
    (SideOrder.ALTERNATE.value, _("Each side, changing each time")),
]
MOST_ROWS = 40
MOST_SESSIONS_A_DAY = 4
MOST_WORDS = 500
MOST_TEMPO = 200


class RowForm(GrowthForm):
    """One exercise: its figures in place, its form, its progression, the note, whether it was shown."""

    sides = forms.ChoiceField(label=_("Sides"), choices=SIDES, required=False)
    against: Sequence[str] = ()  # the patient's precautions that the exercise names, where there is a patient
    removed = forms.BooleanField(required=False, widget=forms.HiddenInput)
    shown_in_clinic = forms.BooleanField(label=_("Shown and checked in the clinic"), required=False)
    tempo_en = forms.CharField(label=_("Tempo, English"), required=False, max_length=MOST_TEMPO)
    tempo_it = forms.CharField(label=_("Tempo, Italian"), required=False, max_length=MOST_TEMPO)
    note_en = forms.CharField(
        label=_("Note, English"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    note_it = forms.CharField(
        label=_("Note, Italian"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, row: Row, **kwargs: Any) -> None:
        self.row = row
        kwargs["prefix"] = f"row-{row.key}"
        kwargs["initial"] = {
            **row.dose,
            "rung": row.rung,
            "sides": (row.dose.get("side_order") or ANY_ORDER) if row.dose.get("each_side") else NO_SIDES,
            **row.tempo(),
            "note_en": row.note_en,
            "note_it": row.note_it,
            "shown_in_clinic": row.shown_in_clinic,
            **growth_of(row.progression),
        }
        super().__init__(*args, **kwargs)
        for name in Dose.FIGURES:
            self.fields[name] = forms.IntegerField(
                label=capfirst(Dose._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
                required=False,
                min_value=1,
                max_value=MOST_SECONDS if name.endswith("_s") else MOST_TIMES,
            )
        forms_of = row.forms
        if forms_of is None:
            forms_of = {form.rung: str(form) for form in row.exercise.forms.all()}
        self.rungs = sorted({0, row.rung, *forms_of})
        self.named = {rung: str(forms_of.get(rung) or _unnamed(rung)) for rung in self.rungs}
        self.fields["rung"] = rung_field(_("Form"), list(self.named.items()))
        now = self["rung"].value()
        rung = int(now) if str(now).lstrip("-").isdecimal() else row.rung
        reached = row.progression.up_to_rung  # one that has come to its last form keeps it
        harder = [(one, name) for one, name in self.named.items() if one > rung or one == reached]
        self.fields["up_to_rung"] = rung_field(_("Then up to the form"), [("", _("The same form")), *harder])

    @property
    def is_removed(self) -> bool:
        return bool(self["removed"].value())

    def first_figures(self) -> list[forms.BoundField]:
        return [self[name] for name in SEEN_AT_ONCE]

    def more_figures(self) -> list[forms.BoundField]:
        return [self[name] for name in Dose.FIGURES if name not in (*SEEN_AT_ONCE, *GROWS)]

    def librarys_dose(self) -> str:
        """What the library says, where the row says something else; empty where it says the same."""
        exercise = self.row.exercise
        same = figures(self.dose_now()) == figures(exercise.dose())
        return "" if same else dose_figures.in_short(exercise)

    def progression_in_short(self) -> str:
        """What grows, as far as it can be read; empty where nothing does, or does any more."""
        row = self.row_now()
        found = steps(dose=row.dose, rung=row.rung, rungs=self.rungs, progression=row.progression)
        if len(found) == 1:
            return ""
        way = progression_words.in_short(found, lambda rung: self.named.get(rung, ""))
        return f"{way}; {progression_words.when(row.progression)}"

    @property
    def has_more(self) -> bool:
        return any(field.value() not in (None, "") or field.errors for field in self.more_figures())

    @property
    def has_note(self) -> bool:
        return any(self[name].value() for name in ("note_en", "note_it")) or any(
            (self[name].value() or "") != getattr(self.row.exercise, name) for name in TEMPO
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for least, most in RANGES:
            low, high = cleaned.get(least), cleaned.get(most)
            if high is not None and low is None and not self.has_error(least):
                self.add_error(most, ValidationError(_("Give the lower figure too.")))
            elif high is not None and low is not None and high < low:
                self.add_error(most, ValidationError(_("This must not be less than the lower figure.")))
        return cleaned

    def dose_now(self) -> dict[str, Any]:
        """What the row asks as far as it can be read: for the burden, while somebody still types."""
        self.is_valid()
        said = self.cleaned_data if self.is_bound else self.initial
        return {**self.row.dose, **{name: said.get(name) for name in Dose.FIGURES}, **_sides(said)}

    def row_now(self) -> Row:
        """The row as far as it can be read; as it was, where something in it is wrong."""
        return self.said() if self.is_bound and self.is_valid() else self.row

    def said(self) -> Row:
        """The row as it was filled in; a figure that changed is the clinician's."""
        said = self.cleaned_data
        dose = {**self.row.dose, **{name: said[name] for name in Dose.FIGURES}, **_sides(said)}
        dose["dose_sources"] = sources_after(self.row.dose, dose)
        asked = {name: said[name] for name in ("note_en", "note_it", "shown_in_clinic")}
        for name in TEMPO:  # what the library says is not copied into a template
            is_library = not self.row.is_copy and said[name] == getattr(self.row.exercise, name)
            asked[name] = "" if is_library else said[name]
        return Row(self.row.exercise, dose, said["rung"] or 0, **asked, progression=progression_of(said))


def _sides(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says of the sides as the dose keeps it; where it says nothing, nothing changes."""
    sides = said.get("sides")
    if not sides:
        return {}
    return {"each_side": sides != NO_SIDES, "side_order": sides if sides in SideOrder.values else ""}


def _unnamed(rung: int) -> Any:
    return _("A form that the library has no more") if rung else _("Usual form")


class ScheduleForm(forms.Form):
    """How often it is practised."""

    sessions_a_day = forms.IntegerField(label=_("Sessions a day"), min_value=1, max_value=MOST_SESSIONS_A_DAY)
    weekdays = WeekdaysFormField(
        label=_("Days of the week"),
        choices=CHOICES,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "inline"}),
    )


class SchemeForm(ScheduleForm):
    """What a programme is called, for whom, how often, and when it is looked at again."""

    name_en = forms.CharField(label=_("Name, English"), max_length=120)
    name_it = forms.CharField(label=_("Name, Italian"), max_length=120, required=False)
    phase = forms.ChoiceField(label=_("Phase"), choices=Phase.choices)
    review_after_days = forms.IntegerField(label=_("Review after days"), min_value=1, max_value=365)
    field_order = ("name_en", "name_it", "phase", "sessions_a_day", "review_after_days", "weekdays")


class Sheet:
    """All rows of the page, in the order in which they stand there."""

    is_whole = True

    def __init__(self, forms: Sequence[RowForm]) -> None:
        self.forms = list(forms)

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Sheet":
        return cls([RowForm(row=row) for row in rows])

    @classmethod
    def sent(cls, data: Any, exercises: QuerySet[Exercise], begun: Mapping[str, Row]) -> "Sheet":
        """The rows as the page sent them: what it began with, and others that are among `exercises`.

        What is neither (retired meanwhile, another clinic's) is left out, and `is_whole` says so.
        """
        keys = [key for key in dict.fromkeys(data.getlist("rows")) if key.isdecimal() and len(key) < 19]
        keys = keys[:MOST_ROWS]
        found = exercises.filter(pk__in=keys).prefetch_related("forms").in_bulk()
        fresh = {str(pk): Row(exercise, exercise.dose()) for pk, exercise in found.items()}
        known = {**fresh, **begun}
        sheet = cls([RowForm(data, row=known[key]) for key in keys if key in known])
        sheet.is_whole = len(sheet.forms) == len(set(data.getlist("rows")))
        return sheet

    def add(self, row: Row) -> None:
        """At the end; one that was removed comes back, and what stands there already stays where it is."""
        for form in self.forms:
            if form.row.key == row.key:
                self.restore(form.row.key)
                return
        self.forms.append(RowForm(row=row))

    def move(self, key: str, by: int) -> None:
        at = self._at(key)
        if at is not None:
            form = self.forms.pop(at)
            self.forms.insert(max(0, at + by), form)

    def remove(self, key: str) -> None:
        self._mark(key, "on")

    def restore(self, key: str) -> None:
        self._mark(key, "")

    def _mark(self, key: str, value: str) -> None:
        at = self._at(key)
        if at is None:
            return
        form = self.forms[at]
        if form.is_bound:
            data: Any = form.data
            data = data.copy()
            data[form.add_prefix("removed")] = value
            self.forms[at] = RowForm(data, row=form.row)
        else:
            form.initial["removed"] = value

    def _at(self, key: str) -> int | None:
        return next((at for at, form in enumerate(self.forms) if form.row.key == key), None)

    def kept(self) -> list[RowForm]:
        return [form for form in self.forms if not form.is_removed]

    def is_valid(self) -> bool:
        # Every form is asked, so that all that is wrong is said at once.
        return not [form for form in self.kept() if not form.is_valid()]

    def rows(self) -> list[Row]:
        return [form.said() for form in self.kept()]


Act = Callable[[Sheet, str], None]
ACTS: dict[str, Act] = {
    "up": lambda sheet, key: sheet.move(key, -1),
    "down": lambda sheet, key: sheet.move(key, 1),
    "remove": lambda sheet, key: sheet.remove(key),
    "restore": lambda sheet, key: sheet.restore(key),
}
