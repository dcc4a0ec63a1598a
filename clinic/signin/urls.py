"""Addresses of signing in. Which of allauth's pages are open, and to whom: clinic.signin.doors."""

from django.urls import include, path
from django.views.generic import RedirectView

from clinic.signin import views

urlpatterns = [
    path("staff/invitation/<str:token>/", views.staff_invitation, name="staff_invitation"),
    path("account/strengthen/", views.strengthen, name="strengthen"),
    # There is one page that asks for the address, the patients' way in.
    path(
        "account/login/code/",
        RedirectView.as_view(pattern_name="sign_in", query_string=True),
        name="account_request_login_code",
    ),
    path("account/", include("allauth.account.urls")),
    path("account/mfa/", include("allauth.mfa.urls")),
]
