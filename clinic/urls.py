"""All addresses. Upper apps are named by dotted string only."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from clinic import health, metrics
from clinic.notices.views import unsubscribe_page
from clinic.views import logo

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("media/logos/<str:name>", logo, name="logo"),
    path("notices/unsubscribe/<str:token>/", unsubscribe_page, name="unsubscribe"),
    path("language/", set_language, name="set_language"),
    path("", include("clinic.signin.urls")),
    path("", include("patients.urls")),
]
