"""What lets a phone install the pages and open today's without a network: manifest, service worker."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from patients.pages.shell import show

PAGES = ("today", "session", "help_now")  # of which a phone keeps a copy
# What those are made of.
STYLES = ("css/tokens.css", "css/base.css", "css/components.css", "css/figures.css")
PICTURES = ("img/icons.svg", "img/figures.svg", "img/favicon.svg")
SCRIPTS = ("js/guided.js", "js/offline.js")
MODULES = (
    "js/asides.js",
    "js/counter.js",
    "js/kept.js",
    "js/newday.js",
    "js/resume.js",
    "js/timer.js",
)  # imported by those, by their plain names
ICONS = {"192": "img/icon-192.png", "512": "img/icon-512.png"}


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, for the whole site: it must lie at its root."""
    return HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone that installs the pages shows: name, icon, colours. No clinic and no patient in it."""
    icons = [
        {"src": static(path), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size, path in ICONS.items()
        for purpose in ("any", "maskable")
    ]
    described = {
        "name": "Homestretch",
        "short_name": "Homestretch",
        "description": _("Your exercises for the back"),
        "start_url": reverse("today"),
        "scope": reverse("today"),
        "id": reverse("today"),
        "display": "standalone",
        "background_color": "#fffefa",
        "theme_color": "#17604f",
        "icons": icons,
    }
    return JsonResponse(described, content_type="application/manifest+json")


@require_safe
def no_network(request: HttpRequest) -> HttpResponse:
    """Shown instead of a page of which a phone has no copy. The same for everybody."""
    return show(request, "no_network.html")


@lru_cache
def _worker() -> str:
    names = (*STYLES, *PICTURES, *SCRIPTS, *MODULES)
    parts = [static(name) for name in names if name not in MODULES]
    parts += [settings.STATIC_URL + name for name in MODULES]
    source = Path(_found("js/worker.js")).read_text()
    digest = hashlib.sha256(source.encode() + "".join(parts).encode())
    for name in names:
        digest.update(Path(_found(name)).read_bytes())
    known = {
        "PARTS": [*parts, reverse("no_network")],
        "PAGES": [reverse(name) for name in PAGES],
        "OFFLINE": reverse("no_network"),
        "VERSION": digest.hexdigest()[:12],
    }
    return "".join(f"const {name} = {json.dumps(value)};\n" for name, value in known.items()) + source


def _found(name: str) -> str:
    path = find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(name)
    return path
