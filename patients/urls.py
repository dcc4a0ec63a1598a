"""Addresses of the patient's side."""

from typing import Any

from django.conf import settings
from django.urls import include, path

urlpatterns: list[Any] = [
    path("", include("patients.signin.urls")),
]
if settings.DEMO:
    urlpatterns += [path("demo/", include("patients.demo.urls"))]
