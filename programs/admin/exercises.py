"""The library in the admin: a list, a page that reads in both languages, a form."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from clinic.admin.scoped import ScopedInline
from clinic.admin.unchanged import UnchangedForm
from programs import dose_figures
from programs.admin.reading import texts_of
from programs.admin.shared import LibraryAdmin, OwnershipFilter, RowsFormSet
from programs.forms import CodesField, FigurePicker, figure_or_none
from programs.keys import free_key
from programs.models import Dose, Exercise, LadderForm, Program
from programs.photos import clean_photo, photo_url
from programs.pictures import drawing
from programs.sources import claim
from programs.vocabulary import Equipment, Precaution


class ExerciseForm(UnchangedForm):
    equipment = CodesField(label=_("equipment"), choices=Equipment.choices)
    precautions = CodesField(
        label=_("ask before"),
        choices=Precaution.choices,
        help_text=_("Shown as a conflict when it is prescribed to a patient who has one of these."),
    )

    figure = forms.ChoiceField(label=_("figure"), choices=figure_or_none, widget=FigurePicker, required=False)
    new_photo = forms.FileField(
        label=_("new photo"),
        required=False,
        help_text=_(
            "Stands in the place of the figure. JPEG, PNG or WebP, at most 12 MB. "
            "Show only people who agreed."
        ),
    )
    video_url = forms.URLField(
        label=_("address of a video"),
        assume_scheme="https",
        required=False,
        help_text=_("Opens apart, on the other site's own page."),
    )
    remove_photo = forms.BooleanField(label=_("remove the photo"), required=False)

    class Meta:
        model = Exercise
        fields = (
            *(
                "clinic",
                "figure",
                "status",
                "kind",
                "region",
                "starting_position",
                "equipment",
                "precautions",
            ),
            *Exercise.wording_fields(),
            *("target_en", "target_it", "near", "video_url", "provenance", "licence"),
            *Dose.FIGURES,
            *("each_side", "side_order"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dose_before = self.instance.dose()
        for figure in dose_figures.figures(self.instance):
            if figure.source:
                field = self.fields.get(figure.name)
                if field is not None:
                    field.help_text = _("Source: %(source)s") % {"source": figure.source}
        if not self.instance.photo:
            del self.fields["remove_photo"]

    def parts(self, row: Exercise) -> list[Any]:
        return [sorted(form.as_data().items()) for form in row.forms.order_by("rung")]

    def clean_new_photo(self) -> Any:
        upload = self.cleaned_data["new_photo"]
        return clean_photo(upload) if upload else None

    def save(self, commit: bool = True) -> Exercise:
        """The file of an old photo stays: programmes that were prescribed with it still show it."""
        if self.cleaned_data["new_photo"]:
            self.instance.photo = self.cleaned_data["new_photo"]
        elif self.cleaned_data.get("remove_photo"):
            self.instance.photo = ""
        exercise: Exercise = super().save(commit)
        return exercise


class LadderFormForm(forms.ModelForm):
    equipment = CodesField(label=_("equipment, if other"), choices=Equipment.choices)
    figure = forms.ChoiceField(label=_("figure"), choices=figure_or_none, required=False)

    class Meta:
        model = LadderForm
        fields = ("rung", "name_en", "name_it", "how_en", "how_it", "equipment", "figure", "becomes")
        labels = {"rung": _("how hard it is")}  # noqa: RUF012 (read by Django)

    def clean_rung(self) -> int:
        rung: int = self.cleaned_data["rung"]
        if rung == 0 or not -5 <= rung <= 5:
            raise ValidationError(_("From -5 (easiest) to 5 (hardest); the usual form needs no entry."))
        return rung


class LadderFormSet(RowsFormSet):
    distinct = "rung"


class LadderInline(ScopedInline, admin.StackedInline):
    model = LadderForm
    form = LadderFormForm
    formset = LadderFormSet
    fk_name = "exercise"
    extra = 0
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("rung", "becomes", "figure"),
                    ("name_en", "name_it"),
                    ("how_en", "how_it"),
                    "equipment",
                ),
                "classes": ["pairs"],
            },
        ),
    )


class ExerciseAdmin(LibraryAdmin):
    form = ExerciseForm
    inlines = (LadderInline,)
    list_display = ("picture", "name", "kind", "starting_position", "dose", "whose", "status")
    list_filter = (OwnershipFilter, "kind", "starting_position", "status")
    search_fields = ("name_en", "name_it", "plain_name_en", "plain_name_it", "target_en", "target_it")
    search_help_text = _("Name or muscle, in either language")
    list_display_links = ("name",)
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Exercise]:
        return super().get_queryset(request).select_related("clinic")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        first = ("clinic", "status") if self.asks_for_clinic(request, obj) else ("status",)
        return [
            (
                None,
                {
                    "fields": (("name_en", "name_it"), ("plain_name_en", "plain_name_it"), first),
                    "classes": ["pairs"],
                },
            ),
            (_("Picture"), {"fields": ("figure", self._photo_fields(obj)), "classes": ["collapse"]}),
            (
                _("What it is"),
                {
                    "fields": (
                        ("kind", "starting_position", "region"),
                        ("target_en", "target_it"),
                        "equipment",
                        "precautions",
                        "near",
                    ),
                },
            ),
            (
                _("How to do it"),
                {
                    "fields": (
                        ("steps_en", "steps_it"),
                        ("feel_en", "feel_it"),
                        ("tempo_en", "tempo_it"),
                        ("technique_en", "technique_it"),
                        ("stop_en", "stop_it"),
                        ("side_means_en", "side_means_it"),
                    ),
                    "classes": ["pairs"],
                },
            ),
            (
                _("Dose"),
                {
                    "description": _("What is left empty is not given. In a range the lower figure is due."),
                    "fields": (
                        ("sets", "reps", "reps_most", "rest_s"),
                        ("hold_s", "hold_most_s", "hold_step_s", "hold_until_s"),
                        ("each_side", "side_order"),
                    ),
                    "classes": ["doses-row"],
                },
            ),
            (_("Where it comes from"), {"fields": ("video_url", ("provenance", "licence"))}),
        ]

    def _photo_fields(self, exercise: Exercise | None) -> tuple[str, ...]:
        return ("new_photo", "remove_photo") if exercise and exercise.photo else ("new_photo",)

    def save_form(self, request: HttpRequest, form: forms.ModelForm, change: bool) -> Any:
        exercise = super().save_form(request, form, change)
        claim(exercise, form.dose_before)  # type: ignore[attr-defined]
        if not change:
            exercise.key = free_key(Exercise.objects.filter(clinic=exercise.clinic), exercise.name_en)
        return exercise

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With all that the reading page shows, for those who may not edit."""
        exercise = self.get_object(request, unquote(object_id))
        context = {
            "texts": texts_of(exercise),
            "figures": dose_figures.figures(exercise),
            "dose": dose_figures.in_short(exercise),
            "equipment": [Equipment(code).label for code in exercise.equipment],
            "precautions": [Precaution(code).label for code in exercise.precautions],
            "drawing": drawing(exercise.figure, name=exercise.name),
            "photo": photo_url(exercise.photo.name or ""),
            "copy_into": self.own_clinics(request),
            "forms_of": exercise.forms.select_related("becomes"),
            "used_by": Program.objects.visible_to(request.user).filter(items__exercise=exercise),
        }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @admin.display(description=_("picture"))
    def picture(self, exercise: Exercise) -> str:
        return render_to_string("programs/picture_cell.html", {"exercise": exercise})

    @admin.display(description=_("name"), ordering="name_en")
    def name(self, exercise: Exercise) -> str:
        return exercise.name

    @admin.display(description=_("dose"))
    def dose(self, exercise: Dose) -> str:
        return dose_figures.in_short(exercise)
