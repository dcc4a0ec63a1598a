"""A ModelAdmin that starts at what the user may see: lists, pickers, filters, history and delete pages.

What others own does not exist (404). What is changed here goes into the audit trail, not into Django's own
log of the admin, which would keep names.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import flatten, unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.admin_site import page
from clinic.audit import Verb
from clinic.models import Event
from clinic.scoping import HEALTH_ROLES, clinics_of

MOST_SHOWN = 200  # lines of an object's history


def seen_by_staff(rows: Any, user: Any) -> Any:
    """Of `rows`, what `user` sees because they work there; being a patient too opens nothing here.

    Nothing of a model that cannot say who sees it.
    """
    if hasattr(rows, "visible_to_staff"):
        return rows.visible_to_staff(user)
    return rows.visible_to(user) if hasattr(rows, "visible_to") else rows.none()


class _Scoped:
    """What a ScopedAdmin and its inlines share."""

    def get_queryset(self, request: HttpRequest) -> Any:
        return seen_by_staff(super().get_queryset(request), request.user)  # type: ignore[misc]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A picker offers what the user sees of the related model."""
        choices = kwargs.get("queryset")
        if choices is None:
            choices = db_field.remote_field.model._default_manager.all()
        kwargs["queryset"] = seen_by_staff(choices, request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Pickers are plain: Django's windows for adding a related object need scripts."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


def _unfolded(fieldsets: Iterable[Any], wrong: Iterable[str]) -> list[Any]:
    """With those open that hold a field of `wrong`; Django does not look at fields that share a line."""
    return [
        (name, {**options, "classes": [one for one in options.get("classes", ()) if one != "collapse"]})
        if set(flatten(options["fields"])) & set(wrong)
        else (name, options)
        for name, options in fieldsets
    ]


class ScopedInline(_Scoped, InlineModelAdmin):
    """Rows of the object that is open: who may change it may change them."""

    parent_admin: "ScopedAdmin"
    max_num = 40  # rows; more are not even read, however many a form claims to have

    def __init__(self, parent_model: Any, admin_site: Any) -> None:
        super().__init__(parent_model, admin_site)
        self.parent_admin = admin_site._registry[parent_model]

    def get_queryset(self, request: HttpRequest) -> Any:
        # The parent was found through its own scope already.
        return InlineModelAdmin.get_queryset(self, request)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, absolute_max=self.max_num, validate_max=True, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.parent_admin.has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return self.parent_admin.has_add_permission(request)
        return self.parent_admin.has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


class ScopedAdmin(_Scoped, admin.ModelAdmin):
    """`sees` and `changes` name the roles; nothing is added or deleted unless a subclass says so.

    For an object the role must be held in its own clinic (`obj.clinic`).
    """

    sees: frozenset[str] = HEALTH_ROLES
    changes: frozenset[str] = frozenset()
    adds: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    actions: Any = None
    show_full_result_count = False

    def may(self, request: HttpRequest, roles: Iterable[str], obj: Any) -> bool:
        """Whether the user holds one of `roles`: in the clinic of `obj`, or anywhere without one."""
        user: Any = request.user
        if obj is None:
            return bool(user.roles & set(roles))
        return clinics_of(user, list(roles)).filter(clinic=obj.clinic_id).exists()  # type: ignore[arg-type]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.sees, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.adds, None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.changes, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.deletes, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without what UnchangedForm carries, which stands in no group of fields (admin/change_form.html)."""
        return [name for name in super().get_fields(request, obj) if name != "seen"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A list is filtered by its filters alone.

        Django lets an address ask for more (`?emergency_reports__isnull=0`), which tells the front desk of a
        list's rows what it may not read of them.
        """
        filters = [getattr(one, "parameter_name", one) for one in self.get_list_filter(request)]
        return lookup.split("__")[0] in filters and super().lookup_allowed(lookup, value, request)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """What the user may not see does not exist, on every page of one object."""
        obj = super().get_object(request, object_id, from_field)
        if obj is None:
            raise Http404
        return obj

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """What was refused is answered as such, where Django says 200; no error stands in a closed fold."""
        main = context["adminform"]
        main.fieldsets = _unfolded(main.fieldsets, main.form.errors)
        for inline in context["inline_admin_formsets"]:
            wrong = {name for errors in inline.formset.errors for name in errors}
            inline.fieldsets = _unfolded(inline.fieldsets, wrong)
        response = super().render_change_form(request, context, *args, **kwargs)
        if context["errors"]:
            response.status_code = 400
        return response

    # --- Who changed what ---------------------------------------------------------------------------

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self.write_event(request, Verb.ADDED, [obj])

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if message:  # nothing was changed: nothing to tell
            self.write_event(request, Verb.CHANGED, [obj])

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Any]) -> Any:
        self.write_event(request, Verb.REMOVED, queryset)

    def subject_of(self, obj: Any) -> Any:
        """The patient whose record `obj` is, for the audit trail; None where it is nobody's."""
        return None

    def write_event(self, request: HttpRequest, verb: Verb, objs: Iterable[models.Model]) -> None:
        user: Any = request.user
        for obj in objs:
            audit.write(
                verb=verb,
                obj=obj,
                actor=user,
                clinic=getattr(obj, "clinic", None),
                subject=self.subject_of(obj),
                now=timezone.now(),
            )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed this object when; who has read it is for the clinic's managers alone."""
        obj = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        events = Event.objects.filter(object_type=obj._meta.label, object_id=str(obj.pk))
        changes = events.exclude(verb=Verb.READ).select_related("actor")[:MOST_SHOWN]
        labels = dict(Verb.choices)
        return page(
            request,
            "admin/object_history.html",
            {
                "title": _("History"),
                "subtitle": str(obj),
                "events": [(event, labels.get(event.verb, event.verb)) for event in changes],
                "zone": obj.clinic.time_zone if getattr(obj, "clinic", None) else "UTC",
                "opts": self.opts,
                "object": obj,
            },
        )
