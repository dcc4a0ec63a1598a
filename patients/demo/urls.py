"""Addresses of the demo; included only with DEMO=1."""

from django.urls import path

from patients.demo import views

urlpatterns = [
    path("", views.people, name="demo"),
    path("staff/<int:pk>/", views.enter_as_staff, name="demo_staff"),
    path("patient/<int:pk>/", views.enter_as_patient, name="demo_patient"),
    path("mailbox/", views.mailbox, name="demo_mailbox"),
    path("mailbox/<str:key>/", views.letter, name="demo_letter"),
]
