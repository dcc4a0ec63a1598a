"""A programme as one page: name, phase, schedule, review point, and its exercises with their doses."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from clinic.admin.scoped import ScopedInline
from clinic.admin.unchanged import UnchangedForm
from programs import dose_figures, schedule_text
from programs.admin.shared import LibraryAdmin, OwnershipFilter, RowsFormSet
from programs.forms import exercise_choices
from programs.models import Dose, Program, ProgramItem
from programs.sources import claim

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

    def __init__(self, *args: Any, place: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dose_before = self.instance.dose()
        self.place = place
        self.fields["position"].required = False
        if self.instance.pk is None:
            self.initial["position"] = place

    def has_changed(self) -> bool:
        """A row that says nothing but its place is none."""
        return any(name not in {"position", "rung"} or self.instance.pk for name in self.changed_data)

    def clean_position(self) -> int:
        """Left empty, it comes where its row stands."""
        position = self.cleaned_data["position"]
        return position if position is not None else self.place or 0

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        exercise, rung = cleaned.get("exercise"), cleaned.get("rung")
        if exercise is None:
            return cleaned
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
            if item.pk is None or "exercise" in self.changed_data:
                item.each_side, item.side_order = item.exercise.each_side, item.exercise.side_order
        return super().save(commit)


class ItemFormSet(RowsFormSet):
    """Tells every new row which place it has."""

    distinct = "exercise"

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        place = None if index is None else index + 1
        return {**super().get_form_kwargs(index), "place": place}


class ItemInline(ScopedInline, admin.StackedInline):
    model = ProgramItem
    form = ItemForm
    formset = ItemFormSet
    extra = 1
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("position", "exercise", "rung"),
                    Dose.FIGURES,
                ),
                "classes": ["doses-row"],
            },
        ),
        (_("Note to the patient"), {"fields": (("note_en", "note_it"),), "classes": ["collapse", "pairs"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProgramItem]:
        return super().get_queryset(request).select_related("exercise")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "exercise":
            # Set once, so that the list is not asked for again with every row.
            field.choices = exercise_choices(field.queryset)
        return field


class ProgramAdmin(LibraryAdmin):
    form = UnchangedForm  # its items are told by its edition
    inlines = (ItemInline,)
    list_display = ("name", "phase", "exercises", "schedule", "review_after_days", "whose", "status")
    list_filter = (OwnershipFilter, "phase", "status")
    search_fields = ("name_en", "name_it", "description_en", "description_it")
    search_help_text = _("Name or description, in either language")
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Program]:
        return super().get_queryset(request).select_related("clinic").annotate(exercise_count=Count("items"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not while a question goes with it: without any programme it would go with all."""
        return super().has_delete_permission(request, obj) and not obj.questions.exists()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The next edition, so that somebody who builds on the one before is told."""
        super().save_model(request, obj, form, change)
        if change:
            Program.objects.filter(pk=obj.pk).update(edition=F("edition") + 1)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        first = ("clinic", "status", "phase") if self.asks_for_clinic(request, obj) else ("status", "phase")
        return [
            (
                None,
                {
                    "fields": (("name_en", "name_it"), ("description_en", "description_it"), first),
                    "classes": ["pairs"],
                },
            ),
            (_("Schedule"), {"fields": (("sessions_a_day", "review_after_days"), "weekdays")}),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With all that the reading page shows, for those who may not edit."""
        program = self.get_object(request, unquote(object_id))
        rows = program.items.select_related("exercise").prefetch_related("exercise__forms")
        context = {
            "schedule": schedule_text.in_short(program),
            "rows": [
                {
                    "item": item,
                    "dose": dose_figures.in_short(item),
                    "form": next(
                        (form for form in item.exercise.forms.all() if form.rung == item.rung), None
                    ),
                }
                for item in rows
            ],
        }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

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
