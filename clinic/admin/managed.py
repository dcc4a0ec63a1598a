"""The clinics that somebody manages, and the tabs of their pages. Upper apps register further tabs."""

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic
from clinic.scoping import Role, clinics_of

MANAGERS = frozenset({Role.MANAGER})

_tabs: list[tuple[Any, str]] = [(_("Settings"), "admin:clinic_settings")]


def register_tab(label: Any, url_name: str) -> None:
    """Add a page to the tabs; its address takes the clinic's slug."""
    if (label, url_name) not in _tabs:
        _tabs.append((label, url_name))


def managed_clinics(request: HttpRequest) -> Any:
    return Clinic.objects.filter(pk__in=clinics_of(request.user, MANAGERS))


def managed_clinic_or_404(request: HttpRequest, slug: str = "") -> Clinic:
    """The clinic called `slug` that the user manages; without a slug, the first of theirs."""
    clinics = managed_clinics(request)
    found: Clinic | None = clinics.filter(slug=slug).first() if slug else clinics.first()
    if found is None:
        raise Http404
    return found


def tabs(request: HttpRequest, clinic: Clinic) -> dict[str, Any]:
    """For the template: the pages of this clinic, and the other clinics of a manager of several."""
    pages = [(label, reverse(name, args=[clinic.slug])) for label, name in _tabs]
    return {
        "tabs": [(label, url, request.path == url) for label, url in pages],
        "other_clinics": [
            (other, reverse("admin:clinic_settings", args=[other.slug]))
            for other in managed_clinics(request).exclude(pk=clinic.pk)
        ],
    }
