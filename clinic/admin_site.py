"""The admin: the staff's side. Django's own, entered with MFA; clinic.admin.scoped scopes its lists."""

from collections.abc import Callable, Collection
from typing import Any, cast

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import urlencode

from clinic import navigation
from clinic.signin.strength import is_strong

View = Callable[..., Any]
LARGEST_ID = 2**63 - 1  # what a database can hold


class HomestretchAdminSite(admin.AdminSite):
    site_header = site_title = "Homestretch"
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._pages: list[tuple[str, View, str]] = []

    def add_page(
        self, route: str, view: View, *, name: str, roles: Collection[str], operators: bool = False
    ) -> None:
        """A page of ours in the admin, for who works in one of `roles`, and for operators where it says so.

        For others it does not exist.
        """
        self._pages.append((route, _for_roles(view, frozenset(roles), operators), name))

    def get_urls(self) -> list[URLResolver | URLPattern]:
        ours = [path(route, self.admin_view(view), name=name) for route, view, name in self._pages]
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

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """allauth's page, which asks for a proof first."""
        return redirect("account_change_password")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """By job, not by model: the first entry of the navigation, the worklist for those who treat."""
        entries = navigation.for_request(request)
        if not entries:
            raise Http404
        return redirect(entries[0].url)

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The same: a list of models is nobody's job."""
        return self.index(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        context["navigation"] = navigation.for_request(request) if self.has_permission(request) else []
        return context


def _for_roles(view: View, roles: frozenset[str], operators: bool) -> View:
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user: Any = request.user
        may = user.roles & roles or (operators and user.is_operator)
        if not may or any(isinstance(given, int) and given > LARGEST_ID for given in kwargs.values()):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def site() -> HomestretchAdminSite:
    """The one admin site of the house."""
    return cast(HomestretchAdminSite, admin.site)


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of ours within the admin's frame."""
    return render(request, template, {**site().each_context(request), **context}, status=status)
