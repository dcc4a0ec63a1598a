"""A clinic's own short questions to its patients. Ours are asked as they are, and stand in no list here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.admin.scoped import seen_by_staff
from clinic.admin.unchanged import UnchangedForm
from clinic.scoping import HEALTH_ROLES
from programs.admin.shared import LibraryAdmin
from programs.models import Program, Question
from programs.retiring import is_used
from programs.vocabulary import Status


class QuestionForm(UnchangedForm):
    def parts(self, row: Any) -> list[Any]:
        return sorted(row.programs.values_list("pk", flat=True))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        clinic = cleaned.get("clinic") or self.instance.clinic
        chosen = cleaned.get("programs") or []
        if clinic and any(program.clinic_id not in {None, clinic.pk} for program in chosen):
            problem = gettext_lazy("One of these programmes belongs to another clinic.")
            self.add_error("programs", ValidationError(problem, code="clinic"))
        return cleaned


class QuestionAdmin(LibraryAdmin):
    form = QuestionForm
    list_display = ("question", "kind", "when", "goes_with", "status")
    list_filter = ("kind", "status")
    search_fields = ("text_en", "text_it")
    search_help_text = gettext_lazy("Words of the question, in either language")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        rows: QuerySet[Question] = super().get_queryset(request).own().prefetch_related("programs")
        return rows

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return bool(user.roles & HEALTH_ROLES)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Answers of two kinds cannot be compared."""
        return ("kind",) if obj is not None and is_used(obj) else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        first = ("clinic", "kind", "status") if self.asks_for_clinic(request, obj) else ("kind", "status")
        return [
            (None, {"fields": (("text_en", "text_it"), first), "classes": ["pairs"]}),
            (_("When it is asked"), {"fields": ("at_start", "at_review", "on_day", "programs")}),
            (
                _("For one of several choices"),
                {"fields": (("choices_en", "choices_it"),), "classes": ["pairs"]},
            ),
            (
                _("For a number from 0 to 10"),
                {"fields": (("low_en", "low_it"), ("high_en", "high_it")), "classes": ["pairs", "collapse"]},
            ),
            (
                _("In the report"),
                {"fields": (("short_en", "short_it"),), "classes": ["pairs", "collapse"]},
            ),
        ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "clinic":
            field.required = True
        return field

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The programmes that the user may see; no retired one, unless it was chosen before."""
        programs = seen_by_staff(Program.objects.all(), request.user).select_related("clinic")
        match = request.resolver_match
        chosen = Q(questions=match.kwargs.get("object_id")) if match and "object_id" in match.kwargs else Q()
        kwargs["queryset"] = programs.filter(~Q(status=Status.RETIRED) | chosen).distinct()
        kwargs["widget"] = forms.CheckboxSelectMultiple()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("question"), ordering="text_en")
    def question(self, question: Question) -> str:
        return str(question)

    @admin.display(description=gettext_lazy("asked"))
    def when(self, question: Question) -> str:
        said = [
            _("before the start") if question.at_start else "",
            _("on day %(day)s") % {"day": question.on_day} if question.on_day else "",
            _("at each review") if question.at_review else "",
        ]
        return capfirst(", ".join(one for one in said if one))

    @admin.display(description=gettext_lazy("programmes"))
    def goes_with(self, question: Question) -> str:
        return ", ".join(str(one) for one in question.programs.all()) or _("Every programme")
