"""All addresses. Upper apps are named by dotted string only."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("admin/", admin.site.urls),
    path("language/", set_language, name="set_language"),
    path("", include("clinic.signin.urls")),
    path("", include("patients.urls")),
]
