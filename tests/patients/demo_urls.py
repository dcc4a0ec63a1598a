"""The installation's addresses as they are with DEMO=1."""

from django.urls import include, path

from clinic.urls import urlpatterns as ours

urlpatterns = [path("demo/", include("patients.demo.urls")), *ours]
