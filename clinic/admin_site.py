"""The admin: the staff's side. Django's own, entered with MFA, scoped by clinic and role."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from clinic import navigation
from clinic.scoping import ANY_ROLE, HEALTH_ROLES
from clinic.signin.strength import is_strong

View = Callable[..., Any]


class HomestretchAdminSite(admin.AdminSite):
    site_header = site_title = "Homestretch"
    index_title = _("Worklist")
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._pages: list[tuple[str, View, str, frozenset[str]]] = []

    def add_page(self, route: str, view: View, *, name: str, roles: frozenset[str]) -> None:
        """A page of ours in the admin, for who works in one of `roles`; for others it does not exist."""
        self._pages.append((route, view, name, roles))

    def get_urls(self) -> list[URLResolver | URLPattern]:
        ours = [
            path(route, self.admin_view(_for_roles(view, roles)), name=name)
            for route, view, name, roles in self._pages
        ]
        return ours + super().get_urls()

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return user.is_authenticated and user.is_staff and is_strong(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's own form would go round MFA: allauth's is the only door."""
        user: Any = request.user
        target = request.GET.get("next") or reverse("admin:index")
        if user.is_authenticated and user.is_staff:
            return HttpResponseRedirect(reverse("strengthen") + "?" + urlencode({"next": target}))
        if user.is_authenticated:
            raise Http404
        return HttpResponseRedirect(reverse("account_login") + "?" + urlencode({"next": target}))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """By job, not by model: the first entry of the navigation, the worklist for those who treat."""
        entries = navigation.for_request(request)
        if not entries:
            raise Http404
        return redirect(entries[0].url)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        context["navigation"] = navigation.for_request(request) if self.has_permission(request) else []
        return context


def _for_roles(view: View, roles: frozenset[str]) -> View:
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user: Any = request.user
        if not user.roles & roles:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


class ScopedAdmin(admin.ModelAdmin):
    """A ModelAdmin that starts at `visible_to`, for lists, pickers, autocomplete, history and delete pages.

    `sees` and `changes` name the roles; nothing is added or deleted unless a subclass says so.
    """

    sees: frozenset[str] = HEALTH_ROLES
    changes: frozenset[str] = frozenset()
    adds: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    actions: Any = None

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).visible_to(request.user)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = scoped_choices(db_field, request, kwargs.get("queryset"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _may(self, request: HttpRequest, roles: frozenset[str]) -> bool:
        user: Any = request.user
        return user.is_authenticated and bool(user.roles & roles)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.sees)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.sees)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.adds)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.changes)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.deletes)


def scoped_choices(db_field: Any, request: HttpRequest, queryset: Any = None) -> Any:
    """What a picker may offer: what the user sees of the related model, nothing where it cannot say."""
    related = db_field.remote_field.model
    if queryset is None:
        queryset = related._default_manager.all()
    if hasattr(queryset, "visible_to"):
        return queryset.visible_to(request.user)
    return queryset.none()


__all__ = ["ANY_ROLE", "HEALTH_ROLES", "HomestretchAdminSite", "ScopedAdmin", "scoped_choices"]
