"""A programme as one page: name, phase, schedule, review point, and its exercises with their doses."""

from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin.scoped import ScopedInline
from programs import schedule_text
from programs.admin.shared import LibraryAdmin, OwnershipFilter
from programs.models import Dose, Exercise, Program, ProgramItem
from programs.sources import claim
from programs.vocabulary import Kind, Status

FORMS = [
    (-2, _("Easier still")),
    (-1, _("Easier form")),
    (0, _("Usual form")),
    (1, _("Harder form")),
    (2, _("Harder still")),
]


class ItemForm(forms.ModelForm):
    """One exercise. Left without any dose it takes the one of the library."""

    rung = forms.TypedChoiceField(label=_("form"), choices=FORMS, coerce=int, initial=0)

    class Meta:
        model = ProgramItem
        fields = ("position", "exercise", "rung", *Dose.FIGURES, "note_en", "note_it")
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("note_en", "note_it")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dose_before = self.instance.dose()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        exercise, program = cleaned.get("exercise"), cleaned.get("program")
        if exercise is None:
            return cleaned
        if exercise.clinic_id is not None and program is not None and exercise.clinic_id != program.clinic_id:
            self.add_error("exercise", ValidationError(_("This exercise belongs to another clinic.")))
        rung = cleaned.get("rung")
        if rung and not exercise.forms.filter(rung=rung).exists():
            self.add_error("rung", ValidationError(_("This exercise has no such form.")))
        return cleaned

    def save(self, commit: bool = True) -> ProgramItem:
        item: ProgramItem = self.instance
        retold = any(name in self.changed_data for name in Dose.FIGURES)
        if not item.has_dose() or ("exercise" in self.changed_data and not retold):
            for name, value in item.exercise.dose().items():
                setattr(item, name, value)
        else:
            claim(item, self.dose_before)
            item.each_side, item.side_order = item.exercise.each_side, item.exercise.side_order
        return super().save(commit)


class ItemInline(ScopedInline, admin.StackedInline):
    model = ProgramItem
    form = ItemForm
    extra = 1
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("position", "exercise", "rung"),
                    Dose.FIGURES,
                )
            },
        ),
        (_("Note to the patient"), {"fields": (("note_en", "note_it"),), "classes": ["collapse"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProgramItem]:
        return super().get_queryset(request).select_related("exercise")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "exercise":
            # Set once, so that the list is not asked for again with every row.
            field.choices = exercise_choices(field.queryset)
        return field


def exercise_choices(exercises: QuerySet[Exercise]) -> list[tuple[Any, Any]]:
    """The exercises of a picker, by kind; last those not published, which old programmes may still have."""
    offered = sorted(exercises, key=lambda one: (one.status != Status.PUBLISHED, one.kind, one.name))
    groups = groupby(offered, key=lambda one: (one.status != Status.PUBLISHED, one.kind))
    return [
        ("", _("Choose an exercise")),
        *(
            (_("Not published") if hidden else Kind(kind).label, [(one.pk, one.name) for one in members])
            for (hidden, kind), members in groups
        ),
    ]


class ProgramAdmin(LibraryAdmin):
    inlines = (ItemInline,)
    list_display = ("name", "phase", "exercises", "schedule", "review_after_days", "whose", "status")
    list_filter = (OwnershipFilter, "phase", "status")
    search_fields = ("name_en", "name_it", "description_en", "description_it")
    search_help_text = _("Name or description, in either language")
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Program]:
        return super().get_queryset(request).select_related("clinic").annotate(exercise_count=Count("items"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        first = ("clinic", "status", "phase") if self.asks_for_clinic(request, obj) else ("status", "phase")
        return [
            (None, {"fields": (("name_en", "name_it"), ("description_en", "description_it"), first)}),
            (_("Schedule"), {"fields": (("sessions_a_day", "review_after_days"), "weekdays")}),
        ]

    @admin.display(description=_("name"), ordering="name_en")
    def name(self, program: Program) -> str:
        return program.name

    @admin.display(description=_("exercises"), ordering="exercise_count")
    def exercises(self, program: Any) -> int:
        count: int = program.exercise_count
        return count

    @admin.display(description=_("schedule"))
    def schedule(self, program: Program) -> str:
        return schedule_text.in_short(program)
