"""What exercises and programmes have in common: shared by all, or a clinic's own."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import QuerySet, TextField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin.scoped import ScopedAdmin
from clinic.audit import Verb
from clinic.models import Clinic
from clinic.scoping import HEALTH_ROLES, clinics_of
from programs.retiring import is_used
from programs.vocabulary import Status


class OwnershipFilter(admin.SimpleListFilter):
    """Shared or our own, without naming any clinic."""

    title = _("Whose")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("own", _("Our own")), ("shared", _("Shared"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in {"own", "shared"}:
            return queryset.filter(clinic__isnull=self.value() == "shared")
        return queryset


class RowsFormSet(forms.BaseInlineFormSet):
    """Rows that differ from each other in `distinct`, also while two of them exchange it."""

    distinct: ClassVar[str]

    def save(self, commit: bool = True) -> Any:
        """What gets another value gives up its old one first; nothing else points at these rows."""
        moved = [form.instance.pk for form in self.initial_forms if self.distinct in form.changed_data]
        if commit:
            self.get_queryset().model._default_manager.filter(pk__in=moved).delete()
        return super().save(commit)


class LibraryAdmin(ScopedAdmin):
    """Shared rows are for all to read and for operators to edit; a clinic's own are its clinicians'."""

    formfield_overrides = {TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})}}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return user.is_operator or bool(user.roles & HEALTH_ROLES)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None or obj.pk is None:
            return self.has_view_permission(request)
        return self.model._default_manager.editable_by(request.user).filter(pk=obj.pk).exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was ever used is retired instead."""
        return obj is not None and self.has_change_permission(request, obj) and not is_used(obj)

    # --- Whose it becomes ---------------------------------------------------------------------------

    def own_clinics(self, request: HttpRequest) -> QuerySet[Clinic]:
        return Clinic.objects.filter(pk__in=clinics_of(request.user, HEALTH_ROLES))

    def asks_for_clinic(self, request: HttpRequest, obj: Any) -> bool:
        """Whoever works in one clinic, or in none, has no choice to make; it can't be changed later."""
        user: Any = request.user
        return obj is None and self.own_clinics(request).count() > (0 if user.is_operator else 1)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "clinic":
            user: Any = request.user
            field.queryset = self.own_clinics(request)
            field.required = not user.is_operator
        return field

    def save_form(self, request: HttpRequest, form: forms.ModelForm, change: bool) -> Any:
        obj = super().save_form(request, form, change)
        user: Any = request.user
        if not change and "clinic" not in form.fields and not user.is_operator:
            obj.clinic = self.own_clinics(request).get()
        return obj

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.retired_now = change and "status" in form.changed_data and obj.status == Status.RETIRED
        super().save_model(request, obj, form, change)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if obj.retired_now:
            self.write_event(request, Verb.RETIRED, [obj])
        else:
            super().log_change(request, obj, message)

    # --- Lists --------------------------------------------------------------------------------------

    @admin.display(description=_("whose"))
    def whose(self, obj: Any) -> Any:
        return obj.clinic if obj.clinic_id else _("Shared")
