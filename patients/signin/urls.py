"""Addresses of the patients' doors."""

from django.urls import path

from patients.signin import views

urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign_in"),
    path("come-in/<str:token>/", views.come_in, name="come_in"),
    path("paper/", views.paper, name="paper"),
    path("paper/<str:code>/", views.paper, name="paper"),
    path("choose/", views.chooser, name="choose"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("sign-out/everywhere/", views.sign_out_everywhere, name="sign_out_everywhere"),
]
